package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.math.BigDecimal;

/** A contact: every fourth one is a vendor, the others are customers. */
public final class SampleContact {

    /** Those of the start, to whom everything is sold and from whom everything is bought. */
    private static final int COUNT = 240;
    private static final String[] NAMES = {"Amal Haddad", "Björn Åkesson", "شركة القوافل", "佐藤商店", "Zoë & Søn 🐪",
        "Nomad Supplies", "חנות המדבר", "O'Leary \"Saddles\""};

    private SampleContact() {
    }

    /** The index of who bought the index-th document. */
    static int customer(int document) {
        int place = document % (COUNT / 4 * 3);
        return place / 3 * 4 + place % 3;
    }

    static int vendor(int document) {
        return document % (COUNT / 4) * 4 + 3;
    }

    static String name(int index) {
        return NAMES[index % NAMES.length] + " " + index;
    }

    static ObjectNode make(int index) {
        boolean isVendor = index % 4 == 3;
        SampleCurrency currency = SampleCurrency.of(index);
        BigDecimal owed = index % 3 == 0 ? BigDecimal.ZERO : currency.money(1000L + index * 791L);
        BigDecimal receivable = isVendor ? BigDecimal.ZERO : owed;
        BigDecimal payable = isVendor ? owed : BigDecimal.ZERO;
        ObjectNode contact = Json.object().put("contact_name", name(index))
                .put(isVendor ? "vendor_name" : "customer_name", name(index))
                .put("company_name", index % 3 == 1 ? "" : name(index) + " Ltd")
                .put("contact_type", isVendor ? "vendor" : "customer").put("customer_sub_type", "business")
                .put("status", index % 12 == 7 ? "inactive" : "active").put("source", "user")
                .put("is_linked_with_zohocrm", false).put("payment_terms", index % 2 * 30)
                .put("payment_terms_label", index % 2 == 0 ? "Due on Receipt" : "Net 30");
        currency.put(contact);
        contact.put("outstanding_receivable_amount", receivable)
                .put("outstanding_receivable_amount_bcy", currency.inOwn(receivable))
                .put("outstanding_payable_amount", payable)
                .put("outstanding_payable_amount_bcy", currency.inOwn(payable))
                .put("unused_credits_receivable_amount", 0).put("unused_credits_receivable_amount_bcy", 0);
        person(contact, index);
        contact.put("has_transaction", index % 3 != 0).put("website", "").put("notes", "");
        contact.set("billing_address", address(index));
        contact.set("shipping_address", address(index));
        return contact;
    }

    private static void person(ObjectNode contact, int index) {
        String email = index % 5 == 2 ? "" : "contact" + index + "@example.com";
        ObjectNode person = Json.object().put("first_name", index % 7 == 5 ? "" : "First" + index)
                .put("last_name", "Last " + index).put("email", email)
                .put("phone", index % 6 == 4 ? "" : "+91 44 5550 " + (1000 + index % 9000))
                .put("mobile", index % 4 == 0 ? "" : "+9190000" + (10000 + index % 90000));
        contact.setAll(person);
        String id = IdRange.CONTACTS.id(index, 1);
        contact.put("primary_contact_id", id).putArray("contact_persons").add(Json.object()
                .put("contact_person_id", id).put("salutation", "").<ObjectNode>setAll(person)
                .put("is_primary_contact", true));
    }

    private static ObjectNode address(int index) {
        return Json.object().put("attention", "").put("address", index + " Caravan Road").put("street2", "")
                .put("city", "Jaisalmer").put("state", "Rajasthan").put("zip", "345001").put("country", "India")
                .put("fax", "").put("phone", "");
    }
}
