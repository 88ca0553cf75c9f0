package io.saddlebag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.DistributionServer;
import io.saddlebag.testkit.ProcessorTime;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.SignedWebhook;
import io.saddlebag.testkit.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The packaged application on a PostgreSQL as users have it, with its defaults and so with jit. Bounds are far from the goals, for the
 * machine has other work; of several stretches the best counts. docs/benchmarks.md has the figures.
 */
@Tag("alone")
class QuietIT {

    private static final String SECRET = "SampleSecret1234";
    private static final int STRETCHES = 8;
    private static final Duration STRETCH = Duration.ofSeconds(10);
    private static final int WEBHOOKS = 60;
    private static final Duration BETWEEN = Duration.ofMillis(50);

    @TempDir
    private static Path folder;
    private static DistributionServer server;
    private static AppProcess app;
    private static Connection connection;
    private static JdbcTemplate database;

    @BeforeAll
    static void start() throws Exception {
        ProcessorTime.assumeToldHere();
        server = DistributionServer.start();
        SandboxServer zoho = SandboxServer.shared();
        zoho.reset();
        zoho.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        Map<String, String> settings = AppProcess.connected(zoho, server.url());
        settings.putAll(Map.of("ZOHO_WEBHOOK_SECRET", SECRET, "SADDLEBAG_PULL_AT_START", "false"));
        app = AppProcess.start(folder, settings).awaitReady();
        connection = TestDatabase.connect(server.url());
        database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
    }

    @AfterAll
    static void stop() throws Exception {
        if (app != null) {
            app.close();
        }
        if (connection != null) {
            connection.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    void anIdleInstallationLeavesTheProcessorAlone() {
        double databaseShare = 1;
        double applicationShare = 1;
        double transactions = Double.MAX_VALUE;
        for (int stretch = 0; stretch < STRETCHES && (databaseShare > 0.02 || applicationShare > 0.05 || transactions > 8);
                stretch++) {
            double ofDatabase = ProcessorTime.withChildren(server.pid());
            double ofApplication = ProcessorTime.of(app.pid());
            long before = transactions();
            long began = System.nanoTime();
            LockSupport.parkNanos(STRETCH.toNanos());
            double seconds = (System.nanoTime() - began) / 1e9;
            databaseShare = Math.min(databaseShare, (ProcessorTime.withChildren(server.pid()) - ofDatabase) / seconds);
            applicationShare = Math.min(applicationShare, (ProcessorTime.of(app.pid()) - ofApplication) / seconds);
            transactions = Math.min(transactions, (transactions() - before) / seconds);
        }
        System.out.printf("idle: %.3f of a core in PostgreSQL, %.3f in the application, %.1f transactions a second%n", databaseShare,
            applicationShare, transactions);
        assertThat(databaseShare).as("of a core, in PostgreSQL").isLessThan(0.05);
        assertThat(applicationShare).as("of a core, in the application").isLessThan(0.1);
        assertThat(transactions).as("a second").isLessThan(10);
    }

    @Test
    void ofTwentyWebhooksASecondEachIsSoonARow() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        URI address = app.uri("/api/zoho/sync-products?event=updated");
        double median = Double.MAX_VALUE;
        for (int stretch = 0; stretch < STRETCHES && median > 100; stretch++) {
            database.execute("TRUNCATE webhook_events");
            long begin = System.nanoTime();
            for (int n = 0; n < WEBHOOKS; n++) {
                String body = "{\"item\":{\"item_id\":\"600000000001000" + n + "\",\"name\":\"Lantern " + stretch + "\",\"rate\":1.5,\"status\":\"active\","
                    + "\"product_type\":\"goods\",\"created_time\":\"2024-01-02T08:00:00+0000\",\"last_modified_time\":\"2024-01-02T08:00:0" + stretch + "+0000\"}}";
                HttpRequest request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(30)).header("Content-Type", "application/json")
                    .header("X-Zoho-Webhook-Signature", SignedWebhook.signature(SECRET, address, body)).POST(BodyPublishers.ofString(body)).build();
                assertThat(http.send(request, BodyHandlers.ofString()).body()).contains("accepted");
                LockSupport.parkNanos(begin + (n + 1) * BETWEEN.toNanos() - System.nanoTime());
            }
            await().atMost(Duration.ofMinutes(1)).until(() -> database.queryForList(
                "SELECT DISTINCT status FROM webhook_events", String.class).equals(List.of("done")));
            median = Math.min(median, milliseconds(0.5));
            System.out.printf("receipt to row at 20/s: %.0f ms at the median, %.0f ms at the 99th percentile%n", milliseconds(0.5), milliseconds(0.99));
        }
        assertThat(median).as("ms from receipt to row").isLessThan(400);
    }

    private static double milliseconds(double percentile) {
        return database.queryForObject("SELECT 1000 * percentile_cont(?) WITHIN GROUP (ORDER BY extract(epoch FROM processed_at - received_at))"
            + " FROM webhook_events", Double.class, percentile);
    }

    private static long transactions() {
        return database.queryForObject("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()", Long.class);
    }
}
