package io.saddlebag.benchmark;

import io.saddlebag.testkit.SignedWebhook;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;

/** Zoho, telling of changed items: signed webhooks of 1 KB over connections that stay, each with all that the item's row needs. */
final class WebhookSender implements AutoCloseable {

    static final int CONNECTIONS = 32;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxx");
    private static final String PADDING = "x".repeat(760);

    private final URI address;
    private final String secret;
    private final int items;
    private final OffsetDateTime epoch = OffsetDateTime.now(ZoneOffset.UTC).minusHours(1); // a time to come would be no version
    private final AtomicLong next = new AtomicLong();
    private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    private final CloseableHttpClient http = HttpClients.custom().disableAutomaticRetries().setConnectionManager(
        PoolingHttpClientConnectionManagerBuilder.create().setMaxConnTotal(CONNECTIONS).setMaxConnPerRoute(CONNECTIONS).build()).build();

    /** @param items of the catalogue: their turns come one after the other */
    WebhookSender(URI address, String secret, int items) {
        this.address = address;
        this.secret = secret;
        this.items = items;
    }

    /** One change of an item. @param number the how manieth webhook it is; later ones are newer */
    record Change(long number, String item, String modified) {
    }

    Change change(long number) {
        return new Change(number, String.valueOf(6000000000010000001L + 1000 * (number % items)), TIME.format(epoch.plusSeconds(number / items)));
    }

    /** All connections send what they can. @return the milliseconds of each answer */
    List<Double> flood(Duration time) throws InterruptedException, ExecutionException {
        return send(time, sent -> 0);
    }

    /** So many a second, whatever the answers take: one that starts late has waited. */
    List<Double> steadily(int perSecond, Duration time) throws InterruptedException, ExecutionException {
        return send(time, sent -> sent * 1_000_000_000L / perSecond);
    }

    private List<Double> send(Duration time, LongUnaryOperator dueAfter) throws InterruptedException, ExecutionException {
        long begin = System.nanoTime();
        AtomicLong turns = new AtomicLong();
        List<Future<List<Double>>> all = new ArrayList<>();
        for (int connection = 0; connection < CONNECTIONS; connection++) {
            all.add(threads.submit(() -> {
                List<Double> milliseconds = new ArrayList<>();
                while (true) {
                    long due = begin + dueAfter.applyAsLong(turns.getAndIncrement());
                    if (due - begin >= time.toNanos() || System.nanoTime() - begin >= time.toNanos()) {
                        return milliseconds;
                    }
                    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    long from = due == begin ? System.nanoTime() : due;
                    send(change(next.getAndIncrement()));
                    milliseconds.add((System.nanoTime() - from) / 1e6);
                }
            }));
        }
        List<Double> milliseconds = new ArrayList<>();
        for (Future<List<Double>> one : all) {
            milliseconds.addAll(one.get());
        }
        return milliseconds;
    }

    /** The next change, sent now. */
    Change sendNext() throws IOException {
        Change change = change(next.getAndIncrement());
        send(change);
        return change;
    }

    private void send(Change change) throws IOException {
        String body = "{\"item\":{\"item_id\":\"" + change.item + "\",\"name\":\"Item " + change.number + "\",\"rate\":" + (change.number + 1)
            + ".5,\"status\":\"active\",\"product_type\":\"goods\",\"created_time\":\"2024-01-02T08:00:00+0000\",\"last_modified_time\":\""
            + change.modified + "\",\"description\":\"" + PADDING + "\"}}";
        HttpPost request = new HttpPost(address);
        request.setHeader("X-Zoho-Webhook-Signature", SignedWebhook.signature(secret, address, body));
        request.setEntity(new StringEntity(body, ContentType.APPLICATION_JSON));
        String answer = http.execute(request, response -> response.getCode() + " " + EntityUtils.toString(response.getEntity()));
        if (!answer.startsWith("200 {\"status\":\"accepted\"")) {
            throw new IllegalStateException("a webhook was not accepted: " + answer);
        }
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        http.close();
    }
}
