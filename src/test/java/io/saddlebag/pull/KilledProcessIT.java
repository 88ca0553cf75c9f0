package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Real processes, ended in mid-run: what is committed stays, what is missing is brought by the next. */
class KilledProcessIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final List<String> GONE = IntStream.rangeClosed(520, 524).mapToObj(KilledProcessIT::item).toList();

    @TempDir
    private Path folder;
    private Map<String, String> settings;
    private Connection connection;
    private JdbcTemplate database;

    @BeforeEach
    void start() throws SQLException {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        String url = TestDatabase.migrated();
        connection = TestDatabase.connect(url);
        database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
        settings = AppProcess.connected(ZOHO, url);
        settings.put("SADDLEBAG_PULL_RESUMEEVERY", "500ms");
        settings.put("SADDLEBAG_PULL_AT_START", "false");
        settings.put("ZOHO_CALLTIMEOUT", "9s"); // so long the calls of the killed one keep their places in flight
        settings.put("ZOHO_HTTPTIMEOUT", "5s");
        settings.put("ZOHO_TOKENTIMEOUT", "3s");
    }

    @AfterEach
    void stop() throws SQLException {
        connection.close();
        ZOHO.reset();
    }

    @Test
    void aSigkillInMidRunLosesNothingAndOneInAProofOfDeletesMarksNothingThatLives() throws Exception {
        ZOHO.faults().add(Fault.latency(60_000).on("page=6&")); // of seven
        try (AppProcess first = AppProcess.start(folder, settings).awaitReady()) {
            assertThat(first.call("POST", "/api/sync/items?mode=full").join()).isEqualTo(202);
            await().until(() -> count("sync_runs WHERE pages >= 2") == 1);
            first.kill();
        }
        stale();
        long pages = database.queryForObject("SELECT pages FROM sync_runs", Long.class);
        assertThat(count("products")).as("pages are whole or not there").isEqualTo(pages * 200).isLessThan(1319);
        ZOHO.faults().clear();
        ZOHO.calls().reset();

        try (AppProcess second = AppProcess.start(folder, settings).awaitReady()) {
            await().until(() -> count("sync_runs WHERE status = 'succeeded'") == 1);

            assertThat(count("products")).isEqualTo(1319);
            assertThat(count("sync_runs WHERE status = 'abandoned'")).isEqualTo(1);
            assertThat(count("sync_runs WHERE status = 'succeeded' AND resumed_from IS NOT NULL AND trigger = 'resume'")).isEqualTo(1);
            assertThat(ZOHO.calls().counts().api()).as("resumed, not begun again").isLessThanOrEqualTo(7 - pages + 1 + 3);
            killInAProof(second);
        }
        stale();
        ZOHO.faults().clear();
        long calls = ZOHO.calls().counts().api();

        try (AppProcess third = AppProcess.start(folder, settings).awaitReady()) {
            await().until(() -> count("sync_runs WHERE status = 'succeeded' AND deleted = 5") == 1);
        }
        assertThat(database.queryForList("SELECT zoho_item_id FROM products WHERE deleted_at IS NOT NULL ORDER BY 1", String.class))
                .isEqualTo(GONE);
        assertThat(ZOHO.calls().counts().api() - calls).as("each of the five, and one that lives").isEqualTo(6);
        assertThat(count("sync_watermarks WHERE entity = 'items' AND records = 1311")).as("as the whole list was read").isEqualTo(1);
    }

    /** Five are gone, three are only missing in the list; the process waits for the answer for the second of the five. */
    private void killInAProof(AppProcess process) throws Exception {
        List<String> back = List.of(item(530), item(531), item(532));
        Stream.concat(GONE.stream(), back.stream()).forEach(ZOHO.catalogue()::remove);
        ZOHO.faults().add(Fault.latency(60_000).on("/items/" + GONE.get(1)));
        try (AutoCloseable again = ZOHO.onCall((path, query) -> {
            if (path.contains("/itemdetails")) {
                back.forEach(id -> ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("item_id", id)));
            }
        })) {
            assertThat(process.call("POST", "/api/sync/items?mode=full").join()).isEqualTo(202);
            await().until(() -> count("zoho_calls WHERE path LIKE '%/" + GONE.get(1) + "'") == 1);
            process.kill();
        }
        assertThat(count("products WHERE deleted_at IS NOT NULL")).as("of a batch that is not proved").isZero();
        assertThat(count("sync_deletes WHERE state = 'living'")).isEqualTo(3);
    }

    /** As if half a minute had passed since the last heartbeat. */
    private void stale() {
        database.update("UPDATE sync_runs SET heartbeat_at = now() - interval '1 hour' WHERE status = 'running'");
    }

    private static String item(int number) {
        return String.valueOf(6_000_000_000_010_000_001L + 1000 * number);
    }

    @Test
    void aSigtermInMidRunEndsCleanlyAndTheNextStartGoesOn() throws Exception {
        ZOHO.faults().add(Fault.latency(4000).on("page=6&")); // of seven
        try (AppProcess first = AppProcess.start(folder, settings).awaitReady()) {
            assertThat(first.call("POST", "/api/sync/items?mode=full").join()).isEqualTo(202);
            await().until(() -> count("sync_runs WHERE pages >= 1") == 1);
            first.stop(); // fails when it takes more than 30 s
        }
        assertThat(database.queryForObject("SELECT status FROM sync_runs", String.class)).isEqualTo("abandoned");
        ZOHO.faults().clear();

        try (AppProcess second = AppProcess.start(folder, settings).awaitReady()) {
            await().until(() -> count("sync_runs WHERE status = 'succeeded'") == 1);
        }
        assertThat(count("products")).isEqualTo(1319);
        assertThat(count("sync_runs WHERE status = 'succeeded' AND resumed_from IS NOT NULL")).isEqualTo(1);
    }

    @Test
    void twoProcessesOnOneDatabaseDoTheWorkOnce() throws Exception {
        ZOHO.faults().add(Fault.latency(200));
        settings.put("SADDLEBAG_PULL_DETAILSEVERY", "1s");
        for (String kind : List.of("invoices", "bills", "stock-adjustments", "payments")) {
            ZOHO.records(kind).resize(kind.equals("invoices") ? 30 : 2, 0);
        }
        settings.put("SADDLEBAG_PULL_AT_START", "true");
        try (AppProcess one = AppProcess.start(folder, settings); AppProcess two = AppProcess.start(folder, settings)) {
            one.awaitReady();
            two.awaitReady();
            await().until(() -> count("sync_runs WHERE status = 'succeeded' AND entity = 'items'") == 1
                    && count("sync_runs WHERE status = 'running'") == 0);
            assertThat(database.queryForList("SELECT entity FROM sync_runs", String.class)).hasSizeGreaterThan(1).doesNotHaveDuplicates();
            assertThat(count("products")).isEqualTo(1319);
            assertThat(count("zoho_calls WHERE path = '/inventory/v1/items'")).isBetween(7L, 10L);

            await().until(() -> count("invoices WHERE NOT detailed") == 0);
            assertThat(database.queryForList("SELECT path FROM zoho_calls WHERE path LIKE '%/invoices/%'", String.class))
                    .as("details of each document").hasSize(30).doesNotHaveDuplicates();
        }
    }

    private long count(String fromWhere) {
        try {
            return database.queryForObject("SELECT count(*) FROM " + fromWhere, Long.class);
        } catch (org.springframework.jdbc.BadSqlGrammarException notMigratedYet) {
            return -1;
        }
    }
}
