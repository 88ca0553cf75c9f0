package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.median;
import static io.saddlebag.benchmark.Figures.number;

import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.DistributionServer;
import io.saddlebag.testkit.ProcessorTime;
import io.saddlebag.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A quiet minute, and few webhooks, on the PostgreSQL of the machine's distribution with its defaults, among them jit. */
record StockServer(Path folder, Layout layout, Sandbox sandbox) {

    private static final String SECRET = "benchmark-webhooks";
    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** Twenty a second. */
    private static final Duration BETWEEN = Duration.ofMillis(50);
    private static final int ITEMS = 10_000;

    void measure(Figures figures) throws Exception {
        if (DistributionServer.installed().isEmpty()) {
            Figures.progress("no PostgreSQL of the distribution is installed: nothing is measured on it");
            return;
        }
        try (DistributionServer server = DistributionServer.start();
                AppProcess application = AppProcess.start(folder, settings(server), layout.command()).awaitReady();
                Connection database = TestDatabase.connect(server.url());
                WebhookSender sender = new WebhookSender(application.uri("/api/zoho/sync-products?event=updated"), SECRET, ITEMS)) {
            Figures.progress("webhooks to warm up on the distribution's PostgreSQL");
            sender.steadily(100, MINUTE);
            Figures.progress("20 webhooks a second, until their rows are seen");
            List<Double> seen = new RowsSeen(database, sender).every(BETWEEN, MINUTE).stream().sorted().toList();
            figures.add("receipt to row at 20/s, the distribution's PostgreSQL, median", number("%.0f ms", median(seen)), "", "", "<= 100 ms");
            figures.add("  99th percentile", number("%.0f ms", seen.get(seen.size() * 99 / 100)), "", "", "<= 250 ms");
            quietMinute(database, application, server); // Java compiles what it has just run
            Figures.progress("a quiet minute");
            double[] used = quietMinute(database, application, server);
            figures.add("a quiet minute there: of a core, database and application", number("%.1f %%", 100 * (used[0] + used[1])),
                number("database %.1f %%", 100 * used[0]), "", "<= 2 %");
            figures.add("  transactions a second", number("%.1f/s", used[2]), "", "", "");
        }
    }

    /** @return of a core the database's share and the application's, and transactions a second */
    private static double[] quietMinute(Connection database, AppProcess application, DistributionServer server) throws Exception {
        double ofDatabase = ProcessorTime.withChildren(server.pid());
        double ofApplication = ProcessorTime.of(application.pid());
        long before = transactions(database);
        QuietPulls.pause(MINUTE);
        double seconds = MINUTE.toSeconds();
        return new double[] {(ProcessorTime.withChildren(server.pid()) - ofDatabase) / seconds,
            (ProcessorTime.of(application.pid()) - ofApplication) / seconds, (transactions(database) - before) / seconds};
    }

    private static long transactions(Connection database) throws SQLException {
        try (Statement statement = database.createStatement(); ResultSet row = statement.executeQuery(
                "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()")) {
            row.next();
            return row.getLong(1);
        }
    }

    private Map<String, String> settings(DistributionServer server) throws Exception {
        Map<String, String> settings = new HashMap<>(sandbox.connection());
        settings.putAll(Map.of("DATABASE_URL", server.url(), "SADDLEBAG_MASTER_KEY", Base64.getEncoder().encodeToString(new byte[32]),
            "SADDLEBAG_PULL_AT_START", "false", "ZOHO_WEBHOOK_SECRET", SECRET));
        for (String timer : List.of("PULL_CRON", "FULL_CRON", "PULL_STOCKSWEEPCRON")) {
            settings.put("SADDLEBAG_" + timer, "0 0 0 1 1 ? 2099"); // no run falls into the minute
        }
        return settings;
    }
}
