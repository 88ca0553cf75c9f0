package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.CallLog.OrganisationCounts;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SandboxOrganisationsIT {

    private static final String ONE = "60000000001";
    private static final String TWO = "60000000002";
    private static final String LAST = "60000000003";
    private static final SandboxServer SERVER = SandboxServer.start("--saddlebag.sandbox.organisations=3");

    private final SandboxClient zoho = new SandboxClient(SERVER.url());
    private final SandboxClient other = new SandboxClient(SERVER.url());

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @BeforeEach
    void asAtTheStart() {
        SERVER.reset();
        zoho.withToken(SERVER.connection());
        other.withToken(SERVER.secondConnection());
    }

    @Test
    void eachConnectionSeesItsOwnOrganisations() {
        assertThat(SERVER.connection().organizationIds()).containsExactly(ONE, TWO);
        assertThat(SERVER.secondConnection().organizationIds()).containsExactly(LAST);
        var first = json(zoho.getAsItIs("/organizations")).get("organizations");
        assertThat(first.findValuesAsText("organization_id")).containsExactly(ONE, TWO);
        assertThat(first.findValuesAsText("name")).containsExactly("Saddlebag Sandbox", "Saddlebag Sandbox 2");
        assertThat(first.findValuesAsText("is_default_org")).containsExactly("true", "false");
        var second = json(other.getAsItIs("/organizations")).get("organizations");
        assertThat(second.findValuesAsText("organization_id")).containsExactly(LAST);
        assertThat(second.findValuesAsText("is_default_org")).containsExactly("true");
        assertThat(json(other.getAsItIs("/organizations/" + LAST)).at("/organization/name").textValue())
                .isEqualTo("Saddlebag Sandbox 3");
        assertThat(json(zoho.getAsItIs("/organizations/" + LAST)).get("code").intValue()).isEqualTo(6041);
    }

    @Test
    void anOrganisationOfAnotherConnectionIs400WithCode6041() {
        assertThat(status(zoho, TWO)).isEqualTo(200);
        assertThat(status(other, LAST)).isEqualTo(200);
        HttpResponse<String> wrong = zoho.getAsItIs("/items?organization_id=" + LAST);
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(json(wrong).get("code").intValue()).isEqualTo(6041);
        assertThat(status(other, ONE)).isEqualTo(400);
    }

    @Test
    void withOneOrganisationTheSecondClientSeesNone() {
        SandboxServer single = SandboxServer.shared().reset();
        SandboxClient stranger = new SandboxClient(single.url()).withToken(single.secondConnection());
        assertThat(json(stranger.getAsItIs("/organizations")).get("organizations")).isEmpty();
        assertThat(json(stranger.get("/items")).get("code").intValue()).isEqualTo(6041);
    }

    @Test
    void allShareOneCatalogue() {
        zoho.control("PATCH", "/items/6000000000010000001", "{\"name\":\"Everywhere\"}");
        for (String organisation : new String[] {ONE, TWO}) {
            assertThat(json(zoho.getAsItIs("/items/6000000000010000001?organization_id=" + organisation))
                    .at("/item/name").textValue()).isEqualTo("Everywhere");
        }
    }

    @Test
    void minuteAndDayAreSpentByEachOrganisationForItself() {
        zoho.control("PUT", "/quotas", "{\"perMinute\":2,\"perDay\":50}");
        assertThat(status(zoho, ONE)).isEqualTo(200);
        assertThat(status(zoho, ONE)).isEqualTo(200);
        HttpResponse<String> third = zoho.getAsItIs("/items?organization_id=" + ONE);
        assertThat(json(third).get("code").intValue()).isEqualTo(44);
        assertThat(third.headers().firstValue("x-rate-limit-remaining")).hasValue("48");
        HttpResponse<String> elsewhere = zoho.getAsItIs("/items?per_page=1&organization_id=" + TWO);
        assertThat(elsewhere.statusCode()).isEqualTo(200);
        assertThat(elsewhere.headers().firstValue("x-rate-limit-remaining")).hasValue("49");
    }

    @Test
    void callsInWorkAreThoseOfOneOrganisation() throws IOException {
        zoho.control("PUT", "/quotas", "{\"inFlight\":1}");
        SERVER.faults().add(Fault.drip(50, 1).next(1)); // in work until its client goes
        try (Socket slow = zoho.open("/inventory/v1/items?organization_id=" + ONE)) {
            assertThat(slow.getInputStream().readNBytes(12)).asString(StandardCharsets.US_ASCII).isEqualTo("HTTP/1.1 200");
            assertThat(status(zoho, TWO)).isEqualTo(200);
            assertThat(json(zoho.getAsItIs("/items?organization_id=" + ONE)).get("code").intValue()).isEqualTo(1070);
            assertThat(SERVER.calls().counts().byOrganisation()).containsEntry(ONE, new OrganisationCounts(2, 2, 2))
                    .containsEntry(TWO, new OrganisationCounts(1, 1, 1));
        }
        Awaitility.await().until(() -> status(zoho, ONE) == 200);
    }

    @Test
    void callsAreCountedForTheOrganisationThatTheyName() {
        SERVER.calls().reset();
        status(zoho, ONE);
        status(zoho, ONE);
        status(zoho, TWO);
        status(zoho, LAST);
        HttpResponse<String> forNone = zoho.getAsItIs("/organizations");
        zoho.getAsItIs("/organizations/" + ONE);
        status(zoho, "7");
        assertThat(SERVER.calls().counts().byOrganisation()).isEqualTo(Map.of(ONE, new OrganisationCounts(2, 2, 1),
                TWO, new OrganisationCounts(1, 1, 1), LAST, new OrganisationCounts(1, 1, 1)));
        assertThat(SERVER.calls().counts().api()).isEqualTo(7);
        assertThat(SERVER.calls().counts().mostIn60s()).isEqualTo(2);
        assertThat(forNone.headers().map()).doesNotContainKey("x-rate-limit-limit");
        assertThat(json(zoho.control("GET", "/calls", "")).at("/byOrganisation/" + ONE + "/mostIn60s").intValue())
                .isEqualTo(2);
    }

    @Test
    void noOrganisationNeedsNoPlace() {
        zoho.control("PUT", "/quotas", "{\"perMinute\":1,\"inFlight\":1}");
        for (int call = 1; call <= 3; call++) {
            assertThat(zoho.getAsItIs("/organizations").statusCode()).isEqualTo(200);
        }
    }

    private static int status(SandboxClient as, String organisation) {
        return as.getAsItIs("/items?per_page=1&organization_id=" + organisation).statusCode();
    }
}
