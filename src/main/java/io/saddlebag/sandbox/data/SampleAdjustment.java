package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.math.BigDecimal;

/** A correction of stock: of quantities up or down, every fifth of values. */
public final class SampleAdjustment {

    private static final String[] REASONS = {"Damaged goods", "Stocktaking results", "Stolen goods", "Sandstorm 🌪", ""};

    private SampleAdjustment() {
    }

    static ObjectNode make(int index) {
        boolean ofValue = index % 5 == 4;
        ObjectNode adjustment = Json.object().put("date", SampleDocument.date(index).toString())
                .put("reason", REASONS[index % REASONS.length]).put("reason_id", "600000000008800" + index % 5)
                .put("description", "").put("reference_number", index % 3 == 0 ? "" : "ADJ-" + index)
                .put("adjustment_type", ofValue ? "value" : "quantity").put("status", "adjusted")
                .put("location_id", "6000000000038080").put("location_name", "Head office");
        ArrayNode lines = adjustment.putArray("line_items");
        BigDecimal sum = BigDecimal.ZERO;
        for (int number = 1; number <= 1 + index % 3; number++) {
            int item = (index * 11 + number * 17) % VariedItem.COUNT;
            BigDecimal moved = new BigDecimal(index % 2 == 0 ? "-1.5" : "4").multiply(BigDecimal.valueOf(number));
            BigDecimal total = moved.multiply(BigDecimal.TEN);
            sum = sum.add(total);
            lines.addObject().put("line_item_id", IdRange.ADJUSTMENTS.id(index, number))
                    .put("item_id", IdRange.ITEMS.id(item)).put("name", PlainItem.name(item)).put("description", "")
                    .put(ofValue ? "value_adjusted" : "quantity_adjusted", moved).put("item_total", total)
                    .put("unit", "pcs").put("adjustment_account_id", "6000000000034003")
                    .put("adjustment_account_name", "Cost of Goods Sold").put("location_id", "6000000000038080")
                    .put("location_name", "Head office");
        }
        return adjustment.put("total", sum);
    }
}
