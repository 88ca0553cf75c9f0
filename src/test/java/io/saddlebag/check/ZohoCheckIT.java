package io.saddlebag.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.zoho.connection.ZohoRegion;
import io.saddlebag.zoho.connection.ZohoServers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A check says what is wrong with a connection, in words and with the fewest calls. */
class ZohoCheckIT {

    /** Us, and the region that the client is really of. */
    private static SandboxServer us;
    private static SandboxServer india;
    private static SaddlebagServer saddlebag;
    /** With ZOHO_ACCOUNTS_URL, as behind a proxy. */
    private static SaddlebagServer behindProxy;

    @BeforeAll
    static void start() {
        us = SandboxServer.start("--saddlebag.sandbox.organisations=3", "--saddlebag.sandbox.items=3");
        india = SandboxServer.start("--saddlebag.sandbox.organisations=3", "--saddlebag.sandbox.items=3");
        saddlebag = SaddlebagServer.start(servers(), us, "--zoho.accounts-url=", "--zoho.api-url=");
        behindProxy = SaddlebagServer.start(us);
    }

    @AfterAll
    static void stop() {
        List.of(saddlebag, behindProxy).forEach(SaddlebagServer::close);
        List.of(us, india).forEach(SandboxServer::close);
    }

    @BeforeEach
    void asNew() {
        for (SandboxServer zoho : List.of(us, india)) {
            zoho.reset();
            zoho.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        }
        for (SaddlebagServer server : List.of(saddlebag, behindProxy)) {
            server.database().update("DELETE FROM organisations WHERE NOT is_default");
            server.database().update("DELETE FROM token_requests");
            server.database().update("UPDATE connections SET access_token = NULL, refresh_at = NULL, ends_at = NULL, api_url = NULL, "
                + "lease_until = NULL, cooldown_until = NULL, needs_person = NULL, region = 'us'");
            server.database().update("UPDATE organisations SET kinds = NULL");
        }
    }

