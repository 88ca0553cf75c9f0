package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.saddlebag.Saddlebag;
import io.saddlebag.common.BadSettingException;
import io.saddlebag.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Base64;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What is wrong with the migrations of an installation ends the start in one line that says what to do. */
@Tag("sql")
@ExtendWith(OutputCaptureExtension.class)
class MigrationsIT {

    @TempDir
    Path folder;
    private String url;

    @Test
    void aBrokenMigrationEndsTheStartWithOneLineOfFileAndLineAndPostgresqlsWords(CapturedOutput output) throws Exception {
        write("V1000__colours.sql", "CREATE TABLE colours (name text);\n\nINSERT INTO colors VALUES ('hush');\n");

        assertThat(catchThrowable(() -> new SpringApplicationBuilder(Saddlebag.class).run("--server.port=0", "--DATABASE_URL=" + url(),
            "--saddlebag.sandbox=true", "--saddlebag.master-key=" + Base64.getEncoder().encodeToString(new byte[32]),
            "--saddlebag.data-directory=" + folder.resolve("data"), "--spring.flyway.locations=filesystem:" + folder))).isNotNull();

        assertThat(output.getAll().lines().filter(line -> line.contains("ERROR") && line.contains("V1000"))).singleElement().asString()
            .contains("V1000__colours.sql, line 3: ERROR: relation \"colors\" does not exist", "Nothing of the file is left", "correct it");
        assertThat(output).doesNotContain("\tat ", "APPLICATION FAILED TO START", "hush");
    }

    @Test
    void aRightThatIsMissingIsNamedAndWhoIsToHaveIt() throws Exception {
        write("V1000__colours.sql", "SET ROLE pg_monitor;\nCREATE TABLE pg_catalog.colours ();");

        assertThatThrownBy(this::run).isInstanceOf(BadSettingException.class)
            .hasMessageContaining("V1000__colours.sql, line 2: ERROR: permission denied").hasMessageContaining("Give the user of DATABASE_URL that right");
    }

    @Test
    void aMendedMigrationRunsAtTheNextStart() throws Exception {
        write("V1000__colours.sql", "CREATE TABLE colours (name text);\nCREATE TABLE colours (name text);");
        assertThatThrownBy(this::run).isInstanceOf(BadSettingException.class).hasMessageContaining("line 2: ERROR: relation \"colours\" already");

        write("V1000__colours.sql", "CREATE TABLE colours (name text);");
        assertThatCode(this::run).doesNotThrowAnyException();
    }

    @Test
    void oneThatWasChangedAfterItHadRunIsNamedWithTheWayToBringItsChange() throws Exception {
        write("V1000__colours.sql", "CREATE TABLE colours (name text);");
        run();
        write("V1000__colours.sql", "CREATE TABLE colours (name text, red boolean);");
        write("V1001__more.sql", "CREATE TABLE more ();");

        assertThatThrownBy(this::run).isInstanceOf(BadSettingException.class).hasMessageMatching(
            "\\S+/V1000__colours.sql: it was changed after it had been run, .* Put it back as it was, .* higher version");
    }

    @Test
    void oneThatHadRunAndIsNoLongerThereIsNamed() throws Exception {
        write("V1000__colours.sql", "CREATE TABLE colours (name text);");
        write("V1001__more.sql", "CREATE TABLE more ();");
        run();
        Files.delete(folder.resolve("V1000__colours.sql"));

        assertThatThrownBy(this::run).isInstanceOf(BadSettingException.class)
            .hasMessage("migration V1000 (colours): it was run, and its file is no longer there. Put the file back");
    }

    @Test
    void aVersionThatIsSaddlebagsOwnIsRefusedBeforeAnythingRuns() throws Exception {
        write("V1000__colours.sql", "CREATE TABLE colours (name text);");
        write("V999.9__mine.sql", "CREATE TABLE mine ();");

        assertThatThrownBy(this::run).isInstanceOf(BadSettingException.class).hasMessageMatching(
            "\\S+/V999.9__mine.sql: version 999.9 is below 1000, and those are Saddlebag's own. Give the file a version from V1000 on");
        assertThat(relation("colours")).isNull();
    }

