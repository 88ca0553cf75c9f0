package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What the Inventory API does when items are written, in its words. Stock is not written here: at Zoho quantities move
 * by adjustments and transactions, so a PUT that carries one is taken and the stock stays.
 */
public class SandboxItemWrites {

    private static final List<String> WRITABLE = List.of("name", "unit", "description", "rate", "purchase_rate",
            "purchase_description", "sku", "upc", "ean", "isbn", "part_number", "reorder_level", "brand",
            "manufacturer", "category_id", "item_type", "product_type", "is_taxable", "tax_id", "account_id",
            "purchase_account_id", "vendor_id", "vendor_name", "group_id", "group_name");

    private final SandboxCatalogue catalogue;

    public SandboxItemWrites(SandboxCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** {@code POST /items}: JSON, or a form with JSONString; {@code name} is required. */
    public SandboxAnswer create(SandboxCall call) {
        return named(call, sent -> {
            ObjectNode item = SandboxJson.object().put("rate", 0).put("description", "").put("brand", "")
                    .put("category_id", "").put("category_name", "").put("sku", "").put("stock_on_hand", 0);
            String id = catalogue.add(item.setAll(writable(sent)));
            return done("The item has been added.", catalogue.find(id));
        });
    }

    /** {@code PUT /items/{id}}: the keys that are sent change, the others stay. */
    public SandboxAnswer update(SandboxCall call) {
        return named(call, sent -> done("Item details have been saved.",
                catalogue.change(id(call), writable(sent), Set.of(), true)));
    }

    /** {@code DELETE /items/{id}}. */
    public SandboxAnswer delete(SandboxCall call) {
        return catalogue.remove(id(call))
                ? SandboxAnswer.json(200, SandboxAnswer.envelope("The item has been deleted."))
                : ZohoErrors.notFound();
    }

    /** {@code DELETE /items?item_ids=a,b}: those that are there. */
    public SandboxAnswer deleteMany(SandboxCall call) {
        if (call.request().parameter("item_ids").isEmpty()) {
            return ZohoErrors.invalid("item_ids");
        }
        List.of(call.request().parameter("item_ids").split(",")).forEach(catalogue::remove);
        return SandboxAnswer.json(200, SandboxAnswer.envelope("The items have been deleted."));
    }

    /** {@code POST /items/{id}/active} and {@code /inactive}. */
    public SandboxAnswer mark(SandboxCall call) {
        String status = call.request().resource().get(2);
        if (!status.equals("active") && !status.equals("inactive")) {
            return SandboxAnswer.html(404, "Not Found");
        }
        String message = "The item has been marked as " + (status.equals("active") ? "Active." : "Inactive.");
        ObjectNode set = SandboxJson.object().put("status", status);
        return catalogue.change(id(call), set, Set.of(), true).isPresent()
                ? SandboxAnswer.json(200, SandboxAnswer.envelope(message)) : ZohoErrors.notFound();
    }

    private static SandboxAnswer named(SandboxCall call, Function<ObjectNode, SandboxAnswer> write) {
        String form = call.request().parameter("JSONString");
        byte[] json = form.isEmpty() ? call.request().body() : form.getBytes(StandardCharsets.UTF_8);
        Optional<ObjectNode> sent = SandboxJson.readObject(json);
        if (sent.isEmpty()) {
            return ZohoErrors.notJson();
        }
        return sent.get().path("name").asText().isBlank() ? ZohoErrors.invalid("name") : write.apply(sent.get());
    }

    private static ObjectNode writable(ObjectNode sent) {
        return sent.deepCopy().retain(WRITABLE);
    }

    private static SandboxAnswer done(String message, Optional<ObjectNode> item) {
        return item.map(found -> SandboxAnswer.json(200, SandboxAnswer.envelope(message).set("item", found)))
                .orElseGet(ZohoErrors::notFound);
    }

    private static String id(SandboxCall call) {
        return call.request().resource().get(1);
    }
}
