package io.saddlebag.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.Browser;
import io.saddlebag.testkit.GuardedApp;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.util.UriComponentsBuilder;

/** A person connects an organisation in the browser, with all that can go wrong on the way there and back. */
class ConsentIT {

    private static final String FIRST = SaddlebagServer.ORG;
    /** That of the second client of the sandbox. */
    private static final String THIRD = "60000000003";

    private static SandboxServer zoho;
    /** Two replicas. */
    private static SaddlebagServer saddlebag;
    private static SaddlebagServer other;
    private static Browser browser;

    @BeforeAll
    static void start() throws SQLException {
        zoho = SandboxServer.start("--saddlebag.sandbox.organisations=3", "--saddlebag.sandbox.items=3", "--saddlebag.sandbox.location=in");
        String database = "--DATABASE_URL=" + TestDatabase.migrated();
        saddlebag = SaddlebagServer.start(zoho, database);
        other = SaddlebagServer.start(zoho, database, "--saddlebag.trusted-proxies=10\\.9\\.9\\.9");
        browser = new Browser(saddlebag);
    }

    @AfterAll
    static void stop() {
        List.of(saddlebag, other).forEach(SaddlebagServer::close);
        zoho.close();
    }

    @BeforeEach
    void asNew() {
        zoho.reset();
        zoho.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        saddlebag.database().update("DELETE FROM oauth_states");
        saddlebag.database().update("DELETE FROM push_targets");
        saddlebag.database().update("DELETE FROM organisations WHERE NOT is_default");
        saddlebag.database().update("DELETE FROM connections WHERE settings_digest IS NULL");
        saddlebag.send("PATCH", "/api/organisations/" + FIRST, "{\"refreshToken\":\"1000.sandbox-refresh\",\"region\":\"in\"}");
        saddlebag.database().update("DELETE FROM replaced_connections");
    }

    @Test
    void aPersonAgreesAndTheOrganisationIsConnectedWithoutAnotherTokenCall() {
        zoho.tokens().revoke("1000.sandbox-refresh");
        saddlebag.database().update("UPDATE connections SET access_token = NULL, refresh_at = NULL, ends_at = NULL");
        assertThat(fetch(FIRST)).as("revoked").isEqualTo(502);
        zoho.calls().reset();
        saddlebag.database().update("INSERT INTO detail_progress (org_id, entity, failures, next_at, error) VALUES (?, 'bills', 3, now() + interval '1 hour', 'no consent') "
            + "ON CONFLICT (org_id, entity) DO UPDATE SET failures = 3, next_at = EXCLUDED.next_at, error = EXCLUDED.error", FIRST);

        HttpResponse<String> page = browser.get(agree(connect("")));
        assertThat(saddlebag.count("detail_progress WHERE error IS NOT NULL OR failures > 0 OR next_at > now()")).as("details are tried again at once").isZero();

        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=utf-8");
        assertThat(page.body()).contains("<h1>Connected</h1>", "Organisation 60000000001 is connected, in region in.")
            .doesNotContain("1000.", "sandbox-secret", "Nobody agreed");
        assertThat(fetch(FIRST)).isEqualTo(200);
        assertThat(zoho.calls().counts().oauth()).as("the consent page and the exchange").isEqualTo(2);
        assertThat(saddlebag.database().queryForList("SELECT replaced_by FROM replaced_connections", String.class))
            .containsExactly("browser");
        assertThat(saddlebag.database().queryForObject("SELECT purpose FROM zoho_calls WHERE path LIKE '%/organizations' "
            + "ORDER BY id DESC LIMIT 1", String.class)).isEqualTo("check");
    }

    @Test
    void zohoIsAskedForWhatTheKindsNeedAndForNothingElse() {
        Map<String, String> query = UriComponentsBuilder.fromUri(connect("")).build().getQueryParams().toSingleValueMap();

        assertThat(query).containsEntry("response_type", "code").containsEntry("client_id", "1000.SANDBOX")
            .containsEntry("access_type", "offline").containsEntry("prompt", "consent");
        assertThat(decoded(query.get("scope")).split(",")).allMatch(scope -> scope.matches("Zoho(Inventory|Books)\\.[a-z]+\\.READ"))
            .contains("ZohoInventory.items.READ", "ZohoInventory.settings.READ", "ZohoBooks.invoices.READ").doesNotHaveDuplicates();
        assertThat(query.get("state")).hasSizeGreaterThanOrEqualTo(43);
        assertThat(decoded(query.get("redirect_uri"))).isEqualTo("http://localhost:" + saddlebag.port() + "/oauth/callback");
        assertThat(saddlebag.database().queryForObject("SELECT encode(digest, 'escape') FROM oauth_states", String.class))
            .as("the table opens nothing").doesNotContain(query.get("state"));
    }