    @Test
    void twoFilesOfOneVersionAreBothNamed() throws Exception {
        write("V1000__colours.sql", "CREATE TABLE colours ();");
        write("V1000__shapes.sql", "CREATE TABLE shapes ();");

        assertThatThrownBy(this::run).isInstanceOf(BadSettingException.class)
            .hasMessageMatching("migrations: .*version 1000 .*V1000__(colours|shapes).sql.*V1000__(colours|shapes).sql.*Put that right, and start again");
    }

    @Test
    void aFileThatFlywayWouldPassOverForItsNameIsNamed() throws Exception {
        write("V1000_colours.sql", "CREATE TABLE colours ();");

        assertThatThrownBy(this::run).isInstanceOf(BadSettingException.class).hasMessageContaining("V1000_colours.sql");
    }

    /** Flyway's lock is one that every role may take: https://github.com/flyway/flyway, PostgreSQLAdvisoryLockTemplate. */
    @Test
    void whoeverHoldsTheLockOfTheMigrationsIsNotWaitedForWithoutEnd() throws Exception {
        write("V1000__colours.sql", "CREATE TABLE colours (name text);");
        try (Connection somebody = TestDatabase.connect(url())) {
            somebody.createStatement().execute("SELECT pg_advisory_lock(" + (77431708279161L + "\"public\".\"flyway_schema_history\"".hashCode()) + ")");
            assertThatThrownBy(this::run).isInstanceOf(BadSettingException.class).hasMessageMatching(
                "migrations: another session .* has held their lock .* pg_terminate_backend.* AND database = \\(SELECT oid FROM .* current_database\\(\\)\\)");
        }
        assertThatCode(this::run).doesNotThrowAnyException();
    }

    /** A reader's open transaction is enough to hold up a change of a table. */
    @Test
    void aTableThatSomebodyReadsMeanwhileIsNotWaitedForWithoutEnd() throws Exception {
        write("V1000__colours.sql", "CREATE TABLE colours (name text);");
        run();
        write("V1001__red.sql", "SET LOCAL lock_timeout = '100ms';\nALTER TABLE colours ADD red boolean;");
        try (Connection reader = TestDatabase.connect(url())) {
            reader.setAutoCommit(false);
            reader.createStatement().execute("SELECT * FROM colours");
            assertThatThrownBy(this::run).isInstanceOf(BadSettingException.class).hasMessageMatching(
                "\\S+/V1001__red.sql, line 2: another session holds a lock .* Have open transactions end .* Nothing of the file is left in the database: start again");
        }
        assertThatCode(this::run).doesNotThrowAnyException();
    }

    @Test
    void whatFailedOutsideATransactionIsToldAtThisStartAndTheNext() throws Exception {
        write("V1000__colours.sql", "CREATE TABLE colours (name text);");
        run();
        write("V1001__index.sql", "CREATE INDEX CONCURRENTLY ON colours (colour);");
        for (int start = 0; start < 2; start++) {
            assertThatThrownBy(this::run).isInstanceOf(BadSettingException.class).hasMessageMatching(
                "\\S+/V1001__index.sql.*(column \"colour\" does not exist|failed half-way).* Undo .* flyway_schema_history .*");
        }
    }

    @Test
    void tablesOfANewerSaddlebagAreRefusedAndItsFunctionsStay() throws Exception {
        write("V134__now.sql", "SELECT 1;");
        write("R__answer.sql", "CREATE OR REPLACE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 1';");
        flyway().migrate();
        write("V135__next.sql", "SELECT 1;");
        write("R__answer.sql", "CREATE OR REPLACE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 2';");
        flyway().migrate();
        Files.delete(folder.resolve("V135__next.sql"));
        write("R__answer.sql", "CREATE OR REPLACE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 1';");

        assertThatThrownBy(this::run).isInstanceOf(BadSettingException.class).hasMessage("DATABASE_URL: a newer Saddlebag has migrated "
            + "this database (to V135; the last migration of this one is V134). Start that version or a later one; to return to this one, "
            + "restore a backup from before the update");
        assertThat(ask("SELECT answer()")).isEqualTo("2");

        write("V1000__colours.sql", "CREATE TABLE colours (name text);");
        assertThatThrownBy(this::run).as("also beside migrations of the installation").hasMessageContaining("a newer Saddlebag");
        assertThat(relation("colours")).isNull();
    }

