package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Writes of items and documents through Inventory and Books, as a client of both would make them. */
class SandboxDocumentsIT {

    private static final String ITEM = "6000000000010000001";
    private static final String OWN = "ignore_auto_number_generation=true&" + SandboxClient.ORG;

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        zoho.withToken();
    }

    @Test
    void aTakenSkuIsRefusedWithACodeOfChoice() {
        String item = "{'name':'%s','sku':'RTR-1','rate':5}";
        String id = json(write("POST", "/inventory/v1/items", item.formatted("One"))).at("/item/item_id").asText();
        HttpResponse<String> refused = write("POST", "/inventory/v1/items", item.formatted("Two"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).get("code").intValue()).isEqualTo(1001);
        zoho.control("PUT", "/habits", "{\"duplicateCode\":120124}");
        assertThat(json(write("PUT", "/inventory/v1/items/" + ITEM, item.formatted("x"))).get("code").intValue()).isEqualTo(120124);
        assertThat(write("PUT", "/inventory/v1/items/" + id, item.formatted("Three")).statusCode()).isEqualTo(200);
        write("PUT", "/inventory/v1/items/" + id, "{'name':'Three','sku':'RTR-2'}");
        assertThat(write("POST", "/inventory/v1/items", item.formatted("Two")).statusCode()).isEqualTo(200);
        assertThat(json(zoho.get("/items?sku=RTR-1")).get("items")).hasSize(1);
        assertThat(json(zoho.at("/books/v3/items?sku=RTR-1&per_page=5")).get("items")).hasSize(5);
        assertThat(json(zoho.control("GET", "/writes?product=inventory&key=RTR-2", "")).at("/writes/0/updates").intValue()).isEqualTo(2);
    }

    @Test
    void anItemNameIsUniqueWhereTheOrganisationWantsIt() {
        assertThat(write("POST", "/inventory/v1/items", "{'name':'One'}").statusCode()).isEqualTo(200);
        assertThat(write("POST", "/inventory/v1/items", "{'name':'One'}").statusCode()).isEqualTo(200);
        zoho.control("PUT", "/habits", "{\"uniqueItemNames\":true}");
        assertThat(write("POST", "/inventory/v1/items", "{'name':'One'}").statusCode()).isEqualTo(400);
    }

    @Test
    void openingStockIsTakenByTheCreateAlone() {
        String item = "{'name':'One','locations':[{'location_id':'1','initial_stock':%s,'initial_stock_rate':880.00}],"
                + "'custom_fields':[{'label':'Own id','value':'17'}]}";
        JsonNode created = json(write("POST", "/inventory/v1/items", item.formatted("10"))).get("item");
        assertThat(created.get("stock_on_hand").intValue()).isEqualTo(10);
        assertThat(created.get("initial_stock").intValue()).isEqualTo(10);
        assertThat(created.at("/custom_fields/0/value").asText()).isEqualTo("17");
        write("PUT", "/inventory/v1/items/" + created.get("item_id").asText(), item.formatted("99"));
        assertThat(json(zoho.get("/items/" + created.get("item_id").asText())).at("/item/stock_on_hand").intValue()).isEqualTo(10);
    }

    @Test
    void booksUpsertsCreateOnceAndThenUpdate() {
        HttpResponse<String> first = upsert("/books/v3/salesorders", order("WEB-1", 2), "WEB-1", true);
        assertThat(first.statusCode()).isEqualTo(200);
        JsonNode created = json(first).get("salesorder");
        assertThat(created.get("salesorder_number").asText()).isEqualTo("WEB-1");
        assertThat(created.get("customer_name").asText()).isNotEmpty();
        JsonNode updated = json(upsert("/books/v3/salesorders", order("WEB-1", 3), "WEB-1", true)).get("salesorder");
        assertThat(updated.get("salesorder_id")).isEqualTo(created.get("salesorder_id"));
        assertThat(updated.get("total").decimalValue()).isEqualByComparingTo("1080");
        assertThat(updated.at("/custom_fields/0/customfield_id").asText()).isEqualTo("460000000099001");
        assertThat(upsert("/books/v3/salesorders", order("WEB-2", 2), "WEB-2", false).statusCode()).isEqualTo(404);
        JsonNode written = json(zoho.control("GET", "/writes?module=salesorders&key=WEB-1", "")).at("/writes/0");
        assertThat(written.get("creates").intValue()).isOne();
        assertThat(written.get("updates").intValue()).isOne();
        JsonNode found = json(zoho.at("/books/v3/salesorders?salesorder_number_in=WEB-1,WEB-2"));
        assertThat(found.get("salesorders")).hasSize(1);
        assertThat(json(zoho.at("/inventory/v1/salesorders?salesorder_number_in=WEB-9&per_page=2")).get("salesorders")).hasSize(2);
        assertThat(json(zoho.at("/inventory/v1/salesorders?per_page=1")).at("/salesorders/0/salesorder_number").asText())
                .isEqualTo("WEB-1");
    }

    @Test
    void anUpsertNeedsAFieldThatTakesNoDuplicates() {
        assertThat(upsert("/books/v3/salesorders", order("WEB-1", 2), "", true).statusCode()).isEqualTo(400);
        assertThat(isUnique()).isTrue();
        zoho.control("PUT", "/habits", "{\"uniqueFields\":[]}");
        assertThat(isUnique()).isFalse();
        assertThat(json(upsert("/books/v3/salesorders", order("WEB-1", 2), "WEB-1", true)).get("message").asText())
                .isEqualTo("Invalid value passed for X-Unique-Identifier-Key");
    }

    @Test
    void whereTheIdentifierMustStandInTheBodyAnUpsertWithoutItFindsNothing() {
        zoho.control("PUT", "/habits", "{\"identifierInBody\":true}");
        String item = "{'name':'%s','rate':1%s}";
        String field = ",'custom_fields':[{'customfield_id':'460000000099001','value':'I-1'}]";
        upsert("/books/v3/items", item.formatted("One", ""), "I-1", true);
        upsert("/books/v3/items", item.formatted("One", ""), "I-1", true);
        assertThat(json(zoho.get("/items?name=One")).get("items")).hasSize(2);
        upsert("/books/v3/items", item.formatted("Two", field), "I-1", true);
        upsert("/books/v3/items", item.formatted("Two", field), "I-1", true);
        assertThat(json(zoho.get("/items?name=Two")).get("items")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"false, 720, 108, 828", "true, 626.09, 93.91, 720"})
    void totalsComeFromTheLines(boolean inclusive, String sub, String tax, String total) {
        String taxed = order("WEB-1", 2).replace("'rate':360.00", "'rate':360.00,'tax_id':'1'")
                .replace("{'customer", "{'total':1,'is_inclusive_tax':" + inclusive + ",'customer");
        JsonNode order = json(write("POST", "/inventory/v1/salesorders", taxed)).get("salesorder");
        assertThat(order.get("sub_total").decimalValue()).isEqualByComparingTo(sub);
        assertThat(order.get("tax_total").decimalValue()).isEqualByComparingTo(tax);
        assertThat(order.get("total").decimalValue()).isEqualByComparingTo(total);
        assertThat(order.at("/line_items/0/name").asText()).isNotEmpty();
    }

    @Test
    void aNumberIsUniqueAndOursOnlyWhereWeSaySo() {
        assertThat(write("POST", "/inventory/v1/salesorders", order("WEB-1", 2)).statusCode()).isEqualTo(201);
        HttpResponse<String> refused = write("POST", "/inventory/v1/salesorders", order("WEB-1", 2));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).get("code").intValue()).isEqualTo(1001);
        HttpResponse<String> numbered = zoho.send("POST", "/inventory/v1/salesorders?" + SandboxClient.ORG, "application/json",
                order("WEB-1", 2).replace('\'', '"'));
        assertThat(json(numbered).at("/salesorder/salesorder_number").asText()).isNotEqualTo("WEB-1").isNotEmpty();
    }

    @Test
    void aBillIsOfAVendorAndNeedsItsNumber() {
        String vendor = json(zoho.at("/books/v3/contacts?contact_type=vendor&per_page=1")).at("/contacts/0/contact_id").asText();
        String bill = "{'vendor_id':'" + vendor + "','bill_number':'B-1','line_items':[{'name':'Work','rate':5,'quantity':2}]}";
        assertThat(json(write("POST", "/books/v3/bills", bill)).at("/bill/balance").decimalValue()).isEqualByComparingTo("10");
        assertThat(json(write("POST", "/inventory/v1/bills", bill.replace("B-1", "B-2"))).get("message").asText())
                .isEqualTo("Invalid value passed for date");
        assertThat(json(zoho.at("/books/v3/bills?bill_number=B-1")).get("bills")).hasSize(1);
        assertThat(json(write("POST", "/books/v3/bills", bill.replace("'B-1'", "''"))).get("message").asText())
                .isEqualTo("Invalid value passed for bill_number");
        assertThat(json(write("POST", "/books/v3/bills", bill.replace(vendor, "7").replace("B-1", "B-3"))).get("message").asText())
                .isEqualTo("Invalid value passed for vendor_id");
    }

    @Test
    void aLineOfAnItemThatIsNotThereIsRefused() {
        assertThat(json(write("POST", "/inventory/v1/salesorders", order("WEB-1", 2).replace(ITEM, "7"))).get("message").asText())
                .isEqualTo("Invalid value passed for item_id");
    }

    @Test
    void aDocumentIsConfirmedAndAContactWritten() {
        String id = json(write("POST", "/books/v3/salesorders", order("WEB-1", 2))).at("/salesorder/salesorder_id").asText();
        assertThat(write("POST", "/books/v3/salesorders/" + id + "/status/confirmed", "").statusCode()).isEqualTo(200);
        assertThat(json(zoho.at("/books/v3/salesorders/" + id)).at("/salesorder/status").asText()).isEqualTo("confirmed");
        String asha = "{'contact_name':'Asha','contact_type':'customer'}";
        JsonNode contact = json(upsert("/books/v3/contacts", asha, "C-1", true)).get("contact");
        assertThat(contact.get("contact_name").asText()).isEqualTo("Asha");
        assertThat(contact.path("company_name").asText()).isEmpty();
        assertThat(write("PUT", "/books/v3/contacts/" + contact.get("contact_id").asText(), "{'contact_name':'Asha B'}").statusCode())
                .isEqualTo(200);
    }

    @Test
    void aLookUpLagsBehindAWrite() {
        zoho.control("POST", "/faults", "{\"kind\":\"search-lag\",\"ms\":60000}");
        write("POST", "/inventory/v1/items", "{'name':'One','sku':'RTR-1'}");
        write("POST", "/books/v3/salesorders", order("WEB-1", 2));
        assertThat(json(zoho.get("/items?sku=RTR-1")).get("items")).isEmpty();
        assertThat(json(zoho.at("/books/v3/salesorders?salesorder_number=WEB-1")).get("salesorders")).isEmpty();
        zoho.control("DELETE", "/faults", "");
        assertThat(json(zoho.at("/books/v3/salesorders?salesorder_number=WEB-1")).get("salesorders")).hasSize(1);
    }

    @Test
    void aDuplicateFaultAndAChosenRecordAreRefused() {
        zoho.control("POST", "/faults", "{\"kind\":\"duplicate\",\"count\":1}");
        assertThat(json(write("POST", "/inventory/v1/items", "{'name':'One'}")).get("code").intValue()).isEqualTo(1001);
        zoho.control("PUT", "/refusals", "{\"WEB-1\":\"INVALID_DATA\"}");
        assertThat(json(write("POST", "/inventory/v1/salesorders", order("WEB-1", 2))).get("code").intValue()).isEqualTo(2);
    }

    private boolean isUnique() {
        JsonNode answer = json(zoho.at("/books/v3/settings/customfields?entity=salesorder"));
        return answer.at("/customfields/salesorder/0/is_unique").asBoolean();
    }

    private String order(String number, int quantity) {
        String customer = json(zoho.at("/books/v3/contacts?contact_type=customer&per_page=1")).at("/contacts/0/contact_id").asText();
        return "{'customer_id':'" + customer + "','salesorder_number':'" + number + "','line_items':[{'item_id':'" + ITEM
                + "','rate':360.00,'quantity':" + quantity + "}]}";
    }

    private HttpResponse<String> upsert(String path, String json, String value, boolean create) {
        return zoho.send("PUT", path + "?" + OWN, "application/json", json.replace('\'', '"'), "X-Unique-Identifier-Key",
                "cf_own_reference", "X-Unique-Identifier-Value", value, "X-Upsert", Boolean.toString(create));
    }

    /** Quotes are written as apostrophes. */
    private HttpResponse<String> write(String method, String path, String json) {
        return zoho.send(method, path + "?" + OWN, "application/json", json.replace('\'', '"'));
    }
}
