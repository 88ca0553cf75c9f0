package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.GuardedApp;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessRulesIT extends GuardedApp {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/api/sync/runs", "/api/dead-letters", "/oauth/callback", "/oauth/connect", "/error",
        "/api/nowhere", "/images/items/1", "/actuator", "/actuator/prometheus",
        "/actuator/hawtio", "/actuator/hawtio/", "/actuator/hawtio/index.html", "/actuator/jolokia", "/actuator/env",
        "/actuator/hawtio/jolokia", "/actuator/hawtio/proxy/enabled", "/sandboxes"})
    void whatIsNotNamedAsPublicIsRefused(String path) throws Exception {
        var refused = get(path);

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValueSatisfying(
            challenge -> assertThat(challenge).startsWith("Basic"));
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(refused.body()).contains("\"status\":401", "Log in as staff", "\"instance\":\"" + path + "\"");
        assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness"})
    void healthIsPublicAndTellsNoDetails(String path) throws Exception {
        var health = get(path);

        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("UP").doesNotContain("details", "components");
        assertThat(get("/actuator/health", "Authorization", STAFF).body()).contains("camelReadinessState", "\"db\"");
    }

    @Test
    void webhooksAreJudgedByTheirRoutesWhateverTheyCarry() throws Exception {
        assertThat(webhook("application/json", "{}")).isEqualTo("{}");
        assertThat(webhook("application/json", "{}", "Authorization", "Basic " + base64("zoho:x"))).isEqualTo("{}");
        assertThat(webhook("application/json", "{}", "Origin", "https://books.zoho.com")).isEqualTo("{}");
        assertThat(webhook("application/x-www-form-urlencoded", "JSONString=%7B+%7D&a=b")).as("signed as it was sent")
            .isEqualTo("JSONString=%7B+%7D&a=b");
        for (String path : new String[] {"webhooks/items", "sync-customers", "sync-invoices", "sync-bills", "sync-stock"}) {
            assertThat(post("/api/zoho/" + path, "{}").statusCode()).as(path).isEqualTo(404);
        }
        assertThat(get("/api/zoho/health").statusCode()).isEqualTo(404);
    }

    /** Found at about the hundredth pair: the server read on behind a body that nobody wanted, into the next request of the connection. */
    @Test
    void aConnectionServesOnAfterABodyThatNobodyReads() throws Exception {
        for (int pair = 0; pair < 500; pair++) {
            assertThat(post("/api/zoho/sync-bills", "{}").statusCode()).isEqualTo(404);
            assertThat(get("/api/zoho/health").statusCode()).as("pair %s", pair).isEqualTo(404);
        }
    }

    @Test
    void staffAndSchedulerAreToldApart() throws Exception {
        assertThat(post("/api/sync/items", "", "Authorization", STAFF).body()).isEqualTo("staff");
        assertThat(post("/api/sync/items", "", "Authorization", SCHEDULER).body()).isEqualTo("api");
    }

    @ParameterizedTest
    @CsvSource({"POST, /api/sync/items, 200", "GET, /api/sync/runs/7, 200", "POST, /api/sync/items/460000000012345, 403",
        "POST, /api/sync/runs/7, 403", "GET, /api/sync/runs/7/report, 403", "GET, /api/sync/items, 403", "GET, /api/sync/runs, 403", "GET, /actuator, 403",
        "GET, /actuator/prometheus, 403", "POST, /actuator/jolokia, 403", "GET, /oauth/connect, 403"})
    void theSchedulersTokenOpensTwoCallsOnly(String method, String path, int status) throws Exception {
        HttpResponse<String> answer = "GET".equals(method)
            ? get(path, "Authorization", SCHEDULER) : post(path, "", "Authorization", SCHEDULER);

        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 403) {
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(answer.body()).contains("CRON_SECRET may start runs (POST /api/sync/{entity}, POST /api/push/{target}), read a run, and read health");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer tick-tick-tick", "Bearer", "Bearer ", "bearer TICK-TOCK-TICK", "Basic YWRtaW46d3Jvbmc=",
        "Basic cm9vdDpwYXNzIHdvcmQgb2Ygc3RhZmY=", "Basic !", "Digest x"})
    void aWrongSecretOpensNothing(String authorization) throws Exception {
        var refused = post("/api/sync/items", "", "Authorization", authorization);

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains("\"status\":401", "detail").doesNotContain("tick-tock-tick", "pass word of staff");
    }

    @Test
    void metricsAreReadWithAPassword() throws Exception {
        assertThat(get("/actuator/prometheus", "Authorization", STAFF).body()).contains("jvm_memory_used_bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"env", "heapdump", "configprops", "beans", "threaddump", "loggers", "mappings", "shutdown",
        "quartz", "flyway", "metrics", "camel"})
    void whatCouldTellSecretsIsNotThereEvenForStaff(String endpoint) throws Exception {
        assertThat(get("/actuator/" + endpoint, "Authorization", STAFF).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"/actuator/jolokia, Jolokia accepts POST only", "/actuator/hawtio/jolokia, Jolokia accepts POST only",
        "/sandbox/control, 'The sandbox may be called only from its own machine, as localhost'"})
    void whatNobodyMayCallSaysWhichRuleForbidsIt(String path, String detail) throws Exception {
        HttpResponse<String> answer = get(path, "Via", "1.1 proxy", "Authorization", STAFF);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains(detail);
    }

    @Test
    void theSandboxIsOpenToThisMachineOnly() throws Exception {
        assertThat(get("/sandbox/control").body()).isEqualTo("reached");
        assertThat(get("/sandbox/control", "Authorization", "Zoho-oauthtoken x").body()).isEqualTo("reached");
        for (String[] header : new String[][] {{"X-Forwarded-For", "203.0.113.9"}, {"X-Forwarded-For", "127.0.0.1"}, {"X-Forwarded-Proto", "https"},
                {"X-Forwarded-Host", "localhost"}, {"Forwarded", "for=127.0.0.1"}, {"X-Real-IP", "127.0.0.1"}, {"Via", "1.1 proxy"},
                {"True-Client-IP", "1.2.3.4"}, {"CF-Connecting-IP", "1.2.3.4"}, {"Client-IP", "1.2.3.4"}, {"X-Original-URL", "/"},
                {"X-Forwarded-Prefix", "/a"}, {"Origin", "https://elsewhere.example"}, {"Origin", "null"}, {"Origin", "http://localhost:1"},
                {"Sec-Fetch-Site", "cross-site"}}) {
            assertThat(get("/sandbox/control", header).statusCode()).as(header[0] + ": " + header[1]).isEqualTo(401);
            assertThat(get("/sandbox/control", header[0], header[1], "Authorization", STAFF).statusCode()).as(header[0]).isEqualTo(403);
        }
        assertThat(get("/sandbox/control", "Origin", "http://localhost:" + port).body()).isEqualTo("reached");
        for (String host : new String[] {"elsewhere.example", "localhost.elsewhere.example", "127.0.0.1.elsewhere.example", "10.0.0.1", "localhost@x"}) {
            assertThat(raw(port, "GET /sandbox/control HTTP/1.1\r\nHost: " + host)).as(host).containsPattern("^HTTP/1.1 40[01] ");
        }
        for (String host : new String[] {"localhost:" + port, "LOCALHOST", "127.0.0.1", "[::1]:" + port}) {
            assertThat(raw(port, "GET /sandbox/control HTTP/1.1\r\nHost: " + host)).as(host).startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, /api/zoho/sync-bills, 404", "GET, /api/zoho/webhooks/items, 404", "POST, /api/zoho/sync-products/, 404",
        "PUT, /api/zoho/sync-products, 405", "DELETE, /api/zoho/sync-products, 405", "POST, /api/zoho/health/, 404", "POST, /actuator/health/, 405",
        "DELETE, /actuator/health, 405"})
    void aWrongMethodOrASlashTooManyAtAnOpenAddressIsNotToldToLogIn(String method, String path, int status) throws Exception {
        var answer = send(request(path).method(method, BodyPublishers.noBody()));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).doesNotContain("Log in");
    }

    @Test
    void errorsAreProblemsThatSayWhatToDo() throws Exception {
        assertProblem(get("/api/nowhere", "Authorization", STAFF), 404, "docs/reference/api.md lists the addresses");
        assertProblem(get("/api/sync/items", "Authorization", STAFF), 405, "GET is not allowed at this address, only POST");
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String detail) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("\"status\":" + status, detail, "\"instance\":\"/");
    }

    private String webhook(String type, String body, String... headers) throws Exception {
        return send(request("/api/zoho/sync-products", headers).header("Content-Type", type).header("X-Zoho-Webhook-Signature", "0")
            .POST(BodyPublishers.ofString(body))).body();
    }
}
