package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.DistributionServer;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/howto/backup-and-restore.md says: dump, restore on another server, start, verify. With the programs of the distribution. */
@Tag("sql")
class RestoreIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final String READABLE = """
        SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class c
         WHERE c.relnamespace = CAST('public' AS regnamespace) AND has_table_privilege('saddlebag_reader', c.oid, 'SELECT')""";
    private static final String CLOSED = """
        SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc p
         WHERE p.pronamespace = CAST('public' AS regnamespace) AND NOT has_function_privilege('public', p.oid, 'EXECUTE')""";

    @TempDir
    static Path folder;
    private static DistributionServer elsewhere;
    private static String readable;
    private static String closed;
    private static long lastRun;

    @BeforeAll
    static void dump() throws Exception {
        ZOHO.reset();
        elsewhere = DistributionServer.start();
        try (DistributionServer server = DistributionServer.start();
                SaddlebagServer saddlebag = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + server.url())) {
            assertThat(saddlebag.pull("full").get("status").asText()).isEqualTo("succeeded");
            assertThat(saddlebag.pull("incremental").get("status").asText()).isEqualTo("succeeded");
            ask(server.url(), "INSERT INTO push_targets (org_id, target, state) VALUES ('" + SaddlebagServer.ORG + "', 'crm-products', 'on')");
            assertThat(saddlebag.call("POST", "/api/push/crm-products").statusCode()).isEqualTo(202);
            lastRun = Long.parseLong(ask(server.url(), "SELECT max(id) FROM sync_runs"));
            readable = ask(server.url(), READABLE);
            closed = ask(server.url(), CLOSED);
            assertThat(readable).contains("products", "record_history");
            assertThat(closed).contains("lock_work", "note_changes");
            assertThat(run("pg_dump", "-Fc", "-f", dumped(), server.url())).isEmpty();
        }
    }

    @AfterAll
    static void stop() {
        if (elsewhere != null) {
            elsewhere.close();
        }
    }

    @Test
    void aDumpIsRestoredWhereTheRolesOfReadersAndWritersAreThere() throws Exception {
        for (String role : List.of("saddlebag_reader", "saddlebag_writer")) {
            ask(elsewhere.url(), "DO $$ BEGIN CREATE ROLE " + role + " NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; SELECT 1");
        }
        ask(elsewhere.url(), "CREATE DATABASE restored");
        assertThat(run("pg_restore", "--exit-on-error", "-d", elsewhere.url("restored"), dumped())).isEmpty();
        isWholeAndWorks(elsewhere.url("restored"));
    }

    /** pg_restore reports each right that it could not grant, and goes on. */
    @Test
    void soItIsOnAServerThatNeverHadTheRole() throws Exception {
        try (DistributionServer bare = DistributionServer.start()) {
            assertThat(run("pg_restore", "-d", bare.url(), dumped())).contains("role \"saddlebag_reader\" does not exist")
                .doesNotContainPattern("error: (?!could not execute query: ERROR:  role \"saddlebag_(reader|writer)\" does not exist)");
            isWholeAndWorks(bare.url());
        }
    }

    private static void isWholeAndWorks(String url) throws Exception {
        try (SaddlebagServer saddlebag = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + url)) {
            assertThat(ask(url, READABLE)).isEqualTo(readable);
            assertThat(ask(url, CLOSED)).isEqualTo(closed);

            JsonNode verified = saddlebag.ended(SaddlebagServer.json(saddlebag.call("POST", "/api/verify/items")).get("runId").asLong());
            assertThat(verified.get("status").asText()).isEqualTo("succeeded");
            assertThat(ask(url, "SELECT summary FROM sync_runs WHERE mode = 'verify'"))
                .startsWith("Zoho 1319, PostgreSQL 1319, differing 0, missing 0, surplus 0, rejected 0;");
            HttpResponse<String> push = saddlebag.call("POST", "/api/push/crm-products");
            assertThat(push.statusCode()).isEqualTo(409);
            assertThat(push.body()).contains("looks like a copy", "POST /api/push/confirm");
            JsonNode next = saddlebag.pull("incremental");
            assertThat(next.get("status").asText()).isEqualTo("succeeded");
            assertThat(next.get("id").asLong()).as("ids go on").isGreaterThan(lastRun);
        }
    }

    private static String dumped() {
        return folder.resolve("saddlebag.dump").toString();
    }

    /** @return what the program says on its error output */
    private static String run(String program, String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = DistributionServer.installed().orElseThrow().resolve(program).toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        File said = folder.resolve(program + ".err").toFile();
        new ProcessBuilder(command).redirectError(said).start().waitFor();
        return Files.readString(said.toPath());
    }

    private static String ask(String url, String statements) throws Exception {
        try (Connection connection = TestDatabase.connect(url); Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(statements);
            while (!rows && statement.getUpdateCount() != -1) {
                rows = statement.getMoreResults();
            }
            if (!rows) {
                return null;
            }
            ResultSet row = statement.getResultSet();
            row.next();
            return row.getString(1);
        }
    }
}
