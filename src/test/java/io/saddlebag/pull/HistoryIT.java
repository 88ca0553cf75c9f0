package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.sandbox.data.Catalogue;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;

/** Every change of a record's columns for 90 days: what it was, what it became, when, and by which run and call. */
@Tag("sql")
class HistoryIT extends PullCase {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    @Test
    void whichCallWroteThisPriceIsOneQuery() {
        String id = ZOHO.catalogue().add(JSON.objectNode().put("name", "Lantern").put("rate", 9.5));
        saddlebag().pull("full");
        ZOHO.catalogue().change(id, JSON.objectNode().put("rate", 12.25), Set.of(), true);
        long run = saddlebag().pull("incremental").get("id").asLong();

        Map<String, Object> change = saddlebag().database().queryForMap("SELECT *, before::text AS was, after::text AS became"
                + " FROM record_history WHERE entity = 'items' AND zoho_id = ? AND column_name = 'price'", id);

        assertThat(change).containsEntry("was", "9.5").containsEntry("became", "12.25").containsEntry("source", "pull")
                .containsEntry("run_id", run).containsEntry("path", "/inventory/v1/items").containsEntry("status", 200);
        assertThat(saddlebag().count("zoho_calls z JOIN record_changes c ON c.call_id = z.id AND c.run_id = z.run_id"
                + " WHERE c.entity = 'items' AND c.column_name = 'price' AND z.at < c.changed_at")).isEqualTo(1);
    }

    @Test
    void firstRowsAreNoHistoryAndARunThatChangesNothingWritesNone() {
        long run = saddlebag().pull("full").get("id").asLong();
        saddlebag().pull("full");
        assertThat(saddlebag().count("record_changes")).isZero();
        assertThat(saddlebag().count("products p JOIN zoho_calls z ON z.org_id = p.org_id AND z.at = p.requested_at AND z.run_id = " + run))
                .as("the call of a first value").isEqualTo(1319);
    }

    @Test
    void aPersonsFetchAStatementByHandAndATombstoneAreToldApart() {
        String id = ZOHO.catalogue().add(JSON.objectNode().put("name", "Lantern").put("unit", "pcs").put("brand", "Acme"));
        saddlebag().call("POST", "/api/sync/items/" + id);
        ZOHO.catalogue().change(id, JSON.objectNode().put("unit", "box"), Set.of(), true);
        saddlebag().call("POST", "/api/sync/items/" + id);
        saddlebag().database().execute("UPDATE products SET brand = 'by hand', deleted_at = now()");
        saddlebag().call("POST", "/api/sync/items/" + id);

        assertThat(saddlebag().database().queryForList("SELECT c.source || ' ' || column_name"
                + " || CASE WHEN column_name = 'deleted_at' THEN '' ELSE ' ' || coalesce(c.after::text, 'null') END"
                + " FROM record_changes c LEFT JOIN zoho_calls z ON z.id = c.call_id AND z.purpose = 'check'"
                + " WHERE c.entity = 'items' AND column_name <> 'zoho_modified_at' AND (z.id IS NOT NULL) = (c.source = 'api')", String.class))
                .containsExactlyInAnyOrder("api unit \"box\"", "sql brand \"by hand\"", "sql deleted_at", "api brand \"Acme\"", "api deleted_at");
    }

    @Test
    void aColumnThatIsAddedIsTrackedWhateverItsKind() {
        saddlebag().database().execute("ALTER TABLE products ADD COLUMN crate json, ADD COLUMN spot point");
        try {
            saddlebag().database().execute("INSERT INTO products (org_id, zoho_item_id, crate) VALUES ('1', '1', '{\"a\":1}')");
            saddlebag().database().execute("UPDATE products SET crate = '{\"a\":2}', spot = '(1,2)'");
            saddlebag().database().execute("UPDATE products SET crate = '{\"a\":2}'");
        } finally {
            saddlebag().database().execute("ALTER TABLE products DROP COLUMN crate, DROP COLUMN spot");
        }
        assertThat(saddlebag().count("record_changes WHERE column_name = 'crate' AND before = '{\"a\":1}' AND after = '{\"a\":2}'"))
                .isEqualTo(1);
        assertThat(saddlebag().count("record_changes")).isEqualTo(2);
    }

