package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.AppProcess;
import io.saddlebag.database.TestDatabase;
import io.saddlebag.sandbox.Fault;
import io.saddlebag.sandbox.SandboxServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A real process that is stopped between its slot and its call: SIGSTOP, and SIGCONT when the slot has aged. */
class PausedProcessIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();

    @TempDir
    private Path folder;

    @BeforeEach
    @AfterEach
    void asNew() {
        ZOHO.reset();
    }

    @Test
    void aSlotThatAgedIsGivenBackAndTheCallRepeated() throws Exception {
        ZOHO.faults().add(Fault.latency(2_000).on("/oauth/v2/token"));
        String url = TestDatabase.fresh();
        try (Connection connection = TestDatabase.connect(url);
                AppProcess process = AppProcess.start(folder, Map.of("DATABASE_URL", url,
                        "SADDLEBAG_MASTER_KEY", Base64.getEncoder().encodeToString(new byte[32]),
                        "ZOHO_CLIENT_ID", "1000.SANDBOX", "ZOHO_CLIENT_SECRET", "sandbox-secret",
                        "ZOHO_REFRESH_TOKEN", "1000.sandbox-refresh", "ZOHO_ORG_ID", "60000000001",
                        "ZOHO_ACCOUNTS_URL", ZOHO.url(), "ZOHO_API_URL", ZOHO.url(),
                        // the token's answer lies in the socket during the pause: only the slot is to age
                        "ZOHO_TOKENTIMEOUT", "30s", "ZOHO_CALLTIMEOUT", "90s"))) {
            JdbcTemplate database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(50))
                    .until(() -> count(database, "zoho_calls") == 1);
            signal("STOP", process);
            try {
                await().pollDelay(Duration.ofSeconds(16)).atMost(Duration.ofSeconds(20)).until(() -> true);
                assertThat(ZOHO.calls().counts().api()).as("stopped before it was sent").isZero();
            } finally {
                signal("CONT", process);
            }

            await().atMost(Duration.ofMinutes(1)).until(() -> count(database, "sync_runs WHERE status = 'succeeded'") == 1);
            assertThat(process.log()).contains("The call was not sent");
            assertThat(count(database, "zoho_calls WHERE status IS NULL AND released_at <= answered_at")).isEqualTo(1);
            assertThat(ZOHO.calls().counts().api()).isEqualTo(count(database, "zoho_calls WHERE status = 200"));
        }
    }

    private static void signal(String name, AppProcess process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor()).isZero();
    }

    private static long count(JdbcTemplate database, String fromWhere) {
        try {
            return database.queryForObject("SELECT count(*) FROM " + fromWhere, Long.class);
        } catch (BadSqlGrammarException notMigratedYet) {
            return -1;
        }
    }
}
