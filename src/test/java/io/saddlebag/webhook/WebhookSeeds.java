package io.saddlebag.webhook;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.testkit.SandboxServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Where fuzzing begins: payloads as Zoho would send them, of the sandbox's records and the awkward among them. */
final class WebhookSeeds {

    private static final int AWKWARD = 30;

    record Seed(String address, String query, String type, String body) {

        boolean form() {
            return type.endsWith("urlencoded");
        }
    }

    private WebhookSeeds() {
    }

    static Stream<Seed> all() {
        SandboxServer zoho = SandboxServer.shared();
        Stream<ObjectNode> items = Stream.iterate(0, n -> n + 1).limit(AWKWARD)
            .flatMap(n -> zoho.catalogue().find("6000000000%08d001".formatted(n)).stream());
        ObjectNode item = zoho.catalogue().find(zoho.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "Lantern"))).orElseThrow();
        ObjectNode contact = zoho.records("contacts").find(zoho.records("contacts").add(JsonNodeFactory.instance.objectNode())).orElseThrow();
        String id = item.get("item_id").asText();
        return Stream.concat(items.map(one -> new Seed("sync-products", "event=updated", "application/json", payload("item", one))), Stream.of(
            new Seed("sync-products", "event=created", "application/json", payload("item", item)),
            new Seed("sync-products", "event=deleted&org=60000000001", "application/json; charset=utf-8", payload("item", item.deepCopy().retain("item_id"))),
            new Seed("webhooks/items", "", "application/json", item.toString()),
            new Seed("sync-products", "a=%C3%A9&b", "application/x-www-form-urlencoded",
                "JSONString=" + URLEncoder.encode(payload("item", item), StandardCharsets.UTF_8)),
            new Seed("sync-products", "", "application/json", "{\"item\":{\"item_id\":" + id + ",\"last_modified_time\":\"2026-07-01T10:00:00+0530\"}}"),
            new Seed("sync-products", "", "application/json",
                "{\"item\":{\"item_id\":\"" + id + "\",\"name\":\"a\",\"rate\":1,\"last_modified_time\":\"+999999-07-01T10:00:00+0000\"}}"),
            new Seed("sync-customers", "event=updated", "application/json", payload("contact", contact)),
            new Seed("webhooks/customer-payments", "event=created", "application/json", "{\"payment\":{\"payment_id\":\"1\"},\"organization_id\":\"60000000001\"}")));
    }

    private static String payload(String key, ObjectNode record) {
        return JsonNodeFactory.instance.objectNode().<ObjectNode>set(key, record).toString();
    }

    static List<String> addresses() {
        return List.of("sync-products", "sync-customers", "sync-invoices", "sync-bills", "sync-stock", "webhooks/items", "webhooks/customer-payments");
    }
}
