package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;

/**
 * The two shapes in which Zoho answers an item: flat with {@code cf_*} keys in a list, deeper with {@code custom_fields} alone.
 * Keys that follow from another one (available stock from stock, item_name from name) are added here, so that they stay right
 * when an engineer changes the record. A key that the record has itself wins.
 */
public final class ItemShape {

    private static final List<String> ONLY_IN_DETAIL = List.of("vendor_id", "vendor_name", "locations",
            "custom_fields", "documents", "track_inventory", "can_be_sold", "can_be_purchased", "sales_rate");
    private static final Set<String> SOLD = Set.of("inventory", "sales", "sales_and_purchases");
    private static final Set<String> BOUGHT = Set.of("inventory", "purchases", "sales_and_purchases");

    private ItemShape() {
    }

    /** Turns the record into its list shape, in place. */
    static ObjectNode list(ObjectNode item) {
        item.remove(ONLY_IN_DETAIL);
        copy(item, "name", "item_name");
        copy(item, "stock_on_hand", "available_stock");
        copy(item, "stock_on_hand", "actual_available_stock");
        CustomFields.flat(item);
        return item;
    }

    /** Turns the record into its detail shape, in place. */
    static ObjectNode detail(ObjectNode item) {
        String type = item.path("item_type").asText();
        copy(item, "stock_on_hand", "available_stock");
        copy(item, "stock_on_hand", "actual_available_stock");
        copy(item, "stock_on_hand", "available_for_sale_stock");
        copy(item, "stock_on_hand", "actual_available_for_sale_stock");
        copy(item, "rate", "sales_rate");
        copy(item, "rate", "pricebook_rate");
        absent(item, "track_inventory", type.equals("inventory"));
        absent(item, "can_be_sold", SOLD.contains(type));
        absent(item, "can_be_purchased", BOUGHT.contains(type));
        if (type.equals("inventory")) {
            absent(item, "inventory_account_id", "6000000000034001");
            absent(item, "committed_stock", BigDecimal.ZERO);
            absent(item, "locations", locations(item));
        }
        CustomFields.deep(item);
        absent(item, "item_tax_preferences", List.of());
        absent(item, "documents", List.of());
        return item;
    }

    private static ArrayNode locations(ObjectNode item) {
        JsonNode stock = item.path("stock_on_hand");
        ObjectNode primary = Json.object().put("location_id", "6000000000038080")
                .put("location_name", "Head office").put("status", "active").put("is_primary", true);
        // Text and not numbers, as the wire has them here.
        primary.put("location_stock_on_hand", stock.asText()).put("location_available_stock", stock.asText())
                .put("location_actual_available_stock", stock.asText());
        return Json.array().add(primary);
    }

    private static void copy(ObjectNode item, String from, String to) {
        if (item.has(from) && !item.has(to)) {
            item.set(to, item.get(from));
        }
    }

    private static void absent(ObjectNode item, String key, Object value) {
        if (!item.has(key)) {
            item.set(key, Json.tree(value));
        }
    }
}
