package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Work at a few events does not read all that wait: in a storm PostgreSQL's statistics, and the plans that its connections keep, are
 * of the quiet times before. As many events were done then as each test's number says, and none waited.
 */
@Tag("sql")
class InboxPlansIT extends WebhookCase {

    /** No statistics at all, as after the installation. */
    private static final int NEVER = -1;
    private static final int WAITING = 20_000;
    private static final int RECORDS = 1000;
    /** Of each record that is worked at, those that wait are looked at. */
    private static final int FEW = 100 * (WAITING / RECORDS) * 3;
    private static final String CLAIMED = "SELECT * FROM claim_webhooks(true, ARRAY['of-tests'], 100, interval '30 s') c";

    private Connection connection;

    @BeforeEach
    void aConnectionThatKeepsPlans() throws SQLException {
        HikariDataSource pool = saddlebag().bean(HikariDataSource.class);
        connection = DriverManager.getConnection(pool.getJdbcUrl(), pool.getUsername(), pool.getPassword());
        run("ALTER TABLE webhook_events SET (autovacuum_enabled = false)");
        run("SET plan_cache_mode = force_generic_plan");
    }

    @AfterEach
    void forget() throws SQLException {
        run("ROLLBACK");
        run("TRUNCATE webhook_events");
        run("ALTER TABLE webhook_events RESET (autovacuum_enabled)");
        connection.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {NEVER, 0, 60, 5000})
    void aClaimReadsWhatIsDueFirst(int done) throws SQLException {
        quietTimes(done);
        run(CLAIMED);
        storm();
        run("BEGIN");
        long before = eventsRead();
        try (Statement statement = connection.createStatement();
             ResultSet claimed = statement.executeQuery("SELECT count(*), count(DISTINCT c.zoho_id), max(c.zoho_id::int) FROM (" + CLAIMED + ") c")) {
            assertThat(claimed.next()).isTrue();
            assertThat(claimed.getInt(1)).isEqualTo(100);
            assertThat(claimed.getInt(2)).isEqualTo(100);
            assertThat(claimed.getInt(3)).as("the first hundred").isEqualTo(99);
        }
        assertThat(eventsRead() - before).isLessThan(FEW);
    }

    @ParameterizedTest
    @ValueSource(ints = {NEVER, 0, 60, 5000})
    void whetherARecordHasMoreReadsItsOwn(int done) throws SQLException {
        quietTimes(done);
        events("ignored", 1);
        String more = "SELECT bool_and(has_another_due(e)) FROM webhook_events e WHERE e.id IN (SELECT id FROM webhook_events ORDER BY id DESC LIMIT 100)";
        run(more);
        storm();
        run("SET enable_seqscan = off");
        run("BEGIN");
        long before = eventsRead();
        assertThat(text(more)).isEqualTo("t");
        assertThat(eventsRead() - before).isLessThan(FEW);
    }

    @ParameterizedTest
    @ValueSource(ints = {NEVER, 0, 60, 5000})
    void anEndReadsItsRecordsEvents(int done) throws SQLException, IOException {
        quietTimes(done);
        for (String off : new String[] {"seqscan", "hashjoin", "mergejoin", "material"}) { // as in the sink's turn
            run("SET enable_" + off + " = off");
        }
        run("PREPARE ending(text) AS " + Files.readString(Path.of("routes/webhook/webhook-settle.sql")).replace(":#${variable.org}", "'backlog'")
            .replace(":#${variable.entity}", "'of-tests'").replace(":#${body}", "$1"));
        run("EXECUTE ending('[]')");
        storm();
        run("CREATE TEMPORARY TABLE claimed AS " + CLAIMED);
        String endings = text("SELECT jsonb_agg(jsonb_build_object('event_id', event_id, 'until', claimed_until, 'zoho_id', zoho_id, 'status', 'done',"
            + " 'alone', false)) FROM claimed");
        run("BEGIN");
        long before = eventsRead();
        run("EXECUTE ending('" + endings + "')");
        assertThat(eventsRead() - before).isLessThan(FEW);
        assertThat(text("SELECT count(*) FROM webhook_events w JOIN claimed c USING (org_id, event_id) WHERE w.status = 'done'")).isEqualTo("100");
        assertThat(text("SELECT count(*) FROM webhook_events WHERE status = 'pending'")).isEqualTo(String.valueOf(WAITING - 100));
    }

