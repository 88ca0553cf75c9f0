package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Records that cannot be stored: kept with their reason, once, and never in the way of the others. */
@Tag("sql")
class RejectsIT extends PullCase {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    @Test
    void badRecordsAreIsolatedAndTheRestOfTheirPageIsStored() {
        String abc = add(JSON.objectNode().put("name", "bad price").put("rate", "abc"));
        String nul = add(JSON.objectNode().put("name", "a\u0000b"));
        String nan = add(JSON.objectNode().put("name", "no number").put("rate", "NaN"));
        String time = add(JSON.objectNode().put("name", "bad time").put("created_time", "no time"));

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).isEqualTo("partial");
        assertThat(run.get("rejected").asInt()).isEqualTo(4);
        assertThat(run.get("created").asInt()).isEqualTo(1319);
        assertThat(saddlebag().count("products")).isEqualTo(1319);
        assertThat(saddlebag().database().queryForList("SELECT zoho_id FROM dead_letters", String.class))
                .containsExactlyInAnyOrder(abc, nul, nan, time);
        assertThat(saddlebag().count("dead_letters WHERE source = 'pull' AND entity = 'items' AND attempts = 1"
                + " AND zoho_id = '" + abc + "' AND error LIKE '%numeric: \"abc\"%' AND payload LIKE '%\"rate\":\"abc\"%'")).isEqualTo(1);
        assertThat(saddlebag().count("dead_letters WHERE zoho_id = '" + nul + "' AND payload LIKE '%a\\\\u0000b%'")).isEqualTo(1);
    }

    @Test
    void aRecordWithoutAnIdIsKeptToo() {
        add(JSON.objectNode().put("name", "nobody").set("item_id", JSON.nullNode()));

        assertThat(saddlebag().pull("full").get("status").asText()).isEqualTo("partial");

        assertThat(saddlebag().count("dead_letters WHERE zoho_id IS NULL AND error LIKE '%item_id%'")).isEqualTo(1);
        assertThat(saddlebag().count("products")).isEqualTo(1319);
    }

    @Test
    void theSameFailureIsOneDeadLetterAndALaterGoodVersionClosesIt() {
        String id = add(JSON.objectNode().put("name", "bad").put("rate", "abc"));
        saddlebag().pull("full");
        saddlebag().pull("full");
        assertThat(saddlebag().count("dead_letters")).isEqualTo(1);
        assertThat(saddlebag().count("dead_letters WHERE attempts = 2 AND closed_at IS NULL")).isEqualTo(1);

        ZOHO.catalogue().change(id, JSON.objectNode().put("rate", "still bad"), Set.of(), true);
        saddlebag().pull("incremental");
        assertThat(saddlebag().count("dead_letters")).as("another content").isEqualTo(2);

        ZOHO.catalogue().change(id, JSON.objectNode().put("rate", 12.5), Set.of(), true);
        assertThat(saddlebag().pull("incremental").get("status").asText()).isEqualTo("succeeded");
        assertThat(saddlebag().count("dead_letters WHERE closed_at IS NULL")).isZero();
        assertThat(saddlebag().count("products WHERE zoho_item_id = '" + id + "' AND price = 12.5")).isEqualTo(1);
    }

    @Test
    void anErrorOfTheMappingIsNoRecordsFaultAndFailsTheRun() {
        saddlebag().database().execute("ALTER TABLE products RENAME COLUMN brand TO mark");
        try {
            JsonNode run = saddlebag().pull("full");
            assertThat(run.get("status").asText()).isEqualTo("failed");
            assertThat(run.get("error").asText()).contains("brand");
            assertThat(saddlebag().count("dead_letters")).isZero();
            var answer = saddlebag().call("POST", "/api/sync/items/" + add(JSON.objectNode().put("name", "one")));
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        } finally {
            saddlebag().database().execute("ALTER TABLE products RENAME COLUMN mark TO brand");
        }
    }

    @Test
    void aRunThatCarriesOnAnotherOneEndsPartialForItsRejectsToo() {
        saddlebag().pull("full");
        long first = saddlebag().database().queryForObject("""
                INSERT INTO sync_runs (org, entity, mode, trigger, status, cursor, rejected)
                VALUES ('60000000001', 'items', 'full', 'timer', 'failed', CAST(? AS jsonb), 3)
                RETURNING id""", Long.class, cursor(saddlebag(), 200, "down", 2, 1319));

        JsonNode run = saddlebag().pull("full");

        assertThat(saddlebag().count("sync_runs WHERE resumed_from = " + first)).isEqualTo(1);
        assertThat(run.get("rejected").asInt()).isZero();
        assertThat(run.get("status").asText()).isEqualTo("partial");
    }

    @Test
    void aSingleRecordTakesTheSameRoad() {
        String good = add(JSON.objectNode().put("name", "good").put("rate", 3));
        String bad = add(JSON.objectNode().put("name", "bad").put("rate", "abc"));

        assertThat(saddlebag().call("POST", "/api/sync/items/" + good).body()).contains("\"created\"");
        assertThat(saddlebag().call("POST", "/api/sync/items/" + good).body()).contains("\"unchanged\"");
        assertThat(saddlebag().call("POST", "/api/sync/items/" + bad).statusCode()).isEqualTo(422);
        assertThat(saddlebag().call("POST", "/api/sync/items/999").statusCode()).isEqualTo(404);
        assertThat(saddlebag().count("products WHERE name = 'good' AND price = 3")).isEqualTo(1);
        assertThat(saddlebag().count("dead_letters WHERE zoho_id = '" + bad + "'")).isEqualTo(1);
        assertThat(saddlebag().count("zoho_calls WHERE purpose = 'check' AND run_id IS NULL")).isEqualTo(4);
    }

    private static String add(ObjectNode item) {
        return ZOHO.catalogue().add(item);
    }
}
