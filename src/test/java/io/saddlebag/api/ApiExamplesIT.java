package io.saddlebag.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.ApiDescription;
import io.saddlebag.testkit.ApiDescription.Address;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.SignedWebhook;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every example of openapi.yaml is sent, in the order of the file. Each answer is compared with the description. */
@Tag("sql")
class ApiExamplesIT {

    private static final String SECRET = "SampleSecret1234";
    /** A consent at Zoho, a session or a provider of logins comes before these, or they never end. */
    private static final Set<String> BROWSER = Set.of("connected", "chooseOrganisation", "login", "loginOidc", "loginOidcReturn", "logout", "listenToChanges", "getHawtio");
    /** Addresses of a kind of one's own have no example. */
    private static final Set<String> WITHOUT_EXAMPLE = Set.of("receiveWebhookOfShortAddress");
    /** What the examples find here: run 1 is a dry run of items, so it has ended, holds nothing, and is no push; no target is on; no channel is set. */
    private static final Map<String, Integer> REFUSED = Map.ofEntries(Map.entry("cancelRun", 409), Map.entry("restoreRecord", 409),
        Map.entry("releaseDeletes", 409), Map.entry("refuseDeletes", 409), Map.entry("restoreDeletes", 409), Map.entry("sendPushRecord", 409),
        Map.entry("listRecordsOfPushRun", 404), Map.entry("releasePush", 404), Map.entry("refusePush", 404), Map.entry("revertPush", 404), Map.entry("testAlerts", 409),
        Map.entry("connect", 302), Map.entry("getReplay", 404), Map.entry("cancelForget", 404), Map.entry("pageReplay", 404), Map.entry("pageConnection", 404),
        Map.entry("getPicture", 404), Map.entry("headPicture", 404), Map.entry("removeOrganisation", 409));
    /** The kind whose example a short address takes. */
    private static final Map<String, String> SHORT = Map.of("sync-products", "items", "sync-customers", "contacts", "sync-invoices", "invoices",
        "sync-bills", "bills", "sync-stock", "stock-adjustments");

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static SaddlebagServer saddlebag;

    private final ApiDescription description = ApiDescription.read();
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        ZOHO.reset();
        saddlebag = SaddlebagServer.start(ZOHO, "--zoho.webhook-secret=" + SECRET, "--saddlebag.public-url=https://saddlebag.example.com");
        saddlebag.database().update("INSERT INTO products (org_id, name, sku, price, is_active) VALUES (?, 'Saddle', 'OWN-1', 5, true)", SaddlebagServer.ORG);
        saddlebag.ended(SaddlebagServer.json(saddlebag.call("POST", "/api/sync/items?mode=full&dryRun=true")).get("runId").asLong());
        saddlebag.pull("full");
        saddlebag.database().update("INSERT INTO alerts (key, state, since, text) VALUES ('database-lock', 'firing', now(), 'A session waits for a lock')");
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
    }

    @Test
    void everyExampleRuns() throws IOException, InterruptedException {
        List<String> inOrder = Files.readAllLines(ApiDescription.FILE).stream().filter(line -> line.matches(" {6}operationId: .*"))
            .map(line -> line.replaceFirst(".*: ", "")).toList();
        Map<String, Address> operations = description.addresses().stream()
            .collect(Collectors.toMap(address -> address.operation().get("operationId").textValue(), address -> address));
        List<String> unexpected = new ArrayList<>();
        int sent = 0;
        for (String id : inOrder) {
            if (!BROWSER.contains(id) && !WITHOUT_EXAMPLE.contains(id)) {
                prepare();
                HttpResponse<String> answer;
                try {
                    answer = send(id, operations.get(id));
                } catch (AssertionError otherwise) { // than described
                    unexpected.add(otherwise.getMessage());
                    continue;
                }
                if (answer.statusCode() < REFUSED.getOrDefault(id, 200) || answer.statusCode() > REFUSED.getOrDefault(id, 299)) {
                    unexpected.add(id + ": " + answer.request().uri() + " answered " + answer.statusCode() + " " + answer.body());
                }
                sent++;
            }
        }
        assertThat(unexpected).as("examples that do not run").isEmpty();
        assertThat(sent).isGreaterThan(60);
    }

    @Test
    void theDescriptionIsServedToEverybody() throws IOException {
        HttpResponse<String> answer = saddlebag.call("GET", "/openapi.yaml", null);
        assertThat(answer.headers().firstValue("Content-Type")).hasValueSatisfying(type -> assertThat(type).startsWith("application/yaml"));
        assertThat(answer.body()).isEqualTo(Files.readString(ApiDescription.FILE));
    }

    /** So that no run is in the way, and letter 1 is there. */
    private static void prepare() {
        await().until(() -> saddlebag.count("sync_runs WHERE status = 'running'") == 0);
        saddlebag.database().update("INSERT INTO dead_letters (id, org_id, source, entity, zoho_id, payload, error) OVERRIDING SYSTEM VALUE"
            + " VALUES (1, ?, 'pull', 'items', '6000000000010000001', '{}', 'rate is no number') ON CONFLICT DO NOTHING", SaddlebagServer.ORG);
    }

    private HttpResponse<String> send(String id, Address address) throws IOException, InterruptedException {
        String path = address.path();
        StringBuilder query = new StringBuilder();
        for (JsonNode parameter : description.parameters(address)) {
            String name = parameter.get("name").textValue();
            if (parameter.get("in").textValue().equals("path")) {
                assertThat(parameter.has("example")).as("an example of the parameter %s of %s", name, address).isTrue();
                path = path.replace('{' + name + '}', encoded(parameter));
            } else if (parameter.has("example")) {
                query.append(query.isEmpty() ? '?' : '&').append(name).append('=').append(encoded(parameter));
            }
        }
        URI uri = URI.create("http://localhost:" + saddlebag.port() + path + query);
        String body = body(address);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60))
            .method(address.method(), body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (address.operation().at("/tags/0").asText().equals("browser")) {
            request.header("Accept", "text/html");
        }
        boolean webhook = address.operation().at("/security/0").has("signature");
        request.header(webhook ? "X-Zoho-Webhook-Signature" : "Authorization", webhook ? SignedWebhook.signature(SECRET, uri, body) : SaddlebagServer.STAFF);
        return ApiDescription.checked(http.send(request.build(), BodyHandlers.ofString()), webhook ? null : body);
    }

    private static String encoded(JsonNode parameter) {
        return URLEncoder.encode(parameter.get("example").asText(), StandardCharsets.UTF_8);
    }

    /** @return null where the operation takes none */
    private String body(Address address) {
        JsonNode content = description.resolved(address.operation().get("requestBody"));
        if (content == null) {
            return null;
        }
        JsonNode json = content.at("/content/application~1json");
        String kind = SHORT.getOrDefault(address.path().replaceFirst(".*/", ""), "items");
        JsonNode example = json.has("example") ? json.get("example") : json.at("/examples/" + kind + "/value");
        assertThat(example.isObject()).as("an example of the body of %s", address).isTrue();
        return example.toString();
    }
}
