package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.springframework.core.env.Environment;

/** Every table is bounded, by days or by what it is about; the night's work takes old rows in slices; GET /api/system shows both. */
@Tag("sql")
class RetentionIT {

    private static final int ROWS = 100_000;
    /** Seconds of one transaction of a trim. A slice takes a tenth of that. */
    private static final double LONGEST = 5;

    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() {
        saddlebag = SaddlebagServer.start(SandboxServer.shared()); // PostgreSQL takes a table that was emptied for a small one, and plans for that
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
    }

    @Test
    void everyTableHasDaysInTheSettingsOrIsBoundedByWhatItIsAbout() {
        Set<String> tables = new TreeSet<>(saddlebag.database().queryForList("SELECT table_name FROM table_sizes", String.class));
        Set<String> named = new TreeSet<>(saddlebag.database().queryForList("SELECT table_name FROM retention", String.class));
        assertThat(named).as("the view retention (db/functions/R__retention.sql) must name each table: its setting with days, or what bounds it")
            .isEqualTo(tables);
        assertThat(saddlebag.count("retention")).as("each table once").isEqualTo(named.size());
        assertThat(saddlebag.database().queryForList("SELECT table_name FROM retention WHERE setting IS NULL AND bounded_by IS NULL")).isEmpty();
    }

    @Test
    void everySettingOfDaysExists() {
        Environment settings = saddlebag.bean(Environment.class);
        assertThat(saddlebag.database().queryForList("SELECT DISTINCT setting FROM retention WHERE setting IS NOT NULL", String.class)).isNotEmpty()
            .allSatisfy(setting -> assertThat(settings.getProperty(setting, Integer.class)).as(setting).isPositive());
    }

    /** Tables, and old rows of which i is the number. */
    static Stream<Arguments> oldRows() {
        return Stream.of(
            arguments("record_changes", "(org_id, entity, zoho_id, column_name, source, changed_at)"
                + " SELECT '1', 'items', '7', 'price', 'pull', now() - interval '91 days'"),
            arguments("push_log", "(org_id, target, record_key, at, action) SELECT '1', 't', 'k', now() - interval '91 days', 'create'"),
            arguments("dead_letters", "(org_id, source, entity, zoho_id, payload, error, closed_at)"
                + " SELECT '1', 'pull', 'items', 'x' || i, '{}', 'x', now() - interval '91 days'"),
            arguments("sync_pages", "(run_id, page, ids, requested_at) SELECT (SELECT max(id) FROM sync_runs), i, '{}', now()"),
            arguments("webhook_events", "(org_id, event_id, digest, entity, event, zoho_id, complete, payload, status, processed_at)"
                + " SELECT '1', 'e' || i, 'd', 'items', 'updated', '7', true, '{}', 'dead', now() - interval '31 days'"),
            arguments("poll_findings", "(org_id, entity, zoho_id, modified_at, found_at, run_id)"
                + " SELECT '1', 'items', 'x' || i, now(), now() - interval '31 days', 1"),
            arguments("webhook_counts", "(org_id, entity, event, result, hour, count)"
                + " SELECT '1', 'items', 'updated', 'r' || i, now() - interval '31 days', 1"));
    }

