package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.AppProcess;
import io.saddlebag.database.TestDatabase;
import io.saddlebag.sandbox.Fault;
import io.saddlebag.sandbox.SandboxQuotas;
import io.saddlebag.sandbox.SandboxServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Real processes, ended in mid-run: what is committed stays, what is missing is brought by the next. */
class KilledProcessIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();

    @TempDir
    private Path folder;
    private Map<String, String> settings;
    private Connection connection;
    private JdbcTemplate database;

    @BeforeEach
    void start() throws SQLException {
        ZOHO.reset();
        ZOHO.limits().change(new SandboxQuotas(0, 0, 0, 0, 600, 0, 3600));
        String url = TestDatabase.fresh();
        connection = TestDatabase.connect(url);
        database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
        settings = AppProcess.connected(ZOHO, url);
        settings.put("SADDLEBAG_PULL_STALEAFTER", "3s");
        settings.put("SADDLEBAG_PULL_HEARTBEAT", "500ms");
        settings.put("SADDLEBAG_PULL_RESUMEEVERY", "500ms");
        settings.put("SADDLEBAG_PULL_AT_START", "false");
        settings.put("ZOHO_CALLTIMEOUT", "15s"); // so long the calls of the killed one keep their places in flight
        settings.put("ZOHO_HTTPTIMEOUT", "10s");
        settings.put("ZOHO_TOKENTIMEOUT", "4s");
    }

    @AfterEach
    void stop() throws SQLException {
        connection.close();
        ZOHO.reset();
    }

    @Test
    void aSigkillInMidRunLosesNothing() throws Exception {
        ZOHO.faults().add(Fault.latency(300));
        try (AppProcess first = AppProcess.start(folder, settings).awaitReady()) {
            assertThat(first.call("POST", "/api/sync/items?mode=full").join()).isEqualTo(202);
            await().atMost(Duration.ofSeconds(30)).until(() -> count("sync_runs WHERE pages BETWEEN 2 AND 5") == 1);
            first.kill();
        }
        long pages = database.queryForObject("SELECT pages FROM sync_runs", Long.class);
        assertThat(count("products")).as("pages are whole or not there").isEqualTo(pages * 200).isLessThan(1319);
        ZOHO.faults().clear();
        ZOHO.calls().reset();

        try (AppProcess second = AppProcess.start(folder, settings).awaitReady()) {
            await().atMost(Duration.ofSeconds(60)).until(() -> count("sync_runs WHERE status = 'succeeded'") == 1);
        }

        assertThat(count("products")).isEqualTo(1319);
        assertThat(count("sync_runs WHERE status = 'abandoned'")).isEqualTo(1);
        assertThat(count("sync_runs WHERE status = 'succeeded' AND resumed_from IS NOT NULL AND trigger = 'resume'")).isEqualTo(1);
        assertThat(ZOHO.calls().counts().api()).as("resumed, not begun again").isLessThanOrEqualTo(7 - pages + 1 + 3);
    }

    @Test
    void aSigtermInMidRunEndsCleanlyAndTheNextStartGoesOn() throws Exception {
        ZOHO.faults().add(Fault.latency(400));
        try (AppProcess first = AppProcess.start(folder, settings).awaitReady()) {
            assertThat(first.call("POST", "/api/sync/items?mode=full").join()).isEqualTo(202);
            await().atMost(Duration.ofSeconds(30)).until(() -> count("sync_runs WHERE pages BETWEEN 1 AND 4") == 1);
            first.stop(); // fails when it takes more than 30 s
        }
        assertThat(database.queryForObject("SELECT status FROM sync_runs", String.class)).isEqualTo("abandoned");
        ZOHO.faults().clear();

        try (AppProcess second = AppProcess.start(folder, settings).awaitReady()) {
            await().atMost(Duration.ofSeconds(30)).until(() -> count("sync_runs WHERE status = 'succeeded'") == 1);
        }
        assertThat(count("products")).isEqualTo(1319);
        assertThat(count("sync_runs WHERE status = 'succeeded' AND resumed_from IS NOT NULL")).isEqualTo(1);
    }

    @Test
    void twoProcessesOnOneDatabaseDoTheWorkOnce() throws Exception {
        ZOHO.faults().add(Fault.latency(200));
        settings.put("SADDLEBAG_PULL_AT_START", "true");
        try (AppProcess one = AppProcess.start(folder, settings); AppProcess two = AppProcess.start(folder, settings)) {
            one.awaitReady();
            two.awaitReady();
            await().atMost(Duration.ofSeconds(60)).until(() -> count("sync_runs WHERE status = 'succeeded' AND entity = 'items'") == 1
                    && count("sync_runs WHERE status = 'running'") == 0);
            assertThat(database.queryForList("SELECT entity FROM sync_runs", String.class)).hasSizeGreaterThan(1).doesNotHaveDuplicates();
            assertThat(count("products")).isEqualTo(1319);
            assertThat(count("zoho_calls WHERE path = '/inventory/v1/items'")).isBetween(7L, 10L);
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
