package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SaddlebagServer;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What cannot be processed is kept with its reason, and can be processed again. */
@Tag("sql")
class DeadLettersIT extends WebhookCase {

    @Test
    void aListIsCutWhereItsPayloadsBecomeTooMany() {
        saddlebag().database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) "
            + "SELECT ?, 'pull', 'items', n::text, repeat('x', 1000000) || n, 'long' FROM generate_series(1, 9) n", SaddlebagServer.ORG);

        JsonNode list = SaddlebagServer.json(saddlebag().call("GET", "/api/dead-letters?error=long"));

        assertThat(list.get("deadLetters")).hasSize(4);
        assertThat(list.get("cut").asBoolean()).isTrue();
        assertThat(SaddlebagServer.json(saddlebag().call("GET", "/api/dead-letters?error=long&limit=3")).get("cut").asBoolean()).isFalse();
    }

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
        assertThat(settled()).as("the same failure again").containsExactly("dead");
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
    void whatFailsTooOftenIsADeadLetterAndItsReplayIsNoDuplicate() throws Exception {
        String id = newItem("Lantern");
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 503));
        assertAccepted(sendJson(ITEMS, "{\"item\":{\"item_id\":\"" + id + "\"}}"));
        assertThat(settled()).containsExactly("dead");
        JsonNode letter = letters("?source=webhook").get(0);
        assertThat(letter.get("attempts").asInt()).isEqualTo(4);
        ZOHO.faults().clear();

        List<HttpResponse<String>> replayed;
        try (ClaimsHeld claims = new ClaimsHeld()) { // the event still waits when somebody presses a second time
            replayed = List.of(replay(letter), replay(letter));
        }

        assertThat(replayed).extracting(HttpResponse::statusCode).containsExactly(202, 202);
        assertThat(replayed).allSatisfy(answer ->
            assertThat(SaddlebagServer.json(answer).get("eventId").asText()).isEqualTo(letter.get("eventId").asText()));
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
    void allOfAReasonAreReplayedAndNoOthers() {
        assertAccepted(sendJson(ITEMS, payload("item", item(newItem("Poisoned")).put("rate", "poison"))));
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 503));
        for (int n = 0; n < 3; n++) {
            assertAccepted(sendJson(ITEMS, "{\"item\":{\"item_id\":\"" + newItem("Lantern " + n) + "\"}}"));
        }
        assertThat(settled()).hasSize(4).containsOnly("dead");
        ZOHO.faults().clear();
        String reason = URLEncoder.encode("Zoho answered 503", StandardCharsets.UTF_8);
        assertThat(letters("?error=" + reason)).hasSize(3);

        HttpResponse<String> answer = saddlebag().call("POST", "/api/dead-letters/replay?error=" + reason);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(SaddlebagServer.json(answer).get("replayed").asInt()).isEqualTo(3);
        assertThat(settled()).containsExactly("dead", "done", "done", "done");
        assertThat(letters("")).hasSize(1).allSatisfy(letter -> assertThat(letter.get("error").asText()).contains("poison"));
        assertThat(saddlebag().count("products")).isEqualTo(3);
        assertThat(SaddlebagServer.json(saddlebag().call("POST", "/api/dead-letters/replay?error=" + reason)).get("replayed").asInt()).isZero();
    }

    @Test
    void allOfATimeRangeAndOfAKindAreReplayedAlsoThoseOfPulls() {
        String good = ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "was bad").put("rate", "abc"));
        String bad = ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "is bad").put("rate", "abc"));
        saddlebag().call("POST", "/api/sync/items/" + good);
        saddlebag().call("POST", "/api/sync/items/" + bad);
        saddlebag().database().update("UPDATE dead_letters SET failed_at = '2026-01-01 12:00+00'");
        ZOHO.catalogue().change(good, JsonNodeFactory.instance.objectNode().put("rate", 12), Set.of(), true);
        String replay = "/api/dead-letters/replay?source=pull&entity=items&from=2026-01-01T12:00:00Z&to=";

        assertThat(SaddlebagServer.json(saddlebag().call("POST", replay + "2026-01-01T12:00:00Z")).get("found").asInt()).isZero();
        assertThat(SaddlebagServer.json(saddlebag().call("POST", replay + "2026-01-01T12:00:01Z")).get("replayed").asInt()).isEqualTo(2);

        assertThat(settled()).containsExactlyInAnyOrder("done", "dead");
        assertThat(product(good)).containsEntry("name", "was bad");
        JsonNode left = letters("");
        assertThat(left).as("one letter for one trouble").hasSize(1);
        assertThat(left.get(0).get("zohoId").asText()).isEqualTo(bad);
    }

    @Test
    void whatIsToBeReplayedHasToBeSaid() {
        assertProblem(saddlebag().call("POST", "/api/dead-letters/replay"), 400, "Give at least one of entity");
        assertProblem(saddlebag().call("POST", "/api/dead-letters/replay?from=yesterday"), 400, "2026-07-01T12:00:00Z");
        assertProblem(saddlebag().call("POST", "/api/dead-letters/replay?entity=nothing"), 404, "no kind");
        assertProblem(saddlebag().call("POST", "/api/dead-letters/replay?source=pull&org=nowhere"), 404, "organisation");
        assertThat(saddlebag().call("POST", "/api/dead-letters/replay?source=pull", null).statusCode()).isEqualTo(401);
    }

    @Test
    void aLetterIsForgottenByDelete() {
        saddlebag().database().update("INSERT INTO dead_letters (org_id, source, entity, payload, error) VALUES (?, 'pull', 'items', '{}', 'no id')",
            SaddlebagServer.ORG);
        JsonNode letter = letters("").get(0);
        assertProblem(replay(letter), 409, "then DELETE it");

        assertThat(saddlebag().call("DELETE", "/api/dead-letters/" + letter.get("id")).statusCode()).isEqualTo(204);

        assertThat(letters("")).isEmpty();
        assertProblem(saddlebag().call("DELETE", "/api/dead-letters/" + letter.get("id")), 404, "no dead letter");
        assertProblem(replay(letter), 404, "no dead letter");
        assertProblem(saddlebag().call("GET", "/api/dead-letters?source=mail"), 400, "source must be one of");
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
