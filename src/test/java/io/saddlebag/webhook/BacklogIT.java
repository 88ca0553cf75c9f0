package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A storm leaves many events waiting while PostgreSQL's statistics still say that none is: work at a few must not read them all. */
class BacklogIT extends WebhookCase {

    private static final int WAITING = 20_000;
    private static final int RECORDS = 1000;
    /** Of each record that is worked at, those that wait are looked at. */
    private static final int FEW = 100 * (WAITING / RECORDS) * 3;

    @BeforeEach
    void aStormAfterQuietTimes() {
        events("done", 5000);
        saddlebag().database().execute("ANALYZE webhook_events");
        events("pending", WAITING);
    }

    @Test
    void aClaimReadsWhatIsDueFirst() throws SQLException {
        try (Connection connection = saddlebag().bean(DataSource.class).getConnection(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            long before = read(statement);
            try (ResultSet claimed = statement.executeQuery("SELECT count(*), count(DISTINCT zoho_id), max(zoho_id::int) FROM "
                    + "claim_webhooks(true, ARRAY['of-tests'], 100, interval '30 s')")) {
                assertThat(claimed.next()).isTrue();
                assertThat(claimed.getInt(1)).isEqualTo(100);
                assertThat(claimed.getInt(2)).isEqualTo(100);
                assertThat(claimed.getInt(3)).as("the first hundred").isEqualTo(99);
            }
            assertThat(read(statement) - before).isLessThan(FEW);
            connection.rollback();
        }
    }

    @Test
    void anEndReadsItsRecordsEvents() throws SQLException, IOException {
        String end = Files.readString(Path.of("routes/webhook/webhook-end.sql")).replace(":#${variable.org}", "'backlog'")
            .replace(":#${variable.entity}", "'of-tests'").replace(":#${variable.endings}", "(SELECT jsonb_agg(jsonb_build_object("
                + "'event_id', event_id, 'until', claimed_until, 'zoho_id', zoho_id, 'status', 'done', 'alone', false)) FROM claimed)");
        try (Connection connection = saddlebag().bean(DataSource.class).getConnection(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("CREATE TEMPORARY TABLE claimed ON COMMIT DROP AS SELECT * FROM claim_webhooks(true, ARRAY['of-tests'], 100, interval '30 s')");
            long before = read(statement);
            int ended = 0;
            try (ResultSet rows = statement.executeQuery(end)) {
                while (rows.next()) {
                    ended++;
                }
            }
            assertThat(ended).isEqualTo(100);
            assertThat(read(statement) - before).isLessThan(FEW);
            connection.rollback();
        }
    }

    /** Of a kind that no worker asks for; each record's again and again. */
    private static void events(String status, int count) {
        saddlebag().database().update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, modified, complete, payload, status) "
            + "SELECT 'backlog', ? || n, ? || n, 'of-tests', 'updated', n % ?, now(), true, '{}', ? FROM generate_series(0, ? - 1) n",
            status, status, RECORDS, status, count);
    }

    /** @return rows of the inbox that this transaction has read */
    private static long read(Statement statement) throws SQLException {
        try (ResultSet read = statement.executeQuery("SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'webhook_events'")) {
            read.next();
            return read.getLong(1);
        }
    }
}
