package io.saddlebag.organisations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.common.BadSettingException;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.SignedWebhook;
import io.saddlebag.webhook.SharedSecretCheck;
import io.saddlebag.webhook.WebhookSecrets;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

/** Organisations are set up, changed and taken off by API; their secrets go in and never come out. */
@Tag("sql")
class OrganisationsIT {

    private static final String FIRST = SaddlebagServer.ORG;
    private static final String SECOND = "60000000002";
    /** That of the second client of the sandbox. */
    private static final String THIRD = "60000000003";
    private static final String CLIENT = """
        "clientId":"1000.SANDBOX2","clientSecret":"sandbox-secret2","refreshToken":"1000.sandbox-refresh2" """;
    private static final List<String> SECRETS = List.of("sandbox-secret", "sandbox-refresh", "hush5678hush", "Hush1234Hush");

    private static SandboxServer zoho;
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() {
        zoho = SandboxServer.start("--saddlebag.sandbox.organisations=3", "--saddlebag.sandbox.items=3");
        saddlebag = SaddlebagServer.start(zoho, "--zoho.webhook-secret=SecretOfSettings");
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
        zoho.close();
    }

    @BeforeEach
    @AfterEach
    void theFirstAlone() {
        zoho.reset();
        saddlebag.database().update("DELETE FROM organisations WHERE NOT is_default");
        saddlebag.database().update("DELETE FROM connections WHERE settings_digest IS NULL");
        saddlebag.database().update("DELETE FROM replaced_connections");
        saddlebag.database().update("DELETE FROM zoho_calls");
        saddlebag.database().update("UPDATE organisations SET name = NULL");
    }

    @Test
    void anOrganisationWithARefreshTokenIsPulledAtOnceByItsIdOrName() {
        HttpResponse<String> created = create("""
            {"orgId":"%s","name":"Berlin shop",%s,"callsPerMinute":50,"callsPerDay":900,"callsInFlight":2,
             "pullCron":"0 0/5 * * * ?","timezone":"Europe/Berlin","webhookSecret":"hush5678hush,Hush1234Hush"}""".formatted(THIRD, CLIENT));

        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        assertThat(created.headers().firstValue("Location")).contains("/api/organisations/" + THIRD);
        JsonNode told = SaddlebagServer.json(created);
        assertThat(told.get("region").asText()).isEqualTo("us");
        assertThat(told.get("callsPerMinute").asInt()).isEqualTo(50);
        assertThat(told.get("timezone").asText()).isEqualTo("Europe/Berlin");
        assertThat(told.get("webhookSecretSet").asBoolean()).isTrue();
        assertThat(told.get("connected").asBoolean()).isTrue();
        for (String org : List.of(THIRD, "Berlin%20shop")) {
            assertThat(saddlebag.call("POST", "/api/sync/items/6000000000010000001?org=" + org).statusCode()).isEqualTo(200);
            assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/organisations/" + org)).get("orgId").asText()).isEqualTo(THIRD);
        }
        assertThat(saddlebag.count("products WHERE org_id = '" + THIRD + "'")).isEqualTo(1);
        assertThat(saddlebag.count("zoho_calls WHERE org_id = '" + THIRD + "'")).isPositive();
        assertThat(saddlebag.database().queryForObject("SELECT encode(webhook_secret, 'escape') FROM organisations WHERE org_id = ?",
            String.class, THIRD)).doesNotContain("hush", "Hush");
    }

