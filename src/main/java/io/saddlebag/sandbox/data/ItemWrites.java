package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.faults.Refusals;
import io.saddlebag.sandbox.limits.WriteLog;
import io.saddlebag.sandbox.limits.WriteLog.Action;
import io.saddlebag.sandbox.query.ListQuery;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Writes of items through the Inventory API, with its messages. A PUT that carries a stock quantity is accepted and the stock
 * stays: at Zoho, quantities move by adjustments and transactions only.
 */
public class ItemWrites {

    private static final List<String> WRITABLE = List.of("name", "unit", "description", "rate", "purchase_rate",
            "purchase_description", "sku", "upc", "ean", "isbn", "part_number", "reorder_level", "brand",
            "manufacturer", "category_id", "item_type", "product_type", "is_taxable", "tax_id", "account_id",
            "purchase_account_id", "inventory_account_id", "vendor_id", "vendor_name", "group_id", "group_name");

    private final Catalogue catalogue;
    private final Supplier<Habits> habits;
    private final WriteLog written;
    private final Refusals refusals;

    public ItemWrites(Catalogue catalogue, Supplier<Habits> habits, WriteLog written, Refusals refusals) {
        this.catalogue = catalogue;
        this.habits = habits;
        this.written = written;
        this.refusals = refusals;
    }

    /** {@code POST /items}: JSON, or a form with JSONString; {@code name} is required. */
    public Answer create(Request request) {
        return named(request, sent -> locked(() -> {
            Optional<Answer> wrong = wrong(request, sent, "");
            if (wrong.isPresent()) {
                return wrong.get();
            }
            ObjectNode item = Json.object().put("rate", 0).put("description", "").put("brand", "")
                    .put("category_id", "").put("category_name", "").put("sku", "").put("stock_on_hand", 0);
            String id = catalogue.add(item.<ObjectNode>setAll(writable(sent)).setAll(opening(sent)));
            return done(request, "The item has been added.", id, Action.CREATE, sent);
        }));
    }

    /** {@code PUT /items/{id}}: the keys that are sent change, the others stay. */
    public Answer update(Request request) {
        return named(request, sent -> locked(() -> update(request, id(request), sent)));
    }

    /** {@code PUT /items} of Books: the item with this value of a unique field; with {@code X-Upsert} it is created. */
    public Answer upsert(Request request) {
        String key = request.header("X-Unique-Identifier-Key");
        String value = request.header("X-Unique-Identifier-Value");
        if (value.isEmpty() || !habits.get().uniqueFields().contains(key)) {
            return ZohoErrors.invalid(value.isEmpty() ? "X-Unique-Identifier-Value" : "X-Unique-Identifier-Key");
        }
        return named(request, sent -> locked(() -> {
            Optional<String> known = catalogue.by(key, value, "");
            if (known.isPresent() || !request.header("X-Upsert").equals("true")) {
                return known.map(id -> update(request, id, sent)).orElseGet(ZohoErrors::notFound);
            }
            Answer created = create(request);
            if (created.status() == 200 && !habits.get().identifierInBody()) {
                String id = Json.readObject(created.body()).orElseThrow().at("/item/item_id").asText();
                catalogue.change(id, Json.object().put(key, value), Set.of(), false);
            }
            return created;
        }));
    }

    private Answer update(Request request, String id, ObjectNode sent) {
        if (catalogue.find(id).isEmpty()) {
            return ZohoErrors.notFound();
        }
        Optional<Answer> wrong = wrong(request, sent, id);
        if (wrong.isPresent()) {
            return wrong.get();
        }
        catalogue.change(id, writable(sent), Set.of(), true);
        return done(request, "Item details have been saved.", id, Action.UPDATE, sent);
    }

    private Answer locked(Supplier<Answer> write) {
        synchronized (catalogue) {
            return write.get();
        }
    }

    private Optional<Answer> wrong(Request request, ObjectNode sent, String id) {
        String sku = sent.path("sku").asText();
        String name = sent.path("name").asText();
        Optional<String> refused = refusals.of(sku.isEmpty() ? name : sku);
        if (refused.isPresent()) {
            return refused.map(ZohoErrors::refused);
        }
        if (request.product().equals("books") && id.isEmpty() && !sent.hasNonNull("rate")) {
            return Optional.of(ZohoErrors.invalid("rate"));
        }
        if (!sku.isEmpty() && catalogue.by("sku", sku, id).isPresent()) {
            return Optional.of(Answer.error(400, habits.get().duplicateCode(), "The SKU " + sku + " already exists."));
        }
        return habits.get().uniqueItemNames() && catalogue.by("name", name, id).isPresent()
                ? Optional.of(Answer.error(400, habits.get().duplicateCode(), "Item \"" + name + "\" already exists.")) : Optional.empty();
    }

    /** The opening stock of all locations, which only a create takes. */
    private static ObjectNode opening(ObjectNode sent) {
        ObjectNode opening = Json.object();
        BigDecimal stock = BigDecimal.ZERO;
        for (JsonNode location : sent.path("locations")) {
            stock = stock.add(ListQuery.number(location.path("initial_stock").asText(), BigDecimal.ZERO));
            opening.put("initial_stock", stock).put("stock_on_hand", stock).set("initial_stock_rate", location.get("initial_stock_rate"));
        }
        return opening;
    }

    /** {@code DELETE /items/{id}}. */
    public Answer delete(Request request) {
        Optional<ObjectNode> item = catalogue.find(id(request));
        item.ifPresent(found -> note(request, found, Action.DELETE, null));
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
        Optional<ObjectNode> item = catalogue.change(id(request), set, Set.of(), true);
        item.ifPresent(found -> note(request, found, Action.UPDATE, set));
        return item.isPresent() ? Answer.json(200, Answer.envelope(message)) : ZohoErrors.notFound();
    }

    /** The JSON of a body, or of a form. */
    static Optional<ObjectNode> body(Request request) {
        String form = request.parameter("JSONString");
        return Json.readObject(form.isEmpty() ? request.body() : form.getBytes(StandardCharsets.UTF_8));
    }

    private static Answer named(Request request, Function<ObjectNode, Answer> write) {
        Optional<ObjectNode> sent = body(request);
        if (sent.isEmpty()) {
            return ZohoErrors.notJson();
        }
        return sent.get().path("name").asText().isBlank() ? ZohoErrors.invalid("name") : write.apply(sent.get());
    }

    private static ObjectNode writable(ObjectNode sent) {
        ObjectNode flat = sent.deepCopy();
        CustomFields.take(flat);
        flat.properties().removeIf(field -> !WRITABLE.contains(field.getKey()) && !field.getKey().startsWith("cf_"));
        return flat;
    }

    private Answer done(Request request, String message, String id, Action action, ObjectNode sent) {
        ObjectNode item = catalogue.find(id).orElseThrow();
        note(request, item, action, sent);
        return Answer.json(200, Answer.envelope(message).set("item", item));
    }

    private void note(Request request, ObjectNode item, Action action, ObjectNode sent) {
        String sku = item.path("sku").asText();
        written.note(request.product(), "items", sku.isEmpty() ? item.path("name").asText() : sku, item.path("item_id").asText(),
                action, sent);
    }

    private static String id(Request request) {
        return request.resource().get(1);
    }
}
