package io.saddlebag.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The real process, ended while it waits for the receiver's answer, and between two messages. */
class KilledAlertsIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final List<String> KINDS = List.of("items", "contacts", "invoices", "bills");

    @TempDir
    private Path folder;

    @Test
    void noMessageIsLostAndOnlyTheOneOnItsWayIsSentAgainWithTheSameId() throws Exception {
        ZOHO.reset();
        String url = TestDatabase.migrated();
        try (Connection connection = TestDatabase.connect(url); Receiver receiver = new Receiver()) {
            JdbcTemplate database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            Map<String, String> settings = AppProcess.connected(ZOHO, url);
            settings.putAll(Map.of("SADDLEBAG_PULL_AT_START", "false", "SADDLEBAG_ALERT_WEBHOOK", receiver.url("/alerts"), "SADDLEBAG_ALERTS_EVERY", "100ms",
                "SADDLEBAG_ALERTS_SENDEVERY", "100ms", "SADDLEBAG_ALERTS_LEASE", "3s", "SADDLEBAG_ALERTS_QUIET", "1ms", "SADDLEBAG_ALERTS_GATHERABOVE", "1000"));

            receiver.answers(0);
            try (AppProcess app = AppProcess.start(folder, settings).awaitReady()) {
                runs(database, "failed");
                await().until(() -> receiver.requests().size() == 1);
                app.kill(); // the answer is awaited
            }
            receiver.answers(200);
            String doubtful = receiver.requests().get(0).id();
            try (AppProcess app = AppProcess.start(folder, settings).awaitReady()) {
                await().until(() -> receiver.taken().size() >= 2);
                runs(database, "succeeded");
                app.kill(); // at any point
            }
            try (AppProcess app = AppProcess.start(folder, settings).awaitReady()) {
                await().until(() -> count(database, "alerts WHERE state = 'firing' OR told_state <> 'resolved'") == 0
                    && count(database, "alert_messages WHERE sent_at IS NULL") == 0);
            }
            Map<String, Long> times = receiver.requests().stream().collect(Collectors.groupingBy(Receiver.Request::id, Collectors.counting()));
            assertThat(times.keySet()).as("each message arrived").containsExactlyInAnyOrderElementsOf(
                database.queryForList("SELECT message_id FROM alert_messages", String.class));
            assertThat(times).hasSize(2 * KINDS.size()).containsEntry(doubtful, 2L);
            assertThat(times.values().stream().filter(number -> number > 1).count()).as("at most one for each kill").isLessThanOrEqualTo(2);
            assertThat(receiver.requests().stream().collect(Collectors.toMap(Receiver.Request::id, Receiver.Request::body, (first, again) -> {
                assertThat(again).isEqualTo(first);
                return first;
            })).values().stream().map(body -> body.contains("\"state\":\"firing\"") ? "Problem" : "Over").collect(Collectors.groupingBy(Function.identity(), Collectors.counting())))
                .isEqualTo(Map.of("Problem", (long) KINDS.size(), "Over", (long) KINDS.size()));
        }
    }

    private static void runs(JdbcTemplate database, String status) {
        KINDS.forEach(kind -> database.update("INSERT INTO sync_runs (org, entity, mode, trigger, status, error, finished_at) VALUES (?, ?, 'full', 'api', ?, 'x', now())",
            ZOHO.connection().organizationId(), kind, status));
    }

    private static long count(JdbcTemplate database, String fromWhere) {
        return database.queryForObject("SELECT count(*) FROM " + fromWhere, Long.class);
    }
}