    @Test
    void noAnswerHoldsASecret() {
        HttpResponse<String> created = create("{\"orgId\":\"%s\",%s,\"webhookSecret\":\"hush5678hush\"}".formatted(THIRD, CLIENT));

        for (HttpResponse<String> answer : List.of(created, saddlebag.call("GET", "/api/organisations"),
                saddlebag.call("GET", "/api/organisations/" + THIRD),
                patch(THIRD, "{\"refreshToken\":\"1000.sandbox-refresh2\",\"clientSecret\":\"sandbox-secret2\"}"),
                patch(THIRD, "{\"refreshToken\":\"1000.sandbox-refresh2 with a space\"}"),
                patch(THIRD, "{\"webhookSecret\":\"hush5678hush!\"}"), patch(THIRD, "{\"clientSecret\":\"sandbox-secret2\""),
                patch(THIRD, "{\"clientSecret\":{\"sandbox-secret2\":1}}"))) {
            assertThat(answer.body()).isNotEmpty().doesNotContain(SECRETS);
            assertThat(answer.headers().map().toString()).doesNotContain(SECRETS);
        }
    }

    @Test
    void noTwoOrganisationsShareAWebhookSecret() {
        create("{\"orgId\":\"%s\",%s,\"webhookSecret\":\"hush5678hush,Hush1234Hush\"}".formatted(THIRD, CLIENT));
        HttpResponse<String> shared = create("{\"orgId\":\"%s\",\"sameConnectionAs\":\"%s\",\"webhookSecret\":\"Another12345,Hush1234Hush\"}".formatted(SECOND, FIRST));

        assertThat(shared.statusCode()).as(shared.body()).isEqualTo(409);
        assertThat(shared.body()).contains("webhookSecret", THIRD).doesNotContain(SECRETS);
        assertThat(saddlebag.count("organisations WHERE org_id = '" + SECOND + "'")).isZero();
        assertThat(patch(FIRST, "{\"webhookSecret\":\"hush5678hush\"}").statusCode()).isEqualTo(409);
        assertThat(patch(THIRD, "{\"webhookSecret\":\"hush5678hush\"}").statusCode()).as("its own").isEqualTo(200);

        MockEnvironment settings = new MockEnvironment();
        settings.setProperty("zoho.webhook-secret", "Another12345,hush5678hush");
        assertThatThrownBy(() -> new SharedSecretCheck(settings, saddlebag.bean(WebhookSecrets.class), saddlebag.database()).afterPropertiesSet())
            .isInstanceOf(BadSettingException.class).hasMessageContainingAll("ZOHO_WEBHOOK_SECRET", THIRD).hasMessageNotContaining("hush5678");
    }

    @Test
    void organisationsThatShareAConnectionShareItsToken() {
        HttpResponse<String> created = create("{\"orgId\":\"%s\",\"sameConnectionAs\":\"%s\"}".formatted(SECOND, FIRST));

        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        assertThat(SaddlebagServer.json(created).get("sameConnectionAs").get(0).asText()).isEqualTo(FIRST);
        fetch(FIRST);
        long tokens = zoho.tokens().issued();
        assertThat(fetch(SECOND)).isEqualTo(200);
        assertThat(zoho.tokens().issued()).isEqualTo(tokens);
        assertThat(saddlebag.count("connections")).isEqualTo(1);
    }

    @Test
    void whatIsGivenToOneOfThemMakesAConnectionOfItsOwn() {
        create("{\"orgId\":\"%s\",\"sameConnectionAs\":\"%s\"}".formatted(THIRD, FIRST));
        assertThat(fetch(THIRD)).as("not of this connection's user").isEqualTo(502);

        HttpResponse<String> changed = patch(THIRD, "{%s}".formatted(CLIENT));

        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(fetch(THIRD)).isEqualTo(200);
        assertThat(fetch(FIRST)).isEqualTo(200);
        assertThat(saddlebag.count("connections")).isEqualTo(2);
    }

