package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.Saddlebag;
import io.saddlebag.check.CheckCommand;
import io.saddlebag.common.BadSettingException;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What the database and its user must be like is found out at the start, and told in one line with its remedy. */
@ExtendWith(OutputCaptureExtension.class)
class PreconditionsIT {

    @TempDir
    Path folder;
    private String url;
    private String name;

    @BeforeEach
    void aUserWithoutRights() throws SQLException {
        url = TestDatabase.fresh();
        name = URI.create(url).getPath().substring(1);
        execute("DROP ROLE IF EXISTS bare", "CREATE ROLE bare LOGIN", "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "REVOKE ALL ON DATABASE " + name + " FROM PUBLIC", "GRANT CONNECT ON DATABASE " + name + " TO bare");
    }

    @AfterEach
    void forgetTheUser() throws SQLException {
        execute("DROP OWNED BY bare CASCADE", "DROP ROLE bare");
    }

    @ParameterizedTest
    @CsvSource({"SQL_ASCII", "LATIN1", "EUC_JP"})
    void anotherEncodingThanUtf8IsRefused(String encoding) throws Exception {
        String other = name + "_" + encoding.toLowerCase();
        execute("CREATE DATABASE " + other + " ENCODING '" + encoding + "' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");

        assertThatThrownBy(() -> check(url.replace("/" + name, "/" + other))).isInstanceOf(BadSettingException.class)
            .hasMessageMatching("DATABASE_URL: the database " + other + " at \\S+:\\d+ is encoded in " + encoding + ", .*"
                + "CREATE DATABASE name OWNER postgres ENCODING 'UTF8' TEMPLATE template0; .*");
        execute("DROP DATABASE " + other);
    }

    @Test
    void aUserWhoMayMakeNoTablesIsRefused() throws Exception {
        refused("no schema of the database .* is open to the user bare .* GRANT USAGE, CREATE ON SCHEMA public TO bare; .*");

        execute("GRANT USAGE ON SCHEMA public TO bare");
        refused("the user bare may make no tables in the schema public .* GRANT CREATE ON SCHEMA public TO bare");

        execute("GRANT CREATE ON SCHEMA public TO bare");
        assertThatCode(() -> check(bare())).doesNotThrowAnyException();
    }

    @Test
    void tablesOfAnotherUserAndOfAnotherSchemaAreNamed() throws Exception {
        execute("GRANT USAGE, CREATE ON SCHEMA public TO bare", "CREATE TABLE flyway_schema_history ()", "CREATE TABLE zoho_calls ()",
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO bare");
        refused("Saddlebag's tables in the database .* are owned by postgres, and the user bare may not change them. Connect as that user, .*");

        execute("CREATE SCHEMA bare AUTHORIZATION bare");
        refused("Saddlebag's tables are in the schema public .* search_path of the user bare leads to bare first. ALTER ROLE bare SET search_path = public");
    }

    /** A refusal that is for good ends the wait at once, and one that may pass lasts for all of it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ALTER ROLE bare NOLOGIN                | | 30 | is not permitted to log in.* Correct user and password
        ALTER ROLE bare CONNECTION LIMIT 0     | | 5 | too many connections for role .* Raise max_connections
        REVOKE CONNECT ON DATABASE :db FROM bare | | 30 | permission denied for database .* GRANT CONNECT ON DATABASE
        ALTER ROLE bare LOGIN                  | ?sslmode=require | 30 | does not support SSL.* sslmode=disable
        """)
    void whyNoConnectionIsMadeIsToldWithTheRemedy(String statement, String parameters, int wait, String told) throws Exception {
        execute(statement.replace(":db", name));
        assertThatThrownBy(() -> check(bare() + (parameters == null ? "" : parameters), wait)).isInstanceOf(BadSettingException.class)
            .hasMessageMatching("DATABASE_URL: no PostgreSQL to work with at \\S+:\\d+.*" + told + ".*");
    }

    @Test
    void aDatabaseThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> check(url + "x")).hasMessageMatching(".*database \"" + name + "x\" does not exist.* CREATE DATABASE name .*");
    }

    @Test
    void aSuperuserIsALineAndABareUserWithItsTwoRightsServes(CapturedOutput output) throws Exception {
        check(url);
        assertThat(output).contains("The user postgres of the database " + name + " at ", "is a superuser");

        execute("GRANT USAGE, CREATE ON SCHEMA public TO bare");
        int before = output.getAll().length();
        try (SaddlebagServer saddlebag = SaddlebagServer.start(SandboxServer.shared(), "--DATABASE_URL=" + bare())) {
            assertThat(saddlebag.pull("full").get("status").asText()).isEqualTo("succeeded");
            assertThat(output.getAll().substring(before)).doesNotContain("superuser", "ERROR");

            // a newer one migrates
            execute("INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, installed_by, execution_time, success) "
                + "VALUES (9999, '999.9', 'next', 'SQL', 'V999.9__next.sql', 'bare', 1, true)", "ALTER TABLE products ADD next text");
            assertThat(saddlebag.pull("full").get("status").asText()).as("what runs goes on").isEqualTo("succeeded");
        }
        start(output, bare(), "30s", "a newer Saddlebag has migrated this database (to V999.9;");

        execute("UPDATE flyway_schema_history SET version = '87' WHERE version = '999.9'");
        start(output, bare(), "30s", "a Saddlebag from before the first release made the tables of this database");
    }

    @Test
    void theDriverGetsThePasswordOfTheClientsKeyAndNoLogShowsIt(CapturedOutput output) throws Exception {
        try (SaddlebagServer saddlebag = SaddlebagServer.start(SandboxServer.shared(), "--DATABASE_URL=" + TestDatabase.migrated() + "?sslpassword=hush-key",
                "--logging.level.com.zaxxer.hikari=debug")) {
            HikariDataSource pool = saddlebag.bean(HikariDataSource.class);
            assertThat(pool.getDataSourceProperties()).containsEntry("sslpassword", "hush-key");
            assertThat(pool.getJdbcUrl()).doesNotContain("hush-key");
        }
        assertThat(output).contains("Added connection").doesNotContain("hush-key");
    }

    /** A statement of another level would fail, or overlook what was committed while it waited for its turn. */
    @Test
    void whateverTheDatabaseSaysStatementsSeeWhatIsCommitted() throws Exception {
        String url = TestDatabase.migrated();
        execute("ALTER DATABASE " + url.substring(url.lastIndexOf('/') + 1) + " SET default_transaction_isolation = 'repeatable read'");

        try (SaddlebagServer saddlebag = SaddlebagServer.start(SandboxServer.shared(), "--DATABASE_URL=" + url)) {
            assertThat(saddlebag.database().queryForObject("SHOW transaction_isolation", String.class)).isEqualTo("read committed");
        }
    }

    @Test
    void aStartEndsWithOneLineAndSoDoesTheCheckCommand(CapturedOutput output) throws Exception {
        start(output, bare(), "30s", "DATABASE_URL: no schema of the database");

        execute("ALTER DATABASE " + name + " SET default_transaction_read_only = on");
        try {
            start(output, url, "5s", "takes no writes", "default_transaction_read_only is on: have the address lead to the primary");
        } finally {
            execute("BEGIN READ WRITE; ALTER DATABASE " + name + " RESET default_transaction_read_only; COMMIT");
        }
    }

    /** Both end with that line, which is the only one of its kind. */
    private void start(CapturedOutput output, String databaseUrl, String wait, String... told) {
        String[] settings = {"--DATABASE_URL=" + databaseUrl, "--server.port=0", "--saddlebag.database.wait=" + wait,
            "--spring.datasource.hikari.connection-timeout=1000", "--saddlebag.master-key=" + Base64.getEncoder().encodeToString(new byte[32]),
            "--zoho.client-id=1000.SANDBOX", "--zoho.client-secret=sandbox-secret", "--zoho.refresh-token=1000.sandbox-refresh",
            "--zoho.org-id=60000000001", "--saddlebag.data-directory=" + folder.resolve("data")};
        for (boolean check : new boolean[] {false, true}) {
            int before = output.getAll().length();
            if (check) {
                String[] command = new String[settings.length + 1];
                command[0] = "check";
                System.arraycopy(settings, 0, command, 1, settings.length);
                assertThat(CheckCommand.run(Saddlebag.class, command)).isEqualTo(1);
            } else {
                assertThatThrownBy(() -> new org.springframework.boot.builder.SpringApplicationBuilder(Saddlebag.class).run(settings)).isNotNull();
            }
            String log = output.getAll().substring(before);
            assertThat(log.lines().filter(line -> line.contains(" ERROR "))).as("check: " + check).singleElement().asString().contains(told);
            assertThat(log).doesNotContain("\tat ");
        }
    }

    private void refused(String told) {
        assertThatThrownBy(() -> check(bare())).isInstanceOf(BadSettingException.class).hasMessageMatching("DATABASE_URL: " + told);
    }

    private String bare() {
        return url.replace("postgres:any@", "bare:any@");
    }

    private static void check(String databaseUrl) {
        check(databaseUrl, 30);
    }

    private static void check(String databaseUrl, int wait) {
        DatabaseUrl address = DatabaseUrl.parse(databaseUrl);
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(address.getJdbcUrl());
            pool.setUsername(address.getUsername());
            pool.setPassword(address.getPassword());
            pool.setConnectionTimeout(500);
            pool.setInitializationFailTimeout(-1);
            new DatabaseCheck(address.toString(), Duration.ofSeconds(wait), false).await(pool);
        }
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = TestDatabase.connect(url); Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }
}
