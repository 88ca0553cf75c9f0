package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.CallLog;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Real processes with one ledger between them, counted at Zoho's side. */
class LedgerProcessesIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final int PER_MINUTE = 45;
    private static final String FETCH = "/api/sync/items/6000000000010000001";

    @TempDir
    private Path folder;

    @BeforeEach
    @AfterEach
    void asNew() {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
    }

    @Test
    void threeProcessesOfWhichOneIsKilledStayWithinTheLimitsAndFinishTheWork() throws Exception {
        ZOHO.faults().add(Fault.latency(400));
        String url = TestDatabase.fresh();
        Map<String, String> settings = AppProcess.connected(ZOHO, url);
        settings.putAll(Map.of("ZOHO_CALLS_PER_MINUTE", String.valueOf(PER_MINUTE), "SADDLEBAG_PULL_PAGESIZE", "34",
                "SADDLEBAG_PULL_AT_START", "false", "SADDLEBAG_PULL_STALEAFTER", "3s",
                "SADDLEBAG_PULL_HEARTBEAT", "500ms", "SADDLEBAG_PULL_RESUMEEVERY", "500ms"));
        List<CompletableFuture<Integer>> persons = new ArrayList<>();
        try (AppProcess one = AppProcess.start(folder, settings); AppProcess two = AppProcess.start(folder, settings);
                AppProcess three = AppProcess.start(folder, settings); Connection connection = TestDatabase.connect(url)) {
            List.of(one, two, three).forEach(LedgerProcessesIT::ready);
            JdbcTemplate database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            assertThat(one.call("POST", "/api/sync/items?mode=full").join()).isEqualTo(202);

            await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofSeconds(4)).until(() -> {
                persons.add(two.call("POST", FETCH));
                persons.add(three.call("POST", FETCH));
                return count(database, "sync_runs WHERE pages >= 10") == 1;
            });
            one.kill();
            await().atMost(Duration.ofMinutes(2)).until(() -> count(database, "sync_runs WHERE status = 'succeeded'") == 1);

            assertThat(count(database, "products")).isEqualTo(1319);
            assertThat(persons).extracting(CompletableFuture::join).containsOnly(200);
            CallLog.Counts counts = ZOHO.calls().counts();
            assertThat(counts.mostIn60s()).as("in any 60 seconds").isBetween(PER_MINUTE - 10, PER_MINUTE);
            assertThat(counts.mostInFlight()).as("in flight").isLessThanOrEqualTo(4);
            assertThat(counts.api()).as("and there was more to do").isGreaterThan(PER_MINUTE);
        }
    }

    private static void ready(AppProcess process) {
        try {
            process.awaitReady();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long count(JdbcTemplate database, String fromWhere) {
        return database.queryForObject("SELECT count(*) FROM " + fromWhere, Long.class);
    }
}
