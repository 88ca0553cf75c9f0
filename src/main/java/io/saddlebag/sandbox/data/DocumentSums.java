package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.query.ListQuery;
import io.saddlebag.sandbox.wire.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** The lines of a written document and its sums, as Zoho computes them. A line with any {@code tax_id} is taxed at 15 %. */
final class DocumentSums {

    private static final BigDecimal RATE = BigDecimal.valueOf(15);
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    private DocumentSums() {
    }

    /** The first item_id of the lines that no item has; null for none. */
    static String unknownItem(JsonNode lines, Catalogue items) {
        for (JsonNode line : lines) {
            if (line.hasNonNull("item_id") && items.find(line.get("item_id").asText()).isEmpty()) {
                return line.get("item_id").asText();
            }
        }
        return null;
    }

    /** Completes the lines from their items and puts the sums in; every document of the kind has lines. */
    static void put(ObjectNode document, Catalogue items) {
        boolean inclusive = document.path("is_inclusive_tax").asBoolean();
        BigDecimal sum = money(BigDecimal.ZERO);
        BigDecimal tax = money(BigDecimal.ZERO);
        ArrayNode lines = Json.array();
        for (JsonNode given : document.path("line_items")) {
            ObjectNode line = given.deepCopy();
            items.find(line.path("item_id").asText()).ifPresent(item -> item.properties().stream()
                    .filter(key -> key.getKey().matches("name|sku|unit|rate") && !line.hasNonNull(key.getKey()))
                    .forEach(key -> line.set(key.getKey(), key.getValue())));
            BigDecimal quantity = ListQuery.number(line.path("quantity").asText(), BigDecimal.ONE);
            BigDecimal total = money(quantity.multiply(ListQuery.number(line.path("rate").asText(), BigDecimal.ZERO)));
            BigDecimal percent = line.path("tax_id").asText().isEmpty() ? BigDecimal.ZERO : RATE;
            BigDecimal ofLine = total.multiply(percent).divide(inclusive ? HUNDRED.add(percent) : HUNDRED, 2, RoundingMode.HALF_UP);
            sum = sum.add(inclusive ? total.subtract(ofLine) : total);
            tax = tax.add(ofLine);
            lines.add(line.put("line_item_id", "600900000000" + (1000 + lines.size())).put("item_order", lines.size() + 1)
                    .put("quantity", quantity).put("tax_percentage", percent).put("item_total", total));
        }
        document.put("sub_total", sum).put("tax_total", tax).put("total", sum.add(tax)).set("line_items", lines);
        if (document.has("balance")) {
            document.put("balance", sum.add(tax));
        }
    }

    private static BigDecimal money(BigDecimal amount) {
        return amount.setScale(2, RoundingMode.HALF_UP);
    }
}
