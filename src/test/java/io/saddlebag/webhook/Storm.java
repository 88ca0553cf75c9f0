package io.saddlebag.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.webhook.StormRecord.Message;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Zoho under load: its records change all the time, and each change is told until it is answered with 200, and never again.
 * Afterwards it says what was lost, doubled or stuck.
 */
final class Storm implements AutoCloseable {

    static final String SECRET = "SampleSecret1234";
    private static final int RECORDS_OF_A_KIND = 20;
    private static final int MOST_TRIES = 2000;
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<StormRecord> records = new ArrayList<>();
    /** Of records that nothing happens to: by them a delete is proved. */
    private final List<Message> standing = new ArrayList<>();
    private final int connections;
    private final ScheduledExecutorService senders;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger repeated = new AtomicInteger();
    private final AtomicInteger duplicates = new AtomicInteger();
    private final AtomicInteger refusedWithRetryAfter = new AtomicInteger();
    private final AtomicLong slowestRefusal = new AtomicLong();
    private final Map<String, Integer> acceptedByEvent = new ConcurrentHashMap<>();
    private final Queue<String> answered = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile URI to;
    private volatile boolean raging;

    /** @param connections that send at one time */
    Storm(SandboxServer zoho, int connections) {
        this.connections = connections;
        senders = Executors.newScheduledThreadPool(connections);
        for (StormRecord.Kind kind : List.of(items(zoho), contacts(zoho))) {
            for (int n = 0; n < RECORDS_OF_A_KIND; n++) {
                records.add(new StormRecord(kind));
            }
            standing.add(new StormRecord(kind).changed(0));
        }
    }

    static StormRecord.Kind items(SandboxServer zoho) {
        return new StormRecord.Kind(zoho.catalogue(), "/api/zoho/sync-products", "item", "item_id", "name", "products", "zoho_item_id");
    }

    static StormRecord.Kind contacts(SandboxServer zoho) {
        return new StormRecord.Kind(zoho.records("contacts"), "/api/zoho/sync-customers", "contact", "contact_id", "contact_name", "customers",
            "zoho_contact_id");
    }

    /** From now on things happen, and are told there. */
    void rage(URI where, long seed) {
        to = where;
        raging = true;
        standing.forEach(message -> tell(message, new Random(0)));
        for (int n = 0; n < connections; n++) {
            Random dice = new Random(seed * connections + n);
            senders.execute(() -> next(dice));
        }
    }

    /** Nothing new happens; what is not answered yet is told again until it is. */
    void calm() {
        raging = false;
    }

    boolean allIsAnswered() {
        return underWay.get() == 0;
    }

    private void next(Random dice) {
        underWay.incrementAndGet(); // before the look, or all would seem answered while one more is made
        if (raging) {
            tell(records.get(dice.nextInt(records.size())).change(dice), dice);
        }
        underWay.decrementAndGet();
    }

    private void tell(Message message, Random dice) {
        underWay.incrementAndGet();
        sent.incrementAndGet();
        senders.execute(() -> attempt(message, 1, dice));
    }

