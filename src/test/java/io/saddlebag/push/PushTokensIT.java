package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import org.junit.jupiter.api.Test;

/** The access token that a push needs, and what a run does while Zoho gives none. */
class PushTokensIT extends PushCase {

    @Test
    void aRunWhoseTokenDiesWhileNoOtherCanBeHadAsksOnceAndWaits() {
        on("crm-products");
        products(500);
        saddlebag().database().execute("UPDATE connections SET access_token = NULL, refresh_at = NULL, ends_at = NULL");
        fault("{\"kind\":\"token-throttle\",\"status\":400,\"after\":1}");
        fault("{\"kind\":\"dead-tokens\",\"match\":\"upsert\",\"after\":2,\"count\":1}");

        long id = SaddlebagServer.json(saddlebag().call("POST", "/api/push/crm-products")).get("runId").asLong();
        await().until(() -> saddlebag().run(id).path("waitingFor").asText().equals("token"));

        JsonNode waits = saddlebag().run(id);
        assertThat(waits.get("status").asText()).isEqualTo("running");
        assertThat(waits.get("waitingUntil").isNull()).isFalse();
        assertThat(ZOHO.calls().counts().oauth()).as("the first token, and one refusal").isEqualTo(2);
        assertThat(one("SELECT string_agg(status || ' ' || n, ', ' ORDER BY status) FROM (SELECT status, count(*) AS n FROM push_state GROUP BY status) s"))
            .as("the call without a token was surely not carried out").isEqualTo("ok 200, waiting 100");

        control("DELETE", "/control/faults", null);
        saddlebag().database().execute("UPDATE connections SET cooldown_until = NULL");
        saddlebag().database().execute("UPDATE sync_runs SET waiting_until = now()");
        JsonNode ended = saddlebag().ended(id);

        assertThat(ended.get("status").asText()).as(ended.toString()).isEqualTo("succeeded");
        assertThat(ended.get("created").asInt()).isEqualTo(500);
        assertThat(control("GET", "/control/store/crm/Products", null).get("records")).hasSize(500);
        assertThat(ZOHO.calls().counts().oauth()).as("and the token that it went on with").isEqualTo(3);
    }
}
