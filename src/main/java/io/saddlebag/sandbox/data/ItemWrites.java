package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Writes of items through the Inventory API, with its messages. A PUT that carries a stock quantity is accepted and the stock
 * stays: at Zoho, quantities move by adjustments and transactions only.
 */
public class ItemWrites {

    private static final List<String> WRITABLE = List.of("name", "unit", "description", "rate", "purchase_rate",
            "purchase_description", "sku", "upc", "ean", "isbn", "part_number", "reorder_level", "brand",
            "manufacturer", "category_id", "item_type", "product_type", "is_taxable", "tax_id", "account_id",
            "purchase_account_id", "vendor_id", "vendor_name", "group_id", "group_name");

    private final Catalogue catalogue;

    public ItemWrites(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** {@code POST /items}: JSON, or a form with JSONString; {@code name} is required. */
    public Answer create(Request request) {
        return named(request, sent -> {
            ObjectNode item = Json.object().put("rate", 0).put("description", "").put("brand", "")
                    .put("category_id", "").put("category_name", "").put("sku", "").put("stock_on_hand", 0);
            String id = catalogue.add(item.setAll(writable(sent)));
            return done("The item has been added.", catalogue.find(id));
        });
    }

    /** {@code PUT /items/{id}}: the keys that are sent change, the others stay. */
    public Answer update(Request request) {
        return named(request, sent -> done("Item details have been saved.",
                catalogue.change(id(request), writable(sent), Set.of(), true)));
    }

    /** {@code DELETE /items/{id}}. */
    public Answer delete(Request request) {
        return catalogue.remove(id(request))
                ? Answer.json(200, Answer.envelope("The item has been deleted."))
                : ZohoErrors.notFound();
    }

    /** {@code DELETE /items?item_ids=a,b}: those that are there. */
    public Answer deleteMany(Request request) {
        if (request.parameter("item_ids").isEmpty()) {
            return ZohoErrors.invalid("item_ids");
        }
        List.of(request.parameter("item_ids").split(",")).forEach(catalogue::remove);
        return Answer.json(200, Answer.envelope("The items have been deleted."));
    }

    /** {@code POST /items/{id}/active} and {@code /inactive}. */
    public Answer mark(Request request) {
        String status = request.resource().get(2);
        if (!status.equals("active") && !status.equals("inactive")) {
            return ZohoErrors.noSuchPage();
        }
        String message = "The item has been marked as " + (status.equals("active") ? "Active." : "Inactive.");
        ObjectNode set = Json.object().put("status", status);
        return catalogue.change(id(request), set, Set.of(), true).isPresent()
                ? Answer.json(200, Answer.envelope(message)) : ZohoErrors.notFound();
    }

    private static Answer named(Request request, Function<ObjectNode, Answer> write) {
        String form = request.parameter("JSONString");
        byte[] json = form.isEmpty() ? request.body() : form.getBytes(StandardCharsets.UTF_8);
        Optional<ObjectNode> sent = Json.readObject(json);
        if (sent.isEmpty()) {
            return ZohoErrors.notJson();
        }
        return sent.get().path("name").asText().isBlank() ? ZohoErrors.invalid("name") : write.apply(sent.get());
    }

    private static ObjectNode writable(ObjectNode sent) {
        return sent.deepCopy().retain(WRITABLE);
    }

    private static Answer done(String message, Optional<ObjectNode> item) {
        return item.map(found -> Answer.json(200, Answer.envelope(message).set("item", found)))
                .orElseGet(ZohoErrors::notFound);
    }

    private static String id(Request request) {
        return request.resource().get(1);
    }
}
