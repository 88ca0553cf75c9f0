package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a customer paid. Every third invoice has a payment; of the 90 payments of the start 60 are for two invoices of
 * one customer, 20 for one, and 10 for none.
 */
public final class SamplePayment {

    private static final int TWOFOLD = 60;
    private static final int USED = 80;
    private static final int EVERY = 3;

    private SamplePayment() {
    }

    /** The index of the payment for a paid invoice. */
    static int of(int invoice) {
        int paid = invoice / EVERY;
        return paid < TWOFOLD ? paid : paid - TWOFOLD;
    }

    private static int[] invoices(int index) {
        if (index >= USED) {
            return new int[0];
        }
        return IntStream.of(index < TWOFOLD ? new int[]{index, index + TWOFOLD} : new int[]{index + TWOFOLD})
                .map(paid -> paid * EVERY).toArray();
    }

    static ObjectNode make(int index) {
        SampleCurrency currency = SampleCurrency.of(index * EVERY);
        int customer = SampleContact.customer(index * EVERY);
        BigDecimal unused = index >= USED || index % 5 == 0 ? currency.money(12_345) : currency.money(0);
        BigDecimal amount = unused;
        ArrayNode applied = Json.array();
        List<String> numbers = new ArrayList<>();
        for (int number : invoices(index)) {
            ObjectNode invoice = SampleDocument.invoice(number);
            BigDecimal part = invoice.get("payment_made").decimalValue();
            amount = amount.add(part);
            numbers.add(invoice.get("invoice_number").textValue());
            applied.addObject().put("invoice_id", IdRange.INVOICES.id(number))
                    .put("invoice_number", invoice.get("invoice_number").textValue())
                    .put("date", invoice.get("date").textValue()).put("amount_applied", part)
                    .<ObjectNode>set("invoice_amount", invoice.get("total"))
                    .set("balance_amount", invoice.get("balance"));
        }
        ObjectNode payment = Json.object().put("payment_number", Integer.toString(index + 1))
                .put("invoice_number", String.join(",", numbers))
                .put("date", SampleDocument.date(index * EVERY).plusDays(9).toString())
                .put("payment_mode", index % 2 == 0 ? "cash" : "banktransfer").put("status", "paid")
                .put("customer_id", IdRange.CONTACTS.id(customer)).put("customer_name", SampleContact.name(customer))
                .put("email", "").put("amount", amount).put("bcy_amount", currency.inOwn(amount))
                .put("unused_amount", unused).put("amount_refunded", 0).put("bank_charges", 0)
                .put("reference_number", index % 4 == 1 ? "UTR" + index : "").put("description", "")
                .put("account_id", "6000000000000361").put("account_name", "Petty Cash")
                .put("exchange_rate", currency.rate()).put("location_id", "").put("location_name", "");
        currency.put(payment);
        return payment.set("invoices", applied);
    }
}
