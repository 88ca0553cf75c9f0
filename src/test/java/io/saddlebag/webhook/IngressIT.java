package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.testkit.SaddlebagServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.processor.Throttler;
import org.apache.camel.support.builder.ExpressionBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in, and what is answered. */
@Tag("sql")
@Tag("java25")
class IngressIT extends WebhookCase {

    private static final String SECOND = "60000000009";
    private static final String FORM = "application/x-www-form-urlencoded";

    @Test
    void theAnswerNamesTheEventAndTheInboxHasIt() {
        String id = newItem("Lantern");

        JsonNode answer = SaddlebagServer.json(send(id));

        assertThat(answer.get("status").asText()).isEqualTo("accepted");
        assertThat(saddlebag().database().queryForMap("SELECT org_id, entity, event, zoho_id FROM webhook_events WHERE event_id = ?",
            answer.get("eventId").asText())).containsEntry("org_id", SaddlebagServer.ORG).containsEntry("entity", "items")
            .containsEntry("event", "updated").containsEntry("zoho_id", id);
    }

    @Test
    void theSameAgainIsADuplicateAlsoWhenItIsDone() {
        String id = newItem("Lantern");
        String event = SaddlebagServer.json(send(id)).get("eventId").asText();
        settled();

        JsonNode again = SaddlebagServer.json(send(id));

        assertThat(again.get("status").asText()).isEqualTo("duplicate");
        assertThat(again.get("eventId").asText()).isEqualTo(event);
        assertThat(SaddlebagServer.json(sendJson(ITEMS + "?event=created", payload("item", item(id)))).get("status").asText())
            .as("another event").isEqualTo("accepted");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofFortySimultaneousCopiesOneIsAcceptedAndTheRestAreDuplicates(boolean withTime) throws SQLException {
        String id = newItem("Lantern");
        String body = withTime ? payload("item", item(id)) : "{\"item\":{\"item_id\":\"" + id + "\"}}";
        ExecutorService senders = Executors.newFixedThreadPool(40);
        if (!withTime) {
            sendJson(ITEMS, body);
            settled();
        }
        try (ClaimsHeld claims = new ClaimsHeld()) { // a hint repeats one that has not begun, not the one that is done: so none begins
            List<CompletableFuture<String>> answers = IntStream.range(0, 40).mapToObj(n -> CompletableFuture.supplyAsync(
                () -> SaddlebagServer.json(sendJson(ITEMS, body)).path("status").asText(), senders)).toList();
            List<String> statuses = answers.stream().map(CompletableFuture::join).toList();

            assertThat(statuses).filteredOn("accepted"::equals).hasSize(1);
            assertThat(statuses).filteredOn("duplicate"::equals).hasSize(39);
            assertThat(saddlebag().count("webhook_events")).isEqualTo(withTime ? 1 : 2);
        } finally {
            senders.shutdownNow();
        }
    }

    /** As the second of two copies finds it while the first is not committed. */
    @Test
    void aHintThatComesAgainWaitsForTheAnswerToTheFirst() throws SQLException {
        String receive = "SELECT accepted FROM receive_webhook('x', 'd', 'of-tests', 'updated', '1', NULL, false, '{}')";
        saddlebag().database().queryForObject(receive, Boolean.class);
        saddlebag().database().execute("UPDATE webhook_events SET status = 'done'");
        try (Connection first = saddlebag().bean(DataSource.class).getConnection(); Statement statement = first.createStatement()) {
            first.setAutoCommit(false);
            statement.execute(receive);
            CompletableFuture<Boolean> second = CompletableFuture.supplyAsync(() -> saddlebag().database().queryForObject(receive, Boolean.class));
            await().until(() -> second.isDone() || saddlebag().count("pg_locks WHERE locktype = 'transactionid' AND NOT granted") == 1);
            first.commit();
            assertThat(second.join()).isFalse();
            first.setAutoCommit(true);
        }
        saddlebag().database().execute("DELETE FROM webhook_events");
    }

    @Test
    void anySecretOfSeveralOpens() {
        String body = payload("item", item(newItem("Lantern")));

        assertAccepted(post(ITEMS, JSON, body, sign("RotatedSecret99", ITEMS, body)));
    }

    @Test
    void whatIsNotSignedIsRefusedAndCounted() {
        String body = payload("item", item(newItem("Lantern")));
        String good = sign(SECRET, ITEMS, body);
        double before = refused("refused-signature");

        assertProblem(post(ITEMS, JSON, body, null), 401, "ZOHO_WEBHOOK_SECRET");
        assertProblem(post(ITEMS, JSON, body, ""), 401, "Signature");
        assertProblem(post(ITEMS, JSON, body, sign("AnotherSecret1", ITEMS, body)), 401, "Signature");
        assertProblem(post(ITEMS, JSON, body + " ", good), 401, "Signature");
        assertProblem(post(ITEMS + "?event=deleted", JSON, body, good), 401, "Signature");
        assertProblem(post(ITEMS + "?X-Zoho-Webhook-Signature=" + good, JSON, body, null), 401, "Signature");
        assertProblem(send(HttpRequest.newBuilder(URI.create("http://localhost:" + saddlebag().port() + ITEMS))
            .header("Content-Type", JSON).header("X-Zoho-Webhook-Signature", good).header("X-Zoho-Webhook-Signature", good)
            .POST(BodyPublishers.ofString(body))), 401, "Signature");

        assertThat(refused("refused-signature") - before).isEqualTo(7);
        assertThat(saddlebag().count("webhook_events")).isZero();
        assertAccepted(post(ITEMS, JSON, body, good.toUpperCase(Locale.ROOT))); // the same number
    }

    @Test
    void anotherOrganisationsSecretOpensNothingHere() {
        String body = payload("item", item(newItem("Lantern")));
        String theirs = ITEMS + "?org=" + SECOND;
        try {
            assertThat(saddlebag().send("POST", "/api/organisations", "{\"orgId\":\"" + SECOND + "\",\"name\":\"Second\",\"sameConnectionAs\":\""
                + SaddlebagServer.ORG + "\",\"kinds\":[\"invoices\"]}").statusCode()).isEqualTo(201);
            String unknown = ITEMS + "?org=999";
            assertThat(post(theirs, JSON, body, sign(SECRET, theirs, body)).body()).as("no secret: told as an unknown organisation is")
                .isEqualTo(post(unknown, JSON, body, sign(SECRET, unknown, body)).body());
            assertProblem(post(theirs, JSON, body, sign(SECRET, theirs, body)), 401, "webhookSecret");
            saddlebag().send("PATCH", "/api/organisations/" + SECOND, "{\"webhookSecret\":\"SecondSecret12\"}");

            assertProblem(post(theirs, JSON, body, sign(SECRET, theirs, body)), 401, "Signature");
            assertProblem(post(ITEMS, JSON, body, sign("SecondSecret12", ITEMS, body)), 401, "Signature");
            assertThat(SaddlebagServer.json(post(theirs, JSON, body, sign("SecondSecret12", theirs, body))).get("status").asText()).isEqualTo("accepted");
            assertThat(saddlebag().count("webhook_events WHERE org_id = '" + SECOND + "' AND status = 'ignored' AND error LIKE '%does not copy%'"))
                .as("it has invoices only").isEqualTo(1);
            String nowhere = ITEMS + "?org=999";
            assertProblem(post(nowhere, JSON, body, sign(SECRET, nowhere, body)), 401, "Signature");
        } finally {
            saddlebag().call("DELETE", "/api/organisations/" + SECOND);
            saddlebag().database().update("DELETE FROM organisations WHERE org_id = ?", SECOND);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
        /api/zoho/sync-products                                 | {"organization_id":"%3$s","item":%1$s}
        /api/zoho/sync-products                                 | {"organization_id":%3$s,"item":%1$s}
        /api/zoho/sync-products                                 | {"item":{"organization_id":"%3$s",%2$s}
        /api/zoho/sync-products                                 | {"organization_id":"%3$s",%2$s
        /api/zoho/sync-products                                 | {"organization":{"organization_id":"%3$s"},"item":%1$s}
        /api/zoho/sync-products?organization_id=%3$s            | {"item":%1$s}
        /api/zoho/sync-products?template=pointed                | {"organization_id":"%3$s","data":{"no":"4815"}}
        """)
    void aPayloadOfAnotherOrganisationIsRefusedAndCounted(String path, String body) {
        String record = item(newItem("Lantern")).toString();
        double before = refused("refused-organisation");
        String theirs = body.formatted(record, record.substring(1), SECOND);
        assertProblem(sendJson(path.formatted(null, null, SECOND), theirs), 400, "another organisation");
        assertThat(refused("refused-organisation") - before).isEqualTo(1);
        assertThat(saddlebag().count("webhook_events")).isZero();

        assertAccepted(sendJson(path.formatted(null, null, SaddlebagServer.ORG), body.formatted(record, record.substring(1), SaddlebagServer.ORG)));
    }

    @Test
    void soIsAFormOfAnotherOrganisation() {
        String json = URLEncoder.encode(payload("item", item(newItem("Lantern"))), StandardCharsets.UTF_8);
        for (String form : new String[] {"organization_id=" + SECOND + "&JSONString=" + json,
            "JSONString=" + URLEncoder.encode("{\"organization_id\":\"" + SECOND + "\",\"item\":{\"item_id\":\"1\"}}", StandardCharsets.UTF_8)}) {
            assertProblem(post(ITEMS, FORM, form, WebhookSignature.of(SECRET, FormParameters.of(form), new byte[0])), 400, "another organisation");
        }
    }

    @Test
    void jsonThatIsSentAsAFormIsToldSo() {
        String body = "{\"item\":{\"item_id\":\"1\",\"name\":\"a=b&c\"}}";

        assertProblem(post(ITEMS, FORM, body, sign(SECRET, ITEMS, body)), 400, "is JSON and its Content-Type says");
        assertProblem(post(ITEMS, FORM, body, WebhookSignature.of(SECRET, FormParameters.of(body), new byte[0])), 400, "is JSON and its Content-Type says");
        assertProblem(post(ITEMS, FORM, body, sign("AnotherSecret1", ITEMS, body)), 401, "Signature");
    }

    @Test
    void aFormIsSignedByItsPairs() {
        String id = newItem("Lantern");
        String json = payload("item", item(id));
        String form = "z=last&JSONString=" + URLEncoder.encode(json, StandardCharsets.UTF_8) + "&entity=bills&org=999";
        String path = ITEMS + "?event=created";
        String signature = WebhookSignature.of(SECRET, FormParameters.of("event=created").and(FormParameters.of(form)), new byte[0]);

        assertProblem(post(path, FORM, form + "&a=b", signature), 401, "Signature");
        assertAccepted(post(path, FORM, form, signature));

        assertThat(settled()).containsExactly("done");
        assertThat(product(id)).containsEntry("name", "Lantern");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
        {"item":                                   | no JSON object
        [1,2]                                      | no JSON object
        "item"                                     | no JSON object
        null                                       | "item_id"
        {}                                         | "item_id"
        {"invoice":{"invoice_id":"1"}}             | "item_id"
        {"item":{"name":"nobody"}}                 | "item_id"
        {"item":{"item_id":""}}                    | "item_id"
        {"item":{"item_id":{"a":1}}}               | "item_id"
        {"item":{"item_id":"1'' OR 1=1"}}          | "item_id"
        {"item":{"item_id":"1"}} {"item":2}        | no JSON object
        """)
    void whatHoldsNoRecordOfTheKindIsABadRequest(String body, String detail) {
        assertProblem(sendJson(ITEMS, body), 400, detail);
    }

    @Test
    void whatIsNotTextIsABadRequestToo() {
        byte[] body = {'{', '"', (byte) 0xC3, '"', ':', '1', '}'};
        assertProblem(send(HttpRequest.newBuilder(URI.create("http://localhost:" + saddlebag().port() + ITEMS)).header("Content-Type", JSON)
            .header("X-Zoho-Webhook-Signature", WebhookSignature.of(SECRET, FormParameters.of(null), body)).POST(BodyPublishers.ofByteArray(body))), 400, "UTF-8");
        String noField = "a=b&c";
        assertProblem(post(ITEMS, FORM, noField, WebhookSignature.of(SECRET, FormParameters.of(noField), new byte[0])), 400, "JSONString");
        assertProblem(post(ITEMS, FORM, "{}", WebhookSignature.of(SECRET, FormParameters.of("{}"), new byte[0])), 400, "JSONString");
        assertProblem(sendJson(ITEMS, ""), 400, "no JSON object");
        assertProblem(sendJson(ITEMS, "[".repeat(1001)), 400, "no JSON object");
        assertProblem(sendJson(ITEMS, "{\"item\":" + "[".repeat(1001)), 400, "nesting depth");
        assertProblem(sendJson(ITEMS + "?event=renamed", "{}"), 400, "event=");
        assertProblem(sendJson("/api/zoho/webhooks/nothing", "{}"), 404, "nothing");
    }

    /** Only the addresses that kinds declare are open; the fixed ones beside them keep their own routes and methods. */
    @Test
    void aShortAddressThatNoKindDeclaresIsNotOpenAndFixedAddressesWin() throws Exception {
        assertProblem(sendJson("/api/zoho/sync-nothing", "{}"), 401, "Log in");
        assertProblem(sendJson("/api/zoho/sync-products/more", "{}"), 404, "docs/reference/api.md");
        assertProblem(sendJson("/api/zoho/check", "{}"), 401, "Log in");
        assertThat(saddlebag().call("POST", "/api/zoho/sync-nothing").statusCode()).isEqualTo(404);
        assertThat(saddlebag().call("POST", "/api/zoho/sync-nothing").body()).contains("No kind has the address /api/zoho/sync-nothing");
        assertThat(saddlebag().call("GET", "/api/zoho/health").body()).contains("\"organisations\"");
        assertThat(saddlebag().call("POST", "/api/zoho/health").statusCode()).isEqualTo(405);
        assertThat(saddlebag().call("DELETE", "/api/zoho/check").statusCode()).isEqualTo(405);
        assertThat(saddlebag().call("GET", ITEMS).statusCode()).isIn(404, 405);
    }

    /** The names of parameters become headers of Camel's, which the firewall does not let through. */
    @ParameterizedTest
    @ValueSource(strings = {"?3%09&b", "?a=1&%00=2", "?%1f=x"})
    void aParameterThatNobodyCanSeeIsABadRequest(String query) {
        assertThat(sendJson(ITEMS + query, "{}").statusCode()).isEqualTo(400);
        assertThat(post(ITEMS + query, FORM, "JSONString=%7B%7D", "0").statusCode()).isEqualTo(400);
        assertThat(post(ITEMS + "?a=%09", JSON, "{}", "0").statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "nonsense", "multipart/form-data; boundary=x", "\"pplication/json"})
    void whatIsNeitherJsonNorAFormIsRefused(String type) {
        assertProblem(post(ITEMS, type, "{}", sign(SECRET, ITEMS, "{}")), 415, "application/json");
        assertProblem(post(ITEMS, null, "{}", sign(SECRET, ITEMS, "{}")), 415, "application/json");
        assertThat(post(ITEMS, "application/json;charset=UTF-8", "{}", "").statusCode()).isEqualTo(401);
    }

    @Test
    void aBodyInAnEncodingIsRefused() {
        assertProblem(send(HttpRequest.newBuilder(URI.create("http://localhost:" + saddlebag().port() + ITEMS)).header("Content-Type", JSON)
            .header("Content-Encoding", "gzip").header("X-Zoho-Webhook-Signature", sign(SECRET, ITEMS, "{}"))
            .POST(BodyPublishers.ofString("{}"))), 415, "Content-Encoding");
    }

    /** Zoho signs a form's text, and a body's bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "ISO-8859-1", "windows-1252", "UTF-16", "UTF-16LE"})
    void aBodyIsReadInTheCharsetThatItDeclares(String name) {
        Charset charset = Charset.forName(name);
        String json = payload("item", item(newItem("T\u00fcrschlo\u00df")));
        byte[] body = json.getBytes(charset);
        assertAccepted(send(request(JSON + ";charset=" + name, body).header("X-Zoho-Webhook-Signature", WebhookSignature.of(SECRET, FormParameters.of(null), body))));

        String inForm = payload("item", item(newItem("K\u00fcbel")));
        byte[] form = ("JSONString=" + URLEncoder.encode(inForm, charset)).getBytes(StandardCharsets.US_ASCII);
        if (!name.startsWith("UTF-16")) { // of a form the bytes themselves are ASCII
            assertAccepted(send(request(FORM + "; charset=" + name, form).header("X-Zoho-Webhook-Signature",
                WebhookSignature.of(SECRET, new FormParameters(List.of(new FormParameters.Pair("JSONString", inForm))), new byte[0]))));
        }
        assertThat(settled()).containsOnly("done");
        assertThat(saddlebag().database().queryForList("SELECT name FROM products", String.class))
            .contains("T\u00fcrschlo\u00df").isSubsetOf("T\u00fcrschlo\u00df", "K\u00fcbel");
        assertThat(saddlebag().count("webhook_events WHERE payload LIKE '%K\u00fcbel%'")).isEqualTo(name.startsWith("UTF-16") ? 0 : 1);
    }

    @Test
    void aBodyThatIsNoTextOfItsCharsetIsRefused() {
        byte[] body = payload("item", item(newItem("T\u00fcr"))).getBytes(StandardCharsets.ISO_8859_1);
        for (String declared : List.of("", ";charset=UTF-8", ";charset=US-ASCII")) {
            HttpResponse<String> answer = send(request(JSON + declared, body)
                .header("X-Zoho-Webhook-Signature", WebhookSignature.of(SECRET, FormParameters.of(null), body)));
            assertProblem(answer, 400, declared.contains("ASCII") ? "The content is not US-ASCII" : "The content is not UTF-8");
        }
    }

    private static HttpRequest.Builder request(String type, byte[] body) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + saddlebag().port() + ITEMS)).timeout(Duration.ofSeconds(30))
            .header("Content-Type", type).POST(BodyPublishers.ofByteArray(body));
    }

    @Test
    void aBodyThatIsTooLongIsRefusedByItsLength() {
        String body = "{\"item\":\"" + "x".repeat(1 << 20) + "\"}";
        assertProblem(sendJson(ITEMS, body), 413, "1048576 bytes");
    }

    /** Unsaid, its length shows while it is read: what is sent without an end is answered all the same. */
    @Test
    void aBodyWithoutAnEndIsRefusedAtTheLimit() throws IOException {
        try (Socket socket = new Socket("localhost", saddlebag().port())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + ITEMS + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Zoho-Webhook-Signature: 00\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            for (int sent = 0; sent < 17; sent++) { // a little more than the limit, and no end
                out.write(chunk);
            }
            out.flush();
            InputStream answer = socket.getInputStream();
            assertThat(new String(answer.readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void aShortAddressIsWhatAKindDeclares(@TempDir Path folder) throws IOException {
        String content = "{\"category\":{\"category_id\":\"1\"}}";
        assertThat(sendJson("/api/zoho/sync-goods", content).statusCode()).as("no kind declares it, so it is for staff").isEqualTo(401);
        Kinds kinds = saddlebag().bean(Kinds.class);
        Kind before = kinds.of("categories");
        Files.writeString(folder.resolve("categories.yaml"), Files.readString(Path.of("routes/kinds/categories.yaml")) + "webhookAddress: sync-goods\n");
        Files.copy(Path.of("routes/kinds/records.sql"), folder.resolve("records.sql"));
        kinds.put(new Kinds(folder).of("categories"));
        try {
            String event = SaddlebagServer.json(sendJson("/api/zoho/sync-goods", content)).get("eventId").asText();
            assertThat(saddlebag().database().queryForObject("SELECT entity FROM webhook_events WHERE event_id = ?", String.class, event))
                .isEqualTo("categories");
        } finally {
            kinds.put(before);
        }
        assertThat(sendJson("/api/zoho/sync-goods", content).statusCode()).isEqualTo(401);
    }

    @Test
    void anAddressThatSendsTooMuchIsToldSoAndOthersAreNot() {
        CamelContext camel = saddlebag().bean(CamelContext.class);
        Throttler throttle = camel.getProcessor("webhook-verify-throttle", Throttler.class);
        throttle.setMaximumRequestsExpression(ExpressionBuilder.constantExpression(1));
        ExecutorService senders = Executors.newFixedThreadPool(20);
        try {
            List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 20).mapToObj(n -> CompletableFuture.supplyAsync(
                () -> post("/api/zoho/sync-bills", JSON, "{}", "none"), senders)).toList();
            assertAccepted(sendJson("/api/zoho/sync-customers", "{\"contact\":{\"contact_id\":\"1\"}}"));
            List<HttpResponse<String>> all = answers.stream().map(CompletableFuture::join).toList();
            assertThat(all).extracting(HttpResponse::statusCode).containsOnly(401, 429);
            HttpResponse<String> refused = all.stream().filter(answer -> answer.statusCode() == 429).findFirst().orElseThrow();
            assertProblem(refused, 429, "per-second");
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
        } finally {
            senders.shutdownNow();
            throttle.setMaximumRequestsExpression(ExpressionBuilder.constantExpression(500));
        }
    }

    @Test
    void whileTheDatabaseIsAwayTheSenderIsToldToComeAgain() throws SQLException {
        String body = payload("item", item(newItem("Lantern")));
        String url = saddlebag().bean(HikariDataSource.class).getJdbcUrl();
        String name = url.replaceAll(".*/([^/?]+).*", "$1");
        try (Connection elsewhere = DriverManager.getConnection(url.replace(name, "postgres"), "postgres", "any");
                Statement statement = elsewhere.createStatement()) {
            statement.execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
            try {
                statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
                HttpResponse<String> answer = sendJson(ITEMS, body);
                assertProblem(answer, 503, "database");
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            } finally {
                statement.execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
            }
        }
        saddlebag().bean(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
        await().until(() -> sendJson(ITEMS, body).statusCode() == 200);
        assertThat(settled()).containsExactly("done");
    }

    private static double refused(String result) {
        return saddlebag().bean(MeterRegistry.class).find("saddlebag.webhooks").tags("entity", "items", "result", result).counters().stream()
            .mapToDouble(Counter::count).sum();
    }
}
