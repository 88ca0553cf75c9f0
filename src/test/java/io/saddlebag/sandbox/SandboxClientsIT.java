package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.accounts.Client;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.web.util.UriComponentsBuilder;

class SandboxClientsIT {

    private static final String BACK = "http://127.0.0.1:9/oauth/callback?kept=1";
    private static final SandboxServer SERVER = SandboxServer.start(
            "--saddlebag.sandbox.organisations=2", "--saddlebag.sandbox.location=eu");

    private final Client first = SERVER.connection();
    private final Client second = SERVER.secondConnection();
    private final SandboxClient zoho = new SandboxClient(SERVER.url());

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @BeforeEach
    void asAtTheStart() {
        SERVER.reset();
    }

    @Test
    void aConsentIsForTheClientThatAsked() {
        JsonNode tokens = exchange(second, consent(second, "ZohoInventory.FullAccess.all"));
        zoho.useToken(tokens.get("access_token").textValue());
        assertThat(json(zoho.getAsItIs("/organizations")).get("organizations").findValuesAsText("organization_id"))
                .containsExactly("60000000002");
        Client agreed = new Client(second.clientId(), second.clientSecret(),
                tokens.get("refresh_token").textValue(), second.organizationIds());
        zoho.withToken(agreed);
        assertThat(zoho.getAsItIs("/items?organization_id=60000000002").statusCode()).isEqualTo(200);
    }

    @Test
    void codesAndRefreshTokensAreOfNoUseToAnotherClient() {
        String code = consent(second, "ZohoInventory.FullAccess.all");
        assertThat(exchange(first, code).toString()).isEqualTo("{\"error\":\"invalid_code\"}");
        Client mixed = new Client(first.clientId(), first.clientSecret(),
                second.refreshToken(), first.organizationIds());
        assertThat(zoho.post("/oauth/v2/token", SandboxClient.refresh(mixed)).body())
                .isEqualTo("{\"error\":\"invalid_code\"}");
        Client wrongSecret = new Client(second.clientId(), first.clientSecret(),
                second.refreshToken(), second.organizationIds());
        assertThat(zoho.post("/oauth/v2/token", SandboxClient.refresh(wrongSecret)).body())
                .isEqualTo("{\"error\":\"invalid_client_secret\"}");
    }

    @Test
    void tokensAreCountedForTheClientThatGotThem() {
        zoho.withToken(first).withToken(first).withToken(second);
        assertThat(SERVER.tokens().issued(first.clientId())).isEqualTo(2);
        assertThat(SERVER.tokens().issued(second.clientId())).isEqualTo(1);
        assertThat(SERVER.tokens().issued()).isEqualTo(3);
        SERVER.reset();
        assertThat(SERVER.tokens().issued(second.clientId())).isZero();
    }

    @ParameterizedTest
    @CsvSource({"ZohoInventory.items.READ, 200, 401", "ZohoInventory.settings.READ, 401, 200",
        "ZohoInventory.settings.ALL, 401, 200", "ZohoInventory.contacts.READ, 401, 401",
        "'ZohoInventory.items.READ,ZohoInventory.settings.READ', 200, 200"})
    void aTokenOpensWhatItsConsentNamed(String scope, int items, int organizations) {
        zoho.useToken(exchange(first, consent(first, scope)).get("access_token").textValue());
        assertThat(zoho.getAsItIs("/items?organization_id=60000000001").statusCode()).isEqualTo(items);
        assertThat(zoho.getAsItIs("/itemdetails?item_ids=1&organization_id=60000000001").statusCode()).isEqualTo(items);
        assertThat(zoho.getAsItIs("/organizations").statusCode()).isEqualTo(organizations);
        assertThat(zoho.getAsItIs("/organizations/60000000001").statusCode()).isEqualTo(organizations);
    }

    @Test
    void theCallbackTellsTheRegionAndItsAccountsServer() {
        URI back = SandboxServer.consent(ask(first, "ZohoInventory.items.READ"));
        assertThat(back.getRawQuery()).contains("kept=1", "location=eu", "state=s",
                "accounts-server=" + URLEncoder.encode(SERVER.url(), StandardCharsets.UTF_8));
        assertThat(json(zoho.send("GET", "/oauth/serverinfo", "", "")).at("/locations/eu").textValue())
                .isEqualTo(SERVER.url());
    }

    private static URI ask(Client client, String scope) {
        return UriComponentsBuilder.fromUriString(SERVER.url() + "/oauth/v2/auth?response_type=code&access_type=offline"
                + "&prompt=consent&state=s").queryParam("client_id", client.clientId()).queryParam("scope", scope)
                .queryParam("redirect_uri", "{back}").encode().buildAndExpand(BACK).toUri();
    }

    private static String consent(Client client, String scope) {
        return UriComponentsBuilder.fromUri(SandboxServer.consent(ask(client, scope))).build().getQueryParams()
                .getFirst("code");
    }

    private JsonNode exchange(Client as, String code) {
        return json(zoho.post("/oauth/v2/token", "grant_type=authorization_code&client_id=" + as.clientId()
                + "&client_secret=" + as.clientSecret() + "&redirect_uri="
                + URLEncoder.encode(BACK, StandardCharsets.UTF_8) + "&code=" + code));
    }
}