    private void attempt(Message message, int number, Random dice) {
        HttpResponse<String> answer = null;
        long from = System.nanoTime();
        try {
            answer = send(message, to).get();
        } catch (ExecutionException | InterruptedException e) {
            answer = null; // nobody there, or not any more: it may have been taken in or not
        }
        if (answer != null && answer.statusCode() == 200) {
            answered(SaddlebagServer.json(answer), message);
            underWay.decrementAndGet();
            senders.schedule(() -> next(dice), dice.nextInt(30), TimeUnit.MILLISECONDS);
            return;
        }
        if (answer != null && answer.statusCode() == 503 && answer.headers().firstValue("Retry-After").isPresent()) {
            refusedWithRetryAfter.incrementAndGet();
            slowestRefusal.accumulateAndGet(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from), Math::max);
        } else if (answer != null && answer.statusCode() != 408) { // 408: all stood still while the request came
            wrong.add("refused: " + answer.statusCode() + " " + answer.body());
        }
        if (number == MOST_TRIES) {
            wrong.add("never answered: " + message);
        } else {
            repeated.incrementAndGet();
            senders.schedule(() -> attempt(message, number + 1, dice), pause(answer), TimeUnit.MILLISECONDS);
        }
    }

    /** @return the answer; fails when none came */
    static CompletableFuture<HttpResponse<String>> send(Message message, URI to) {
        return HTTP.sendAsync(HttpRequest.newBuilder(to.resolve(message.path())).timeout(PATIENCE)
            .header("Content-Type", "application/json").header("X-Zoho-Webhook-Signature", signature(message))
            .POST(BodyPublishers.ofString(message.body())).build(), BodyHandlers.ofString());
    }

    private static String signature(Message message) {
        return WebhookSignature.of(SECRET, FormParameters.of(URI.create(message.path()).getRawQuery()), message.body().getBytes(StandardCharsets.UTF_8));
    }

    private void answered(JsonNode answer, Message message) {
        String event = answer.get("eventId").asText();
        answered.add(event);
        if (answer.get("status").asText().equals("duplicate")) {
            duplicates.incrementAndGet();
        } else if (acceptedByEvent.merge(event, 1, Integer::sum) > 1) {
            wrong.add("accepted twice: " + message);
        }
    }

    /** Milliseconds until the next try: as long as the answer asks for. */
    private static long pause(HttpResponse<String> answer) {
        return answer == null ? 100 : answer.headers().firstValueAsLong("Retry-After").orElse(0) * 1000 + 100;
    }

    long sent() {
        return sent.get();
    }

    long refusals() {
        return refusedWithRetryAfter.get();
    }

    /** Milliseconds from a request to its 503. */
    long slowestRefusal() {
        return slowestRefusal.get();
    }

    /** @return what is not as it should be, once nothing is pending; empty is well */
    List<String> damage(JdbcTemplate database) {
        List<String> lost = Stream.concat(answered.stream().distinct()
            .filter(event -> database.queryForList("SELECT 1 FROM webhook_events WHERE event_id = ? AND status IN ('done', 'ignored')", event).size() != 1)
            .map(event -> "lost: answered event " + database.queryForList("SELECT * FROM webhook_events WHERE event_id = ?", event)),
            records.stream().map(record -> record.difference(database)).filter(difference -> difference != null)
                .map(difference -> "lost: " + difference)).toList();
        List<String> doubled = database.queryForList("""
            SELECT entity || ' ' || zoho_id || ' ' || column_name || ' became ' || after FROM (
                SELECT *, lag(after) OVER (PARTITION BY entity, zoho_id, column_name ORDER BY id) AS earlier FROM record_changes) c
             WHERE after = earlier""", String.class).stream().map(change -> "doubled: " + change).toList();
        List<String> without = database.queryForList("""
            SELECT status || ' ' || event || ' ' || coalesce(error, '') FROM webhook_events
             WHERE status NOT IN ('done', 'ignored') OR status = 'ignored'
                   AND error NOT IN ('The row is newer', 'Zoho has no such record, and there is no row to mark as deleted')
            UNION ALL SELECT 'letter: ' || error FROM dead_letters""", String.class).stream().map(event -> "stuck: " + event).toList();
        return Stream.of(wrong, lost, doubled, without).flatMap(Collection::stream).toList();
    }

    /** One line for the record. */
    String figures(List<String> damage) {
        return sent + " sent, " + answered.size() + " answered, " + repeated + " repeated, " + duplicates + " duplicates, "
            + damage.stream().filter(one -> one.startsWith("lost")).count() + " lost, "
            + damage.stream().filter(one -> one.startsWith("doubled") || one.startsWith("accepted twice")).count() + " doubled, "
            + damage.stream().filter(one -> one.startsWith("stuck")).count() + " stuck or dead";
    }

    @Override
    public void close() {
        raging = false;
        senders.shutdownNow();
    }
}
