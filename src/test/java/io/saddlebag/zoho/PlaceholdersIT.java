package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.WireServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What looks like a placeholder of Camel in data is refused, or sent as it is written: no setting and no variable takes its place. */
class PlaceholdersIT {

    private static final String HOME = System.getenv("HOME");
    private static final String JAVA = System.getProperty("java.version");
    private static final SandboxServer ZOHO = SandboxServer.shared();

    private static WireServer wire;
    private static SaddlebagServer saddlebag;
    private static ZohoCalls client;

    @BeforeAll
    static void start() throws IOException {
        wire = WireServer.start();
        saddlebag = SaddlebagServer.start(ZOHO.reset(), "--zoho.api-url=" + wire.url(), "--zoho.webhook-secret=SampleSecret1234");
        client = new ZohoCalls(saddlebag);
    }

    @AfterAll
    static void stop() throws IOException {
        wire.close();
        saddlebag.close();
        ZOHO.rules().reset();
    }

    @BeforeEach
    void listen() {
        wire.does(w -> w.answer(200, "{\"code\":0}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{env:HOME}}", "{{sys:java.version}}", "{{bean:zohoHosts.apiReplaced}}", "{{zoho.client-secret}}", "{{?zoho.client-id}}",
        "${env:HOME}", "${sys:java.version}", "RAW({{env:HOME}})", "%7B%7Benv:HOME%7D%7D", "{{env:HOME", "..", "1?a=b", "1#a", "1 2", "1/../2"})
    void aPathFromDataIsRefusedBeforeTheCall(String id) {
        long calls = saddlebag.count("zoho_calls");

        Exchange call = client.call("/inventory/v1/items/" + id);

        assertThat(ZohoCalls.failure(call)).isInstanceOf(ZohoRejectedException.class).hasMessageContaining(id).hasMessageContaining("no call was made");
        assertThat(wire.requests()).isEmpty();
        assertThat(saddlebag.count("zoho_calls")).isEqualTo(calls);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{env:HOME}}", "{{sys:java.version}}", "{{bean:zohoHosts.apiReplaced}}", "{{zoho.client-secret}}", "${env:HOME}",
        "RAW({{env:HOME}})", "%7B%7Benv:HOME%7D%7D", "{{none-of-that-name}}"})
    void aQueryIsSentAsItIsWritten(String value) {
        Exchange call = client.send("direct:zoho-request", Map.of("org", SaddlebagServer.ORG, "purpose", "check", "method", "GET",
            "path", "/inventory/v1/items", "query", "name=" + value));

        assertThat(call.getException()).isNull();
        assertThat(wire.requests()).singleElement().satisfies(request -> assertThat(request.lines().findFirst().orElseThrow())
            .contains("&name=" + value.replace("{", "%7B").replace("}", "%7D")).doesNotContain(HOME, JAVA));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{env:HOME}}", "{{sys:java.version}}", "${env:HOME}", "RAW({{env:HOME}})", "%7B%7Benv:HOME%7D%7D"})
    void whatARequestNamesIsRefused(String value) {
        String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8);

        assertRefused(saddlebag.call("POST", "/api/sync/items/" + encoded));
        assertRefused(saddlebag.call("POST", "/api/sync/" + encoded));
        assertRefused(saddlebag.call("POST", "/api/sync/items?org=" + encoded));
        assertRefused(saddlebag.call("POST", "/api/zoho/webhooks/" + encoded));
        assertRefused(saddlebag.call("POST", "/api/zoho/sync-products?org=" + encoded + "&template=" + encoded));
        assertRefused(saddlebag.call("GET", "/images/items/" + encoded));
        assertRefused(saddlebag.call("GET", "/oauth/connect?org=" + encoded));
        for (String parameter : new String[] {"state", "code", "location", "accounts-server", "error"}) {
            assertRefused(saddlebag.call("GET", "/oauth/callback?" + parameter + "=" + encoded));
        }
        assertThat(wire.requests()).isEmpty();
    }

    /** The id comes from Zoho's list, and our own webhook is to be changed: its address has another secret. */
    @ParameterizedTest
    @ValueSource(strings = {"{{env:HOME}}", "1/../../items/2", "%7B%7Benv:HOME%7D%7D"})
    void anIdThatZohoSendsDoesNotBecomeAnAddress(String id) {
        wire.does(w -> once(w, w.request.startsWith("GET") && w.request.contains("/settings/webhooks")
                ? "{\"code\":0,\"webhooks\":[{\"webhook_id\":\"" + id + "\",\"webhook_name\":\"Saddlebag item created\",\"entity\":\"item\",\"url\":\"x\"}]}"
                : "{\"code\":0,\"workflows\":[]}"));

        HttpResponse<String> answer = saddlebag.call("POST", "/api/webhooks/register");

        assertThat(answer.body()).contains("is no path of Zoho's API").doesNotContain(HOME);
        assertThat(wire.requests()).isNotEmpty().noneMatch(request -> request.startsWith("PUT"));
    }

    /** The sandbox sends webhooks as Zoho does, to addresses that anybody on this machine may register. */
    @ParameterizedTest
    @ValueSource(strings = {"/{{env:HOME}}", "/x?a={{env:HOME}}", "/RAW({{sys:java.version}})", "/${env:HOME}"})
    void theSandboxTakesNoSuchAddressOfAWebhook(String path) {
        assertThat(register(path).statusCode()).isEqualTo(400);
    }

    @Test
    void theSandboxSendsWebhooksToTheAddressAsItIsWritten() {
        wire.does(w -> once(w, "{}"));
        HttpResponse<String> webhook = register("/%7B%7Benv:HOME%7D%7D?a=%7B%7Benv:HOME%7D%7D");
        String id = SaddlebagServer.json(webhook).get("webhook").get("webhook_id").asText();
        zoho().send("POST", "/inventory/v1/settings/workflows?organization_id=" + SaddlebagServer.ORG, "application/json",
            "{\"workflow_name\":\"x\",\"entity\":\"item\",\"rule_type\":\"add_edit\",\"instant_actions\":[{\"action_type\":\"webhook\",\"action_id\":\"" + id + "\"}]}");

        ZOHO.catalogue().change("6000000000010000001", JsonNodeFactory.instance.objectNode().put("name", "Lantern"), Set.of(), true);

        await().until(() -> !wire.requests().isEmpty());
        assertThat(wire.requests().get(0)).startsWith("POST /%7B%7Benv:HOME%7D%7D?a=%7B%7Benv:HOME%7D%7D ");
    }

    /** The last answer of a connection, since the body of the request is not read. */
    private static void once(WireServer.Wire wire, String json) throws IOException {
        wire.send(WireServer.head(200, "Connection: close", "Content-Length: " + json.length()) + json);
        wire.socket.shutdownOutput();
        throw new IOException("over");
    }

    private static HttpResponse<String> register(String path) {
        ZOHO.rules().reset();
        return zoho().send("POST", "/inventory/v1/settings/webhooks?organization_id=" + SaddlebagServer.ORG, "application/json",
            "{\"webhook_name\":\"x\",\"entity\":\"item\",\"method\":\"POST\",\"url\":\"" + wire.url() + path + "\"}");
    }

    private static SandboxClient zoho() {
        return new SandboxClient(ZOHO.url()).withToken();
    }

    private static void assertRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.uri() + ": " + answer.body()).isBetween(400, 499);
        assertThat(answer.body()).doesNotContain("\"" + HOME, HOME + "\"", JAVA, "sandbox-secret");
    }
}
