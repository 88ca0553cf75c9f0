package io.saddlebag.pull;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A kind as its sink sees it, with what Zoho and its users put into the keys that are mapped.
 *
 * @param parts table of what a record consists of: lines, allocations, stock per location; null where it is of one piece
 * @param values by key, everything that may stand there; null is a JSON null
 */
record SinkKind(String file, String table, String parts, String keyColumn, String idKey, Map<String, List<Object>> values) {

    private static final List<Object> TEXT = Arrays.asList("", null, "plain", "كتاب 📚", "it's \\ \"quoted\"");
    private static final List<Object> NUMBER = Arrays.asList("", null, 0, -1.5, "12.345", "0", new BigDecimal("99999999999999999.999"));
    private static final List<Object> DATE = Arrays.asList("", null, "2025-02-28", "2024-02-29");
    private static final List<Object> TRUTH = Arrays.asList("", null, true, false, "true");
    private static final List<Object> STATUS = Arrays.asList("", null, "active", "inactive");
    private static final List<Object> TIME = Arrays.asList("", null, "2025-01-01T10:00:00+0530", "2025-01-01T10:00:00Z");

    /** None, some, others, in another order, with one id twice, with no ids and what is no line. */
    private static List<Object> lines(String idKey, String number, Object other) {
        return List.of(List.of(), List.of(line(idKey, "1", number, 2.5, other)),
                List.of(line(idKey, "1", number, "2.75", other), line(idKey, "2", number, -1, other)),
                List.of(line(idKey, "2", number, -1, other), line(idKey, "1", number, "", other)),
                List.of(line(idKey, "3", number, 0, other), line(idKey, "3", number, 7, other)),
                List.of(line(idKey, "", number, 4, other), "no line", line(idKey, "", number, 5, other)));
    }

    private static Map<String, Object> line(String idKey, String id, String number, Object value, Object other) {
        return Map.of(idKey, id, number, value, "name", "line " + id, "item_id", other, "location_name", other);
    }

    static List<SinkKind> all() {
        return List.of(
                new SinkKind("items.sql", "products", "product_stock", "zoho_item_id", "item_id", values("name", TEXT, "sku", TEXT, "rate", NUMBER,
                        "stock_on_hand", NUMBER, "product_type", Arrays.asList("", null, "goods", "service"), "status", STATUS,
                        "image_name", TEXT, "created_time", TIME, "locations", lines("location_id", "location_stock_on_hand", "Hall"))),
                new SinkKind("contacts.sql", "customers", null, "zoho_contact_id", "contact_id", values("contact_name", TEXT, "email", TEXT,
                        "outstanding_receivable_amount", NUMBER, "status", STATUS, "created_time", TIME)),
                new SinkKind("invoices.sql", "invoices", "invoice_lines", "zoho_invoice_id", "invoice_id", values("invoice_number", TEXT,
                        "customer_id", Arrays.asList("", null, 77, "77"), "date", DATE, "total", NUMBER, "status", TEXT,
                        "line_items", lines("line_item_id", "quantity", "17"))),
                new SinkKind("bills.sql", "bills", "bill_lines", "zoho_bill_id", "bill_id", values("bill_number", TEXT, "vendor_id", TEXT,
                        "due_date", DATE, "balance", NUMBER, "currency_code", TEXT, "line_items", lines("line_item_id", "rate", ""))),
                new SinkKind("stock-adjustments.sql", "stock_adjustments", "stock_adjustment_lines", "zoho_adjustment_id", "inventory_adjustment_id",
                        values("date", DATE, "reason", TEXT, "adjustment_type", TEXT, "reference_number", TEXT,
                        "line_items", lines("line_item_id", "quantity_adjusted", "18"))),
                new SinkKind("customer-payments.sql", "customer_payments", "customer_payment_allocations", "zoho_payment_id", "payment_id",
                        values("payment_number", TEXT, "amount", NUMBER, "date", DATE, "payment_mode", TEXT, "customer_id", TEXT,
                        "invoices", lines("invoice_payment_id", "amount_applied", "18"))),
                new SinkKind("price-lists.sql", "price_lists", null, "zoho_pricebook_id", "pricebook_id", values("name", TEXT,
                        "pricebook_type", Arrays.asList("per_item", "fixed_percentage", "", null), "percentage", NUMBER,
                        "is_increase", TRUTH, "status", STATUS)),
                new SinkKind("records.sql", "records", null, "zoho_id", "thing_id", values("name", TEXT, "amount", NUMBER, "created_time", TIME)));
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