    @Test
    void soAreThoseThatANewerOneMakesWhileTheOlderOneWaitsForItsTurn() throws Exception {
        write("V134__now.sql", "SELECT 1;");
        flyway().migrate();
        write("beforeMigrate.sql", "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, "
            + "execution_time, success) VALUES (99, '135', 'next', 'SQL', 'V135__next.sql', 1, 'newer', 1, true);");
        write("R__answer.sql", "CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 1';");

        assertThatThrownBy(this::run).isInstanceOf(BadSettingException.class).hasMessageContaining("a newer Saddlebag has migrated");
        assertThat(ask("SELECT to_regproc('answer')")).isNull();
    }

    @Test
    void aDatabaseFromBeforeTheFirstReleaseIsRefusedAndLeftAsItIs() throws Exception {
        write("V87__times_in_the_future.sql", "CREATE TABLE products ();");
        flyway().migrate();
        Files.delete(folder.resolve("V87__times_in_the_future.sql"));

        assertThatThrownBy(() -> new Migrations(TestDatabase.flyway(url())).run()).isInstanceOf(BadSettingException.class).hasMessage("DATABASE_URL: a Saddlebag from before the first release "
            + "made the tables of this database (up to V87), and they cannot be brought up to date. Start with an empty database; the records come "
            + "anew from Zoho. Where DATABASE_URL is not set, move the folder data/postgres away");
        assertThat(relation("organisations")).isNull();
    }

    @Test
    void tablesOfOthersInTheDatabaseAreNoHistory() throws Exception {
        ask("CREATE TABLE theirs (); SELECT 1");
        for (int start = 0; start < 2; start++) {
            new Migrations(TestDatabase.flyway(url())).run();
        }
        assertThat(relation("organisations")).isNotNull();
    }

    /** Flyway runs functions after all versions. */
    @Test
    void aMigrationOfTheInstallationCallsSaddlebagsFunctionsAlreadyInAnEmptyDatabase() throws Exception {
        write("V1000__colours.sql", "CREATE TABLE colours (org_id text, zoho_colour_id text, source jsonb, name text);\n"
            + "SELECT track_changes('colours', 'colours', 'zoho_colour_id');\n");
        write("R__all_colours.sql", "CREATE OR REPLACE VIEW all_colours AS SELECT is_plain_id(name) FROM colours;");
        new Migrations(TestDatabase.flyway(url(), folder)).run();

        ask("INSERT INTO colours VALUES ('1', '2', '{}', 'hush'); UPDATE colours SET name = 'hue'; SELECT 1");
        assertThat(ask("SELECT string_agg(column_name, ',') FROM record_changes")).isEqualTo("name");
        assertThat(ask("SELECT has_table_privilege('saddlebag_reader', 'colours', 'SELECT') AND NOT has_table_privilege('saddlebag_reader', "
            + "'dead_letters', 'SELECT')")).as("and its readers may read it").isEqualTo("t");

        write("V1000__colours.sql", "CREATE TABLE colours (name text);");
        ask("UPDATE flyway_schema_history SET checksum = 1 WHERE script = 'R__runs.sql'; SELECT 1");
        write("V1001__more.sql", "CREATE TABLE more ();");
        assertThatThrownBy(() -> new Migrations(TestDatabase.flyway(url(), folder)).run()).hasMessageContaining("V1000__colours.sql: it was changed after it had been run");
        assertThat(ask("SELECT count(*) FROM flyway_schema_history WHERE script = 'R__runs.sql'")).as("nothing was run before that").isEqualTo("1");
    }

    private void run() throws Exception {
        new Migrations(flyway()).run();
    }

    private Flyway flyway() throws Exception {
        return Flyway.configure().dataSource(DatabaseUrl.parse(url()).getJdbcUrl(), "postgres", "").outOfOrder(true)
            .validateMigrationNaming(true).lockRetryCount(1).locations("filesystem:" + folder).load();
    }

    /** A database of this test. */
    private String url() throws Exception {
        url = url == null ? TestDatabase.fresh() : url;
        return url;
    }

    private String relation(String name) throws Exception {
        return ask("SELECT to_regclass('" + name + "')");
    }

    private String ask(String query) throws Exception {
        try (Connection connection = TestDatabase.connect(url());
                Statement statement = connection.createStatement()) {
            for (boolean rows = statement.execute(query); !rows; rows = statement.getMoreResults()) {
                assertThat(statement.getUpdateCount()).isNotNegative();
            }
            ResultSet row = statement.getResultSet();
            row.next();
            return row.getString(1);
        }
    }

    private void write(String file, String statements) throws IOException {
        Files.writeString(folder.resolve(file), statements);
    }
}
