package io.saddlebag.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** One PostgreSQL server for all tests of a process, and in it a new empty database for whoever asks. */
public final class TestDatabase {

    private static final AtomicInteger databases = new AtomicInteger();

    private TestDatabase() {
    }

    /** The server starts with the first who asks and ends with the process; it is fast and not durable. */
    private static final class Server {
        static final EmbeddedPostgres RUNNING = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder().setServerConfig("unix_socket_directories", "").start();
            } catch (IOException e) {
                throw new IllegalStateException("no PostgreSQL server for the tests", e);
            }
        }
    }

    /** A new, empty database; its address as {@code DATABASE_URL} has it. */
    public static String fresh() throws SQLException {
        String name = "test" + databases.incrementAndGet();
        try (Connection connection = Server.RUNNING.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return "postgresql://postgres:any@localhost:" + Server.RUNNING.getPort() + "/" + name;
    }

    /** A connection to what {@link #fresh()} returned, past the application and its pool. */
    public static Connection connect(String databaseUrl) throws SQLException {
        DatabaseUrl url = DatabaseUrl.parse(databaseUrl);
        return DriverManager.getConnection(url.getJdbcUrl(), url.getUsername(), url.getPassword());
    }
}