    @Test
    void aConsentCoversTheTargetsThatAreOnAndOnDemandThosePlannedOrNamed() {
        String plain = scopes("");
        assertThat(scopes("?for=push")).as("no target is on").isEqualTo(plain);
        assertThat(scopes("?for=push&targets=crm-products")).contains("ZohoCRM.modules.products.ALL", "ZohoCRM.settings.fields.READ").contains(plain.split(",")[0]);
        for (String state : List.of("planned", "on", "off")) {
            saddlebag.database().update("INSERT INTO push_targets (org_id, target, state) VALUES (?, 'crm-products', ?) "
                + "ON CONFLICT (org_id, target) DO UPDATE SET state = EXCLUDED.state", FIRST, state);
            assertThat(scopes("?for=push").contains("ZohoCRM.modules.products.ALL")).as(state).isEqualTo(!state.equals("off"));
            assertThat(scopes("").contains("ZohoCRM.modules.products.ALL")).as(state).isEqualTo(state.equals("on"));
            assertThat(scopes("?for=webhooks").contains("ZohoCRM.modules.products.ALL")).as(state).isEqualTo(state.equals("on"));
            assertThat(scopes("?for=read")).as(state).isEqualTo(plain);
        }
    }

    @Test
    void aConsentWithoutTheScopesOfATargetThatIsOnSaysSo() {
        saddlebag.database().update("INSERT INTO push_targets (org_id, target, state) VALUES (?, 'crm-products', 'on')", FIRST);
        assertThat(browser.get(agree(connect("?for=read"))).body()).contains("Connected", "The consent does not include ", "ZohoCRM.modules.products.ALL");
        assertThat(browser.get(agree(connect(""))).body()).contains("Connected").doesNotContain("does not include");
    }

    @Test
    void aTargetOrAPurposeThatDoesNotExistIsNamedBeforeAnybodyAgrees() {
        HttpResponse<String> target = saddlebag.call("GET", "/oauth/connect?for=push&targets=crm-products,nonsense");
        assertThat(target.statusCode()).isEqualTo(404);
        assertThat(target.body()).contains("nonsense", "crm-products, ");
        HttpResponse<String> purpose = saddlebag.call("GET", "/oauth/connect?for=pushing");
        assertThat(purpose.statusCode()).isEqualTo(400);
        assertThat(purpose.body()).contains("push, read, webhooks");
        assertThat(saddlebag.count("oauth_states")).isZero();
    }

    @Test
    void whileZohoTakesNoCallsTheCallbackSaysWhenToStartAgainAndLinksThere() {
        URI back = agree(connect(""));
        saddlebag.database().update("UPDATE organisations SET blocked_until = now() + interval '40 seconds', blocked_for = 'minute' WHERE org_id = ?", FIRST);
        try {
            HttpResponse<String> page = browser.get(back);

            assertThat(page.statusCode()).as(page.body()).isEqualTo(503);
            assertThat(page.body()).containsPattern("no calls for another [34][0-9] seconds").contains("the code is used, and nothing was changed",
                "href=\"/oauth/connect?org=" + FIRST + "\">Connect again</a>");
            assertThat(saddlebag.count("replaced_connections")).isZero();
        } finally {
            saddlebag.database().update("UPDATE organisations SET blocked_until = NULL, blocked_for = NULL");
        }
    }

    private static String scopes(String query) {
        return decoded(UriComponentsBuilder.fromUri(connect(query)).build().getQueryParams().getFirst("scope"));
    }

    @Test
    void theOtherReplicaMayAnswerTheCallback() {
        URI back = agree(connect(""));
        HttpResponse<String> page = new Browser(other).get(on(other, back));
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
    }

    @Test
    void aStateIsGoodOnceOnWhicheverReplica() {
        URI back = agree(connect(""));
        browser.get(back);
        long tokens = zoho.tokens().issued();

        refused(browser.get(back), "sent twice");
        refused(new Browser(other).get(on(other, back)), "sent twice");

        assertThat(zoho.tokens().issued()).isEqualTo(tokens);
    }

