package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.REFRESH;
import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is answered in place of the sandbox: the call has no effect. */
class SandboxRefusalsIT {

    private static final String ITEMS = "/inventory/v1/items?" + SandboxClient.ORG;

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        zoho.withToken();
    }

    @ParameterizedTest
    @CsvSource({", 200", "502, 502"})
    void anAnswerCanBeEmpty(Integer status, int answered) {
        server.faults().add(status == null ? Fault.of(Fault.Kind.EMPTY) : Fault.status(Fault.Kind.EMPTY, status));
        HttpResponse<String> answer = zoho.send("POST", ITEMS, "application/json", "{\"name\":\"x\"}");
        assertThat(answer.statusCode()).isEqualTo(answered);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValue("x-rate-limit-remaining")).isPresent();
        assertThat(server.catalogue().size()).isEqualTo(1319);
    }

    @Test
    void aRedirectLeadsToTheSandboxesOrganisations() {
        server.faults().add(Fault.redirect(null).next(1));
        HttpResponse<String> answer = zoho.get("/items");
        assertThat(answer.statusCode()).isEqualTo(302);
        String location = answer.headers().firstValue("Location").orElseThrow();
        assertThat(location).startsWith(server.url() + "/");
        String followed = zoho.send("GET", location.substring(server.url().length()), "application/json", "").body();
        assertThat(json(followed).get("organizations")).hasSize(1);
    }

    @Test
    void aRedirectLeadsWhereTheFaultSays() {
        zoho.control("POST", "/faults", "{\"kind\":\"redirect\",\"status\":307,\"location\":\"http://127.0.0.1:9/\"}");
        HttpResponse<String> answer = zoho.get("/items");
        assertThat(answer.statusCode()).isEqualTo(307);
        assertThat(answer.headers().firstValue("Location")).hasValue("http://127.0.0.1:9/");
    }

    @ParameterizedTest
    @CsvSource({"44, 200", "57, 200", "14, 200", "1000, 200", "999, 200", "1002, 404", "5, 404"})
    void anErrorHasTheStatusThatTheFaultSays(int code, int status) {
        server.faults().add(Fault.limit(code).status(status).next(1));
        HttpResponse<String> answer = zoho.get("/items");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(json(answer).get("code").intValue()).isEqualTo(code);
        assertThat(server.calls().counts().byCode()).containsEntry(code, 1L);
    }

    @Test
    void theOlderWordsForADeadTokenAre401WithCode14() {
        server.faults().add(Fault.limit(14).next(1));
        HttpResponse<String> answer = zoho.get("/items");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"code\":14,\"message\":\"Invalid value passed for authtoken.\"}");
    }

    @Test
    void aScopeCanBeMissingForSomePathsWhileTheTokenLives() {
        zoho.control("POST", "/faults", "{\"kind\":\"wrong-scope\",\"match\":\"/items\"}");
        assertThat(zoho.get("/items").statusCode()).isEqualTo(401);
        assertThat(json(zoho.withToken().get("/items")).get("code").intValue()).isEqualTo(57);
        assertThat(zoho.get("/organizations").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"invalid-code, invalid_code", "invalid-client, invalid_client",
        "invalid-client-secret, invalid_client_secret"})
    void theTokenEndpointCanRefuseWhatIsRight(String kind, String error) {
        zoho.control("POST", "/faults", "{\"kind\":\"" + kind + "\",\"count\":1}");
        assertThat(zoho.get("/items").statusCode()).isEqualTo(200);
        HttpResponse<String> refused = zoho.post("/oauth/v2/token", REFRESH);
        assertThat(refused.statusCode()).isEqualTo(200);
        assertThat(refused.body()).isEqualTo("{\"error\":\"" + error + "\"}");
        assertThat(zoho.post("/oauth/v2/token", REFRESH).body()).contains("access_token");
    }

    @Test
    void aTokenCanComeLate() {
        server.faults().add(Fault.latency(500).on("/oauth/v2/token").next(1));
        assertThat(zoho.get("/items").statusCode()).isEqualTo(200);
        long start = System.nanoTime();
        assertThat(zoho.post("/oauth/v2/token", REFRESH).body()).contains("access_token");
        assertThat(System.nanoTime() - start).isGreaterThan(500_000_000L);
    }

    @Test
    void theTokenEndpointCanFailInEveryOtherWay() {
        server.faults().add(Fault.status(Fault.Kind.HTML, 503).on("/oauth/v2/token").next(1));
        server.faults().add(Fault.of(Fault.Kind.EMPTY).on("/oauth/v2/token").next(1));
        server.faults().add(Fault.of(Fault.Kind.TRUNCATE).on("/oauth/v2/token").next(1));
        assertThat(zoho.post("/oauth/v2/token", REFRESH).statusCode()).isEqualTo(503);
        assertThat(zoho.post("/oauth/v2/token", REFRESH).body()).isEmpty();
        assertThat(zoho.post("/oauth/v2/token", REFRESH).body()).startsWith("{").doesNotEndWith("}");
        assertThat(zoho.post("/oauth/v2/token", REFRESH).body()).contains("access_token");
    }

    @Test
    void aFaultOfATestHitsEveryNthCallToo() {
        server.faults().add(Fault.of(Fault.Kind.EMPTY).every(2).on("/items").next(1));
        assertThat(zoho.get("/items").body()).isNotEmpty();
        assertThat(zoho.get("/items").body()).isEmpty();
        assertThat(server.faults().list()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"{\"kind\":\"drip\"}", "{\"kind\":\"huge\"}", "{\"kind\":\"huge\";\"bytes\":0}",
        "{\"kind\":\"huge\";\"bytes\":500000001}"})
    void whatIsNeededMustBeGiven(String body) {
        HttpResponse<String> answer = zoho.control("POST", "/faults", body.replace(';', ','));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("detail").textValue()).contains(body.contains("drip") ? "ms" : "bytes");
    }
}
