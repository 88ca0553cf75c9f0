package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.median;
import static io.saddlebag.benchmark.Figures.number;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Webhooks over HTTP until they are committed, beside single-row commits of pgbench; and from receipt to row. */
record WebhookLoad(Application application, Sandbox sandbox) {

    private static final int ROUNDS = 3;
    private static final int ITEMS = 100_000;
    /** So long the JVM compiles what a webhook runs through; until then the rate rises, to five times what it began with. */
    private static final int WARMING = 24;
    private static final Duration FLOOD = Duration.ofSeconds(8);
    private static final Duration STEADY = Duration.ofSeconds(15);
    /** So long Zoho takes for a page of a run that makes 90 calls a minute. */
    private static final int PACE = 60_000 / 90;
    private static final Duration SAMPLE = Duration.ofMillis(50);

    void measure(Figures figures) throws Exception {
        sandbox.hold(ITEMS);
        application.forgetItems();
        application.run("full");
        try (WebhookSender sender = application.webhooks(ITEMS); Connection database = application.database()) {
            for (int round = 0; round < WARMING; round++) {
                double rate = sender.flood(FLOOD).size() / (double) FLOOD.toSeconds();
                Figures.progress("webhooks to warm up, " + (round + 1) + " of " + WARMING + number(": %,.0f/s", rate));
            }
            List<Double> received = new ArrayList<>();
            List<Double> commits = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                Figures.progress("webhooks as fast as they are taken in, " + (round + 1) + " of " + ROUNDS);
                settle(database);
                long before = System.nanoTime();
                int count = sender.flood(FLOOD).size();
                received.add(count / ((System.nanoTime() - before) / 1e9));
                settle(database);
                commits.add(Pgbench.commits(application, FLOOD));
                Figures.progress(number("%,.0f/s, pgbench ", received.get(round)) + number("%,.0f/s", commits.get(round)));
            }
            figures.add(number("webhooks a second, signed, 1 KB, %d connections", WebhookSender.CONNECTIONS), number("%,.0f/s", median(received)),
                number("pgbench %,.0f/s", median(commits)), number("%.2f", median(received) / median(commits)), ">= 0.5");
            settle(database);
            Figures.progress("500 webhooks a second");
            List<Double> answers = sender.steadily(500, STEADY).stream().sorted().toList();
            figures.add("  answered at 500/s, median", number("%.1f ms", median(answers)), "", "", "");
            figures.add("  99th percentile", number("%.1f ms", answers.get(answers.size() * 99 / 100)), "", "", "");
            settle(database);
            Figures.progress("200 webhooks a second, until their rows are seen");
            seen(figures, "receipt to row at 200/s, idle", sender, database);
            sandbox.hold(1_000_000);
            sandbox.answerAfter(PACE);
            seenInARun(figures, "receipt to row at 200/s, in a full run of 90 calls a minute", sender, database);
            sandbox.answerAfter(0);
            seenInARun(figures, "receipt to row at 200/s, in a full run without limits", sender, database);
        }
    }

    private void seenInARun(Figures figures, String what, WebhookSender sender, Connection database) throws Exception {
        settle(database);
        String run = application.begin("full");
        try {
            Figures.progress("200 webhooks a second, and a full run");
            seen(figures, what, sender, database);
        } finally {
            application.cancel(run);
        }
    }

    private static void seen(Figures figures, String what, WebhookSender sender, Connection database) throws Exception {
        CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
            try {
                sender.steadily(180, STEADY.multipliedBy(2));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        List<Double> milliseconds = new RowsSeen(database, sender).every(SAMPLE, STEADY.multipliedBy(2)).stream().sorted().toList();
        others.get();
        figures.add(what + ", median", number("%.0f ms", median(milliseconds)), "", "", "");
        figures.add("  99th percentile", number("%.0f ms", milliseconds.get(milliseconds.size() * 99 / 100)), "", "", "<= 250 ms");
    }

    /** Waits until the inbox is empty, so that nobody pays for another's work. */
    private static void settle(Connection database) throws SQLException, InterruptedException {
        try (Statement statement = database.createStatement()) {
            while (true) {
                try (var left = statement.executeQuery("SELECT count(*) FROM webhook_events WHERE status = 'pending'")) {
                    left.next();
                    if (left.getLong(1) == 0) {
                        break;
                    }
                }
                QuietPulls.pause(Duration.ofMillis(200));
            }
            statement.execute("TRUNCATE webhook_events");
            statement.execute("CHECKPOINT");
        }
    }
}
