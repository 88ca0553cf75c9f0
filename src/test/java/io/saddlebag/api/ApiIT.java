package io.saddlebag.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.common.DeclaredCharset;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.SandboxServer.HeldCalls;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.BrowsableEndpoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.util.HtmlUtils;

/** The addresses of the contract, from outside. */
@Tag("sql")
class ApiIT {

    private static final String SCHEDULER = "Bearer scheduler-secret";
    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() {
        saddlebag = SaddlebagServer.plain().asStarted();
    }

    @BeforeEach
    void asNew() {
        ZOHO.reset();
    }

    @Test
    void aStartIs202WithTheRunAndItsLocation() {
        HttpResponse<String> answer = saddlebag.call("POST", "/api/sync/items", SCHEDULER);

        assertThat(answer.statusCode()).isEqualTo(202);
        long id = SaddlebagServer.json(answer).get("runId").asLong();
        assertThat(answer.body()).isEqualTo("{\"runId\":" + id + ",\"status\":\"running\"}");
        assertThat(answer.headers().firstValue("Location")).contains("/api/sync/runs/" + id);
        JsonNode run = saddlebag.ended(id);
        assertThat(fields(run)).containsExactly("id", "org", "entity", "mode", "trigger", "status", "waitingUntil", "waitingFor",
                "dryRun", "startedAt", "finishedAt", "pages", "calls", "seen", "created", "updated", "unchanged", "deleted",
                "rejected", "error");
        assertThat(run.get("mode").asText()).isEqualTo("incremental");
        assertThat(run.get("trigger").asText()).isEqualTo("api");
        assertThat(saddlebag.call("GET", "/api/sync/runs/" + id, SCHEDULER).statusCode()).isEqualTo(200);
        assertThat(saddlebag.pull("incremental").get("trigger").asText()).isEqualTo("staff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/overview", "/api/changes"})
    void anEmptyOrganisationIsNone(String address) {
        HttpResponse<String> all = saddlebag.call("GET", address);

        assertThat(all.statusCode()).as(all.body()).isEqualTo(200);
        assertThat(saddlebag.call("GET", address + "?org=").body()).isEqualTo(all.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "nonsense"})
    void aJsonBodyIsReadWhateverItsContentType(String type) throws Exception {
        HttpResponse<String> made = post(type, "/api/staff", "{\"name\":\"lisa\",\"role\":\"viewer\",\"password\":\"at least 12 characters\"}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(saddlebag.call("DELETE", "/api/staff/lisa").statusCode()).isEqualTo(204);
        HttpResponse<String> none = post(type, "/api/staff", "no JSON at all");
        assertThat(none.statusCode()).as(none.body()).isEqualTo(400);
        assertThat(post(type, "/api/sync/runs/999999/deletes/refuse", "{\"zohoIds\":[\"1\"]}").statusCode()).isEqualTo(404);
    }

    private static HttpResponse<String> post(String type, String path, String body) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://localhost:" + saddlebag.port() + path))
                .header("Authorization", SaddlebagServer.STAFF).header("Content-Type", type).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    @Test
    void aSecondStartIs409WithTheRunUnderWay() {
        List<Long> all = new ArrayList<>();
        try (HeldCalls pages = ZOHO.hold("/items", 0)) {
            long id = saddlebag.start("full");

            HttpResponse<String> second = saddlebag.call("POST", "/api/sync/items?mode=full");

            assertThat(second.statusCode()).isEqualTo(409);
            assertThat(SaddlebagServer.json(second).get("runId").asLong()).isEqualTo(id);
            SaddlebagServer.json(saddlebag.call("POST", "/api/sync/all")).get("runIds").forEach(run -> all.add(run.asLong()));
            assertThat(all).contains(id).hasSizeGreaterThan(1);
        }
        all.forEach(saddlebag::ended);
    }

    @Test
    void wrongRequestsAreProblemsThatSayWhatIsRight() {
        problem(saddlebag.call("POST", "/api/sync/nonsense"), 404, "items");
        problem(saddlebag.call("POST", "/api/sync/items?mode=sometimes"), 400, "incremental");
        problem(saddlebag.call("POST", "/api/sync/items?dryRun=maybe"), 400, "true");
        problem(saddlebag.call("POST", "/api/sync/items?org=nobody"), 404, "nobody");
        problem(saddlebag.call("GET", "/api/sync/runs/999999"), 404, "999999");
        problem(saddlebag.call("GET", "/api/sync/runs/x"), 404, "x");
        problem(saddlebag.call("GET", "/api/sync/runs?limit=0"), 400, "500");
        problem(saddlebag.call("GET", "/api/sync/runs?status=odd"), 400, "abandoned");
        problem(saddlebag.call("POST", "/api/sync/items/a%20b"), 400, "id");
        problem(saddlebag.call("GET", "/api/sync/runs", null), 401, "");
    }

    @Test
    void runsAreListedNewestFirstAndByStatus() {
        long first = saddlebag.pull("full").get("id").asLong();
        long second = saddlebag.pull("incremental").get("id").asLong();

        JsonNode runs = SaddlebagServer.json(saddlebag.call("GET", "/api/sync/runs?entity=items&status=succeeded&limit=2")).get("runs");

        assertThat(runs).hasSize(2);
        assertThat(runs.get(0).get("id").asLong()).isEqualTo(second);
        assertThat(runs.get(1).get("id").asLong()).isEqualTo(first);
        assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/sync/runs?status=cancelled")).get("runs")).isEmpty();
    }

    @Test
    void noHeaderOfARequestComesBack() {
        HttpResponse<String> answer = saddlebag.call("GET", "/api/sync/runs");
        assertThat(answer.headers().map().keySet()).doesNotContain("authorization", "user-agent", "limit");
        HttpResponse<String> health = saddlebag.call("GET", "/api/zoho/health?Location=https://elsewhere&Retry-After=99&Content-Type=x", null);
        assertThat(health.headers().map().keySet()).doesNotContain("location", "retry-after");
        assertThat(health.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(saddlebag.call("GET", "/api/sync/runs?org=%00").statusCode()).isEqualTo(404);
        assertThat(saddlebag.call("POST", "/api/sync/nonsense").headers().map().keySet()).doesNotContain("authorization");
    }

    @Test
    void healthShowsTokenQuotaAndRunsToStaffAndScheduler() {
        saddlebag.pull("full");

        HttpResponse<String> answer = saddlebag.call("GET", "/api/zoho/health");

        assertThat(fields(SaddlebagServer.json(saddlebag.call("GET", "/api/zoho/health", SCHEDULER)))).isEqualTo(fields(SaddlebagServer.json(answer)));
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode health = SaddlebagServer.json(answer);
        assertThat(health.get("status").asText()).isEqualTo("UP");
        JsonNode organisation = health.get("organisations").get(0);
        assertThat(organisation.get("quota").get("dayRemaining").asInt()).isPositive();
        assertThat(organisation.get("token").get("validUntil").asText()).isNotEmpty();
        assertThat(organisation.get("lastRuns").get(0).get("status").asText()).isEqualTo("succeeded");
        assertThat(organisation.get("lastSuccess").asText()).isNotEmpty();
        assertThat(answer.body()).doesNotContain("sandbox-secret", "sandbox-refresh", "1000.");
    }

    @Test
    void missingWebhookAndBrowserSettingsAreHintsAndNoProblem() {
        JsonNode health = SaddlebagServer.json(saddlebag.call("GET", "/api/zoho/health"));
        assertThat(health.get("problems")).isEmpty();
        assertThat(health.get("publicUrl").asText()).contains("SADDLEBAG_PUBLIC_URL");
        assertThat(health.at("/organisations/0/webhookSecret").asText()).contains("refused with 401 until ZOHO_WEBHOOK_SECRET");

        assertThat(SaddlebagServer.json(saddlebag.call("POST", "/api/zoho/check")).get("notes").toString())
            .contains("SADDLEBAG_PUBLIC_URL", "refused with 401 until ZOHO_WEBHOOK_SECRET");
    }

    @Test
    void strangersSeeWhetherAllIsWellAndNothingElse() {
        assertThat(saddlebag.call("GET", "/api/zoho/health", null).body()).isEqualTo("{\"status\":\"UP\",\"problemCount\":0}");
        assertThat(saddlebag.call("GET", "/api/zoho/health", "Bearer a-wrong-secret").statusCode()).isEqualTo(401);
        assertThat(saddlebag.call("POST", "/api/zoho/health", null).statusCode()).isEqualTo(405);
        assertThat(saddlebag.call("GET", "/api/zoho/health/", null).statusCode()).isEqualTo(404);
    }

    /** Answers that repeat what was sent; without a declared charset, an answer is UTF-8 (RFC 8259). */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        GET   | /api/sync/runs?org=K%C3%B6ln      | 404
        GET   | /api/dead-letters?entity=K%C3%B6ln | 404
        POST  | /api/sync/items?mode=K%C3%B6ln    | 400
        PATCH | /api/organisations/K%C3%B6ln      | 404
        GET   | /oauth/connect?org=K%C3%B6ln      | 404
        """)
    void anAnswerIsInTheCharsetThatItDeclares(String method, String path, int status) throws Exception {
        for (String charset : List.of("ISO-8859-1", "UTF-16", "windows-1252")) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + saddlebag.port() + path))
                .header("Authorization", SaddlebagServer.STAFF).header("Content-Type", "text/plain; charset=" + charset)
                .header("Accept", "application/json; charset=" + charset + ", text/html; charset=" + charset).header("Accept-Charset", charset)
                .method(method, BodyPublishers.ofString("{}")).build();
            HttpResponse<byte[]> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(status);
            Charset declared = DeclaredCharset.of(answer.headers().firstValue("Content-Type").orElseThrow());
            assertThat(HtmlUtils.htmlUnescape(DeclaredCharset.decode(answer.body(), declared))).as(charset).contains("K\u00f6ln");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json; charset=ISO-8859-1", "application/json; charset=UTF-16", "text/html; charset=windows-1252, */*; q=0.1"})
    void aMonitorIsAnsweredWhateverCharsetItAccepts(String accept) throws Exception {
        for (String path : List.of("/actuator/health", "/actuator/health/readiness", "/api/zoho/health")) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + saddlebag.port() + path)).header("Accept", accept).build();
            HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).contains("json").doesNotContain("charset");
        }
    }

    @Test
    void aFailedRunDegradesHealth() {
        ZOHO.faults().add(Fault.limit(2).status(400).next(1));
        saddlebag.pull("incremental");
        assertThat(saddlebag.call("GET", "/api/zoho/health", null).body()).isEqualTo("{\"status\":\"DEGRADED\",\"problemCount\":1}");
        assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/zoho/health", null)).get("status").asText()).isEqualTo("DEGRADED");
    }

    @Test
    void aQueuedRunHasNothingOfTheRequestThatStartedIt() throws Exception {
        CamelContext camel = saddlebag.bean(CamelContext.class);
        camel.getRouteController().stopRoute("pull-run");
        try {
            assertThat(saddlebag.call("POST", "/api/sync/items?mode=full").statusCode()).isEqualTo(202);
            List<Exchange> queued = camel.getEndpoint("seda:pull-run", BrowsableEndpoint.class).getExchanges();
            assertThat(queued).singleElement().satisfies(run -> {
                assertThat(run.getMessage().getHeaders()).isEmpty();
                assertThat(run.getProperties().toString() + run.getAllProperties() + run.getVariables()).doesNotContain("Basic ");
            });
        } finally {
            camel.getRouteController().startRoute("pull-run");
        }
        saddlebag.ended(saddlebag.database().queryForObject("SELECT max(id) FROM sync_runs", Long.class));
    }

    @Test
    void metricsNameTheRoutesAndCountRecordsAndRuns() {
        saddlebag.pull("full");
        assertThat(saddlebag.call("GET", "/actuator/prometheus").body()).contains("routeId=\"pull-page\"")
                .containsPattern("saddlebag_records_total\\{[^}]*entity=\"items\"[^}]*result=\"(created|unchanged)\"[^}]*} [1-9]")
                .containsPattern("saddlebag_runs_total\\{[^}]*status=\"succeeded\"[^}]*} [1-9]");
    }

    private static void problem(HttpResponse<String> answer, int status, String detail) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(SaddlebagServer.json(answer).get("status").asInt()).isEqualTo(status);
        assertThat(SaddlebagServer.json(answer).get("detail").asText()).contains(detail);
    }

    private static List<String> fields(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
