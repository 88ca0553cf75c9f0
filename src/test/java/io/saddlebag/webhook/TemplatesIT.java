package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bodies that customers make themselves, and networks that webhooks come from. */
@Tag("java25")
class TemplatesIT extends WebhookCase {

    private static final String TEXT = "text/plain";
    private static final String FORM = "application/x-www-form-urlencoded";

    @Test
    void aTextIsAHintWhoseRecordIsFetched() {
        String id = newItem("Lantern");
        String path = ITEMS + "?event=created&template=short";
        String body = "item changed: id=" + id + ";time=2026-01-01T00:00:00+0100;what=deleted";

        assertProblem(post(path, TEXT, body, sign("AnotherSecret1", path, body)), 401, "Signature");
        assertAccepted(post(path, "text/plain;charset=UTF-8", body, sign(SECRET, path, body)));

        assertThat(settled()).containsExactly("done");
        assertThat(product(id)).containsEntry("name", "Lantern");
        assertThat(saddlebag().database().queryForMap("SELECT event, complete, zoho_id, modified IS NOT NULL AS timed FROM webhook_events"))
            .as("the address has the last word").containsEntry("event", "created").containsEntry("complete", false)
            .containsEntry("zoho_id", id).containsEntry("timed", true);
        assertThat(ZOHO.calls().list()).filteredOn(call -> call.path().endsWith("/items/" + id)).hasSize(1);
    }

    @Test
    void aTextSaysTheEventWhereTheAddressDoesNot() {
        String path = ITEMS + "?template=short";
        assertAccepted(sendText(path, "id=" + newItem("Lantern") + ";time=x;what=created"));
        assertThat(saddlebag().database().queryForObject("SELECT event FROM webhook_events", String.class)).isEqualTo("created");

        assertProblem(sendText(path, "id=1;time=x;what=renamed"), 400, "must be created, updated or deleted, not \"renamed\"");
        assertProblem(sendText(path, "nothing"), 400, "does not match");
        assertProblem(sendText(path, "id=1'2;time=x"), 400, "item_id");
    }

    @Test
    void jsonIsReadByPointers() {
        String id = newItem("Lantern");
        String path = ITEMS + "?template=pointed";

        assertAccepted(sendJson(path, "{\"data\":{\"no\":" + id + ",\"changed\":\"2026-01-01T00:00:00Z\"},\"name\":\"Not this\"}"));

        assertThat(settled()).containsExactly("done");
        assertThat(product(id)).containsEntry("name", "Lantern");
        assertProblem(sendJson(path, "{\"data\":{\"no\":{\"a\":1}}}"), 400, "item_id");
        assertProblem(sendJson(path, "{\"data\":"), 400, "no JSON");
    }

    @Test
    void aWholeRecordIsStoredAsItIs() {
        String id = newItem("Lantern");
        String body = JsonNodeFactory.instance.arrayNode().add(JsonNodeFactory.instance.objectNode().set("data", item(id))).toString();
        ZOHO.calls().reset();

        assertAccepted(sendJson(ITEMS + "?template=whole", body));

        assertThat(settled()).containsExactly("done");
        assertThat(product(id).get("price").toString()).isEqualTo("9.5");
        assertThat(ZOHO.calls().list()).as("nothing was asked").isEmpty();
        assertProblem(sendJson(ITEMS + "?template=whole", "[]"), 400, "no JSON object");
    }

    @Test
    void aFormIsReadByItsFieldsAndSignedByItsPairs() {
        String id = newItem("Lantern");
        String path = ITEMS + "?template=fields";
        String form = "who=me&no=" + id;

        assertAccepted(post(path, FORM, form, WebhookSignature.of(SECRET, FormParameters.of("template=fields").and(FormParameters.of(form)), new byte[0])));
        assertThat(settled()).containsExactly("done");
        assertThat(product(id)).containsEntry("name", "Lantern");
    }

    @Test
    void aTemplateIsForItsKindAndItsMediaTypeOnly() {
        assertProblem(sendText(ITEMS + "?template=long", "id=1"), 400, "There is no template \"long\" (saddlebag.webhook.templates)");
        assertProblem(sendText("/api/zoho/sync-bills?template=short", "id=1"), 400, "The template \"short\" is for items, and this address is for bills");
        assertProblem(sendJson(ITEMS + "?template=short", "{}"), 415, "text/plain");
        assertProblem(sendText(ITEMS, "id=1"), 415, "application/json");
    }

    @Test
    void whatComesFromAnotherNetworkIsRefusedAndCounted() {
        String body = payload("item", item(newItem("Lantern")));
        double before = refused();

        assertProblem(from("198.51.100.7", body), 403, "saddlebag.webhook.networks");
        assertProblem(from("nobody:80", body), 403, "nobody");
        assertAccepted(from("127.0.0.9", body));
        assertAccepted(from("127.0.0.9:4711", payload("item", item(newItem("Torch")))));
        assertAccepted(from("[::1]:4711", payload("item", item(newItem("Rope")))));

        assertThat(refused() - before).isEqualTo(2);
    }

    /** By way of this machine, which is trusted to say whom it passes on. */
    private static HttpResponse<String> from(String sender, String body) {
        return send(HttpRequest.newBuilder(URI.create("http://localhost:" + saddlebag().port() + ITEMS)).header("Content-Type", JSON)
            .header("X-Zoho-Webhook-Signature", sign(SECRET, ITEMS, body)).header("X-Forwarded-For", sender).POST(BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> sendText(String path, String body) {
        return post(path, TEXT, body, sign(SECRET, path, body));
    }

    private static double refused() {
        return saddlebag().bean(MeterRegistry.class).find("saddlebag.webhooks").tags("entity", "items", "result", "refused-network").counters().stream()
            .mapToDouble(counter -> counter.count()).sum();
    }
}
