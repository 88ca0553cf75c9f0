package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A real process that is stopped between its slot and its call: held there by a lock on its connection's row, then SIGSTOP,
 * and SIGCONT when the slot has aged.
 */
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
        String url = TestDatabase.migrated();
        Map<String, String> settings = AppProcess.connected(ZOHO, url);
        settings.put("SADDLEBAG_PULL_AT_START", "false");
        try (Connection connection = TestDatabase.connect(url); Connection holder = TestDatabase.connect(url);
                AppProcess process = AppProcess.start(folder, settings)) {
            process.awaitReady();
            JdbcTemplate database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            holder.setAutoCommit(false);
            holder.createStatement().execute("SELECT 1 FROM connections FOR UPDATE");
            assertThat(process.call("POST", "/api/sync/items?mode=full").join()).isEqualTo(202);
            await().pollInterval(Duration.ofMillis(50)).until(() -> count(database, "zoho_calls") == 1);
            signal("STOP", process);
            try {
                await().pollDelay(Duration.ofSeconds(16)).until(() -> true);
                holder.rollback();
                assertThat(ZOHO.calls().counts().api()).as("stopped before it was sent").isZero();
            } finally {
                signal("CONT", process);
            }

            await().until(() -> count(database, "sync_runs WHERE status = 'succeeded'") == 1);
            assertThat(process.log()).contains("The call was not sent");
            assertThat(count(database, "zoho_calls WHERE status IS NULL AND released_at <= answered_at")).isEqualTo(1);
            assertThat(ZOHO.calls().counts().api()).isEqualTo(count(database, "zoho_calls WHERE status = 200"));
        }
    }

    private static void signal(String name, AppProcess process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor()).isZero();
    }

    private static long count(JdbcTemplate database, String fromWhere) {
        return database.queryForObject("SELECT count(*) FROM " + fromWhere, Long.class);
    }
}
