package io.saddlebag.pull;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A kind as its sink sees it, with what Zoho and its users put into the keys that are mapped.
 *
 * @param values by key, everything that may stand there; null is a JSON null
 */
record SinkKind(String file, String table, String keyColumn, String idKey, Map<String, List<Object>> values) {

    private static final List<Object> TEXT = Arrays.asList("", null, "plain", "كتاب 📚", "it's \\ \"quoted\"");
    private static final List<Object> NUMBER = Arrays.asList("", null, 0, -1.5, "12.345", "0", new BigDecimal("99999999999999999.999"));
    private static final List<Object> DATE = Arrays.asList("", null, "2025-02-28", "2024-02-29");
    private static final List<Object> TRUTH = Arrays.asList("", null, true, false, "true");
    private static final List<Object> STATUS = Arrays.asList("", null, "active", "inactive");
    private static final List<Object> TIME = Arrays.asList("", null, "2025-01-01T10:00:00+0530", "2025-01-01T10:00:00Z");

    static List<SinkKind> all() {
        return List.of(
                new SinkKind("products.sql", "products", "zoho_item_id", "item_id", values("name", TEXT, "sku", TEXT, "rate", NUMBER,
                        "stock_on_hand", NUMBER, "product_type", Arrays.asList("", null, "goods", "service"), "status", STATUS,
                        "image_name", TEXT, "created_time", TIME)),
                new SinkKind("customers.sql", "customers", "zoho_contact_id", "contact_id", values("contact_name", TEXT, "email", TEXT,
                        "outstanding_receivable_amount", NUMBER, "status", STATUS, "created_time", TIME)),
                new SinkKind("invoices.sql", "invoices", "zoho_invoice_id", "invoice_id", values("invoice_number", TEXT,
                        "customer_id", Arrays.asList("", null, 77, "77"), "date", DATE, "total", NUMBER, "status", TEXT)),
                new SinkKind("bills.sql", "bills", "zoho_bill_id", "bill_id", values("bill_number", TEXT, "vendor_id", TEXT,
                        "due_date", DATE, "balance", NUMBER, "currency_code", TEXT)),
                new SinkKind("stock-adjustments.sql", "stock_adjustments", "zoho_adjustment_id", "inventory_adjustment_id",
                        values("date", DATE, "reason", TEXT, "adjustment_type", TEXT, "reference_number", TEXT)),
                new SinkKind("price-lists.sql", "price_lists", "zoho_pricebook_id", "pricebook_id", values("name", TEXT,
                        "pricebook_type", Arrays.asList("per_item", "fixed_percentage", "", null), "percentage", NUMBER,
                        "is_increase", TRUTH, "status", STATUS)));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, List<Object>> values(Object... pairs) {
        return java.util.stream.IntStream.range(0, pairs.length / 2).boxed()
                .collect(Collectors.toMap(i -> (String) pairs[2 * i], i -> (List<Object>) pairs[2 * i + 1], (a, b) -> a, java.util.TreeMap::new));
    }

    @Override
    public String toString() {
        return file;
    }
}
