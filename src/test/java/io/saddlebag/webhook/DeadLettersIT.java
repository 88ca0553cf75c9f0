package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.SaddlebagServer;
import io.saddlebag.sandbox.Fault;
import java.net.http.HttpResponse;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What cannot be processed is kept with its reason, and can be processed again. */
class DeadLettersIT extends WebhookCase {

    @Test
    void aRecordThatCannotBeStoredIsADeadLetterAtOnce() {
        String id = newItem("Lantern");

        assertAccepted(sendJson(ITEMS, payload("item", item(id).put("rate", "poison"))));

        assertThat(settled()).containsExactly("dead");
        assertThat(saddlebag().count("products")).isZero();
        JsonNode letter = letters("?source=webhook&entity=items").get(0);
        assertThat(letter.get("error").asText()).contains("poison");
        assertThat(letter.get("zohoId").asText()).isEqualTo(id);
        assertThat(saddlebag().count("webhook_events WHERE error LIKE '%poison%' AND attempts = 1")).isEqualTo(1);
        assertThat(replay(letter).statusCode()).isEqualTo(202);
        assertThat(settled()).as("the same road again").containsExactly("dead");
        assertThat(letters("").get(0).get("attempts").asInt()).isEqualTo(2);
    }

    @Test
    void aCharacterThatPostgresqlCannotKeepMakesADeadLetterToo() {
        String id = newItem("Lantern");

        assertAccepted(sendJson(ITEMS, payload("item", item(id)).replace("Lantern", "Lan\\u0000tern")));

        assertThat(settled()).containsExactly("dead");
        assertThat(letters("")).hasSize(1);
    }

    @Test
    void whatFailsTooOftenIsADeadLetterAndItsReplayIsNoDuplicate() {
        String id = newItem("Lantern");
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 503));
        assertAccepted(sendJson(ITEMS, "{\"item\":{\"item_id\":\"" + id + "\"}}"));
        assertThat(settled()).containsExactly("dead");
        JsonNode letter = letters("?source=webhook").get(0);
        assertThat(letter.get("attempts").asInt()).isEqualTo(4);
        ZOHO.faults().clear();

        HttpResponse<String> replayed = replay(letter);

        assertThat(replayed.statusCode()).as(replayed.body()).isEqualTo(202);
        assertThat(SaddlebagServer.json(replayed).get("eventId").asText()).isEqualTo(letter.get("eventId").asText());
        assertThat(settled()).containsExactly("done");
        assertThat(product(id)).containsEntry("name", "Lantern");
        assertThat(saddlebag().count("dead_letters WHERE replayed_at IS NOT NULL AND closed_at IS NOT NULL")).isEqualTo(1);
        assertThat(letters("")).as("it is settled").isEmpty();
    }

    @Test
    void aPullsLetterIsReplayedByAFetch() {
        String id = ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "bad").put("rate", "abc"));
        saddlebag().call("POST", "/api/sync/items/" + id);
        JsonNode letter = letters("?source=pull&limit=1").get(0);
        assertThat(replay(letter).statusCode()).as("still bad").isEqualTo(422);
        ObjectNode good = JsonNodeFactory.instance.objectNode().put("rate", 12);
        ZOHO.catalogue().change(id, good, Set.of(), true);

        HttpResponse<String> replayed = replay(letter);

        assertThat(SaddlebagServer.json(replayed).path("result").asText()).as(replayed.body()).isEqualTo("created");
        assertThat(saddlebag().count("dead_letters WHERE closed_at IS NULL")).isZero();
    }

    @Test
    void aLetterIsForgottenByDelete() {
        saddlebag().database().update("INSERT INTO dead_letters (org_id, source, entity, payload, error) VALUES (?, 'pull', 'items', '{}', 'no id')",
            SaddlebagServer.ORG);
        JsonNode letter = letters("").get(0);
        assertProblem(replay(letter), 409, "DELETE it");

        assertThat(saddlebag().call("DELETE", "/api/dead-letters/" + letter.get("id")).statusCode()).isEqualTo(204);

        assertThat(letters("")).isEmpty();
        assertProblem(saddlebag().call("DELETE", "/api/dead-letters/" + letter.get("id")), 404, "no dead letter");
        assertProblem(replay(letter), 404, "no dead letter");
        assertProblem(saddlebag().call("GET", "/api/dead-letters?source=mail"), 400, "source is one of");
        assertProblem(saddlebag().call("GET", "/api/dead-letters?entity=nothing"), 404, "no kind");
        assertThat(saddlebag().call("GET", "/api/dead-letters", null).statusCode()).isEqualTo(401);
    }

    private static JsonNode letters(String query) {
        return SaddlebagServer.json(saddlebag().call("GET", "/api/dead-letters" + query)).get("deadLetters");
    }

    private static HttpResponse<String> replay(JsonNode letter) {
        return saddlebag().call("POST", "/api/dead-letters/" + letter.get("id") + "/replay");
    }
}
