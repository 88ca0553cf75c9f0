package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SaddlebagServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Events that one statement, or one call, settles together; what is wrong with one is no other's fault. */
@Tag("sql")
class TogetherIT extends WebhookCase {

    /** Each may begin with an event of its own before another asks for all. */
    private static final int WORKERS = 4;

    @Test
    void manyThatWaitForItemsAreAskedForInOneCall() {
        List<String> ids = newItems(30);

        due(ids.stream().map(TogetherIT::hint).toList());

        assertThat(settled()).hasSize(30).containsOnly("done");
        assertThat(saddlebag().count("products WHERE name LIKE 'Lantern %'")).isEqualTo(30);
        assertThat(ZOHO.calls().counts().api()).isLessThanOrEqualTo(WORKERS);
    }

    @Test
    void whatAnAnswerForManyLeavesOutIsAskedForByItsId() {
        List<String> ids = newItems(15);
        ZOHO.catalogue().remove(ids.get(14));

        due(ids.stream().map(TogetherIT::hint).toList());

        assertThat(settled()).hasSize(15).endsWith("done", "ignored").doesNotContain("dead");
        assertThat(saddlebag().count("products WHERE name LIKE 'Lantern %'")).isEqualTo(14);
        assertThat(saddlebag().count("webhook_events WHERE alone")).isEqualTo(1);
        assertThat(ZOHO.calls().counts().api()).isLessThanOrEqualTo(WORKERS + 1);
    }

    @Test
    void ofManyThatZohoRefusesTogetherEachIsAskedForByItsId() {
        List<String> ids = newItems(12);
        ZOHO.faults().add(Fault.limit(1001).status(400).on("itemdetails"));

        due(ids.stream().map(TogetherIT::hint).toList());

        assertThat(settled()).hasSize(12).containsOnly("done");
        assertThat(saddlebag().count("zoho_calls WHERE path = '/inventory/v1/itemdetails'")).isPositive();
        assertThat(saddlebag().count("dead_letters")).isZero();
    }

    @Test
    void whileZohoIsDownAllBackOffAndThenAreDone() {
        List<String> ids = newItems(12);
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 503).on("itemdetails").next(1));

        due(ids.stream().map(TogetherIT::hint).toList());

        assertThat(settled()).hasSize(12).containsOnly("done");
        assertThat(saddlebag().count("webhook_events WHERE attempts = 2")).isGreaterThan(1);
    }

    @Test
    void aRecordThatCannotBeStoredIsTheOnlyOneThatIsNot() {
        List<String> ids = newItems(4);
        List<ObjectNode> records = new ArrayList<>(ids.stream().map(WebhookCase::item).toList());
        records.get(1).put("rate", "not a number");

        due(records.stream().map(record -> complete(record)).toList());

        assertThat(settled()).containsExactly("done", "dead", "done", "done");
        assertThat(saddlebag().count("dead_letters WHERE event_id = 'e1' AND zoho_id = '" + ids.get(1) + "'")).isEqualTo(1);
    }

    @Test
    void aTimeThatNoDatabaseTakesIsTheFaultOfItsOwnEventAlone() {
        List<String> ids = newItems(4);
        List<ObjectNode> records = new ArrayList<>(ids.stream().map(WebhookCase::item).toList());
        records.get(3).put("last_modified_time", "2027-01-01T00:00:00+1700");

        due(records.stream().map(record -> complete(record)).toList());

        assertThat(settled()).containsExactly("done", "done", "done", "dead");
    }

    @Test
    void whatFailedWithOthersIsTriedByItself() {
        List<String> ids = newItems(4);
        send(ids.get(3)); // with a row, its time is compared
        settled();
        List<ObjectNode> records = new ArrayList<>(ids.stream().map(WebhookCase::item).toList());
        records.get(3).put("last_modified_time", "2027-01-01T00:00:00+1700");

        due(records.stream().map(record -> complete(record)).toList(), 1);

        assertThat(settled()).containsExactly("done", "done", "done", "done", "dead");
        assertThat(saddlebag().count("webhook_events WHERE attempts = 2")).as("none paid for another's fault").isEqualTo(4);
    }

    @Test
    void eachEventOfABatchHasTheEndThatItsOwnRowGivesIt() {
        List<String> ids = newItems(3);
        ids.forEach(WebhookCase::send);
        settled();
        ObjectNode older = item(ids.get(0)).put("last_modified_time", "2020-01-01T00:00:00+0000").put("name", "older");
        ObjectNode newer = item(ids.get(1)).put("last_modified_time", soon(60)).put("name", "newer");
        ObjectNode tied = item(ids.get(2)).put("name", "tied");

        due(List.of(complete(older), complete(newer), complete(tied)));

        assertThat(settled()).containsExactly("done", "done", "done", "ignored", "done", "done");
        assertThat(product(ids.get(0))).containsEntry("name", "Lantern 0");
        assertThat(product(ids.get(1))).containsEntry("name", "newer");
        assertThat(product(ids.get(2))).as("Zoho was asked").containsEntry("name", "Lantern 2");
        assertThat(ZOHO.calls().counts().api()).isEqualTo(1);
    }

    private static List<String> newItems(int count) {
        List<String> ids = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            ids.add(newItem("Lantern " + n));
        }
        return ids;
    }

    private record Event(String id, String payload, boolean complete) {
    }

    private static Event hint(String id) {
        return new Event(id, "{\"item\":{\"item_id\":\"" + id + "\"}}", false);
    }

    private static Event complete(JsonNode record) {
        return new Event(record.get("item_id").asText(), payload("item", record), true);
    }

    /** All at once in the inbox. */
    private static void due(List<Event> events) {
        due(events, 0);
    }

    private static void due(List<Event> events, int attempts) {
        String values = String.join(", ", events.stream().map(event -> "(?, ?, ?, ?)").toList());
        List<Object> arguments = new ArrayList<>();
        for (int n = 0; n < events.size(); n++) {
            arguments.addAll(List.of("e" + n, events.get(n).id(), events.get(n).payload(), events.get(n).complete()));
        }
        saddlebag().database().update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, payload, complete, attempts)"
            + " SELECT '" + SaddlebagServer.ORG + "', v.e, v.e, 'items', 'updated', v.id, v.payload, CAST(v.complete AS boolean), " + attempts
            + " FROM (VALUES " + values + ") AS v(e, id, payload, complete)", arguments.toArray());
    }
}
