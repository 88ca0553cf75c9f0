package io.saddlebag.testkit;

import io.saddlebag.database.DatabaseUrl;
import io.saddlebag.database.PriceSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;

/**
 * One PostgreSQL server for all tests of a process, and in it a new empty database for whoever asks. The system property
 * {@code saddlebag.test.postgres} says which server: {@code embedded}, which is fast and not durable, or {@code distribution}, the
 * machine's own with its defaults.
 */
public final class TestDatabase {

    private static final AtomicInteger databases = new AtomicInteger();

    private TestDatabase() {
    }

    /** The server starts with the first who asks and ends with the process. */
    private static final class Server {
        private static final String KIND = System.getProperty("saddlebag.test.postgres", "embedded");

        /** The name of a database to its address, as {@code DATABASE_URL} has it. */
        static final UnaryOperator<String> RUNNING = start();

        /** A copy of the files takes 0.07 s of processor time, one that is written to the log 0.17 s; but the files are synced, which a durable server waits for. */
        static final String QUICK_COPY = KIND.equals("embedded") ? " STRATEGY file_copy" : "";

        private static UnaryOperator<String> start() {
            return switch (KIND) {
                case "embedded" -> embedded();
                case "distribution" -> DistributionServer.start("max_connections=300")::url; // for many applications at once
                default -> throw new IllegalArgumentException("-Dsaddlebag.test.postgres is embedded or distribution, not " + KIND);
            };
        }

        private static UnaryOperator<String> embedded() {
            try {
                int port = EmbeddedPostgres.builder().setServerConfig("unix_socket_directories", "").start().getPort();
                return database -> "postgresql://postgres:any@localhost:" + port + "/" + database;
            } catch (IOException e) {
                throw new IllegalStateException("no PostgreSQL server for the tests", e);
            }
        }
    }

    /** A new, empty database; its address as {@code DATABASE_URL} has it. */
    public static String fresh() throws SQLException {
        return create("");
    }

    private static String create(String options) throws SQLException {
        String name = "test" + databases.incrementAndGet();
        try (Connection connection = connect(Server.RUNNING.apply("postgres")); Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + options);
        }
        return Server.RUNNING.apply(name);
    }

    /** A new database with all of Saddlebag's tables and functions, and its address: a copy of one that is migrated once. */
    public static String migrated() throws SQLException {
        return create(" TEMPLATE " + Template.NAME + Server.QUICK_COPY);
    }

    private static final class Template {
        static final String NAME = make();

        private static String make() {
            try {
                String url = fresh();
                flyway(url).migrate();
                return url.substring(url.lastIndexOf('/') + 1);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Saddlebag's migrations and functions, and the migrations of the folders. */
    public static Flyway flyway(String databaseUrl, Path... folders) {
        DatabaseUrl url = DatabaseUrl.parse(databaseUrl);
        List<String> locations = new ArrayList<>(List.of("classpath:db/migration", "classpath:db/functions"));
        Stream.of(folders).map(folder -> "filesystem:" + folder).forEach(locations::add);
        return Flyway.configure().dataSource(url.getJdbcUrl(), url.getUsername(), url.getPassword())
            .placeholderReplacement(false).callbacks(new PriceSettings("Standard", ""))
            .outOfOrder(true).baselineOnMigrate(true).baselineVersion("0").locations(locations.toArray(String[]::new)).load();
    }

    /** A connection to what {@link #fresh()} returned, past the application and its pool. */
    public static Connection connect(String databaseUrl) throws SQLException {
        DatabaseUrl url = DatabaseUrl.parse(databaseUrl);
        return DriverManager.getConnection(url.getJdbcUrl(), url.getUsername(), url.getPassword());
    }
}
