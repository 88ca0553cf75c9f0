package io.saddlebag.benchmark;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the table of products as a user of it does: how long after a webhook is sent does its row show what it said. */
record RowsSeen(Connection database, WebhookSender sender) {

    private static final Duration LOOK = Duration.ofMillis(5);
    /** How long rows may take after the last webhook is sent. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * Sends one webhook each interval.
     *
     * @return of each webhook the milliseconds from before it was sent until its row was seen
     * @throws IllegalStateException when rows are missing half a minute after the last webhook
     */
    List<Double> every(Duration interval, Duration time) throws SQLException, IOException, InterruptedException {
        List<Double> milliseconds = new ArrayList<>();
        Map<String, Long> waiting = new HashMap<>();
        long begin = System.nanoTime();
        long sent = 0;
        try (PreparedStatement look = database.prepareStatement("SELECT name FROM products WHERE name = ANY (?) AND zoho_item_id = ANY (?)")) {
            Map<String, String> items = new HashMap<>();
            while (System.nanoTime() - begin < time.toNanos() || !waiting.isEmpty()) {
                if (System.nanoTime() - begin < time.toNanos() && System.nanoTime() - begin >= sent * interval.toNanos()) {
                    long now = System.nanoTime();
                    WebhookSender.Change change = sender.sendNext();
                    waiting.put("Item " + change.number(), now);
                    items.put("Item " + change.number(), change.item());
                    sent++;
                }
                if (System.nanoTime() - begin > time.plus(PATIENCE).toNanos()) {
                    throw new IllegalStateException("rows that never came: " + waiting.keySet());
                }
                look.setArray(1, database.createArrayOf("text", waiting.keySet().toArray()));
                look.setArray(2, database.createArrayOf("text", waiting.keySet().stream().map(items::get).toArray()));
                try (ResultSet rows = look.executeQuery()) {
                    while (rows.next()) {
                        milliseconds.add((System.nanoTime() - waiting.remove(rows.getString(1))) / 1e6);
                    }
                }
                QuietPulls.pause(LOOK);
            }
        }
        return milliseconds;
    }
}
