package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.data.IdRange;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of record but the items, at each address where Zoho has it. */
class SandboxListsIT {

    private static final String FIRST_CONTACT = IdRange.CONTACTS.id(0);
    private static final String INVOICE = IdRange.INVOICES.id(1);

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
        "/inventory/v1/invoices, invoices, invoice, invoice_id, 420",
        "/books/v3/bills, bills, bill, bill_id, 130",
        "/inventory/v1/bills, bills, bill, bill_id, 130",
        "/inventory/v1/inventoryadjustments, inventory_adjustments, inventory_adjustment, inventory_adjustment_id, 230",
        "/inventory/v1/pricebooks, pricebooks, pricebook, pricebook_id, 6",
        "/books/v3/pricebooks, pricebooks, pricebook, pricebook_id, 6",
        "/books/v3/customerpayments, customer_payments, payment, payment_id, 90",
        "/inventory/v1/customerpayments, customerpayments, payment, payment_id, 90",
        "/books/v3/purchaseorders, purchaseorders, purchaseorder, purchaseorder_id, 60",
        "/inventory/v1/purchaseorders, purchaseorders, purchase_order, purchaseorder_id, 60",
        "/books/v3/salesorders, salesorders, salesorder, salesorder_id, 60",
        "/inventory/v1/salesorders, salesorders, salesorder, salesorder_id, 60",
        "/inventory/v1/categories, categories, category, category_id, 20"})
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

    @ParameterizedTest
    @CsvSource({
        "/books/v3/bills, bills, bill, line_items payments sub_total, total balance due_date last_modified_time, due_days",
        "/inventory/v1/bills, bills, bill, line_items payments sub_total, total balance due_date last_modified_time, due_days",
        "/inventory/v1/inventoryadjustments, inventory_adjustments, inventory_adjustment, line_items, reason adjustment_type"
            + " status, created_time last_modified_time",
        "/books/v3/customerpayments, customer_payments, payment, invoices customer_id, payment_id amount, created_time",
        "/inventory/v1/customerpayments, customerpayments, payment, invoices, payment_id amount customer_id, created_time",
        "/books/v3/contacts, contacts, contact, contact_persons billing_address notes, contact_name contact_type, email phone",
        "/books/v3/purchaseorders, purchaseorders, purchaseorder, line_items sub_total, total last_modified_time, has_attachment",
        "/inventory/v1/salesorders, salesorders, salesorder, line_items sub_total, total last_modified_time, shipment_days"})
    void aListAndARecordAloneDifferInTheirKeys(String path, String listKey, String recordKey, String alone, String both,
                                               String notAlone) {
        JsonNode listed = json(zoho.at(path + "?per_page=2")).at("/" + listKey + "/1");
        JsonNode record = json(zoho.at(path + "/" + listed.iterator().next().asText())).get(recordKey);
        assertThat(listed.fieldNames()).toIterable().contains(both.split(" ")).doesNotContain(alone.split(" "));
        assertThat(record.fieldNames()).toIterable().contains(both.split(" ")).contains(alone.split(" "))
                .doesNotContain(notAlone.split(" "));
    }

    @Test
    void linesAndPaymentsStandInTheDetailOnly() {
        JsonNode listed = json(zoho.at("/books/v3/invoices?invoice_number=INV-1000001")).at("/invoices/0");
        assertThat(listed.get("invoice_id").textValue()).isEqualTo(INVOICE);
        assertThat(listed.fieldNames()).toIterable().contains("total", "balance", "last_modified_time")
                .doesNotContain("line_items", "payments", "sub_total", "tax_total", "notes");
        JsonNode alone = json(zoho.at("/books/v3/invoices/" + INVOICE)).get("invoice");
        assertThat(alone.get("line_items")).isNotEmpty().allSatisfy(line -> assertThat(line.fieldNames()).toIterable()
                .contains("line_item_id", "item_id", "name", "sku", "description", "rate", "quantity", "unit", "item_total"));
        assertThat(alone.fieldNames()).toIterable().contains("payments", "sub_total", "tax_total");
    }

    @Test
    void aChangeByTheControlApiIsSeenInListAndDetail() {
        zoho.control("PATCH", "/records/invoices/" + INVOICE, "{\"balance\":1.5,\"cf_route\":\"north\"}");
        JsonNode changed = json(zoho.at("/books/v3/invoices?last_modified_time=2025-01-01T00:00:00Z"
                + "&invoice_number=INV-1000001")).at("/invoices/0");
        assertThat(changed.get("balance").decimalValue()).isEqualByComparingTo("1.5");
        assertThat(changed.at("/custom_field_hash/cf_route").textValue()).isEqualTo("north");
        assertThat(json(zoho.at("/books/v3/invoices/" + INVOICE)).at("/invoice/custom_fields/0/value").textValue())
                .isEqualTo("north");
        zoho.control("DELETE", "/records/contacts/" + FIRST_CONTACT, "");
        assertThat(zoho.at("/books/v3/contacts/" + FIRST_CONTACT).statusCode()).isEqualTo(404);
        assertThat(server.records("contacts").size()).isEqualTo(239);
        String id = json(zoho.control("POST", "/records/contacts", "{\"contact_name\":\"New\"}")).get("contact_id").textValue();
        assertThat(json(zoho.at("/inventory/v1/contacts/" + id)).at("/contact/contact_name").textValue()).isEqualTo("New");
        zoho.control("PUT", "/records/contacts", "{\"records\":3}");
        assertThat(json(zoho.at("/inventory/v1/contacts")).get("contacts")).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({
        "/books/v3/contacts, contacts, last_modified_time", "/inventory/v1/contacts, contacts, contact_name",
        "/books/v3/contacts, contacts, outstanding_receivable_amount", "/books/v3/invoices, invoices, total",
        "/books/v3/invoices, invoices, created_time", "/books/v3/bills, bills, last_modified_time",
        "/books/v3/salesorders, salesorders, last_modified_time"})
    void aListSortsBothWays(String path, String listKey, String column) {
        List<String> up = column(path + "?sort_column=" + column + "&sort_order=A", listKey, column);
        List<String> down = column(path + "?sort_column=" + column + "&sort_order=D", listKey, column);
        assertThat(up).hasSizeGreaterThan(50);
        Collections.reverse(down);
        assertThat(down).isEqualTo(up);
        assertThat(up.get(0)).isNotEqualTo(up.get(up.size() - 1));
    }

    @Test
    void anOrderThatIsNotDescribedCanBeSwitchedOff() {
        String newest = "?sort_column=last_modified_time&sort_order=D&per_page=1";
        JsonNode first = json(zoho.at("/books/v3/contacts" + newest));
        assertThat(first.at("/contacts/0/last_modified_time").textValue()).startsWith("2038-");
        zoho.control("PUT", "/habits", "{\"sortOrderIgnored\":true}");
        JsonNode second = json(zoho.at("/books/v3/contacts" + newest));
        assertThat(second.at("/contacts/0/last_modified_time").textValue()).startsWith("2015-01-");
        assertThat(second.at("/page_context/sort_order").textValue()).isEqualTo("A");
        assertThat(json(zoho.at("/books/v3/bills" + newest)).at("/page_context/sort_order").textValue()).isEqualTo("D");
    }

    @ParameterizedTest
    @CsvSource({"/books/v3/invoices?sort_column=last_modified_time", "/inventory/v1/invoices?sort_column=last_modified_time",
        "/books/v3/contacts?sort_column=phone", "/books/v3/bills?sort_order=up", "/books/v3/invoices?filter_by=Status.Gone",
        "/books/v3/invoices?last_modified_time=yesterday", "/books/v3/bills?page=0"})
    void aValueThatZohoDoesNotKnowIsRefused(String call) {
        HttpResponse<String> answer = zoho.at(call);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("code").intValue()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"/books/v3/invoices, invoices", "/books/v3/bills, bills", "/books/v3/purchaseorders, purchaseorders",
        "/books/v3/salesorders, salesorders"})
    void booksFindsWhatChangedAfterASecondAndNotInIt(String path, String kind) {
        List<String> ids = column(path + "?sort_column=created_time", kind, kind.substring(0, kind.length() - 1) + "_id");
        String name = kind.replace("orders", "-orders");
        zoho.control("PATCH", "/records/" + name + "/" + ids.get(1), "{\"last_modified_time\":\"2025-01-01T00:00:00+0530\"}");
        zoho.control("PATCH", "/records/" + name + "/" + ids.get(2), "{\"last_modified_time\":\"2025-01-01T00:00:01+0530\"}");
        List<String> found = column(path + "?last_modified_time=2025-01-01T00:00:00%2B0530", kind, "last_modified_time");
        assertThat(found).contains("2025-01-01T00:00:01+0530").allMatch(time -> time.compareTo("2025-01-01T00:00:00+0530") > 0);
    }

    @ParameterizedTest
    @CsvSource({"/inventory/v1/contacts, contacts", "/books/v3/contacts, contacts", "/inventory/v1/invoices, invoices",
        "/inventory/v1/bills, bills", "/inventory/v1/inventoryadjustments, inventory_adjustments",
        "/books/v3/pricebooks, pricebooks", "/inventory/v1/purchaseorders, purchaseorders"})
    void aFilterThatIsNotDescribedIsIgnored(String path, String listKey) {
        assertThat(json(zoho.at(path + "?last_modified_time=2099-01-01T00:00:00Z")).get(listKey))
                .isEqualTo(json(zoho.at(path)).get(listKey));
    }

    @Test
    void adjustmentsComeNewestFirstWhateverIsAsked() {
        List<String> ids = column("/inventory/v1/inventoryadjustments?sort_column=date&sort_order=A", "inventory_adjustments",
                "inventory_adjustment_id");
        assertThat(ids).startsWith(IdRange.ADJUSTMENTS.id(229)).isSortedAccordingTo(Comparator.reverseOrder());
        String added = json(zoho.control("POST", "/records/stock-adjustments", "{\"reason\":\"new\"}"))
                .get("inventory_adjustment_id").textValue();
        assertThat(json(zoho.at("/inventory/v1/inventoryadjustments")).at("/inventory_adjustments/0/inventory_adjustment_id")
                .textValue()).isEqualTo(added);
    }

    @ParameterizedTest
    @CsvSource({"/books/v3/invoices?status=paid, invoices, status, paid", "/books/v3/contacts?contact_type=vendor, contacts,"
        + " contact_type, vendor", "/books/v3/contacts?filter_by=Status.Inactive, contacts, status, inactive",
        "/books/v3/bills?filter_by=Status.Open, bills, status, open", "/inventory/v1/pricebooks?filter_by="
        + "SalesOrPurchaseType.Purchases, pricebooks, sales_or_purchase_type, purchases",
        "/books/v3/invoices?invoice_number_contains=TWIN, invoices, invoice_number, INV-TWIN"})
    void aFilterFindsThoseAndOnlyThose(String call, String listKey, String key, String value) {
        assertThat(column(call, listKey, key)).isNotEmpty().containsOnly(value);
    }

    @Test
    void aPriceListAloneIsAnUndescribedRoadThatCanBeClosed() {
        String path = "/books/v3/pricebooks/" + IdRange.PRICE_LISTS.id(0);
        assertThat(json(zoho.at(path)).at("/pricebook/name").textValue()).isEqualTo("Standard");
        zoho.control("PUT", "/habits", "{\"undescribedRecords\":false}");
        HttpResponse<String> answer = zoho.at(path);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
        assertThat(zoho.at("/books/v3/bills/" + IdRange.BILLS.id(1)).statusCode()).isEqualTo(200);
    }

    @Test
    void aHundredThousandInvoicesAreThereInSeconds() {
        zoho.control("PUT", "/records/invoices", "{\"records\":100000}");
        JsonNode last = json(zoho.at("/books/v3/invoices?sort_column=created_time&page=500"));
        assertThat(last.get("invoices")).hasSize(200);
        assertThat(last.at("/invoices/199/invoice_id").textValue()).isEqualTo(IdRange.INVOICES.id(99_999));
        assertThat(last.at("/page_context/has_more_page").booleanValue()).isFalse();
        assertThat(json(zoho.at("/books/v3/invoices?last_modified_time=2038-01-01T00:00:00Z")).get("invoices")).hasSize(1);
    }

    @Test
    void aWrongRoadToBooksIsAPageForPeople() {
        for (String path : List.of("/books/v3/nothing", "/books/v3/bills/1/2/3", "/books/v3/itemdetails", "/books/v4/bills",
                "/inventory/v1/nothing/1")) {
            HttpResponse<String> answer = zoho.at(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
        }
    }

    @Test
    void faultsAndLimitsAndCountsHoldForEveryAddress() {
        zoho.control("POST", "/faults", "{\"kind\":\"error\",\"code\":44,\"match\":\"/books/v3/bills\"}");
        server.calls().reset();
        assertThat(zoho.at("/books/v3/bills").statusCode()).isEqualTo(429);
        assertThat(zoho.at("/books/v3/invoices?per_page=1").headers().firstValue("x-rate-limit-remaining")).hasValue("9999");
        assertThat(server.calls().counts().byOrganisation().get("60000000001").api()).isEqualTo(2);
        zoho.control("PUT", "/quotas", "{\"perMinute\":1}");
        assertThat(json(zoho.at("/inventory/v1/categories")).get("code").intValue()).isEqualTo(44);
    }

    @ParameterizedTest
    @CsvSource({"PUT, /records/invoices, {\"records\":-1}, 400", "POST, /records/invoices, 7, 400", "POST, /records/camels, {}, 404",
        "PATCH, /records/invoices/1, {}, 404", "DELETE, /records/invoices/1, '', 404", "PUT, /habits, {\"kind\":1}, 400",
        "PUT, /organisations/7, {\"books\":false}, 400",
        "'PUT', /organisations/60000000001, '{\"books\":false,\"code\":44}', 400"})
    void whatCannotBeMeantIsRefusedWithTheReason(String method, String path, String body, int status) {
        HttpResponse<String> answer = zoho.control(method, path, body);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(json(answer).get("detail").textValue()).isNotBlank();
    }

    private List<String> column(String pathAndQuery, String listKey, String column) {
        List<String> values = new ArrayList<>();
        JsonNode answer;
        int page = 0;
        do {
            answer = json(zoho.at(pathAndQuery + (pathAndQuery.contains("?") ? "&" : "?") + "page=" + ++page));
            answer.get(listKey).forEach(record -> values.add(record.path(column).asText()));
        } while (answer.at("/page_context/has_more_page").booleanValue());
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/inventory/v1/itemdetails/1", "/inventory/v1/settings", "/books/v3/settings"})
    void aPathThatIsNoKindIsAPageForPeopleAndKeepsNoPlaceInFlight(String path) {
        for (int call = 0; call <= server.limits().quotas().inFlight(); call++) {
            HttpResponse<String> answer = zoho.at(path);
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).startsWith("<!DOCTYPE html>");
        }
    }
}
