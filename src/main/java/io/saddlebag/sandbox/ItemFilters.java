package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** The filters of the list of items as Zoho's description names them, where the data can carry them. */
final class ItemFilters {

    private static final List<String> TEXTS = List.of("name", "sku");
    private static final List<String> NUMBERS = List.of("rate", "purchase_rate");
    private static final List<String> EXACT = List.of("status", "item_id", "tax_id", "account_id",
            "purchase_account_id", "zcrm_product_id", "category_id", "group_id");
    private static final List<String> SEARCHED = List.of("name", "sku", "description");
    private static final Map<String, IntPredicate> COMPARISONS = Map.of("", c -> c == 0, "_less_than", c -> c < 0,
            "_less_equals", c -> c <= 0, "_greater_than", c -> c > 0, "_greater_equals", c -> c >= 0);
    private static final Map<String, Predicate<ObjectNode>> NAMED = Map.ofEntries(
            Map.entry("Status.All", item -> true), Map.entry("ItemType.All", item -> true),
            Map.entry("Status.Active", item -> is(item, "status", "active")),
            Map.entry("Status.Inactive", item -> is(item, "status", "inactive")),
            Map.entry("Status.Lowstock", ItemFilters::isLow),
            Map.entry("Status.Unmapped", item -> !item.path("is_linked_with_zohocrm").asBoolean()),
            Map.entry("Status.Uncategorized", item -> is(item, "category_id", "")),
            Map.entry("Status.Grouped", item -> item.has("group_id")),
            Map.entry("ItemType.Sales", item -> is(item, "item_type", "sales")),
            Map.entry("ItemType.Purchases", item -> is(item, "item_type", "purchases")),
            Map.entry("ItemType.SalesAndPurchases", item -> is(item, "item_type", "sales_and_purchases")),
            Map.entry("ItemType.Inventory", item -> is(item, "item_type", "inventory")),
            Map.entry("ItemType.NonInventory",
                    item -> !is(item, "item_type", "inventory") && is(item, "product_type", "goods")),
            Map.entry("ItemType.Service", item -> is(item, "product_type", "service")));

    private ItemFilters() {
    }

    /** @throws InvalidParameter when Zoho would not take a value */
    static List<Predicate<ObjectNode>> of(Map<String, String> parameters, String filterBy) {
        List<Predicate<ObjectNode>> filters = new ArrayList<>();
        if (!NAMED.containsKey(filterBy)) {
            throw new InvalidParameter("filter_by");
        }
        if (!filterBy.endsWith(".All")) {
            filters.add(NAMED.get(filterBy));
        }
        parameters.forEach((name, value) -> add(filters, name, value));
        return filters;
    }

    private static void add(List<Predicate<ObjectNode>> filters, String name, String value) {
        String wanted = value.toLowerCase(Locale.ROOT);
        if (EXACT.contains(name)) {
            filters.add(item -> is(item, name, value));
        } else if (name.equals("search_text")) {
            filters.add(item -> SEARCHED.stream().anyMatch(key -> text(item, key).contains(wanted)));
        }
        for (String key : TEXTS) {
            if (name.equals(key)) {
                filters.add(item -> text(item, key).equals(wanted));
            } else if (name.equals(key + "_startswith")) {
                filters.add(item -> text(item, key).startsWith(wanted));
            } else if (name.equals(key + "_contains")) {
                filters.add(item -> text(item, key).contains(wanted));
            }
        }
        for (String key : NUMBERS) {
            IntPredicate comparison = name.startsWith(key) ? COMPARISONS.get(name.substring(key.length())) : null;
            if (comparison != null) {
                filters.add(compared(key, comparison, limit(name, value)));
            }
        }
    }

    private static Predicate<ObjectNode> compared(String key, IntPredicate comparison, BigDecimal limit) {
        return item -> {
            BigDecimal number = ItemQuery.number(item.path(key).asText(), null);
            return number != null && comparison.test(number.compareTo(limit));
        };
    }

    private static BigDecimal limit(String parameter, String value) {
        BigDecimal limit = ItemQuery.number(value, null);
        if (limit == null) {
            throw new InvalidParameter(parameter);
        }
        return limit;
    }

    private static boolean isLow(ObjectNode item) {
        BigDecimal stock = ItemQuery.number(item.path("stock_on_hand").asText(), null);
        BigDecimal level = ItemQuery.number(item.path("reorder_level").asText(), null);
        return stock != null && level != null && stock.compareTo(level) <= 0;
    }

    private static boolean is(ObjectNode item, String key, String value) {
        return item.path(key).asText().equals(value);
    }

    private static String text(ObjectNode item, String key) {
        return item.path(key).asText().toLowerCase(Locale.ROOT);
    }
}