    @ParameterizedTest
    @MethodSource("oldRows")
    void oldRowsGoInSlicesAndNoTransactionIsLong(String table, String insert) throws SchedulerException {
        saddlebag.database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, started_at, finished_at)"
            + " VALUES ('1', 'items', 'full', 'staff', 'succeeded', now() - interval '3 days', now() - interval '3 days')");
        saddlebag.database().update("INSERT INTO " + table + insert + " FROM generate_series(1, " + ROWS + ") AS i");
        housekeep();

        Set<Long> left = new TreeSet<>();
        List<Double> ages = new ArrayList<>();
        await().atMost(Duration.ofSeconds(120)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> {
            ages.add(saddlebag.database().queryForObject("SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND query LIKE '%DELETE FROM %' AND state <> 'idle' AND pid <> pg_backend_pid()", Double.class));
            left.add(saddlebag.count(table));
            return left.contains(0L);
        });
        assertThat(left.stream().filter(rows -> rows > 0 && rows < ROWS)).as("numbers of rows in between").hasSizeGreaterThan(1)
            .allSatisfy(rows -> assertThat(rows % 5000).isZero());
        assertThat(ages).as("seconds of the transactions that were seen").anyMatch(age -> age > 0).allMatch(age -> age < LONGEST);
    }

    @Test
    void aDeadEventStaysAsLongAsItsDeadLetter() throws SchedulerException {
        for (String event : new String[] {"kept", "given-up"}) {
            saddlebag.database().update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, status, processed_at)"
                + " VALUES ('2', ?, 'd', 'items', 'updated', '7', true, '{}', 'dead', now() - interval '31 days')", event);
        }
        saddlebag.database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error, event_id)"
            + " VALUES ('2', 'webhook', 'items', '7', '{}', 'x', 'kept')");
        housekeep();

        await().until(() -> saddlebag.count("webhook_events WHERE org_id = '2'") == 1);
        assertThat(saddlebag.database().queryForObject("SELECT event_id FROM webhook_events WHERE org_id = '2'", String.class)).isEqualTo("kept");
        saddlebag.database().update("DELETE FROM webhook_events");
        saddlebag.database().update("DELETE FROM dead_letters");
    }

    @Test
    void aRunStaysWhileRowsOfItsPushWaitForADecision() throws SchedulerException {
        for (String target : new String[] {"decided", "waits"}) {
            saddlebag.database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, started_at, finished_at)"
                + " SELECT '3', ?, 'full', 'timer', 'succeeded', at, at FROM (VALUES (now() - interval '95 days'), (now() - interval '1 day')) runs (at)", target);
        }
        saddlebag.database().update("INSERT INTO push_state (org_id, target, record_key, status, error_code, run_id)"
            + " SELECT '3', 'waits', 'k', 'held', 'held', min(id) FROM sync_runs WHERE entity = 'waits'");
        housekeep();

        await().until(() -> saddlebag.count("sync_runs WHERE entity = 'decided'") == 1);
        assertThat(saddlebag.count("sync_runs WHERE entity = 'waits'")).isEqualTo(2);
        saddlebag.database().update("DELETE FROM push_state");
    }

    @Test
    void callsOlderThanNinetyDaysAreRemovedSliceBySlice() throws SchedulerException {
        // 9600 calls are a day; an hour without any lies after them, so that none grows too old while the test waits
        saddlebag.database().update("INSERT INTO zoho_calls (org_id, at, answered_at, released_at, method, path, status, purpose)"
            + " SELECT '1', at, at, at, 'GET', '/x', 200, 'pull'"
            + " FROM generate_series(1, 12000) i, LATERAL (SELECT now() - interval '91 days' + i * interval '9 s'"
            + " + CASE WHEN i > 9600 THEN interval '1 hour' ELSE interval '0' END AS at) call");
        assertThat(saddlebag.count("qrtz_triggers WHERE trigger_group = 'housekeeping'")).as("one trigger for all replicas").isEqualTo(1);

        housekeep();

        await().until(() -> saddlebag.count("zoho_calls WHERE at < now() - interval '90 days'") == 0);
        assertThat(saddlebag.count("zoho_calls")).isEqualTo(2_400);
    }

    @Test
    void requestsForTokensMissingScopesAndStatesGoWhenNobodyAsksForThemAnyMore() throws SchedulerException {
        for (String age : new String[] {"25 hours", "23 hours"}) {
            saddlebag.database().update("INSERT INTO token_requests (connection_id, at, outcome) "
                + "SELECT id, now() - CAST(? AS interval), 'ok' FROM connections", age);
            saddlebag.database().update("INSERT INTO missing_scopes (connection_id, area, token_version, since) "
                + "SELECT id, CAST(? AS text), 1, now() - CAST(? AS interval) FROM connections", age, age);
            saddlebag.database().update("INSERT INTO oauth_states (digest, org_id, connection_id, client_id, redirect_uri, expires_at) "
                + "SELECT sha256(CAST(CAST(? AS text) AS bytea)), org_id, connection_id, 'x', 'x', now() - CAST(? AS interval) "
                + "FROM organisations", age, age);
        }

        housekeep();

        for (String table : new String[] {"token_requests", "missing_scopes", "oauth_states"}) {
            await().until(() -> saddlebag.count(table) == 1);
        }
    }

    @Test
    void theSystemIsShownWithItsProcessesRoutesAndTables() {
        JsonNode system = SaddlebagServer.json(saddlebag.call("GET", "/api/system"));
        assertThat(system.get("postgresql").asText()).isNotEmpty();
        assertThat(system.get("replicas")).hasSize(1).allSatisfy(replica -> assertThat(replica.get("here").asBoolean()).isTrue());
        assertThat(system.get("routes").findValuesAsText("id")).contains("api-system", "zoho-request");
        assertThat(system.get("routes")).allSatisfy(route -> assertThat(route.get("state").asText()).as("%s", route).isIn("Started", "Stopped"));
        assertThat(system.get("liveEditing").isNull()).as("SADDLEBAG_DEV is not set").isTrue();
        assertThat(system.get("tables")).filteredOn(table -> table.get("table").asText().equals("zoho_calls")).singleElement().satisfies(ledger -> {
            assertThat(ledger.get("setting").asText()).isEqualTo("zoho.ledger-days");
            assertThat(ledger.get("days").asInt()).isEqualTo(90);
            assertThat(ledger.get("bytes").asLong()).isPositive();
        });
    }

    @Test
    void theSizesAreGauges() {
        await().untilAsserted(() -> assertThat(saddlebag.call("GET", "/actuator/prometheus").body())
            .contains("saddlebag_table_bytes{table=\"record_changes\"", "saddlebag_database_bytes"));
    }

    /** The schedule fires at night only. */
    private static void housekeep() throws SchedulerException {
        saddlebag.bean(Scheduler.class).triggerJob(JobKey.jobKey("nightly", "housekeeping"));
    }
}
