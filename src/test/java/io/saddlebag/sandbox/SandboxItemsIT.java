package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.wire.ZohoTime;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SandboxItemsIT {

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        zoho.withToken();
    }

    @Test
    void sevenPagesOf200HoldEach1319ItemsOnce() {
        List<String> ids = new ArrayList<>();
        JsonNode answer;
        int page = 0;
        do {
            answer = json(zoho.get("/items?per_page=200&page=" + ++page));
            answer.get("items").forEach(item -> ids.add(item.get("item_id").textValue()));
        } while (answer.at("/page_context/has_more_page").booleanValue());
        assertThat(page).isEqualTo(7);
        assertThat(ids).hasSize(1319).doesNotHaveDuplicates().allMatch(id -> id.length() == 19);
    }

    @Test
    void aPageBeyondTheEndIsEmptyAndTheLast() {
        JsonNode answer = json(zoho.get("/items?page=8"));
        assertThat(answer.get("code").intValue()).isZero();
        assertThat(answer.get("items")).isEmpty();
        assertThat(answer.at("/page_context/has_more_page").booleanValue()).isFalse();
    }

    @Test
    void noPageHoldsMoreThan200() {
        JsonNode answer = json(zoho.get("/items?per_page=500"));
        assertThat(answer.get("items")).hasSize(200);
        assertThat(answer.at("/page_context/per_page").intValue()).isEqualTo(200);
    }

    @Test
    void numbersLeaveWithTheDigitsTheyHave() {
        assertThat(zoho.get("/items?name=Golden%20saddle").body()).contains("\"rate\":12345678901.50,");
        assertThat(zoho.get("/items?name=Washer%200.1%20%2B%200.2").body()).contains("\"rate\":0.10,");
        assertThat(zoho.get("/items?name=Oversold%20buckle").body()).contains("\"stock_on_hand\":-3,");
        assertThat(zoho.get("/items?name=Nobody%20filled%20this%20in").body()).contains("\"rate\":\"\",");
    }

    @ParameterizedTest
    @CsvSource({"created_time,A", "created_time,D", "last_modified_time,A", "last_modified_time,D"})
    void timesSortByTheMomentAndNotByTheLetters(String column, String order) {
        List<Long> seconds = new ArrayList<>();
        for (int page = 1; page <= 7; page++) {
            json(zoho.get("/items?sort_column=" + column + "&sort_order=" + order + "&page=" + page)).get("items")
                    .forEach(item -> seconds.add(ZohoTime.read(item.get(column).textValue()).orElseThrow()));
        }
        List<Long> sorted = new ArrayList<>(seconds);
        sorted.sort(order.equals("A") ? null : Comparator.reverseOrder());
        assertThat(seconds).hasSize(1319).isEqualTo(sorted);
    }

    @Test
    void moreItemsShareASecondThanAPageHolds() {
        JsonNode first = json(zoho.get("/items?sort_column=last_modified_time&sort_order=D&page=1"));
        JsonNode second = json(zoho.get("/items?sort_column=last_modified_time&sort_order=D&page=2"));
        assertThat(second.get("items").get(0).get("last_modified_time"))
                .isEqualTo(first.get("items").get(199).get("last_modified_time"));
    }

    @Test
    void modifiedAfterFindsWhatIsYoungerAndNothingElse() {
        assertThat(names("last_modified_time=2024-03-01T00:00:00%2B0530")).containsExactly("Youngest");
        assertThat(names("last_modified_time=2024-12-31T23:59:58%2B0530")).containsExactly("Youngest");
        assertThat(names("last_modified_time=2024-12-31T18:29:59Z")).isEmpty();
    }

    @Test
    void aPlusThatWasNotEncodedIsAnInvalidTime() {
        HttpResponse<String> answer = zoho.get("/items?last_modified_time=2024-03-01T00:00:00+0530");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("code").intValue()).isEqualTo(2);
        assertThat(json(answer).get("message").textValue()).isEqualTo("Invalid value passed for last_modified_time");
    }

    @ParameterizedTest
    @CsvSource({"sort_column=price", "sort_order=up", "filter_by=Status.Gone", "page=0", "per_page=many", "rate=abc"})
    void aValueThatZohoDoesNotKnowIsRefused(String parameter) {
        HttpResponse<String> answer = zoho.get("/items?" + parameter);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("message").textValue())
                .isEqualTo("Invalid value passed for " + parameter.substring(0, parameter.indexOf('=')));
    }

    @ParameterizedTest
    @CsvSource({
        "status=inactive, status, inactive", "filter_by=Status.Inactive, status, inactive",
        "filter_by=Status.Active, status, active", "filter_by=ItemType.Service, product_type, service",
        "filter_by=ItemType.Inventory, item_type, inventory", "filter_by=ItemType.Sales, item_type, sales",
        "filter_by=Status.Uncategorized, category_id, ''", "filter_by=ItemType.NonInventory, product_type, goods",
        "group_id=60000000000070077, group_name, Group 77", "sku=twin, name, Twin"})
    void aFilterFindsThoseAndOnlyThose(String filter, String key, String value) {
        JsonNode items = json(zoho.get("/items?" + filter)).get("items");
        assertThat(items).isNotEmpty().allMatch(item -> item.path(key).asText().startsWith(value));
    }

    @Test
    void textFiltersLookAtNameAndSku() {
        assertThat(names("name_startswith=twin")).containsExactly("Twin one", "Twin three", "Twin two");
        assertThat(names("name_contains=addlebag%20with")).hasSize(1);
        assertThat(names("sku_startswith=000")).containsExactly("Zeros in front");
        assertThat(names("sku_contains=%26b%2B")).containsExactly("Signs in the SKU");
        assertThat(names("search_text=%D8%A7%D9%84%D8%AC%D9%84%D8%AF")).containsExactly("سرج جمل تقليدي");
    }

    @Test
    void pricesCompareAsNumbers() {
        assertThat(names("rate=12345678901.5")).containsExactly("Golden saddle");
        assertThat(names("rate_greater_than=100000")).containsExactly("Golden saddle");
        assertThat(names("rate_less_than=0.1&rate_greater_than=0")).containsExactly("Sand, by the grain");
        assertThat(names("rate_less_equals=0.1&rate_greater_than=0")).containsExactly("Sand, by the grain", "Washer 0.1 + 0.2");
        assertThat(names("purchase_rate_greater_equals=9999999999.99")).containsExactly("Golden saddle");
    }

    @Test
    void lowStockIsStockAtItsLevelOrBelow() {
        JsonNode items = json(zoho.get("/items?filter_by=Status.Lowstock")).get("items");
        assertThat(items).isNotEmpty().allMatch(item ->
                item.get("stock_on_hand").decimalValue().compareTo(item.get("reorder_level").decimalValue()) <= 0);
    }

    @Test
    void aServiceHasNoKeyOfStock() {
        JsonNode service = json(zoho.get("/items?name=Saddle%20fitting")).get("items").get(0);
        assertThat(service.fieldNames()).toIterable()
                .doesNotContain("stock_on_hand", "available_stock", "actual_available_stock", "reorder_level");
    }

    @Test
    void customFieldsStandFlatInListsAndDeepInDetails() {
        JsonNode listed = json(zoho.get("/items?name=Custom%20fields")).get("items").get(0);
        assertThat(listed.get("cf_color").textValue()).isEqualTo("Ochre");
        assertThat(listed.at("/custom_field_hash/cf_color").textValue()).isEqualTo("Ochre");
        JsonNode detail = json(zoho.get("/items/" + listed.get("item_id").textValue())).get("item");
        assertThat(detail.has("cf_color")).isFalse();
        assertThat(detail.get("custom_fields")).anyMatch(field ->
                field.get("label").textValue().equals("color") && field.get("value").textValue().equals("Ochre"));
    }

    @Test
    void itemdetailsLeavesOutWhatIsNotThere() {
        String ids = "6000000000010000001,1,6000000000010001001,6000000000010000001";
        JsonNode answer = json(zoho.get("/itemdetails?item_ids=" + ids));
        assertThat(answer.get("items").findValuesAsText("item_id"))
                .containsExactly("6000000000010000001", "6000000000010001001");
    }

    @ParameterizedTest
    @CsvSource({"1", "6000000000010000002", "6000000000999999001", "99999999999999999999", "abc"})
    void anUnknownIdIs404WithCode5(String id) {
        HttpResponse<String> answer = zoho.get("/items/" + id);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(json(answer).get("code").intValue()).isEqualTo(5);
    }

    @Test
    void aWrongOrganisationIs400WithCode6041() {
        for (String query : List.of("?organization_id=1", "")) {
            HttpResponse<String> answer = zoho.send("GET", "/inventory/v1/items" + query, "application/json", "");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(json(answer).get("code").intValue()).isEqualTo(6041);
        }
    }

    @Test
    void organisationsNeedNoOrganisation() {
        HttpResponse<String> all = zoho.send("GET", "/inventory/v1/organizations", "application/json", "");
        assertThat(json(all).at("/organizations/0/organization_id").textValue()).isEqualTo("60000000001");
        HttpResponse<String> one = zoho.send("GET", "/inventory/v1/organizations/60000000001", "application/json", "");
        assertThat(json(one).at("/organization/time_zone").textValue()).isEqualTo("Asia/Kolkata");
        HttpResponse<String> other = zoho.send("GET", "/inventory/v1/organizations/7", "application/json", "");
        assertThat(json(other).get("code").intValue()).isEqualTo(6041);
    }

    @Test
    void aWrongRoadIsAPageForPeople() {
        for (String path : List.of("/item", "/itemz", "/items/1/2/3", "/")) {
            HttpResponse<String> answer = zoho.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
        }
    }

    @Test
    void answersCarryOneDateTheDayAndNothingOfTheRequest() {
        HttpResponse<String> answer = zoho.get("/items?per_page=1");
        assertThat(answer.headers().allValues("Date")).hasSize(1);
        assertThat(answer.headers().map().keySet()).isSubsetOf("date", "content-type", "transfer-encoding",
                "connection", "keep-alive", "x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset",
                "content-security-policy", "referrer-policy", "x-content-type-options");
        assertThat(answer.headers().firstValue("x-rate-limit-limit")).hasValue("10000");
        assertThat(answer.headers().firstValue("x-rate-limit-remaining")).hasValue("9999");
    }

    private List<String> names(String query) {
        return json(zoho.get("/items?" + query)).get("items").findValuesAsText("name");
    }
}
