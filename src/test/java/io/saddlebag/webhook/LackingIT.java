package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A payload that lacks what the last webhook or answer by id had: Zoho tells what became of it. */
@Tag("sql")
class LackingIT extends WebhookCase {

    private static final Instant START = Instant.now().plusSeconds(60);
    private static final AtomicInteger CHANGES = new AtomicInteger();

    @Test
    void whatZohoNoLongerHasEitherIsGone() {
        String id = lantern();
        send(id);
        settled();
        assertThat(product(id)).containsEntry("brand", "Acme");

        change(id, Set.of("brand", "shelf"));
        assertAccepted(send(id));

        assertThat(settled()).containsExactly("done", "done");
        assertThat(product(id)).containsEntry("brand", null);
        assertThat(saddlebag().count("products WHERE jsonb_exists_any(source, ARRAY['brand', 'shelf'])")).isZero();
        assertThat(ZOHO.calls().counts().api()).isEqualTo(1);

        send(id);
        change(id, Set.of());
        assertAccepted(send(id));
        assertThat(settled()).containsOnly("done");
        assertThat(ZOHO.calls().counts().api()).as("nothing is lacking any more").isEqualTo(1);
    }

    @Test
    void whatZohoStillHasStays() {
        String id = lantern();
        send(id);
        settled();

        ObjectNode partial = later(item(id));
        partial.remove("brand");
        assertAccepted(sendJson(ITEMS, payload("item", partial.put("name", "Torch"))));

        assertThat(settled()).containsExactly("done", "done");
        assertThat(product(id)).containsEntry("brand", "Acme").as("as Zoho says").containsEntry("name", "Lantern");
        assertThat(ZOHO.calls().counts().api()).isEqualTo(1);
    }

    @Test
    void itIsTheSameAfterAnAnswerById() {
        String id = lantern();
        saddlebag().call("POST", "/api/sync/items/" + id);
        ZOHO.calls().reset();
        change(id, Set.of("shelf"));

        assertAccepted(send(id));

        assertThat(settled()).containsExactly("done");
        assertThat(saddlebag().count("products WHERE jsonb_exists(source, 'shelf')")).isZero();
        assertThat(ZOHO.calls().counts().api()).isEqualTo(1);
    }

    @Test
    void whatOnlyTheListHasIsNotLacking() {
        String id = lantern();
        ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("cf_color", "red"), Set.of(), false);
        saddlebag().ended(saddlebag().start("items", "full"));
        ZOHO.calls().reset();
        change(id, Set.of());

        assertAccepted(send(id));

        assertThat(settled()).containsExactly("done");
        assertThat(saddlebag().count("products WHERE source ->> 'cf_color' = 'red' AND zoho_item_id = '" + id + "'")).isEqualTo(1);
        assertThat(ZOHO.calls().counts().api()).isZero();
    }

    @Test
    void anEmptyTextIsAValue() {
        String id = lantern();
        send(id);
        settled();

        assertAccepted(sendJson(ITEMS, payload("item", later(item(id)).put("brand", ""))));

        assertThat(settled()).containsExactly("done", "done");
        assertThat(product(id)).containsEntry("brand", null);
        assertThat(ZOHO.calls().counts().api()).isZero();
    }

    @Test
    void aRecordThatATemplateTookOutOfABodySaysNothingOfWhatItLacks() {
        String id = lantern();
        send(id);
        settled();

        ObjectNode partial = later(item(id)).put("name", "Torch");
        partial.remove(List.of("brand", "shelf"));
        assertAccepted(sendJson(ITEMS + "?template=whole", "[{\"data\":" + partial + "}]"));

        assertThat(settled()).containsExactly("done", "done");
        assertThat(product(id)).containsEntry("name", "Torch").containsEntry("brand", "Acme");
        assertThat(ZOHO.calls().counts().api()).isZero();
        assertThat(saddlebag().count("products WHERE shapes = '{\"webhook\":[]}'")).as("it says nothing").isEqualTo(1);
    }

    private static String lantern() {
        return ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "Lantern").put("rate", 9.5).put("brand", "Acme").put("shelf", "A7"));
    }

    /** Later, in Zoho. */
    private static void change(String id, Set<String> without) {
        ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("last_modified_time", later()), without, false);
    }

    private static ObjectNode later(ObjectNode item) {
        return item.put("last_modified_time", later());
    }

    /** Each time a second later than the last, and soon enough to be believed. */
    private static String later() {
        return START.plusSeconds(CHANGES.incrementAndGet()).toString().substring(0, 19) + "+0000";
    }
}