    @Test
    void aStateThatIsMissingUnknownOrTooOldSpendsNoCode() {
        URI back = agree(connect(""));
        String code = UriComponentsBuilder.fromUri(back).build().getQueryParams().getFirst("code");
        zoho.calls().reset();

        refused(browser.get("/oauth/callback?code=" + code), "state is missing");
        refused(browser.get("/oauth/callback?code=" + code + "&state=guessed"), "unknown");
        saddlebag.database().update("UPDATE oauth_states SET expires_at = now() - interval '1 second'");
        refused(browser.get(back), "more than 10 minutes");

        assertThat(zoho.calls().counts().oauth()).isZero();
    }

    @Test
    void whoeverSaysNoIsToldThatNothingWasChanged() {
        zoho.faults().add(Fault.of(Fault.Kind.ACCESS_DENIED));

        refused(browser.get(agree(connect(""))), "Nobody agreed at Zoho (access_denied): nothing was changed");

        assertThat(fetch(FIRST)).isEqualTo(200);
    }

    @Test
    void theClientsSecretGoesToNobodyElse() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        HttpServer stranger = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        stranger.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.close();
        });
        stranger.start();
        try {
            String url = "http://127.0.0.1:" + stranger.getAddress().getPort();
            zoho.calls().reset();
            for (String server : List.of(url, zoho.url() + ".evil.example", "https://accounts.zoho.com.evil.example", "https://accounts.zoho.com@" + url)) {
                URI back = UriComponentsBuilder.fromUri(agree(connect(""))).replaceQueryParam("accounts-server", encoded(server)).build(true).toUri();
                refused(browser.get(back), "does not belong to Zoho");
            }
            refused(browser.get(UriComponentsBuilder.fromUri(agree(connect(""))).replaceQueryParam("location", "mars").build(true).toUri()),
                "not a region of Zoho");
            assertThat(requests.get()).isZero();
            assertThat(zoho.calls().counts().oauth()).as("consent pages, and no exchange").isEqualTo(5);
        } finally {
            stranger.stop(0);
        }
    }

    @Test
    void theRegionThatZohoNamesIsTakenOverAndTold() {
        saddlebag.database().update("UPDATE connections SET region = 'us'");

        HttpResponse<String> page = browser.get(agree(connect("")));

        assertThat(page.body()).contains("This client belongs to region in; the connection was set to us and is now in in.");
        assertThat(saddlebag.database().queryForObject("SELECT region FROM connections", String.class)).isEqualTo("in");
    }

    @Test
    void aScopeThatNobodyAgreedToIsNamed() {
        URI ask = UriComponentsBuilder.fromUri(connect("")).replaceQueryParam("scope", "ZohoInventory.settings.READ").build(true).toUri();

        HttpResponse<String> page = browser.get(agree(ask));

        assertThat(page.body()).contains("Connected", "The consent does not include ", "ZohoInventory.items.READ");
    }

    @Test
    void withoutTheScopeToListThemNothingIsReplaced() {
        URI ask = UriComponentsBuilder.fromUri(connect("")).replaceQueryParam("scope", "ZohoInventory.items.READ").build(true).toUri();

        HttpResponse<String> page = browser.get(agree(ask));

        assertThat(page.statusCode()).isEqualTo(502);
        assertThat(page.body()).contains("ZohoInventory.settings.READ", "nothing was changed");
        assertThat(saddlebag.count("replaced_connections")).isZero();
    }

    @Test
    void withoutARefreshTokenNothingIsReplaced() {
        URI ask = UriComponentsBuilder.fromUri(connect("")).replaceQueryParam("access_type", "online").build(true).toUri();
        HttpResponse<String> page = browser.get(agree(ask));
        assertThat(page.statusCode()).isEqualTo(502);
        assertThat(page.body()).contains("no refresh token");
        assertThat(saddlebag.count("replaced_connections")).isZero();
    }

    @Test
    void aConsentOfSomebodyElseReplacesNothingAndListsWhatWouldBePossible() {
        create("{\"orgId\":\"%s\",\"sameConnectionAs\":\"%s\"}".formatted(THIRD, FIRST));

        HttpResponse<String> page = browser.get(agree(connect("?org=" + THIRD)));

        assertThat(page.statusCode()).isEqualTo(409);
        assertThat(page.body()).contains("does not belong to organisation 60000000003", "(60000000001)", "(60000000002)");
        assertThat(saddlebag.count("replaced_connections")).isZero();
        assertThat(fetch(FIRST)).isEqualTo(200);
    }

    @Test
    void anOrganisationWithoutAnIdGetsTheOnlyOneThatIsListed() {
        create("{\"name\":\"Ulm\",\"clientId\":\"1000.SANDBOX2\",\"clientSecret\":\"sandbox-secret2\",\"webhookSecret\":\"hush5678hush\"}");

        HttpResponse<String> page = browser.get(agree(connect("?org=Ulm")));

        assertThat(page.body()).contains("Organisation 60000000003 is connected");
        JsonNode told = SaddlebagServer.json(saddlebag.call("GET", "/api/organisations/Ulm"));
        assertThat(told.get("orgId").asText()).isEqualTo(THIRD);
        assertThat(told.get("connected").asBoolean()).isTrue();
        assertThat(told.get("toDo").isNull()).isTrue();
        assertThat(fetch("Ulm")).isEqualTo(200);
        assertThat(saddlebag.count("connections")).isEqualTo(2);
    }

    @Test
    void ofSeveralOneIsChosenOnceAndFromThePageOnly() {
        create("{\"name\":\"Ulm\",\"clientId\":\"1000.SANDBOX\",\"clientSecret\":\"sandbox-secret\"}");
        HttpResponse<String> page = browser.get(agree(connect("?org=Ulm")));
        assertThat(page.body()).contains("Choose an organisation", "value=\"60000000001\"", "value=\"60000000002\"")
            .doesNotContain("60000000003", "1000.", "sandbox-secret");
        Map<String, String> form = Map.of("choice", hidden(page, "choice"), "_csrf", hidden(page, "_csrf"), "orgId", "60000000002");

        HttpResponse<String> foreign = browser.post("/oauth/choose", Map.of("choice", form.get("choice"), "orgId", "60000000002"));
        assertThat(foreign.statusCode()).as("another site's page does not know the token").isEqualTo(403);
        refused(browser.post("/oauth/choose", Map.of("choice", form.get("choice"), "_csrf", form.get("_csrf"), "orgId", THIRD)),
            "not in the list");
        HttpResponse<String> chosen = browser.post("/oauth/choose", form);

        assertThat(chosen.statusCode()).as(chosen.body()).isEqualTo(200);
        assertThat(chosen.body()).contains("Organisation 60000000002 is connected");
        assertThat(fetch("Ulm")).isEqualTo(200);
        refused(browser.post("/oauth/choose", form), "nothing to choose");
        assertThat(saddlebag.count("oauth_states")).isZero();
    }

    @Test
    void oneThatIsSetUpAlreadyCannotBeChosenAgain() {
        create("{\"name\":\"Ulm\",\"clientId\":\"1000.SANDBOX\",\"clientSecret\":\"sandbox-secret\"}");
        HttpResponse<String> page = browser.get(agree(connect("?org=Ulm")));

        HttpResponse<String> chosen = browser.post("/oauth/choose",
            Map.of("choice", hidden(page, "choice"), "_csrf", hidden(page, "_csrf"), "orgId", FIRST));

        assertThat(chosen.statusCode()).isEqualTo(409);
        assertThat(chosen.body()).contains(FIRST);
        assertThat(fetch(FIRST)).isEqualTo(200);
    }

    @Test
    void aNewClientTakesThePlaceOfTheOneThatWorkedWhenSomebodyAgreesWithIt() {
        create("{\"orgId\":\"%s\",\"clientId\":\"1000.OLD\",\"clientSecret\":\"old\",\"refreshToken\":\"1000.old\"}".formatted(THIRD));
        saddlebag.send("PATCH", "/api/organisations/" + THIRD, "{\"clientId\":\"1000.SANDBOX2\",\"clientSecret\":\"sandbox-secret2\"}");

        browser.get(agree(connect("?org=" + THIRD)));

        assertThat(fetch(THIRD)).isEqualTo(200);
        assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/organisations/" + THIRD)).get("clientId").asText())
            .isEqualTo("1000.SANDBOX2");
        assertThat(saddlebag.count("connections")).isEqualTo(2);
        assertThat(saddlebag.count("replaced_connections WHERE client_id = '1000.OLD'")).isEqualTo(1);
    }

    @Test
    void aClientThatChangedMeanwhileGetsNobodysConsent() {
        create("{\"name\":\"Ulm\",\"clientId\":\"1000.SANDBOX2\",\"clientSecret\":\"sandbox-secret2\"}");
        URI back = agree(connect("?org=Ulm"));
        saddlebag.send("PATCH", "/api/organisations/Ulm", "{\"clientId\":\"1000.SANDBOX\",\"clientSecret\":\"sandbox-secret\"}");
        refused(browser.get(back), "changed meanwhile");
    }

    @ParameterizedTest
    @ValueSource(strings = {"invalid-code", "invalid-client", "invalid-client-secret"})
    void whatZohoSaysOfTheExchangeIsToldAndNothingIsChanged(String kind) {
        URI back = agree(connect(""));
        zoho.faults().add(Fault.of(Fault.Kind.valueOf(kind.toUpperCase().replace('-', '_'))));

        HttpResponse<String> page = browser.get(back);

        assertThat(page.statusCode()).isEqualTo(502);
        assertThat(page.body()).contains("(" + kind.replace('-', '_') + ")").doesNotContain("sandbox-secret");
        assertThat(saddlebag.count("replaced_connections")).isZero();
    }

    @Test
    void whoAsksForJsonGetsJson() {
        HttpResponse<String> done = browser.get(agree(connect("")), "Accept", "application/json");
        assertThat(done.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(SaddlebagServer.json(done).get("status").asText()).isEqualTo("connected");
        HttpResponse<String> refused = browser.get("/oauth/callback", "Accept", "application/json");
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(SaddlebagServer.json(refused).get("detail").asText()).contains("state is missing");
        assertThat(browser.get("/oauth/connect?org=nobody", "Accept", "application/json").statusCode()).isEqualTo(404);
        assertThat(browser.get("/oauth/connect?org=%3Cscript%3E").body()).contains("&lt;script&gt;").doesNotContain("<script>");
    }

    @Test
    void aConsentNeedsStaff() {
        assertThat(saddlebag.call("GET", "/oauth/connect", null).statusCode()).isEqualTo(401);
        assertThat(saddlebag.call("GET", "/oauth/callback?state=x&code=y", null).statusCode()).isEqualTo(401);
        assertThat(saddlebag.call("POST", "/oauth/choose?choice=x", "Bearer scheduler-secret").statusCode()).isEqualTo(403);
    }

    @Test
    void onlyATrustedProxySaysHowTheWorldReachesThisServer() {
        String[] forwarded = {"X-Forwarded-Host", "zoho.example.com", "X-Forwarded-Proto", "https", "X-Forwarded-For", "203.0.113.9"};

        assertThat(redirectUri(browser.get("/oauth/connect", forwarded))).isEqualTo("https://zoho.example.com/oauth/callback");
        assertThat(redirectUri(new Browser(other).get("/oauth/connect", forwarded)))
            .isEqualTo("http://localhost:" + other.port() + "/oauth/callback");
    }

    @Test
    void aRequestForAnotherHostIsToldWhatToSet() throws IOException {
        String answer = GuardedApp.raw(saddlebag.port(), "GET /oauth/connect HTTP/1.1\r\nHost: elsewhere.example\r\nAccept: application/json\r\nAuthorization: "
            + SaddlebagServer.STAFF);

        assertThat(answer).startsWith("HTTP/1.1 409 ").contains("SADDLEBAG_PUBLIC_URL", "SADDLEBAG_HOSTS").doesNotContain("Location:");
        assertThat(saddlebag.count("oauth_states")).isZero();
    }

    private static String redirectUri(HttpResponse<String> answer) {
        return decoded(UriComponentsBuilder.fromUriString(answer.headers().firstValue("Location").orElseThrow()).build()
            .getQueryParams().getFirst("redirect_uri"));
    }

    /** @return the consent page to which the browser is sent */
    private static URI connect(String query) {
        HttpResponse<String> answer = browser.get("/oauth/connect" + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
        return URI.create(answer.headers().firstValue("Location").orElseThrow());
    }

    private static URI agree(URI consentPage) {
        return SandboxServer.consent(consentPage);
    }

    private static URI on(SaddlebagServer replica, URI back) {
        return UriComponentsBuilder.fromUri(back).port(replica.port()).build(true).toUri();
    }

    private static void create(String json) {
        HttpResponse<String> created = saddlebag.send("POST", "/api/organisations", json);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    }

    private static int fetch(String org) {
        return saddlebag.call("POST", "/api/sync/items/6000000000010000001?org=" + org).statusCode();
    }

    private static void refused(HttpResponse<String> page, String words) {
        assertThat(page.statusCode()).as(page.body()).isEqualTo(400);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=utf-8");
        assertThat(page.body()).contains(words);
    }

    private static String hidden(HttpResponse<String> page, String name) {
        Matcher field = Pattern.compile("name=\"" + name + "\" value=\"([^\"]+)\"").matcher(page.body());
        assertThat(field.find()).as(page.body()).isTrue();
        return field.group(1);
    }

    private static String decoded(String text) {
        return java.net.URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
