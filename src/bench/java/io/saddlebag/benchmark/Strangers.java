package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.number;

import io.saddlebag.memory.HalfRequests;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What strangers may send or ask for at the same time, how long the answers take, and how much of the heap is alive meanwhile. */
record Strangers(Application application) {

    private static final int SENDERS = 300;
    private static final int READERS = 24;
    private static final int BODY = 1 << 20;
    private static final int PICTURE = 6_900_000;
    private static final Duration LONGEST = Duration.ofMinutes(3);

    /** @param seconds until the last answer; @param alive megabytes of the heap, the most of all samples; @param statuses of the answers */
    private record Use(double seconds, double alive, List<Integer> statuses) { }

    void measure(Figures figures) throws Exception {
        double before = new JvmMemory(application.pid()).alive();
        HttpClient http = HttpClient.newHttpClient();
        add(figures, "a listing of all MBeans", before, watched(() -> List.of(http.send(application.staff("/actuator/jolokia").timeout(LONGEST)
            .header("Content-Type", "application/json").POST(BodyPublishers.ofString("{\"type\":\"list\"}")).build(), BodyHandlers.discarding())
            .statusCode())));
        add(figures, number("%d webhooks of 1 MB held one byte short", SENDERS), before, watched(() -> held(application)));
        store();
        add(figures, number("%d readers of a picture of 6.9 MB", READERS), before, watched(() -> IntStream.range(0, READERS)
            .mapToObj(n -> http.sendAsync(application.staff("/images/items/1").timeout(LONGEST).build(), BodyHandlers.discarding())
                .thenApply(HttpResponse::statusCode)).toList().stream().map(CompletableFuture::join).toList()));
    }

    private static void add(Figures figures, String what, double before, Use use) {
        figures.add(what, number("%.1f s", use.seconds), number("heap alive meanwhile %.0f MB", use.alive) + number(", before %.0f MB", before),
            number("%.2f", use.alive / before), "");
        Map<Integer, Long> counts = use.statuses.stream().collect(Collectors.groupingBy(status -> status, TreeMap::new, Collectors.counting()));
        figures.add("  answers (0: the connection ended without one)", counts.toString(), "", "", "");
    }

    private static List<Integer> held(Application application) throws Exception {
        try (HalfRequests senders = new HalfRequests(application.uri("/"))) {
            for (int n = 0; n < SENDERS; n++) {
                senders.begin("POST /api/zoho/sync-products\r\nContent-Type: application/json\r\nX-Zoho-Webhook-Signature: 00\r\n", BODY);
            }
            return senders.answers();
        }
    }

    private void store() throws Exception {
        try (Connection connection = application.database(); Statement item = connection.createStatement();
                PreparedStatement image = connection.prepareStatement("INSERT INTO images (digest, content, media_type, bytes) VALUES ('d', ?, 'image/png', ?)")) {
            image.setBytes(1, new byte[PICTURE]);
            image.setInt(2, PICTURE);
            image.executeUpdate();
            item.execute("INSERT INTO products (org_id, zoho_item_id, name) SELECT org_id, '1', 'Lantern' FROM organisations WHERE is_default;"
                + "INSERT INTO item_images (org_id, zoho_item_id, wanted_key, image_key, digest, fetched_at) SELECT org_id, '1', 'k', 'k', 'd', now() "
                + "FROM organisations WHERE is_default");
        }
    }

    private Use watched(Callable<List<Integer>> work) throws Exception {
        JvmMemory memory = new JvmMemory(application.pid());
        long begin = System.nanoTime();
        CompletableFuture<Use> end = CompletableFuture.supplyAsync(() -> {
            try {
                List<Integer> statuses = work.call();
                return new Use((System.nanoTime() - begin) / 1e9, 0, statuses);
            } catch (Exception failure) {
                throw new CompletionException(failure);
            }
        });
        double alive = 0;
        while (!end.isDone()) {
            if (System.nanoTime() - begin > LONGEST.toNanos()) {
                throw new IllegalStateException("not all were answered within " + LONGEST);
            }
            alive = Math.max(alive, memory.alive());
            end.copy().completeOnTimeout(null, 100, TimeUnit.MILLISECONDS).join();
        }
        return new Use(end.join().seconds, alive, end.join().statuses);
    }
}
