package io.saddlebag.sandbox;

import static io.saddlebag.sandbox.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of record but the items, at each address where Zoho has it. */
class SandboxListsIT {

    private static final String FIRST_CONTACT = IdRange.CONTACTS.id(0);
    private static final String FIRST_INVOICE = IdRange.INVOICES.id(0);

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        zoho.withToken();
    }

    @ParameterizedTest
    @CsvSource({
        "/inventory/v1/contacts, contacts, contact, contact_id, 240",
        "/books/v3/contacts, contacts, contact, contact_id, 240",
        "/books/v3/invoices, invoices, invoice, invoice_id, 420",
        "/inventory/v1/invoices, invoices, invoice, invoice_id, 420"})
    void everyAddressAnswersAllItsRecordsAndEachAlone(String path, String listKey, String recordKey, String idKey,
                                                      int records) {
        List<String> ids = new ArrayList<>();
        JsonNode page;
        int number = 0;
        do {
            page = json(zoho.at(path + "?page=" + ++number));
            page.get(listKey).forEach(record -> ids.add(record.get(idKey).asText()));
        } while (page.at("/page_context/has_more_page").booleanValue());
        assertThat(number).isEqualTo((records + 199) / 200);
        assertThat(ids).hasSize(records).doesNotHaveDuplicates();
        JsonNode alone = json(zoho.at(path + "/" + ids.get(0)));
        assertThat(alone.get("code").intValue()).isZero();
        assertThat(alone.at("/" + recordKey + "/" + idKey).asText()).isEqualTo(ids.get(0));
        HttpResponse<String> unknown = zoho.at(path + "/1");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(json(unknown).get("code").intValue()).isEqualTo(5);
    }

    @Test
    void linesAndPaymentsStandInTheDetailOnly() {
        JsonNode listed = json(zoho.at("/books/v3/invoices?sort_column=created_time&per_page=1")).at("/invoices/0");
        assertThat(listed.get("invoice_id").textValue()).isEqualTo(FIRST_INVOICE);
        assertThat(listed.fieldNames()).toIterable().contains("total", "balance", "last_modified_time")
                .doesNotContain("line_items", "payments", "sub_total", "tax_total", "notes");
        JsonNode alone = json(zoho.at("/books/v3/invoices/" + FIRST_INVOICE)).get("invoice");
        assertThat(alone.get("line_items")).isNotEmpty().allSatisfy(line -> assertThat(line.fieldNames()).toIterable()
                .contains("line_item_id", "item_id", "name", "sku", "description", "rate", "quantity", "unit", "item_total"));
        assertThat(alone.fieldNames()).toIterable().contains("payments", "sub_total", "tax_total");
    }

    @Test
    void aChangeByTheControlApiIsSeenInListAndDetail() {
        zoho.control("PATCH", "/records/invoices/" + FIRST_INVOICE, "{\"balance\":1.5,\"cf_route\":\"north\"}");
        JsonNode changed = json(zoho.at("/books/v3/invoices?last_modified_time=2025-01-01T00:00:00Z")).get("invoices");
        assertThat(changed.findValuesAsText("balance")).containsExactly("1.5");
        assertThat(changed.at("/0/custom_field_hash/cf_route").textValue()).isEqualTo("north");
        assertThat(json(zoho.at("/books/v3/invoices/" + FIRST_INVOICE)).at("/invoice/custom_fields/0/value").textValue())
                .isEqualTo("north");
        zoho.control("DELETE", "/records/contacts/" + FIRST_CONTACT, "");
        assertThat(zoho.at("/books/v3/contacts/" + FIRST_CONTACT).statusCode()).isEqualTo(404);
        assertThat(server.records("contacts").size()).isEqualTo(239);
        String id = json(zoho.control("POST", "/records/contacts", "{\"contact_name\":\"New\"}")).get("contact_id").textValue();
        assertThat(json(zoho.at("/inventory/v1/contacts/" + id)).at("/contact/contact_name").textValue()).isEqualTo("New");
        zoho.control("PUT", "/records/contacts", "{\"records\":3}");
        assertThat(json(zoho.at("/inventory/v1/contacts")).get("contacts")).hasSize(3);
    }
}