    @Test
    void aConnectionThatWorksIsToldWithOneTokenAndOneCallForEachQuestion() {
        HttpResponse<String> answer = check(saddlebag, "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        JsonNode told = SaddlebagServer.json(answer);
        assertThat(told.get("org").asText()).isEqualTo(SaddlebagServer.ORG);
        assertThat(told.get("ok").asBoolean()).as(answer.body()).isTrue();
        assertThat(names(told)).startsWith("credentials", "region", "organisation").contains("scope items", "scope invoices");
        assertThat(detail(told, "scope items")).isEqualTo("ZohoInventory.items.READ");
        assertThat(us.calls().counts().oauth()).isEqualTo(1);
        assertThat(us.calls().counts().api()).isEqualTo(names(told).size() - 2L);
        assertThat(saddlebag.database().queryForList("SELECT DISTINCT purpose FROM zoho_calls", String.class)).containsExactly("check");
    }

    @Test
    void aNewTokenIsAskedForAlthoughTheOldOneLives() {
        check(saddlebag, "");
        us.tokens().endAll();

        assertThat(ok(saddlebag)).isTrue();
        assertThat(us.calls().counts().oauth()).isEqualTo(2);
    }

    @Test
    void aConnectionThatNeededAPersonIsTriedAgainAndGoesOnWhenItWorks() {
        us.faults().add(Fault.of(Fault.Kind.INVALID_CLIENT_SECRET));
        assertThat(fetch()).isEqualTo(502);
        assertThat(fetch()).isEqualTo(502);
        assertThat(us.calls().counts().oauth()).isEqualTo(1);

        JsonNode told = SaddlebagServer.json(check(saddlebag, ""));
        assertThat(names(told)).containsExactly("credentials");
        assertThat(detail(told, "credentials")).contains("invalid_client_secret", "ZOHO_CLIENT_SECRET");
        assertThat(us.calls().counts().oauth()).isEqualTo(2);

        us.faults().clear();
        assertThat(ok(saddlebag)).isTrue();
        assertThat(fetch()).isEqualTo(200);
    }

    @Test
    void whatAPersonHasToDoIsNotForgottenByACheckThatFailsForAnotherReason() {
        us.faults().add(Fault.of(Fault.Kind.INVALID_CLIENT_SECRET).next(1));
        fetch();
        for (Fault fault : List.of(Fault.status(Fault.Kind.ERROR, 500).next(1).on("/oauth/v2/token"),
                Fault.of(Fault.Kind.DROP).next(1).on("/oauth/v2/token"), Fault.of(Fault.Kind.TOKEN_THROTTLE).next(1))) {
            us.faults().add(fault);

            assertThat(ok(saddlebag)).isFalse();

            assertThat(ok(saddlebag)).as("Zoho is not asked before a while has passed").isFalse();
            assertThat(toDo()).contains("ZOHO_CLIENT_SECRET");
            assertThat(fetch()).isEqualTo(502);
            saddlebag.database().update("UPDATE connections SET cooldown_until = NULL");
        }
        assertThat(us.calls().counts().oauth()).isEqualTo(4);

        us.faults().add(Fault.of(Fault.Kind.INVALID_CODE).next(1));
        check(saddlebag, "");
        assertThat(toDo()).as("a newer word of Zoho's").contains("ZOHO_REFRESH_TOKEN").doesNotContain("ZOHO_CLIENT_SECRET");
        assertThat(ok(saddlebag)).isTrue();
        assertThat(toDo()).isEqualTo("null");
        assertThat(fetch()).isEqualTo(200);
    }

    @Test
    void theRegionThatKnowsTheClientIsFoundAndNamed() {
        us.faults().add(Fault.of(Fault.Kind.INVALID_CLIENT));

        JsonNode told = SaddlebagServer.json(check(saddlebag, ""));

        assertThat(told.get("ok").asBoolean()).isFalse();
        assertThat(names(told)).containsExactly("credentials", "region");
        assertThat(detail(told, "region")).contains("set to region us", "of region in", "ZOHO_REGION=in");
        assertThat(us.calls().counts().oauth()).isEqualTo(1);
        assertThat(india.calls().counts().oauth()).isEqualTo(1);
    }

    @Test
    void theRegionIsFoundAlsoWhereTheRefreshTokenIsOfNoUse() {
        us.faults().add(Fault.of(Fault.Kind.INVALID_CLIENT));
        india.faults().add(Fault.of(Fault.Kind.INVALID_CODE));
        assertThat(detail(SaddlebagServer.json(check(saddlebag, "")), "region")).contains("of region in");
    }

    @Test
    void aRefreshTokenThatNoRegionKnowsIsNoQuestionOfTheRegion() {
        us.faults().add(Fault.of(Fault.Kind.INVALID_CODE));
        india.faults().add(Fault.of(Fault.Kind.INVALID_CODE));

        JsonNode told = SaddlebagServer.json(check(saddlebag, ""));

        assertThat(detail(told, "credentials")).contains("invalid_code", "/oauth/connect");
        assertThat(detail(told, "region")).contains("no other region");
    }

    @Test
    void withAnAccountsUrlOfTheSettingsNoOtherServerIsAskedAndItIsNamed() {
        us.faults().add(Fault.of(Fault.Kind.INVALID_CLIENT));

        JsonNode told = SaddlebagServer.json(check(behindProxy, ""));

        assertThat(detail(told, "region")).contains("ZOHO_ACCOUNTS_URL", "ZOHO_REGION (now us)");
        assertThat(us.calls().counts().oauth()).isEqualTo(1);
        assertThat(india.calls().counts().oauth()).isZero();
    }

    @Test
    void anotherRegionThanTheConnectionsIsNamedEvenWhenItWorks() {
        saddlebag.database().update("UPDATE connections SET region = 'in', accounts_url = ?", us.url());

        JsonNode told = SaddlebagServer.json(check(saddlebag, ""));

        assertThat(detail(told, "region")).contains("set to region in", "Zoho names us", "ZOHO_REGION=us");
        assertThat(ok(told, "organisation")).isTrue();
        assertThat(ok(told, "scope items")).isTrue();
        saddlebag.database().update("UPDATE connections SET accounts_url = NULL");
    }

    @Test
    void anApiUrlThatIsZohosOwnOfAnotherRegionIsNamed() {
        try (SaddlebagServer elsewhere = SaddlebagServer.start(servers(), us, "--zoho.accounts-url=", "--zoho.api-url=" + india.url())) {
            JsonNode told = SaddlebagServer.json(check(elsewhere, ""));

            assertThat(ok(told, "region")).isFalse();
            assertThat(detail(told, "region")).contains("ZOHO_API_URL", "of region in", "of region us");
        }
    }

    @Test
    void anOrganisationOfSomebodyElseIsToldWithThoseThatCouldBeMeantAndNoFurtherCall() {
        saddlebag.send("POST", "/api/organisations", "{\"orgId\":\"60000000003\",\"sameConnectionAs\":\"60000000001\"}");

        JsonNode told = SaddlebagServer.json(check(saddlebag, "?org=60000000003"));

        assertThat(names(told)).containsExactly("credentials", "region", "organisation");
        assertThat(detail(told, "organisation")).contains("60000000001 (", "60000000002 (").doesNotContain("60000000003");
        assertThat(us.calls().counts().api()).isEqualTo(1);
    }

    @Test
    void aMissingScopeIsNamedByItsKind() {
        us.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE).on("/items"));

        JsonNode told = SaddlebagServer.json(check(saddlebag, ""));

