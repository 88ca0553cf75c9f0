package io.saddlebag.trips;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.SignedWebhook;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * How many files a reader opens to follow one record through the flows, and how often the language changes on the way. The
 * numbers come from the steps that run; each test prints them with the files. They are bounds of the design: a change that
 * exceeds one has scattered the flow.
 */
class TripsIT {

    private static final String SECRET = "a-secret-of-trips";
    private static final SandboxServer ZOHO = SandboxServer.start("--saddlebag.sandbox.items=1");
    private static SaddlebagServer saddlebag;
    private static StepRecorder recorder;

    @BeforeAll
    static void start() {
        saddlebag = SaddlebagServer.start(ZOHO, "--spring.main.sources=" + StepRecorder.class.getName(), "--zoho.webhook-secret=" + SECRET,
            "--saddlebag.pull.heartbeat=1h", "--saddlebag.pull.resume-every=1h",
            "--saddlebag.webhook.workers=1", "--saddlebag.webhook.every=1h"); // another worker, or one that looks by itself, is no part of the trip
        recorder = saddlebag.bean(StepRecorder.class);
        saddlebag.send("PATCH", "/api/organisations/" + SaddlebagServer.ORG, "{\"kinds\":[\"items\"]}");
        saddlebag.pull("full"); // the first call fetches the token
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
        ZOHO.close();
    }

    @Test
    void oneItemFromTheTimerToItsRow() {
        saddlebag.empty("products");
        recorder.clear();
        saddlebag.bean(ProducerTemplate.class).send("direct:schedule-due-kinds", exchange -> exchange.setVariable("mode", "full"));
        long run = saddlebag.database().queryForObject("SELECT max(id) FROM sync_runs", Long.class);
        await().until(() -> saddlebag.status(run).equals("succeeded"));

        assertThat(saddlebag.count("products")).isEqualTo(1);
        check(recorder.trip("one item, from the timer to its row", List.of("direct", "seda://pull-run"), "routes/pull/pull-commit.sql"), 36, 40);
    }

    @Test
    void oneWebhookFromTheRequestToItsRow() throws Exception {
        String id = saddlebag.database().queryForObject("SELECT zoho_item_id FROM products", String.class);
        URI address = URI.create("http://localhost:" + saddlebag.port() + "/api/zoho/sync-products?event=updated");
        String body = "{\"item\":{\"item_id\":\"" + id + "\",\"name\":\"Trip\",\"rate\":1.5,\"status\":\"active\",\"product_type\":\"goods\","
            + "\"last_modified_time\":\"" + DateTimeFormatter.ISO_INSTANT.format(Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.SECONDS)) + "\"}}";
        recorder.clear();
        HttpRequest request = HttpRequest.newBuilder(address).header("Content-Type", "application/json")
            .header("X-Zoho-Webhook-Signature", SignedWebhook.signature(SECRET, address, body)).POST(HttpRequest.BodyPublishers.ofString(body)).build();
        assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        await().until(() -> saddlebag.count("webhook_events WHERE status = 'done'") > 0);

        assertThat(saddlebag.count("products WHERE name = 'Trip'")).isEqualTo(1);
        check(recorder.trip("one webhook, from the request to its row", List.of("platform-http", "direct", "seda://inbox-direct"),
            "routes/webhook/webhook-settle.sql"), 34, 35);
    }

    @Test
    void oneCallToZoho() {
        recorder.clear();
        saddlebag.bean(ProducerTemplate.class).send("direct:zoho-request", exchange -> Map.of("org", SaddlebagServer.ORG, "purpose", "check",
            "method", "GET", "path", "/inventory/v1/items", "query", "page=1").forEach(exchange::setVariable));

        check(recorder.trip("one call to Zoho", List.of("direct"), "routes/zoho/zoho-answered.sql"), 14, 15);
    }

    private static void check(Trip trip, int files, int switches) {
        assertThat(trip.files()).as("files to open").hasSizeLessThanOrEqualTo(files);
        assertThat(trip.switches()).as("changes of the language").isLessThanOrEqualTo(switches);
    }
}