    @Test
    void changesOlderThanNinetyDaysAreRemovedSliceBySlice() throws SchedulerException {
        saddlebag().database().execute("INSERT INTO record_changes (org_id, entity, zoho_id, changed_at, column_name, source)"
                + " SELECT '1', 'items', '1', now() - interval '91 days' + i * interval '9 s', 'price', 'pull' FROM generate_series(1, 12000) i");
        assertThat(saddlebag().count("qrtz_triggers WHERE trigger_group = 'housekeeping'")).as("once in the whole cluster").isEqualTo(1);

        saddlebag().bean(Scheduler.class).triggerJob(JobKey.jobKey("nightly", "housekeeping"));

        await().until(() -> saddlebag().count("record_changes WHERE changed_at < now() - interval '90 days'") == 0);
        assertThat(saddlebag().count("record_changes")).as("9600 are a day").isBetween(2_390L, 2_400L);
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aTickThatFailsSaysThatTheNextOneTriesAgainAndTheOtherTablesAreTrimmed(CapturedOutput output) throws SchedulerException {
        saddlebag().database().execute("ALTER TABLE sync_pages RENAME TO sync_pages_away");
        saddlebag().database().update("INSERT INTO webhook_counts (org_id, entity, event, result, hour, count) VALUES ('1', 'items', 'updated', 'old', now() - interval '31 days', 1)");
        try {
            saddlebag().bean(Scheduler.class).triggerJob(JobKey.jobKey("nightly", "housekeeping"));
            Pattern line = Pattern.compile("housekeeping gave up at .*history-trim.*\"sync_pages\" does not exist\\s+Position: \\d+; the next tick tries again");
            await().until(() -> line.matcher(output.getOut()).find()); // PostgreSQL's message has two lines
            await().until(() -> saddlebag().count("webhook_counts WHERE result = 'old'") == 0);
        } finally {
            saddlebag().database().execute("ALTER TABLE sync_pages_away RENAME TO sync_pages");
        }
    }

    @Test
    void oldRunsAndClosedDeadLettersLeaveButForThoseThatAreStillNeeded() throws SchedulerException {
        ZOHO.catalogue().add(JSON.objectNode().put("name", "bad").put("rate", "abc"));
        long measured = saddlebag().pull("full").get("id").asLong();
        long carriedOn = saddlebag().pull("full").get("id").asLong();
        long held = saddlebag().pull("full").get("id").asLong();
        long newest = saddlebag().pull("full").get("id").asLong();
        long incremental = saddlebag().pull("incremental").get("id").asLong();
        JdbcTemplate database = saddlebag().database();
        database.update("UPDATE sync_runs SET finished_at = now() - interval '91 days'");
        database.update("UPDATE sync_runs SET resumed_from = ? WHERE id = ?", carriedOn, newest);
        database.update("INSERT INTO sync_deletes (run_id, zoho_id, state, requested_at) VALUES (?, '1', 'held', now())", held);
        database.update("INSERT INTO dead_letters (org_id, source, entity, payload, error, closed_at) VALUES ('1', 'pull', 'items', '{}', 'x', now() - interval '91 days')");

        saddlebag().bean(Scheduler.class).triggerJob(JobKey.jobKey("nightly", "housekeeping"));

        await().until(() -> saddlebag().count("dead_letters WHERE closed_at IS NOT NULL") == 0);
        await().untilAsserted(() -> assertThat(database.queryForList("SELECT id FROM sync_runs", Long.class)) // runs go after letters
            .containsExactlyInAnyOrder(measured, held, newest, incremental));
        assertThat(saddlebag().count("dead_letters")).as("open").isEqualTo(1);
    }

    @Test
    void ofOldRunsOfAKindThatKeepsFailingTheNewestStays() throws SchedulerException {
        JdbcTemplate database = saddlebag().database();
        List<Long> runs = database.queryForList("INSERT INTO sync_runs (org, entity, mode, trigger, status, dry_run, finished_at)"
            + " SELECT '1', 'bills', 'full', 'timer', s, d, now() - interval '91 days' FROM unnest(ARRAY['succeeded', 'failed', 'abandoned', 'failed', 'cancelled']) WITH ORDINALITY AS a(s, n)"
            + " CROSS JOIN unnest(ARRAY[false, true]) d ORDER BY d, n RETURNING id", Long.class);
        database.update("INSERT INTO dead_letters (org_id, source, entity, payload, error, closed_at) VALUES ('1', 'pull', 'items', '{}', 'x', now() - interval '91 days')");

        saddlebag().bean(Scheduler.class).triggerJob(JobKey.jobKey("nightly", "housekeeping"));

        await().until(() -> saddlebag().count("dead_letters WHERE closed_at IS NOT NULL") == 0);
        await().untilAsserted(() -> assertThat(database.queryForList("SELECT id FROM sync_runs WHERE entity = 'bills' ORDER BY id", Long.class))
            .as("the success and the last failure, of runs and of plans").containsExactly(runs.get(0), runs.get(4), runs.get(5), runs.get(9)));
    }

    @Test
    void theFirstDetailsOfAListsRecordAreNoHistoryOfItsState() {
        Catalogue invoices = ZOHO.records("invoices");
        invoices.resize(3, 0);
        saddlebag().pull("invoices", "full");
        saddlebag().bean(ProducerTemplate.class).sendBody("direct:pull-details", null);

        assertThat(saddlebag().count("invoices WHERE detailed")).isEqualTo(3);
        assertThat(saddlebag().count("record_changes WHERE column_name = 'detailed'")).isZero();
    }

    @Test
    void thePagesOfAFullRunSayWhichRecordsTheyShowed() {
        ZOHO.catalogue().add(JSON.objectNode().put("name", "bad").put("rate", "abc"));
        long run = saddlebag().pull("full").get("id").asLong();
        saddlebag().pull("incremental");

        assertThat(saddlebag().count("(SELECT DISTINCT unnest(ids) FROM sync_pages WHERE run_id = " + run + ") seen")).isEqualTo(1320);
        assertThat(saddlebag().count("sync_pages")).isEqualTo(7);
    }
}
