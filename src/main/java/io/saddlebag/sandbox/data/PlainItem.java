package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.ZohoTime;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An item without oddities. Its id, times and values follow from the index alone, so a catalogue of a million takes no memory.
 */
public final class PlainItem {

    /** 2019-01-01T00:00:00+0530; 5 million items at 30 s each end in 2023. */
    private static final long FIRST_CREATED = 1_546_281_000L;
    private static final long CREATED_STEP = 30;
    private static final long HOUR = 3600;
    private static final String[] KINDS = {"bag", "strap", "buckle", "saddle", "blanket", "bridle", "rope"};
    private static final String[] STUFFS = {"Canvas", "Leather", "Wool", "Jute", "Felt"};

    private PlainItem() {
    }

    static String id(int index) {
        return IdRange.ITEMS.id(index);
    }

    /** The index of an id; -1 when no index has it. */
    static int index(String id) {
        return IdRange.ITEMS.index(id);
    }

    /** Seconds since 1970; a higher index is younger. */
    static long created(int index) {
        return FIRST_CREATED + index * CREATED_STEP;
    }

    /** Seconds since 1970; items are changed in bulk at the full hour, so 120 share each second. */
    static long modified(int index) {
        return (created(index) / HOUR + 25) * HOUR;
    }

    static String name(int index) {
        return STUFFS[index % STUFFS.length] + " " + kind(index) + " " + index;
    }

    /** One of seven kinds of goods; the category has the same name. */
    static String kind(int index) {
        return KINDS[index % KINDS.length];
    }

    static ObjectNode make(int index) {
        String stuff = STUFFS[index % STUFFS.length];
        BigDecimal rate = BigDecimal.valueOf(1000 + index % 90_000, 2);
        return Json.object()
                .put("item_id", id(index)).put("name", name(index)).put("unit", "pcs")
                .put("status", "active").put("source", "user").put("is_combo_product", false)
                .put("is_linked_with_zohocrm", false).put("zcrm_product_id", "").put("description", "")
                .put("brand", stuff + " & Co").put("manufacturer", "").put("category_id", IdRange.CATEGORIES.id(index % KINDS.length))
                .put("category_name", kind(index)).put("rate", rate).put("is_taxable", true)
                .put("tax_id", "").put("tax_name", "").put("tax_percentage", 0)
                .put("account_id", "6000000000000388").put("account_name", "Sales")
                .put("purchase_account_id", "6000000000034003").put("purchase_account_name", "Cost of Goods Sold")
                .put("purchase_rate", rate.divide(BigDecimal.valueOf(2)).setScale(2, RoundingMode.DOWN))
                .put("item_type", "inventory").put("product_type", "goods")
                .put("stock_on_hand", BigDecimal.valueOf(index % 500 * 10L, 1))
                .put("sku", "SB-" + index).put("reorder_level", "")
                .put("created_time", ZohoTime.write(created(index)))
                .put("last_modified_time", ZohoTime.write(modified(index)));
    }
}
