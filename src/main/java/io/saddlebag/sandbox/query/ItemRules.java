package io.saddlebag.sandbox.query;

import static io.saddlebag.sandbox.query.ListRules.is;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The parameters of the list of items: those that Zoho's description names and the data can serve. */
public final class ItemRules {

    private static final Map<String, Predicate<ObjectNode>> FILTER_BY = Map.ofEntries(
            Map.entry("ItemType.All", item -> true),
            Map.entry("Status.Active", item -> is(item, "status", "active")),
            Map.entry("Status.Inactive", item -> is(item, "status", "inactive")),
            Map.entry("Status.Lowstock", ItemRules::isLow),
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

    public static final ListRules ALL = new ListRules(
            List.of("name", "sku", "rate", "purchase_rate", "created_time", "last_modified_time", "reorder_level",
                    "stock_on_hand"),
            List.of("rate", "purchase_rate", "reorder_level", "stock_on_hand"), "name", false, true, true,
            List.of("name", "sku"), List.of("rate", "purchase_rate"),
            List.of("status", "item_id", "tax_id", "account_id", "purchase_account_id", "zcrm_product_id",
                    "category_id", "group_id"), List.of(),
            List.of("name", "sku", "description"), "Status.All", FILTER_BY);

    /** Those of Books, which finds no SKU. */
    public static final ListRules BOOKS = new ListRules(ALL.sortColumns(), ALL.numbers(), ALL.sortedBy(), ALL.newestFirst(),
            ALL.takesOrder(), ALL.since(), List.of("name"), ALL.compared(), ALL.exact(), ALL.many(), ALL.searched(),
            ALL.filteredBy(), ALL.filterBy());

    private ItemRules() {
    }

    private static boolean isLow(ObjectNode item) {
        BigDecimal stock = ListQuery.number(item.path("stock_on_hand").asText(), null);
        BigDecimal level = ListQuery.number(item.path("reorder_level").asText(), null);
        return stock != null && level != null && stock.compareTo(level) <= 0;
    }
}