        assertThat(ok(told, "organisation")).isTrue();
        assertThat(detail(told, "scope items")).contains("lacks the scope ZohoInventory.items.READ", "/oauth/connect?org=60000000001");
        assertThat(us.calls().counts().oauth()).as("a fresh token need not be tried again").isEqualTo(1);
    }

    @Test
    void aKindThatIsLeftOutIsNotTriedAndItsScopeNotAskedFor() {
        saddlebag.send("PATCH", "/api/organisations/" + SaddlebagServer.ORG, "{\"kinds\":[\"items\",\"contacts\"]}");
        us.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE).on("/invoices"));

        JsonNode told = SaddlebagServer.json(check(saddlebag, ""));

        assertThat(told.get("ok").asBoolean()).as(told.toString()).isTrue();
        assertThat(names(told)).containsExactly("credentials", "region", "organisation", "kinds", "scope contacts", "scope items");
        assertThat(detail(told, "kinds")).contains("left out", "bills", "invoices").doesNotContain("contacts", "items");
        assertThat(us.calls().counts().api()).isEqualTo(3);
    }

    @Test
    void aMissingScopeForTheListOfOrganisationsDoesNotEndTheCheck() {
        us.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE).on("/organizations"));

        JsonNode told = SaddlebagServer.json(check(saddlebag, ""));

        assertThat(detail(told, "organisation")).contains("ZohoInventory.settings.READ");
        assertThat(ok(told, "scope items")).isTrue();
    }

    @Test
    void whatZohoCannotDoNowIsTold() {
        us.faults().add(Fault.status(Fault.Kind.TOKEN_THROTTLE, 400));
        assertThat(detail(SaddlebagServer.json(check(saddlebag, "")), "credentials")).contains("too many requests", "5 minutes");
        asNew();
        us.faults().add(Fault.status(Fault.Kind.ERROR, 500).on("/oauth/v2/token"));
        assertThat(detail(SaddlebagServer.json(check(saddlebag, "")), "credentials")).contains("accounts server", "ZOHO_ACCOUNTS_URL");
        asNew();
        us.faults().add(Fault.limit(45));
        assertThat(detail(SaddlebagServer.json(check(saddlebag, "")), "organisation")).contains("limit (day)");
        saddlebag.database().update("UPDATE organisations SET blocked_until = NULL");
    }

    @Test
    void theTenthTokenInTenMinutesIsNotAskedForByAPersonEither() {
        check(saddlebag, "");
        saddlebag.database().update("INSERT INTO token_requests (connection_id, at, outcome) "
            + "SELECT id, now() - make_interval(secs => g), 'ok' FROM connections, generate_series(1, 8) g");

        JsonNode told = SaddlebagServer.json(check(saddlebag, ""));

        assertThat(ok(told, "credentials")).isTrue();
        assertThat(detail(told, "credentials")).contains("10 in 10 minutes");
        assertThat(us.calls().counts().oauth()).isEqualTo(1);
    }

    @Test
    void anOrganisationThatNobodyConnectedIsTold() {
        saddlebag.send("POST", "/api/organisations", "{\"name\":\"Ulm\",\"clientId\":\"1000.X\",\"clientSecret\":\"x\"}");
        JsonNode told = SaddlebagServer.json(check(saddlebag, "?org=Ulm"));
        assertThat(names(told)).containsExactly("credentials");
        assertThat(detail(told, "credentials")).contains("/oauth/connect?org=pending-");
        assertThat(check(saddlebag, "?org=nobody").statusCode()).isEqualTo(404);
        assertThat(saddlebag.call("POST", "/api/zoho/check", null).statusCode()).isEqualTo(401);
    }

    private static ZohoServers servers() {
        return new ZohoServers(Map.of(ZohoRegion.US, new ZohoServers.Server(us.url(), us.url()),
            ZohoRegion.IN, new ZohoServers.Server(india.url(), india.url())));
    }

    /** As health tells it. */
    private static String toDo() {
        return SaddlebagServer.json(saddlebag.call("GET", "/api/zoho/health")).at("/organisations/0/token/toDo").asText();
    }

    private static HttpResponse<String> check(SaddlebagServer server, String query) {
        HttpResponse<String> answer = server.call("POST", "/api/zoho/check" + query);
        assertThat(answer.body()).doesNotContain("sandbox-secret", "sandbox-refresh");
        return answer;
    }

    private static boolean ok(SaddlebagServer server) {
        return SaddlebagServer.json(check(server, "")).get("ok").asBoolean();
    }

    private static List<String> names(JsonNode told) {
        return told.get("checks").findValuesAsText("check");
    }

    private static boolean ok(JsonNode told, String check) {
        return one(told, check).get("ok").asBoolean();
    }

    private static String detail(JsonNode told, String check) {
        return one(told, check).get("detail").asText();
    }

    private static JsonNode one(JsonNode told, String check) {
        return StreamSupport.stream(told.get("checks").spliterator(), false)
            .filter(result -> result.get("check").asText().equals(check)).findFirst()
            .orElseThrow(() -> new AssertionError(check + " is not in " + told));
    }

    private static int fetch() {
        return saddlebag.call("POST", "/api/sync/items/6000000000010000001").statusCode();
    }
}
