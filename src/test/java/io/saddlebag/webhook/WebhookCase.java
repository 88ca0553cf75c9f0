package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.ApiDescription;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** One application and one Zoho for all tests of webhooks, and what Zoho sends. Both as new before each test. */
public abstract class WebhookCase {

    protected static final String SECRET = "SampleSecret1234";
    protected static final String ITEMS = "/api/zoho/sync-products";
    protected static final String JSON = "application/json";
    protected static final SandboxServer ZOHO = SandboxServer.shared();
    private static HttpClient http;

    protected static SaddlebagServer saddlebag() {
        return SaddlebagServer.shared(WebhookCase.class, ZOHO, "--zoho.webhook-secret=RotatedSecret99," + SECRET, "--saddlebag.webhook.every=100ms", "--saddlebag.gauges-every=1s",
            "--camel.main.jmx-enabled=true", "--camel.main.jmx-management-m-beans-level=RoutesOnly", // CommitsIT asks for the queue of a thread pool
            "--saddlebag.webhook.fetches=1000",
            "--saddlebag.webhook.first-pause=100ms", "--saddlebag.webhook.longest-pause=200ms", "--saddlebag.webhook.attempts=4",
            "--saddlebag.webhook.networks=127.0.0.0/8,::1/128", // this machine, which is a trusted proxy too
            "--saddlebag.webhook.templates.short.entity=items", "--saddlebag.webhook.templates.short.content-type=text/plain",
            "--saddlebag.webhook.templates.short.pattern=id=(?<id>[^;]+)(;time=(?<time>[^;]+))?(;what=(?<event>.+))?",
            "--saddlebag.webhook.templates.pointed.entity=items", "--saddlebag.webhook.templates.pointed.content-type=application/json",
            "--saddlebag.webhook.templates.pointed.id=/data/no", "--saddlebag.webhook.templates.pointed.time=/data/changed",
            "--saddlebag.webhook.templates.whole.entity=items", "--saddlebag.webhook.templates.whole.content-type=application/json",
            "--saddlebag.webhook.templates.whole.record=/0/data",
            "--saddlebag.webhook.templates.fields.entity=items",
            "--saddlebag.webhook.templates.fields.content-type=application/x-www-form-urlencoded", "--saddlebag.webhook.templates.fields.id=no");
    }

    /** A class before may have ended all tokens, so that a first call would be two. */
    @BeforeAll
    protected static void aLivingToken() {
        ZOHO.faults().clear();
        saddlebag().call("POST", "/api/sync/items/" + newItem("for the token"));
    }

    @BeforeEach
    protected void asNew() {
        http = HttpClient.newHttpClient(); // without connections that the server is about to close for being idle
        ZOHO.catalogue().reset();
        ZOHO.kinds().reset();
        ZOHO.faults().clear();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        SaddlebagServer server = saddlebag(); // whose start is longer than a wait
        await().until(WebhookCase::nothingIsWorkedAt);
        server.empty("webhook_events", "products", "dead_letters", "record_changes", "invoices", "customers", "zoho_calls");
        saddlebag().database().execute("UPDATE organisations SET blocked_until = NULL, day_remaining = NULL, day_resets_at = NULL, wanted_until = NULL");
        saddlebag().database().execute("DELETE FROM token_requests"); // those of the tests before
        ZOHO.calls().reset();
    }

    /** What is not begun is taken off, what is begun may end. */
    private static boolean nothingIsWorkedAt() {
        saddlebag().database().update("UPDATE webhook_events SET status = 'ignored'"
            + " WHERE status = 'pending' AND coalesce(claimed_until <= clock_timestamp(), true)");
        return saddlebag().count("webhook_events WHERE status = 'pending' AND entity <> 'of-tests'") == 0;
    }

    /** An item that Zoho has, as its default payload has it. */
    protected static ObjectNode item(String id) {
        return ZOHO.catalogue().find(id).orElseThrow();
    }

    /** @return a {@code last_modified_time} so many seconds after now: newer than all rows, and not yet too far in the future to be believed */
    protected static String soon(int seconds) {
        return OffsetDateTime.now(ZoneOffset.UTC).plusSeconds(seconds).format(DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxx"));
    }

    protected static String newItem(String name) {
        return ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", name).put("rate", 9.5));
    }

    protected static String payload(String key, JsonNode record) {
        return JsonNodeFactory.instance.objectNode().<ObjectNode>set(key, record).toString();
    }

    /** What Zoho sends of an item when it changed. */
    protected static HttpResponse<String> send(String id) {
        return sendJson(ITEMS, payload("item", item(id)));
    }

    protected static HttpResponse<String> sendJson(String path, String body) {
        return post(path, JSON, body, sign(SECRET, path, body));
    }

    protected static String sign(String secret, String path, String body) {
        return WebhookSignature.of(secret, FormParameters.of(URI.create(path).getRawQuery()), body.getBytes(StandardCharsets.UTF_8));
    }

    /** @param signature null for none */
    protected static HttpResponse<String> post(String path, String type, String body, String signature) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + saddlebag().port() + path))
            .timeout(Duration.ofSeconds(30)).POST(BodyPublishers.ofString(body));
        if (type != null) {
            request.header("Content-Type", type);
        }
        if (signature != null) {
            request.header("X-Zoho-Webhook-Signature", signature);
        }
        return send(request);
    }

    protected static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return ApiDescription.checked(http.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    protected static void assertAccepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(SaddlebagServer.json(answer).get("status").asText()).as(answer.body()).isEqualTo("accepted");
    }

    protected static void assertProblem(HttpResponse<String> answer, int status, String detail) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(SaddlebagServer.json(answer).get("detail").asText()).contains(detail);
        assertThat(answer.headers().map()).doesNotContainKey("x-zoho-webhook-signature");
    }

    /** Waits until no event is pending. @return the statuses, in the order in which they came */
    protected static List<String> settled() {
        await().pollInterval(Duration.ofMillis(20))
            .until(() -> saddlebag().count("webhook_events WHERE status = 'pending'") == 0);
        return saddlebag().database().queryForList("SELECT status FROM webhook_events ORDER BY id", String.class);
    }

    protected static Map<String, Object> product(String id) {
        return saddlebag().database().queryForMap("SELECT * FROM products WHERE zoho_item_id = ?", id);
    }

    /** While it is open no event is begun: a claim waits for its turn. */
    protected static final class ClaimsHeld implements AutoCloseable {

        private final Connection connection;

        ClaimsHeld() throws SQLException {
            connection = saddlebag().bean(DataSource.class).getConnection();
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT lock_work('webhook claims')");
            }
        }

        @Override
        public void close() throws SQLException {
            connection.rollback();
            connection.setAutoCommit(true);
            connection.close();
        }
    }
}
