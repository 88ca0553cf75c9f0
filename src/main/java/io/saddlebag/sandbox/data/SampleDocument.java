package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.math.BigDecimal;
import java.time.LocalDate;

/** What is sold or bought: a head, lines, sums. The sums are those of the lines. */
public final class SampleDocument {

    private static final LocalDate FIRST = LocalDate.of(2022, 1, 1);
    private static final BigDecimal TAX = new BigDecimal("0.18");

    private SampleDocument() {
    }

    static ObjectNode invoice(int index) {
        String[] statuses = {"paid", "sent", "overdue", "partially_paid", "draft", "void"};
        String status = statuses[index % 6];
        ObjectNode invoice = head(index, "invoice_number", "INV-", "customer", SampleContact.customer(index), status)
                .put("due_date", date(index).plusDays(30).toString()).put("due_days", "")
                .put("salesperson_id", "").put("salesperson_name", "").put("shipping_charge", "")
                .put("adjustment", 0).put("adjustment_description", "").put("write_off_amount", 0)
                .put("is_emailed", index % 2 == 1).put("is_viewed_by_client", false).put("client_viewed_time", "")
                .put("reminders_sent", 0).put("last_reminder_sent_date", "").put("payment_expected_date", "")
                .put("last_payment_date", "").put("schedule_time", "").put("ach_payment_initiated", false)
                .put("documents", "");
        BigDecimal total = lines(invoice, index, IdRange.INVOICES);
        owe(invoice, total, status, index);
        return invoice.put("credits_applied", 0).put("terms", "");
    }

    static ObjectNode bill(int index) {
        String[] statuses = {"paid", "open", "overdue", "partially_paid", "draft", "void"};
        String status = statuses[index % 6];
        ObjectNode bill = head(index, "bill_number", "B-", "vendor", SampleContact.vendor(index), status)
                .put("due_date", date(index).plusDays(30).toString()).put("due_days", "")
                .put("attachment_name", "").put("is_tds_applied", false).put("is_abn_quoted", "");
        BigDecimal total = lines(bill, index, IdRange.BILLS);
        owe(bill, total, status, index);
        bill.putArray("vendor_credits");
        return bill.put("vendor_credits_applied", 0).put("terms", "");
    }

    static ObjectNode purchaseOrder(int index) {
        String[] statuses = {"issued", "billed", "draft", "cancelled"};
        ObjectNode order = head(index, "purchaseorder_number", "PO-", "vendor", SampleContact.vendor(index),
                statuses[index % 4]).put("delivery_date", index % 3 == 0 ? "" : date(index).plusDays(14).toString())
                .put("is_drop_shipment", false).put("is_backorder", false).put("attachment_name", "");
        lines(order, index, IdRange.PURCHASE_ORDERS);
        order.get("line_items").forEach(line -> ((ObjectNode) line).set("purchase_rate", line.get("rate")));
        return order.put("terms", "");
    }

    static ObjectNode salesOrder(int index) {
        String[] statuses = {"confirmed", "invoiced", "draft", "void", "partially_invoiced"};
        ObjectNode order = head(index, "salesorder_number", "SO-", "customer", SampleContact.customer(index),
                statuses[index % 5]).put("shipment_date", index % 3 == 0 ? "" : date(index).plusDays(3).toString())
                .put("shipment_days", 0).put("is_emailed", false).put("salesperson_id", "")
                .put("salesperson_name", "");
        BigDecimal total = lines(order, index, IdRange.SALES_ORDERS);
        return order.put("bcy_total", SampleCurrency.of(index).inOwn(total)).put("terms", "");
    }

    private static ObjectNode head(int index, String numberKey, String prefix, String party, int contact,
                                   String status) {
        ObjectNode document = Json.object().put(party + "_id", IdRange.CONTACTS.id(contact))
                .put(party + "_name", SampleContact.name(contact)).put("status", status)
                .put(numberKey, prefix + (1_000_000 + index))
                .put("reference_number", index % 4 == 0 ? "REF/" + index : "").put("date", date(index).toString())
                .put("exchange_rate", SampleCurrency.of(index).rate()).put("price_precision", 2)
                .put("has_attachment", false).put("location_id", "").put("location_name", "").put("notes", "");
        SampleCurrency.of(index).put(document);
        return document;
    }

    /** Puts the lines and their sums in; the total. */
    private static BigDecimal lines(ObjectNode document, int index, IdRange ids) {
        SampleCurrency currency = SampleCurrency.of(index);
        ArrayNode lines = document.putArray("line_items");
        BigDecimal sum = BigDecimal.ZERO;
        for (int number = 1; number <= 1 + index % 4; number++) {
            int item = (index * 7 + number * 13) % VariedItem.COUNT;
            BigDecimal quantity = number == 3 ? new BigDecimal("2.5") : BigDecimal.valueOf(1 + (index + number) % 6);
            BigDecimal rate = currency.money(150 + (index * 37L + number * 211L) % 90_000);
            BigDecimal total = currency.round(quantity.multiply(rate));
            sum = sum.add(total);
            lines.addObject().put("line_item_id", ids.id(index, number)).put("item_id", IdRange.ITEMS.id(item))
                    .put("name", PlainItem.name(item)).put("sku", "SB-" + item).put("description", "")
                    .put("item_order", number).put("rate", rate).put("bcy_rate", currency.inOwn(rate))
                    .put("quantity", quantity).put("unit", "pcs").put("discount", 0)
                    .put("tax_id", "").put("tax_name", "").put("tax_percentage", 0).put("item_total", total);
        }
        BigDecimal tax = currency.round(index % 3 == 0 ? sum.multiply(TAX) : BigDecimal.ZERO);
        ArrayNode taxes = document.put("sub_total", sum).put("tax_total", tax).put("total", sum.add(tax))
                .putArray("taxes");
        if (tax.signum() > 0) {
            taxes.addObject().put("tax_name", "GST (18%)").put("tax_amount", tax);
        }
        return sum.add(tax);
    }

    private static void owe(ObjectNode document, BigDecimal total, String status, int index) {
        SampleCurrency currency = SampleCurrency.of(index);
        BigDecimal paid = switch (status) {
            case "paid" -> total;
            case "partially_paid" -> currency.round(total.divide(BigDecimal.valueOf(4)));
            default -> currency.money(0);
        };
        document.put("balance", status.equals("void") ? currency.money(0) : total.subtract(paid))
                .put("payment_made", paid);
        ArrayNode payments = document.putArray("payments");
        if (paid.signum() > 0) {
            payments.addObject().put("payment_id", IdRange.PAYMENTS.id(SamplePayment.of(index))).put("payment_mode", "cash")
                    .put("description", "").put("date", date(index).plusDays(9).toString())
                    .put("reference_number", "").put("exchange_rate", currency.rate()).put("amount", paid);
        }
    }

    static LocalDate date(int index) {
        return FIRST.plusDays(index * 7L % 1000);
    }
}