    @Test
    void aReplacedConnectionIsKeptWithoutItsSecrets() {
        create("{\"orgId\":\"%s\",%s}".formatted(THIRD, CLIENT));

        patch(THIRD, "{\"clientSecret\":\"sandbox-secret2\",\"region\":\"in\"}");

        assertThat(saddlebag.database().queryForList("SELECT region, client_id, replaced_by FROM replaced_connections").toString())
            .isEqualTo("[{region=us, client_id=1000.SANDBOX2, replaced_by=api}]");
        JsonNode now = SaddlebagServer.json(saddlebag.call("GET", "/api/organisations/" + THIRD));
        assertThat(now.get("region").asText()).isEqualTo("in");
        assertThat(now.get("connected").asBoolean()).as("the refresh token is still the same").isTrue();
        assertThat(fetch(THIRD)).isEqualTo(200);
    }

    @Test
    void aSecretOfTheSettingsIsThatOfTheFirstOrganisation() {
        create("{\"orgId\":\"%s\",%s}".formatted(THIRD, CLIENT));

        assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/organisations")).get("organisations").findValuesAsText("webhookSecretSet"))
            .as("the first and another").containsExactlyInAnyOrder("true", "false");
        assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/organisations/" + FIRST)).get("webhookSecretSet").asBoolean()).isTrue();
    }

    @Test
    void webhooksAreRefusedUntilTheIdOfTheirOrganisationIsKnown() throws Exception {
        create("{\"name\":\"Ulm\",\"clientId\":\"1000.SANDBOX2\",\"clientSecret\":\"sandbox-secret2\",\"webhookSecret\":\"hush5678hush\"}");
        String key = saddlebag.database().queryForObject("SELECT org_id FROM organisations WHERE name = 'Ulm'", String.class);

        HttpResponse<String> byKey = webhook(key);
        assertThat(byKey.statusCode()).as(byKey.body()).isEqualTo(401);
        assertThat(webhook("Ulm").body()).isEqualTo(webhook("nobody").body());
        assertThat(saddlebag.count("webhook_events")).isZero();

        patch("Ulm", "{\"orgId\":\"%s\",\"refreshToken\":\"1000.sandbox-refresh2\"}".formatted(THIRD));
        HttpResponse<String> taken = webhook("Ulm");
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(200);
    }

