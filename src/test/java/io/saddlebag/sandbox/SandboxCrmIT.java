package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SandboxCrmIT {

    private static final String UPSERT = "/Products/upsert";

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        zoho.withToken();
    }

    @Test
    void anUpsertInsertsOnceAndThenUpdatesByTheNamedField() {
        HttpResponse<String> first = upsert("{'Product_Name':'One','Product_Code':'A-1','Unit_Price':9.90,'Description':'d'}");
        assertThat(first.statusCode()).isEqualTo(200);
        JsonNode added = json(first).at("/data/0");
        assertThat(added.get("code").asText()).isEqualTo("SUCCESS");
        assertThat(added.get("action").asText()).isEqualTo("insert");
        assertThat(added.get("duplicate_field").isNull()).isTrue();
        assertThat(added.at("/details/Modified_Time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\+05:30");
        JsonNode again = json(upsert("{'Product_Name':'Two','Product_Code':'A-1','Description':null}")).at("/data/0");
        assertThat(again.get("action").asText()).isEqualTo("update");
        assertThat(again.get("duplicate_field").asText()).isEqualTo("Product_Code");
        assertThat(again.at("/details/id")).isEqualTo(added.at("/details/id"));
        JsonNode record = json(call("GET", "/Products/" + added.at("/details/id").asText(), "")).at("/data/0");
        assertThat(record.get("Product_Name").asText()).isEqualTo("Two");
        assertThat(record.get("Unit_Price").decimalValue()).isEqualByComparingTo("9.9");
        assertThat(record.get("Description").isNull()).isTrue();
    }

    @Test
    void withoutANamedFieldTwoProductsOfOneNameBecomeOne() {
        upsert("{'Product_Name':'Same','Product_Code':'A-1'}");
        assertThat(json(upsert("{'Product_Name':'same','Product_Code':'A-2'}")).at("/data/0/action").asText()).isEqualTo("insert");
        JsonNode merged = json(call("POST", UPSERT, "{'data':[{'Product_Name':'Same','Product_Code':'A-3'}]}")).at("/data/0");
        assertThat(merged.get("action").asText()).isEqualTo("update");
        assertThat(merged.get("duplicate_field").asText()).isEqualTo("Product_Name");
    }

    @Test
    void everyOtherUniqueFieldIsLookedAtAllTheSame() {
        zoho.control("PUT", "/crm", "{\"unique\":{\"Products\":[\"Product_Code\",\"External_Reference\"]}}");
        upsert("{'Product_Name':'One','Product_Code':'A-1','External_Reference':'x'}");
        JsonNode other = json(upsert("{'Product_Name':'Two','Product_Code':'A-2','External_Reference':'x'}")).at("/data/0");
        assertThat(other.get("duplicate_field").asText()).isEqualTo("External_Reference");
    }

    @ParameterizedTest
    @CsvSource({"200", "202", "207"})
    void mixedResultsHaveAStatusOfChoiceAndAllBadOnesHave400(int status) {
        zoho.control("PUT", "/crm", "{\"mixedStatus\":" + status + "}");
        zoho.control("PUT", "/refusals", "{\"LOCKED\":\"RECORD_LOCKED\"}");
        String bad = "{'Product_Name':'" + "n".repeat(256) + "','Product_Code':'A-2'},{'Product_Name':'x','Unit_Price':'9'},"
                + "{'Product_Code':'A-3'},{'Product_Name':'y','Product_Code':'LOCKED'}";
        HttpResponse<String> mixed = upsert("{'Product_Name':'One','Product_Code':'A-1'}," + bad);
        assertThat(mixed.statusCode()).isEqualTo(status);
        JsonNode data = json(mixed).get("data");
        assertThat(data.findValuesAsText("code"))
                .containsExactly("SUCCESS", "INVALID_DATA", "INVALID_DATA", "MANDATORY_NOT_FOUND", "RECORD_LOCKED");
        assertThat(data.at("/1/details")).isEqualTo(json(
                "{\"api_name\":\"Product_Name\",\"json_path\":\"$.data[1].Product_Name\",\"maximum_length\":255}"));
        assertThat(data.at("/2/details/expected_data_type").asText()).isEqualTo("currency");
        assertThat(upsert(bad).statusCode()).isEqualTo(400);
    }

    @Test
    void oneRecordOfChoiceSpoilsItsWholeCall() {
        zoho.control("PUT", "/refusals", "{\"A-2\":\"call:INVALID_DATA\"}");
        HttpResponse<String> refused = upsert("{'Product_Name':'One','Product_Code':'A-1'},{'Product_Name':'Two','Product_Code':'A-2'}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).get("code").asText()).isEqualTo("INVALID_DATA");
        assertThat(json(zoho.control("GET", "/store/crm/Products", "")).get("records")).isEmpty();
        assertThat(upsert("{'Product_Name':'One','Product_Code':'A-1'}").statusCode()).isEqualTo(200);
    }

    @Test
    void aTakenValueNamesTheOtherRecord() {
        String id = json(insert("{'Product_Name':'One','Product_Code':'A-1'}")).at("/data/0/details/id").asText();
        HttpResponse<String> taken = insert("{'Product_Name':'Two','Product_Code':'A-1'}");
        assertThat(taken.statusCode()).isEqualTo(400);
        JsonNode error = json(taken).at("/data/0");
        assertThat(error.get("code").asText()).isEqualTo("DUPLICATE_DATA");
        assertThat(error.at("/details/api_name").asText()).isEqualTo("Product_Code");
        assertThat(error.at("/details/duplicate_record/id").asText()).isEqualTo(id);
        zoho.control("PUT", "/crm", "{\"duplicateId\":\"id\"}");
        assertThat(json(insert("{'Product_Name':'Two','Product_Code':'A-1'}")).at("/data/0/details/id").asText()).isEqualTo(id);
        zoho.control("PUT", "/crm", "{\"unique\":{\"Products\":[]}}");
        assertThat(insert("{'Product_Name':'Two','Product_Code':'A-1'}").statusCode()).isEqualTo(201);
        JsonNode refused = json(upsert("{'Product_Name':'Two','Product_Code':'A-1'}"));
        assertThat(refused.at("/details/api_name").asText()).isEqualTo("duplicate_check_fields");
    }

    @Test
    void anUpdateNeedsTheIdAndLeavesWhatIsNotSent() {
        String id = json(insert("{'Product_Name':'One','Product_Code':'A-1','Unit_Price':1}")).at("/data/0/details/id").asText();
        HttpResponse<String> mixed = call("PUT", "/Products", "{'data':[{'id':'" + id + "','Unit_Price':2},{'id':'7'},{'Unit_Price':3}]}");
        assertThat(json(mixed).get("data").findValuesAsText("code"))
                .containsExactly("SUCCESS", "INVALID_DATA", "MANDATORY_NOT_FOUND");
        JsonNode record = json(call("GET", "/Products?ids=" + id, "")).at("/data/0");
        assertThat(record.get("Product_Name").asText()).isEqualTo("One");
        assertThat(record.get("Unit_Price").intValue()).isEqualTo(2);
        assertThat(call("PUT", "/Products/" + id, "{'data':[{'Unit_Price':5}]}").statusCode()).isEqualTo(200);
    }

    @Test
    void aRecordThatAPersonChangedSinceIsNotOverwritten() throws IOException {
        JsonNode added = json(insert("{'Product_Name':'One','Product_Code':'A-1'}")).at("/data/0/details");
        String id = added.get("id").asText();
        JsonNode edited = json(zoho.control("PATCH", "/store/crm/Products/" + id, "{\"Description\":\"typed\"}"));
        assertThat(edited.at("/Modified_By/name").asText()).isNotEqualTo(added.at("/Modified_By/name").asText());
        HttpResponse<String> refused = zoho.send("PUT", "/crm/v8/Products/" + id, "application/json",
                "{\"data\":[{\"Description\":\"ours\"}]}", "If-Unmodified-Since", "2020-01-01T00:00:00+05:30");
        assertThat(refused.statusCode()).isEqualTo(412);
        assertThat(json(refused).get("code").asText()).isEqualTo("ALREADY_MODIFIED");
        assertThat(json(zoho.control("GET", "/store/crm/Products", "")).at("/records/0/Description").asText()).isEqualTo("typed");
    }

    @Test
    void moreThanAHundredRecordsAreRefusedTogether() {
        String many = IntStream.rangeClosed(1, 101).mapToObj(n -> "{'Product_Name':'P" + n + "','Product_Code':'C" + n + "'}")
                .collect(Collectors.joining(","));
        HttpResponse<String> refused = upsert(many);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).get("code").asText()).isEqualTo("LIMIT_EXCEEDED");
        assertThat(json(zoho.control("GET", "/store/crm/Products", "")).get("records")).isEmpty();
    }

    @Test
    void aQueryFindsByValuesAndSaysNothingWhenThereIsNone() {
        insert("{'Product_Name':'O\\'Hara','Product_Code':'A-1'}");
        insert("{'Product_Name':'Two','Product_Code':'A-2'}");
        JsonNode found = json(coql("select Product_Code from Products where Product_Code in ('A-1', 'A-2', 'A-9') limit 0, 200"));
        assertThat(found.get("data").findValuesAsText("Product_Code")).containsExactly("A-1", "A-2");
        assertThat(found.at("/data/0/id").asText()).isNotEmpty();
        assertThat(json(coql("SELECT Product_Code FROM Products WHERE Product_Name = 'O\\\\'Hara'")).at("/info/count").intValue()).isOne();
        assertThat(coql("select id from Products where ((Product_Code = 'A-1' or Product_Code = 'A-2') and Product_Name != 'Two')")
                .statusCode()).isEqualTo(200);
        HttpResponse<String> none = coql("select id from Products where Product_Code in ('A-9')");
        assertThat(none.statusCode()).isEqualTo(204);
        assertThat(none.body()).isEmpty();
        String fiftyOne = IntStream.rangeClosed(1, 51).mapToObj(n -> "'" + n + "'").collect(Collectors.joining(","));
        assertThat(json(coql("select id from Products where Product_Code in (" + fiftyOne + ")")).get("code").asText())
                .isEqualTo("LIMIT_EXCEEDED");
        assertThat(json(coql("select id from Products where Product_Code = 'a' or Product_Code = 'b' or Product_Code = 'c'"))
                .get("code").asText()).isEqualTo("SYNTAX_ERROR");
        assertThat(coql("select Colour from Products where id = '1'").statusCode()).isEqualTo(400);
    }

    @Test
    void aSearchLagsBehindAndAReadByIdDoesNot() {
        String id = json(insert("{'Product_Name':'One','Product_Code':'A-1'}")).at("/data/0/details/id").asText();
        String search = "/Products/search?criteria=" + URLEncoder.encode("(Product_Code:in:A-1,A-2)", StandardCharsets.UTF_8);
        assertThat(call("GET", search, "").statusCode()).isEqualTo(200);
        zoho.control("POST", "/faults", "{\"kind\":\"search-lag\",\"ms\":60000}");
        assertThat(call("GET", search, "").statusCode()).isEqualTo(204);
        assertThat(coql("select id from Products where Product_Code = 'A-1'").statusCode()).isEqualTo(204);
        assertThat(call("GET", "/Products?ids=" + id, "").statusCode()).isEqualTo(200);
    }

    @Test
    void theFieldsSayWhichOfThemTakeNoDuplicates() {
        JsonNode fields = json(call("GET", "/settings/fields?module=Products", "")).get("fields");
        fields.forEach(field -> assertThat(field.get("unique").isEmpty()).isEqualTo(!field.get("api_name").asText().equals("Product_Code")));
        zoho.control("PUT", "/crm", "{\"unique\":{\"Products\":[]}}");
        json(call("GET", "/settings/fields?module=Products", "")).get("fields")
                .forEach(field -> assertThat(field.get("unique")).isEmpty());
        assertThat(json(call("GET", "/settings/fields?module=Camels", "")).get("code").asText()).isEqualTo("INVALID_MODULE");
        assertThat(zoho.control("PUT", "/crm", "{\"unique\":{\"Products\":[\"Unit_Price\"]}}").statusCode()).isEqualTo(400);
    }

    @Test
    void anotherModuleIsARowOfTheTable() {
        JsonNode vendor = json(call("POST", "/Vendors", "{'data':[{'Vendor_Name':'Acme'}]}")).at("/data/0");
        assertThat(vendor.get("code").asText()).isEqualTo("SUCCESS");
        String lookup = "{'Product_Name':'One','Vendor_Name':{'id':'%s'}}";
        assertThat(insert(lookup.formatted(vendor.at("/details/id").asText())).statusCode()).isEqualTo(201);
        assertThat(json(insert(lookup.formatted("9"))).at("/data/0/details/api_name").asText()).isEqualTo("Vendor_Name");
        assertThat(json(call("GET", "/Camels", "")).get("code").asText()).isEqualTo("INVALID_URL_PATTERN");
    }

    @Test
    void creditsAreSpentByTenRecordsAndThenCallsAreRefused() {
        zoho.control("PUT", "/crm", "{\"credits\":4}");
        String ten = IntStream.range(0, 10).mapToObj(n -> "{'Product_Name':'P'}").collect(Collectors.joining(","));
        assertThat(insert(ten).headers().firstValue("X-API-CREDITS-REMAINING")).isEmpty();
        String eleven = IntStream.range(0, 11).mapToObj(n -> "{'Product_Name':'P'}").collect(Collectors.joining(","));
        assertThat(insert(eleven).headers().firstValue("X-API-CREDITS-REMAINING")).hasValue("1");
        HttpResponse<String> refused = insert(eleven);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(json(refused).get("code").asText()).isEqualTo("TOO_MANY_REQUESTS");
        assertThat(insert("{'Product_Name':'1'}").statusCode()).isEqualTo(201);
    }

    @Test
    void aTokenNeedsTheScope() {
        zoho.useToken("nobody's");
        assertThat(json(insert("{'Product_Name':'1'}")).get("code").asText()).isEqualTo("INVALID_TOKEN");
        zoho.agree("ZohoCRM.modules.products.READ,ZohoCRM.coql.READ");
        HttpResponse<String> refused = insert("{'Product_Name':'1'}");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(json(refused).get("code").asText()).isEqualTo("OAUTH_SCOPE_MISMATCH");
        assertThat(coql("select id from Products where Product_Code = 'A-1'").statusCode()).isEqualTo(204);
        assertThat(call("GET", "/settings/fields?module=Products", "").statusCode()).isEqualTo(401);
        assertThat(call("GET", "/Products?fields=id", "").statusCode()).isEqualTo(204);
        assertThat(call("GET", "/Products/search?criteria=(Product_Code:equals:A)", "").statusCode()).isEqualTo(401);
    }

    @Test
    void writesAreCountedByRecordAndCallsByAddress() {
        upsert("{'Product_Name':'One','Product_Code':'A-1'},{'Product_Name':'Two','Product_Code':'A-2'}");
        upsert("{'Product_Name':'Three','Product_Code':'A-1'}");
        JsonNode all = json(zoho.control("GET", "/writes?product=crm&module=Products&key=A-1", ""));
        assertThat(all.get("writes")).hasSize(1);
        JsonNode one = all.at("/writes/0");
        assertThat(one.get("creates").intValue()).isOne();
        assertThat(one.get("updates").intValue()).isOne();
        assertThat(one.at("/last/Product_Name").asText()).isEqualTo("Three");
        assertThat(one.get("trigger").toString()).isEqualTo("[]");
        assertThat(all.at("/calls/POST ~1crm~1v8~1Products~1upsert").intValue()).isEqualTo(2);
        assertThat(all.at("/batches/POST ~1crm~1v8~1Products~1upsert").toString()).isEqualTo("[2,1]");
        String id = one.get("id").asText();
        assertThat(json(call("DELETE", "/Products?ids=" + id + ",9", "")).get("data").findValuesAsText("code"))
                .containsExactly("SUCCESS", "INVALID_DATA");
        assertThat(json(zoho.control("GET", "/writes?key=A-1", "")).at("/writes/0/deletes").intValue()).isOne();
    }

    @Test
    void anAnswerIsLostAfterTheWrite() {
        zoho.control("POST", "/faults", "{\"kind\":\"lost-answer\",\"after\":1,\"count\":1}");
        upsert("{'Product_Name':'One','Product_Code':'A-1'}");
        assertThatThrownBy(() -> zoho.sendOrFail("POST", "/crm/v8" + UPSERT, "application/json",
                body("{'Product_Name':'Two','Product_Code':'A-2'}")))
                .isInstanceOf(IOException.class);
        assertThat(json(upsert("{'Product_Name':'Two','Product_Code':'A-2'}")).at("/data/0/action").asText()).isEqualTo("update");
    }

    @Test
    void aWriteTakesPlaceAndIsAnsweredByAnErrorOrOneResultTooFew() {
        zoho.control("POST", "/faults", "{\"kind\":\"error-after-write\",\"count\":1}");
        HttpResponse<String> unknown = upsert("{'Product_Name':'One','Product_Code':'A-1'}");
        assertThat(unknown.statusCode()).isEqualTo(500);
        assertThat(json(unknown).get("code").asText()).isEqualTo("INTERNAL_ERROR");
        zoho.control("POST", "/faults", "{\"kind\":\"short-answer\",\"count\":1}");
        JsonNode fewer = json(upsert("{'Product_Name':'One','Product_Code':'A-1'},{'Product_Name':'Two','Product_Code':'A-2'}"));
        assertThat(fewer.get("data")).hasSize(1);
        assertThat(fewer.at("/data/0/action").asText()).isEqualTo("update");
        assertThat(json(zoho.control("GET", "/store/crm/Products", "")).get("records")).hasSize(2);
    }

    @Test
    void faultsAnswerDuplicatesAndSpentCredits() {
        zoho.control("POST", "/faults", "{\"kind\":\"duplicate\",\"count\":1}");
        JsonNode refused = json(upsert("{'Product_Name':'One','Product_Code':'A-1'}")).at("/data/0");
        assertThat(refused.get("code").asText()).isEqualTo("DUPLICATE_DATA");
        assertThat(refused.at("/details/duplicate_record/id").asText()).isNotEmpty();
        zoho.control("POST", "/faults", "{\"kind\":\"credits\",\"count\":1}");
        assertThat(upsert("{'Product_Name':'One','Product_Code':'A-1'}").statusCode()).isEqualTo(429);
        zoho.control("POST", "/faults", "{\"kind\":\"error\",\"code\":44,\"match\":\"/crm/\",\"count\":1}");
        assertThat(json(upsert("{'Product_Name':'One','Product_Code':'A-1'}")).get("code").asText()).isEqualTo("TOO_MANY_REQUESTS");
        assertThat(json(zoho.control("GET", "/store/crm/Products", "")).get("records")).isEmpty();
    }

    @Test
    void theMinuteOfTheOrganisationHoldsHereToo() {
        zoho.control("PUT", "/quotas", "{\"perMinute\":2}");
        insert("{'Product_Name':'1'}");
        zoho.get("/items?per_page=1");
        assertThat(insert("{'Product_Name':'1'}").statusCode()).isEqualTo(429);
    }

    private HttpResponse<String> upsert(String records) {
        return call("POST", UPSERT, body(records));
    }

    private static String body(String records) {
        return ("{'data':[" + records + "],'duplicate_check_fields':['Product_Code'],'trigger':[]}").replaceAll("(?<!\\\\)'", "\"")
                .replace("\\'", "'");
    }

    private HttpResponse<String> insert(String records) {
        return call("POST", "/Products", "{'data':[" + records + "]}");
    }

    private HttpResponse<String> coql(String query) {
        return zoho.send("POST", "/crm/v8/coql", "application/json", "{\"select_query\":\"" + query + "\"}");
    }

    /** Quotes are written as apostrophes. */
    private HttpResponse<String> call(String method, String path, String json) {
        return zoho.send(method, "/crm/v8" + path, "application/json", json.replaceAll("(?<!\\\\)'", "\"").replace("\\'", "'"));
    }
}