    @ParameterizedTest
    @ValueSource(ints = {NEVER, 0, 60, 5000})
    void aWebhookReadsThoseLikeIt(int done) throws SQLException {
        quietTimes(done);
        String dated = "SELECT count(*) FROM receive_webhook('backlog', '%s', 'of-tests', 'updated', '1', now(), true, '{}') WHERE accepted";
        String hint = dated.replace("now()", "NULL");
        run(dated.formatted("old"));
        run(dated.formatted("old"));
        run(hint.formatted("old hint"));
        run(hint.formatted("old hint"));
        storm();
        run("BEGIN");
        long before = eventsRead();
        assertThat(text(dated.formatted("new"))).isEqualTo("1");
        assertThat(text(dated.formatted("new"))).isEqualTo("0");
        assertThat(text(dated.formatted("other"))).isEqualTo("1");
        assertThat(text(dated.formatted("new"))).as("comes again after another of its time").isEqualTo("1");
        assertThat(text(hint.formatted("new hint"))).isEqualTo("1");
        assertThat(text(hint.formatted("new hint"))).as("told again").isEqualTo("0");
        assertThat(eventsRead() - before).isLessThan(75);
    }

    @ParameterizedTest
    @ValueSource(ints = {NEVER, 0, 60, 5000})
    void aFailureOrAWaitReadsItself(int done) throws SQLException, IOException {
        quietTimes(done);
        String fail = "SELECT fail_webhook('backlog', '%1$s', (SELECT max(claimed_until) FROM claimed WHERE event_id = '%1$s'), 'of a test', true, 3, interval '1 s', interval '1 s')";
        run("CREATE TEMPORARY TABLE claimed (event_id text, claimed_until timestamptz)");
        run(fail.formatted("none"));
        run("PREPARE waiting(timestamptz) AS " + Files.readString(Path.of("routes/webhook/inbox-postpone.sql"))
            .replace(":#${variable.delay.until.toString}", "now()").replace(":#${variable.delay.message}", "'a limit'")
            .replace(":#${variable.org}", "'backlog'").replace(":#${body[event_id]}", "'pending2'")
            .replace(":#${body[claimed_until]}", "$1"));
        run("EXECUTE waiting(now())");
        storm();
        run("INSERT INTO claimed SELECT event_id, claimed_until FROM (" + CLAIMED + ") c");
        run("BEGIN");
        long before = eventsRead();
        assertThat(text(fail.formatted("pending1"))).isEqualTo("pending");
        run("EXECUTE waiting('" + text("SELECT max(claimed_until) FROM claimed WHERE event_id = 'pending2'") + "')");
        assertThat(eventsRead() - before).isLessThan(50);
        assertThat(text("SELECT count(*) FROM webhook_events WHERE error IN ('of a test', 'a limit')")).isEqualTo("2");
    }

    private void quietTimes(int done) throws SQLException {
        run("TRUNCATE webhook_events");
        if (done != NEVER) {
            events("done", done);
            run("VACUUM ANALYZE webhook_events");
        }
    }

    private void storm() throws SQLException {
        events("pending", WAITING);
    }

    /** Of a kind that no worker asks for; each record's again and again. */
    private void events(String status, int count) throws SQLException {
        run(("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, modified, complete, payload, status) "
            + "SELECT 'backlog', '%1$s' || n, '%1$s' || n, 'of-tests', 'updated', n %% %2$d, now(), true, '{}', '%1$s' "
            + "FROM generate_series(0, %3$d - 1) n").formatted(status, RECORDS, count));
    }

    /** @return rows of the inbox that this transaction has read */
    private long eventsRead() throws SQLException {
        return Long.parseLong(text("SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'webhook_events'"));
    }

    private String text(String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