    private static HttpResponse<String> webhook(String org) throws Exception {
        URI address = URI.create("http://localhost:" + saddlebag.port() + "/api/zoho/sync-products?org=" + org);
        String body = "{\"item\":{\"item_id\":\"6000000000010000001\"}}";
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(address).header("Content-Type", "application/json")
            .header("X-Zoho-Webhook-Signature", SignedWebhook.signature("hush5678hush", address, body))
            .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void withoutARefreshTokenItWaitsForAConsentAndNothingCalls() {
        HttpResponse<String> created = create("{\"name\":\"Ulm\",\"clientId\":\"1000.SANDBOX2\",\"clientSecret\":\"sandbox-secret2\"}");

        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        JsonNode told = SaddlebagServer.json(created);
        assertThat(told.get("orgId").isNull()).isTrue();
        assertThat(told.get("connected").asBoolean()).isFalse();
        assertThat(told.get("toDo").asText()).contains("/oauth/connect?org=pending-");
        assertThat(fetch("Ulm")).isEqualTo(502);
        assertThat(zoho.calls().counts().oauth()).isZero();

        HttpResponse<String> known = patch("Ulm",
            "{\"orgId\":\"%s\",\"refreshToken\":\"1000.sandbox-refresh2\",\"webhookSecret\":\"hush5678hush\"}".formatted(THIRD));
        assertThat(SaddlebagServer.json(known).get("orgId").asText()).isEqualTo(THIRD);
        assertThat(fetch("Ulm")).isEqualTo(200);
    }

    @Test
    void anotherClientWaitsForItsConsentWhileTheConnectionThatWorksGoesOn() {
        create("{\"orgId\":\"%s\",%s}".formatted(THIRD, CLIENT));

        JsonNode told = SaddlebagServer.json(patch(THIRD, "{\"clientId\":\"1000.NEW\",\"clientSecret\":\"new\"}"));

        assertThat(told.get("clientId").asText()).isEqualTo("1000.SANDBOX2");
        assertThat(told.get("toDo").asText()).contains("client 1000.NEW");
        assertThat(fetch(THIRD)).isEqualTo(200);
    }

    @Test
    void aWebhookSecretMovesWithItsOrganisationToTheNewId() {
        create("{\"name\":\"Ulm\",\"clientId\":\"1000.X\",\"clientSecret\":\"x\",\"webhookSecret\":\"hush5678hush\"}");
        patch("Ulm", "{\"orgId\":\"%s\"}".formatted(THIRD));

        byte[] stored = saddlebag.database().queryForObject("SELECT webhook_secret FROM organisations WHERE org_id = ?", byte[].class, THIRD);
        assertThat(saddlebag.bean(io.saddlebag.common.SecretCipher.class).decrypt(stored, "organisations/" + THIRD + "/webhook_secret"))
            .isEqualTo("hush5678hush");
    }

    @Test
    void takenOffItCallsNoMoreAndItsSecretsAreGoneAndItsDataStay() {
        create("{\"orgId\":\"%s\",\"name\":\"Ulm\",%s,\"callsPerMinute\":500}".formatted(THIRD, CLIENT));
        fetch(THIRD);
        zoho.calls().reset();

        assertThat(saddlebag.call("DELETE", "/api/organisations/" + THIRD).statusCode()).isEqualTo(204);

        assertThat(fetch(THIRD)).isEqualTo(502);
        assertThat(zoho.calls().counts().api()).isZero();
        assertThat(saddlebag.count("connections")).isEqualTo(1);
        assertThat(saddlebag.count("products WHERE org_id = '" + THIRD + "'")).isEqualTo(1);
        HttpResponse<String> again = create("{\"orgId\":\"%s\",%s}".formatted(THIRD, CLIENT));
        assertThat(again.statusCode()).as("it can be set up again").isEqualTo(201);
        assertThat(SaddlebagServer.json(again).get("callsPerMinute").isNull()).isTrue();
        assertThat(fetch(THIRD)).isEqualTo(200);
    }

    @Test
    void aConnectionThatAnotherStillHasIsNotForgotten() {
        create("{\"orgId\":\"%s\",%s}".formatted(THIRD, CLIENT));
        create("{\"orgId\":\"%s\",\"sameConnectionAs\":\"%s\"}".formatted(SECOND, THIRD));

        saddlebag.call("DELETE", "/api/organisations/" + SECOND);

        assertThat(fetch(THIRD)).isEqualTo(200);
    }

    @Test
    void whatTheSettingsSayOfTheFirstIsNotUndoneBehindTheirBack() {
        problem(saddlebag.call("DELETE", "/api/organisations/" + FIRST), 409, "", "ZOHO_*");
        create("{\"orgId\":\"%s\",%s}".formatted(THIRD, CLIENT));
        problem(patch(FIRST, "{\"sameConnectionAs\":\"%s\"}".formatted(THIRD)), 409, "sameConnectionAs", "settings");
        assertThat(SaddlebagServer.json(patch(FIRST, "{\"name\":\"Headquarters\",\"callsPerMinute\":80}")).get("callsPerMinute").asInt())
            .isEqualTo(80);
        assertThat(SaddlebagServer.json(patch("Headquarters", "{\"callsPerMinute\":null}")).get("callsPerMinute").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
        {"orgId":60000000003,CLIENT}                      | 400 | orgId            | digits
        {"orgId":"6000-1",CLIENT}                         | 400 | orgId            | digits
        {CLIENT}                                          | 400 | orgId            | missing
        {"name":"Ulm",CLIENT}                             | 400 | orgId            | refresh token
        {"name":"123","orgId":"7",CLIENT}                 | 400 | name             | digits alone
        {"name":"pending-1","orgId":"7",CLIENT}           | 400 | name             | must be
        {"orgId":"7"}                                     | 400 | clientId         | missing
        {"orgId":"7","clientId":"1000.A"}                 | 400 | clientSecret     | missing
        {"orgId":"7","region":"mars",CLIENT}              | 400 | region           | "mars" is no region of Zoho. Use one of us, eu
        {"orgId":"7","sameConnectionAs":"nobody"}         | 409 | sameConnectionAs | nobody
        {"orgId":"7","sameConnectionAs":"60000000001","region":"us"} | 400 | region | other organisation
        {"orgId":"7","callsPerMinute":0,CLIENT}           | 400 | callsPerMinute   | from 1
        {"orgId":"7","callsPerDay":"9",CLIENT}            | 400 | callsPerDay      | from 1
        {"orgId":"7","callsInFlight":1.5,CLIENT}          | 400 | callsInFlight    | from 1
        {"orgId":"7","pullCron":"every hour",CLIENT}      | 400 | pullCron         | no Quartz expression
        {"orgId":"7","fullCron":"0 0 2 30 2 ?",CLIENT}    | 400 | fullCron         | never comes
        {"orgId":"7","timezone":"Europe/Atlantis",CLIENT} | 400 | timezone         | no time zone
        {"orgId":"7","webhookSecret":"short",CLIENT}      | 400 | webhookSecret    | 12 to 50
        {"orgId":"7","webhookSecret":"hush5678hush,",CLIENT} | 400 | webhookSecret | 12 to 50
        {"orgId":"7","clientID":"1000.A"}                 | 400 | clientID         | not a field
        {"orgId":"60000000001",CLIENT}                    | 409 | orgId            | set up already
        [1]                                               | 400 | null             | one JSON object
        {"orgId":"7","orgId":"8"}                         | 400 | null             | one JSON object
        not json                                          | 400 | null             | one JSON object
        """)
    void whatCannotBeIsRefusedByTheFieldsName(String json, int status, String field, String words) {
        problem(create(json.replace("CLIENT", CLIENT)), status, field == null ? "" : field, words);
        assertThat(saddlebag.count("organisations")).isEqualTo(1);
        assertThat(saddlebag.count("connections")).isEqualTo(1);
    }

    @Test
    void twoOrganisationsHaveNotOneNameNorOneId() {
        create("{\"orgId\":\"%s\",\"name\":\"Ulm\",%s}".formatted(THIRD, CLIENT));
        problem(create("{\"orgId\":\"%s\",\"name\":\"Ulm\",%s}".formatted(SECOND, CLIENT)), 409, "name", "Ulm");
        problem(patch(THIRD, "{\"orgId\":\"%s\"}".formatted(SECOND)), 409, "orgId", "the data refer to it");
        create("{\"name\":\"Bonn\",\"clientId\":\"1000.X\",\"clientSecret\":\"x\"}");
        problem(patch("Bonn", "{\"orgId\":\"%s\"}".formatted(THIRD)), 409, "orgId", THIRD);
        problem(saddlebag.call("GET", "/api/organisations/nobody"), 404, "", "nobody");
        assertThat(saddlebag.call("DELETE", "/api/organisations/Ulm").statusCode()).isEqualTo(204);
        assertThat(create("{\"orgId\":\"%s\",\"name\":\"Ulm\",%s}".formatted(SECOND, CLIENT)).statusCode())
            .as("a name is free again").isEqualTo(201);
    }

    private static HttpResponse<String> create(String json) {
        return saddlebag.send("POST", "/api/organisations", json);
    }

    private static HttpResponse<String> patch(String org, String json) {
        return saddlebag.send("PATCH", "/api/organisations/" + org, json);
    }

    private static int fetch(String org) {
        return saddlebag.call("POST", "/api/sync/items/6000000000010000001?org=" + org).statusCode();
    }

    private static void problem(HttpResponse<String> answer, int status, String field, String words) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(SaddlebagServer.json(answer).path("field").asText()).isEqualTo(field);
        assertThat(SaddlebagServer.json(answer).get("detail").asText()).contains(words);
    }
}
