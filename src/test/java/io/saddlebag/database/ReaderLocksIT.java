package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.SignedWebhook;
import io.saddlebag.testkit.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whoever may read the tables of Zoho data can stop neither calls nor webhooks nor runs, whatever locks they ask for. */
class ReaderLocksIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final String SECRET = "SampleSecret1234";
    private static final String ITEM = "6000000000010000001";
    private static String url;
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() throws Exception {
        url = TestDatabase.migrated();
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        saddlebag = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + url, "--zoho.webhook-secret=" + SECRET,
            "--spring.datasource.hikari.connection-init-sql=SET lock_timeout = '1s'");
        saddlebag.pull("full");
        saddlebag.pull("price-lists", "full");
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
        ZOHO.reset();
    }

    @Test
    void aReaderThatTakesEveryLockItCanStopsNothing() throws Exception {
        ask("CREATE ROLE reader_of_locks LOGIN IN ROLE saddlebag_reader");
        try {
            try (Connection reader = TestDatabase.connect(url.replace("postgres:any", "reader_of_locks:any"))) {
                reader.setAutoCommit(false);
                takeEveryLock(reader);
                assertThat(ask("SELECT DISTINCT l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_stat_activity a USING (pid)"
                    + " WHERE a.usename = 'reader_of_locks' AND c.relnamespace = CAST('public' AS regnamespace) AND l.granted"))
                    .as("what readers hold on the tables").containsExactly("AccessShareLock");

                assertThat(saddlebag.call("POST", "/api/sync/items/" + ITEM).statusCode()).isEqualTo(200);
                assertThat(saddlebag.pull("incremental").get("status").asText()).isEqualTo("succeeded");
                assertThat(saddlebag.pull("price-lists", "full").get("status").asText()).isEqualTo("succeeded");
                webhook("{\"item\": {\"item_id\": \"" + ITEM + "\"}}");
                await().until(() -> saddlebag.count("webhook_events WHERE status = 'done'") == 1);
                assertThat(ask("SET lock_timeout = '2s'; SELECT records_of('gadgets')")).as("a place for a new kind").containsExactly("records_gadgets");
                assertThat(problems()).isEmpty();
            }
        } finally {
            ask("DROP ROLE reader_of_locks");
        }
    }

    /** A trigger's function runs as its owner, whoever wrote to the table. */
    @Test
    void aReaderHangsNoFunctionOfOursOnATableOfTheirOwn() throws Exception {
        List<String> functions = ask("SELECT proname FROM pg_proc WHERE pronamespace = CAST('public' AS regnamespace) AND prosecdef");
        assertThat(functions).contains("note_changes", "images_follow_products", "prices_follow_products", "parents_move_stock");
        ask("CREATE ROLE reader_with_triggers LOGIN IN ROLE saddlebag_reader");
        try (Connection reader = TestDatabase.connect(url.replace("postgres:any", "reader_with_triggers:any"));
                Statement statement = reader.createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE mine AS SELECT * FROM products LIMIT 1");
            for (String function : functions) {
                assertThatThrownBy(() -> statement.execute("CREATE TRIGGER mine AFTER UPDATE ON mine REFERENCING OLD TABLE AS old_rows"
                    + " NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION " + function + "()")).as(function).hasMessageContaining("permission denied");
            }
            statement.execute("DROP TABLE mine"); // PostgreSQL drops it some time after the connection is closed, and the role has it until then
        } finally {
            ask("DROP ROLE reader_with_triggers");
        }
    }

    @Test
    void nothingThatRunsInTheDatabaseTakesALockThatEveryRoleMayTake() throws Exception {
        assertThat(ask("SELECT proname FROM pg_proc WHERE pronamespace = CAST('public' AS regnamespace) AND prosrc LIKE '%advisory%'"))
            .isEmpty();
    }

    @Test
    void aTurnIsNotWaitedForWithoutEnd() throws Exception {
        assertThat(ask("SELECT lock_work('of tests'); SELECT current_setting('lock_timeout')")).as("of a transaction that set none").containsExactly("30s");
        assertThat(ask("SET lock_timeout = '7s'; SELECT lock_work('of tests'); SELECT current_setting('lock_timeout')")).containsExactly("7s");
        try (Connection holder = TestDatabase.connect(url); Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT lock_work('of tests')");
            assertThatThrownBy(() -> ask("SET lock_timeout = '50ms'; SELECT lock_work('of tests')")).hasMessageContaining("lock timeout");
            assertThat(ask("SET lock_timeout = '50ms'; SELECT lock_work('of others')")).as("another turn").hasSize(1);
        }
        assertThat(ask("SET lock_timeout = '5s'; SELECT lock_work('of tests')")).hasSize(1);
    }

    /** Whoever holds it may write, and so may do without us for a while. */
    @Test
    void aRunThatDoesNotGetALockInTimeWaitsForItAndGoesOn() throws Exception {
        try (Connection holder = TestDatabase.connect(url); Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT lock_work('sink items " + SaddlebagServer.ORG + "')");
            long run = saddlebag.start("full");
            await().until(() -> "lock".equals(saddlebag.run(run).get("waitingFor").asText()));
            assertThat(saddlebag.run(run).get("status").asText()).isEqualTo("running");
            ask("UPDATE sync_runs SET waiting_since = now() - interval '2 minutes' WHERE waiting_since IS NOT NULL");
            assertThat(problems()).singleElement().asString().contains("the run of items has waited since", "locks", "pg_stat_activity");

            holder.rollback();
            ask("UPDATE sync_runs SET waiting_until = now() WHERE waiting_until IS NOT NULL");
            assertThat(saddlebag.ended(run).get("status").asText()).isEqualTo("succeeded");
        }
    }

    /** Everything on one connection, which stays open: what is refused is refused, what is granted is held. */
    private static void takeEveryLock(Connection reader) throws SQLException {
        List<String> attempts = new ArrayList<>();
        for (String table : ask("SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = CAST('public' AS regnamespace) AND c.relkind IN ('r', 'p', 'v')")) {
            attempts.add("SELECT * FROM " + table + " LIMIT 1");
            for (String strength : List.of("UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE")) {
                attempts.add("SELECT 1 FROM " + table + " FOR " + strength);
            }
            for (String mode : List.of("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE",
                    "EXCLUSIVE", "ACCESS EXCLUSIVE")) {
                attempts.add("LOCK TABLE " + table + " IN " + mode + " MODE NOWAIT");
            }
        }
        List<String> names = ask("SELECT name FROM work_locks");
        assertThat(names).contains("sink items " + SaddlebagServer.ORG, "zoho_calls " + SaddlebagServer.ORG, "prices " + SaddlebagServer.ORG);
        for (String name : names) {
            attempts.add("SELECT pg_advisory_lock(hashtextextended('" + name + "', 0))");
            attempts.add("SELECT lock_work('" + name + "')");
        }
        for (String function : ask("SELECT proname || '()' FROM pg_proc WHERE pronamespace = CAST('public' AS regnamespace) AND pronargs = 0 AND prorettype <> CAST('trigger' AS regtype)")) {
            attempts.add("SELECT " + function);
        }
        attempts.add("SELECT pg_advisory_lock(classid::bigint << 32 | objid::bigint) FROM pg_locks WHERE locktype = 'advisory' AND granted");
        int granted = 0;
        try (Statement statement = reader.createStatement()) {
            statement.execute("SET lock_timeout = '1s'");
            for (String attempt : attempts) {
                statement.execute("SAVEPOINT attempt");
                try {
                    statement.execute(attempt);
                    granted++;
                } catch (SQLException refused) {
                    assertThat(refused.getSQLState()).as(attempt).isIn("42501", "0A000", "42809", "55000", "55P03", "22P02"); // rights, a view, a lock held
                    statement.execute("ROLLBACK TO attempt");
                }
            }
        }
        assertThat(granted).as("the tables of Zoho data are read, at least").isGreaterThan(20);
    }

    private static void webhook(String body) throws Exception {
        URI address = URI.create("http://localhost:" + saddlebag.port() + "/api/zoho/sync-products?event=updated");
        HttpRequest request = HttpRequest.newBuilder(address).header("Content-Type", "application/json").timeout(Duration.ofSeconds(20))
            .header("X-Zoho-Webhook-Signature", SignedWebhook.signature(SECRET, address, body)).POST(HttpRequest.BodyPublishers.ofString(body)).build();
        assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    private static List<String> problems() {
        List<String> problems = new ArrayList<>();
        JsonNode health = SaddlebagServer.json(saddlebag.call("GET", "/api/zoho/health"));
        health.get("problems").forEach(problem -> problems.add(problem.asText()));
        return problems;
    }

    /** Past the application, as its owner, in one transaction. @return the first column of the last result */
    private static List<String> ask(String statements) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = TestDatabase.connect(url); Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(statements);
            while (rows || statement.getUpdateCount() != -1) {
                if (rows) {
                    values.clear();
                    ResultSet result = statement.getResultSet();
                    while (result.next()) {
                        values.add(result.getString(1));
                    }
                }
                rows = statement.getMoreResults();
            }
        }
        return values;
    }
}
