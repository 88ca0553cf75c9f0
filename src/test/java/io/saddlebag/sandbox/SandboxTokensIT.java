package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.REFRESH;
import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.web.util.UriComponentsBuilder;

class SandboxTokensIT {

    private static final String CONSENT = "/oauth/v2/auth?response_type=code&client_id=1000.SANDBOX"
            + "&scope=ZohoInventory.items.READ,ZohoInventory.settings.READ&redirect_uri=http://127.0.0.1:9/oauth/callback"
            + "&access_type=offline&state=a%26b%20c";

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
    }

    @Test
    void aRefreshAnswersATokenAndNoRefreshToken() {
        JsonNode answer = json(zoho.post("/oauth/v2/token", REFRESH));
        assertThat(answer.fieldNames()).toIterable()
                .containsExactlyInAnyOrder("access_token", "scope", "api_domain", "token_type", "expires_in");
        assertThat(answer.get("expires_in").intValue()).isEqualTo(3600);
        assertThat(answer.get("api_domain").textValue()).isEqualTo(server.url());
    }

    @Test
    void parametersMayStandInTheQueryAndTheClientInBasic() {
        assertThat(json(zoho.post("/oauth/v2/token?" + REFRESH, "")).has("access_token")).isTrue();
        String basic = Base64.getEncoder().encodeToString("1000.SANDBOX:sandbox-secret".getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> answer = raw(HttpRequest.newBuilder(uri("/oauth/v2/token"))
                .header("Authorization", "Basic " + basic)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=refresh_token&refresh_token=1000.sandbox-refresh")));
        assertThat(json(answer).has("access_token")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"client_id=1000.SANDBOX, client_id=1000.OTHER, invalid_client",
        "client_secret=sandbox-secret, client_secret=wrong, invalid_client_secret",
        "refresh_token=1000, refresh_token=2000, invalid_code"})
    void whatIsWrongIsSaidInsideHttp200(String right, String wrong, String error) {
        HttpResponse<String> answer = zoho.post("/oauth/v2/token", REFRESH.replace(right, wrong));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"error\":\"" + error + "\"}");
    }

    @Test
    void theEleventhRequestIsThrottled() {
        for (int request = 1; request <= 10; request++) {
            assertThat(json(zoho.post("/oauth/v2/token", REFRESH)).has("access_token")).isTrue();
        }
        HttpResponse<String> eleventh = zoho.post("/oauth/v2/token", REFRESH);
        assertThat(eleventh.statusCode()).isEqualTo(400);
        assertThat(json(eleventh).get("error").textValue()).isEqualTo("Access Denied");
        assertThat(json(eleventh).get("error_description").textValue()).contains("too many requests continuously");
        assertThat(server.tokens().issued()).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource({"400", "200"})
    void theThrottleCanBeSwitchedOnInBothItsStatuses(int status) {
        server.faults().add(Fault.status(Fault.Kind.TOKEN_THROTTLE, status).next(1));
        HttpResponse<String> answer = zoho.post("/oauth/v2/token", REFRESH);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(json(answer).get("error").textValue()).isEqualTo("Access Denied");
        assertThat(json(zoho.post("/oauth/v2/token", REFRESH)).has("access_token")).isTrue();
    }

    @Test
    void invalidCodeCanBeSwitchedOn() {
        server.faults().add(Fault.of(Fault.Kind.INVALID_CODE).next(1));
        assertThat(zoho.post("/oauth/v2/token", REFRESH).body()).isEqualTo("{\"error\":\"invalid_code\"}");
        assertThat(zoho.post("/oauth/v2/token", REFRESH).body()).contains("access_token");
    }

    @Test
    void theEleventhLivingTokenEndsTheOldest() {
        zoho.control("PUT", "/quotas", "{\"tokenRequests\":0}");
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            tokens.add(json(zoho.post("/oauth/v2/token", REFRESH)).get("access_token").textValue());
        }
        assertThat(status(tokens.get(0))).isEqualTo(401);
        assertThat(status(tokens.get(1))).isEqualTo(200);
        assertThat(status(tokens.get(10))).isEqualTo(200);
    }

    @Test
    void aTokenDiesAtTheEndOfItsLife() {
        zoho.control("PUT", "/quotas", "{\"tokenLifeSeconds\":1}");
        zoho.withToken();
        assertThat(zoho.get("/items?per_page=1").statusCode()).isEqualTo(200);
        Awaitility.await().until(() -> zoho.get("/items?per_page=1").statusCode() == 401);
    }

    @Test
    void withoutALivingTokenThereIs401WithCode57() {
        HttpResponse<String> answer = zoho.get("/items");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"code\":57,\"message\":\"You are not authorized to perform this operation\"}");
        zoho.withToken();
        assertThat(zoho.get("/items").statusCode()).isEqualTo(200);
        zoho.control("DELETE", "/tokens", "");
        assertThat(zoho.get("/items").statusCode()).isEqualTo(401);
    }

    @Test
    void consentSendsTheBrowserBackWithACodeThatIsGoodOnce() {
        URI back = consent(CONSENT);
        assertThat(back.toString()).startsWith("http://127.0.0.1:9/oauth/callback?");
        assertThat(parameter(back, "location")).isEqualTo("us");
        assertThat(parameter(back, "accounts-server")).isEqualTo(URLEncoder.encode(server.url(), StandardCharsets.UTF_8));
        assertThat(parameter(back, "state")).isEqualTo("a%26b%20c");
        String exchange = "grant_type=authorization_code&client_id=1000.SANDBOX&client_secret=sandbox-secret"
                + "&redirect_uri=http://127.0.0.1:9/oauth/callback&code=" + parameter(back, "code");
        JsonNode first = json(zoho.post("/oauth/v2/token", exchange));
        assertThat(first.get("scope").textValue()).isEqualTo("ZohoInventory.items.READ ZohoInventory.settings.READ");
        assertThat(zoho.post("/oauth/v2/token", exchange).body()).isEqualTo("{\"error\":\"invalid_code\"}");
        String refreshed = REFRESH.replace("1000.sandbox-refresh", first.get("refresh_token").textValue());
        assertThat(json(zoho.post("/oauth/v2/token", refreshed)).has("access_token")).isTrue();
    }

    @Test
    void aTokenOpensWhatWasAgreedAndNothingElse() {
        String code = parameter(consent(CONSENT), "code");
        JsonNode answer = json(zoho.post("/oauth/v2/token", "grant_type=authorization_code&client_id=1000.SANDBOX"
                + "&client_secret=sandbox-secret&redirect_uri=http://127.0.0.1:9/oauth/callback&code=" + code));
        zoho.useToken(answer.get("access_token").textValue());
        assertThat(zoho.get("/items?per_page=1").statusCode()).isEqualTo(200);
        assertThat(zoho.send("POST", "/inventory/v1/items?" + SandboxClient.ORG, "application/json", "{\"name\":\"x\"}")
                .statusCode()).isEqualTo(401);
    }

    @Test
    void anotherRedirectUriThanAtTheConsentIsRefused() {
        String code = parameter(consent(CONSENT), "code");
        assertThat(zoho.post("/oauth/v2/token", "grant_type=authorization_code&client_id=1000.SANDBOX"
                + "&client_secret=sandbox-secret&redirect_uri=http://127.0.0.1:9/other&code=" + code).body())
                .isEqualTo("{\"error\":\"invalid_redirect_uri\"}");
    }

    @Test
    void aPersonCanSayNo() {
        server.faults().add(Fault.of(Fault.Kind.ACCESS_DENIED).next(1));
        URI back = consent(CONSENT);
        assertThat(parameter(back, "error")).isEqualTo("access_denied");
        assertThat(parameter(back, "code")).isNull();
        assertThat(parameter(back, "state")).isEqualTo("a%26b%20c");
    }

    @ParameterizedTest
    @CsvSource({"client_id=1000.SANDBOX, client_id=x, Invalid Client", "response_type=code, response_type=token, Invalid response type",
        "redirect_uri=http, redirect_uri=ftp, Invalid Redirect Uri", "scope=Zoho, scope=, Invalid OAuth Scope"})
    void aConsentThatCannotBeAskedForIsAPageThatSaysWhy(String right, String wrong, String title) {
        HttpResponse<String> page = raw(HttpRequest.newBuilder(uri(CONSENT.replace(right, wrong))));
        assertThat(page.statusCode()).isEqualTo(400);
        assertThat(page.body()).contains(title);
    }

    @ParameterizedTest
    @CsvSource({"/oauth/v2/token/revoke", "/oauth/v2/revoke/token"})
    void aRevokedRefreshTokenTakesItsAccessTokensWithIt(String address) {
        zoho.withToken();
        HttpResponse<String> revoked = zoho.post(address + "?token=1000.sandbox-refresh", "");
        assertThat(revoked.body()).isEqualTo("{\"status\":\"success\"}");
        assertThat(zoho.get("/items").statusCode()).isEqualTo(401);
        assertThat(zoho.post("/oauth/v2/token", REFRESH).body()).isEqualTo("{\"error\":\"invalid_code\"}");
        assertThat(zoho.post(address + "?token=1000.sandbox-refresh", "").statusCode()).isEqualTo(400);
    }

    private int status(String token) {
        zoho.useToken(token);
        return zoho.get("/items?per_page=1").statusCode();
    }

    private URI consent(String pathAndQuery) {
        return SandboxServer.consent(uri(pathAndQuery));
    }

    private static String parameter(URI uri, String name) {
        return UriComponentsBuilder.fromUri(uri).build().getQueryParams().getFirst(name);
    }

    private URI uri(String pathAndQuery) {
        return URI.create(server.url() + pathAndQuery);
    }

    private static HttpResponse<String> raw(HttpRequest.Builder request) {
        try {
            return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
