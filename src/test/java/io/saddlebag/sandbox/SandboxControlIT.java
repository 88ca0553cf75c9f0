package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SandboxControlIT {

    private static final String FIRST = "6000000000010000001";

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        zoho.withToken();
    }

    @Test
    void stockMovesWithoutATimeOrWithOne() {
        String time = item(FIRST).get("last_modified_time").textValue();
        zoho.control("PATCH", "/items/" + FIRST + "?touch=false", "{\"stock_on_hand\":42.5}");
        assertThat(item(FIRST).get("stock_on_hand").decimalValue()).isEqualByComparingTo("42.5");
        assertThat(item(FIRST).get("available_stock").decimalValue()).isEqualByComparingTo("42.5");
        assertThat(item(FIRST).at("/locations/0/location_stock_on_hand").textValue()).isEqualTo("42.5");
        assertThat(item(FIRST).get("last_modified_time").textValue()).isEqualTo(time);
        zoho.control("PATCH", "/items/" + FIRST, "{\"stock_on_hand\":43}");
        assertThat(item(FIRST).get("last_modified_time").textValue()).isGreaterThan(time);
        assertThat(json(zoho.get("/items?last_modified_time=2025-01-01T00:00:00Z")).get("items")).hasSize(1);
    }

    @Test
    void aRecordCanBecomePoison() {
        zoho.control("PATCH", "/items/" + FIRST, "{\"rate\":\"abc\",\"name\":\"nul \\u0000 inside\",\"created_time\":\"soon\"}");
        zoho.control("PATCH", "/items/6000000000010001001?without=item_id,name", "{}");
        String list = zoho.get("/items?sort_column=created_time").body();
        assertThat(list).contains("\"rate\":\"abc\"").contains("nul \\u0000 inside").contains("\"created_time\":\"soon\"");
        JsonNode items = json(list).get("items");
        assertThat(items).filteredOn(item -> !item.has("item_id")).hasSize(1).allMatch(item -> !item.has("name"));
        assertThat(json(zoho.get("/items?sort_column=rate&rate_greater_than=1")).get("items")).isNotEmpty();
    }

    @Test
    void anyRecordCanBeAddedAndARemovedOneComesBackUnderItsId() {
        String id = json(zoho.control("POST", "/items", "{\"name\":\"Odd\",\"odd\":[1]}")).get("item_id").textValue();
        assertThat(item(id).get("odd")).hasSize(1);
        String given = json(zoho.control("POST", "/items", "{\"item_id\":\"77\",\"name\":\"Given\"}")).get("item_id").textValue();
        assertThat(item(given).get("name").textValue()).isEqualTo("Given");
        assertThat(server.catalogue().size()).isEqualTo(1321);
        String name = item(FIRST).get("name").textValue();
        zoho.control("DELETE", "/items/" + FIRST, "");
        assertThat(zoho.get("/items/" + FIRST).statusCode()).isEqualTo(404);
        zoho.control("POST", "/items", "{\"item_id\":\"" + FIRST + "\"}");
        assertThat(item(FIRST).get("name").textValue()).isEqualTo(name);
        assertThat(item(FIRST).get("created_time").textValue()).isEqualTo("2019-01-01T00:00:00+0530");
        assertThat(server.catalogue().size()).isEqualTo(1321);
    }

    @Test
    void resetBringsBackTheStart() {
        String before = zoho.get("/items").body();
        zoho.control("DELETE", "/items/" + FIRST, "");
        zoho.control("PATCH", "/items/6000000000010001001", "{\"name\":\"A\"}");
        zoho.control("PUT", "/quotas", "{\"perMinute\":1}");
        zoho.control("POST", "/faults", "{\"kind\":\"html\"}");
        zoho.control("POST", "/reset", "");
        assertThat(zoho.withToken().get("/items").body()).isEqualTo(before);
        assertThat(server.limits().quotas().perMinute()).isEqualTo(100);
    }

    @Test
    void aLargeCatalogueIsThereAtOnceWithRecordsOfTheSizeAskedFor() {
        zoho.control("PUT", "/catalogue", "{\"items\":1000000,\"recordBytes\":2000}");
        JsonNode page = json(zoho.get("/items?sort_column=created_time&page=5000"));
        assertThat(page.get("items")).hasSize(200);
        assertThat(page.at("/page_context/has_more_page").booleanValue()).isFalse();
        assertThat(page.get("items").get(199).get("item_id").textValue()).isEqualTo("6000000001009999001");
        assertThat(page.get("items")).allSatisfy(item ->
                assertThat(item.toString().length()).isBetween(1980, 2020));
        assertThat(json(zoho.get("/items?sort_column=last_modified_time&sort_order=D&per_page=1")).get("items")).hasSize(1);
    }

    @Test
    void callsAreCountedWhereTheyArrive() {
        zoho.control("DELETE", "/calls", "");
        zoho.get("/items?page=2");
        zoho.get("/items/1");
        zoho.post("/oauth/v2/token", SandboxClient.REFRESH);
        JsonNode calls = json(zoho.control("GET", "/calls", ""));
        assertThat(calls.get("api").intValue()).isEqualTo(2);
        assertThat(calls.get("oauth").intValue()).isEqualTo(1);
        assertThat(calls.get("mostIn60s").intValue()).isEqualTo(2);
        assertThat(calls.get("mostInFlight").intValue()).isEqualTo(1);
        assertThat(calls.get("tokensIssued").intValue()).isEqualTo(2);
        assertThat(calls.at("/byStatus/404").intValue()).isEqualTo(1);
        assertThat(calls.at("/byCode/5").intValue()).isEqualTo(1);
        JsonNode first = calls.at("/calls/0");
        assertThat(first.get("path").textValue()).isEqualTo("/sandbox/inventory/v1/items");
        assertThat(first.get("query").textValue()).isEqualTo("page=2&" + SandboxClient.ORG);
        assertThat(first.get("at").longValue()).isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis());
        assertThat(json(zoho.control("GET", "/calls?limit=1", "")).get("calls")).hasSize(1);
    }

    @Test
    void theStateTellsWhatIsSwitchedOn() {
        server.faults().add(Fault.limit(44).next(2).on("page=4"));
        JsonNode state = json(zoho.control("GET", "", ""));
        assertThat(state.get("items").intValue()).isEqualTo(1319);
        assertThat(state.at("/quotas/perMinute").intValue()).isEqualTo(100);
        assertThat(state.get("faults").toString())
                .isEqualTo("[{\"kind\":\"error\",\"match\":\"page=4\",\"count\":2,\"code\":44}]");
    }

    @ParameterizedTest
    @CsvSource({"PUT, /catalogue, {\"items\":-1}", "PUT, /catalogue, {\"items\":5000001}", "PUT, /catalogue, []",
        "PUT, /quotas, {\"perMinute\":-1}", "PUT, /quotas, {\"perSecond\":1}", "PUT, /quotas, {\"tokenLifeSeconds\":0}",
        "POST, /items, 7"})
    void whatCannotBeMeantIsRefusedWithTheReason(String method, String path, String body) {
        HttpResponse<String> answer = zoho.control(method, path, body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("detail").textValue()).isNotBlank();
    }

    @Test
    void aBodyMayBeSentAsCurlSendsIt() {
        String form = "application/x-www-form-urlencoded";
        zoho.send("PUT", "/control/quotas", form, "{\"perMinute\":7}");
        assertThat(server.limits().quotas().perMinute()).isEqualTo(7);
        zoho.send("PATCH", "/control/items/" + FIRST, form, "{\"name\":\"By curl\"}");
        assertThat(item(FIRST).get("name").textValue()).isEqualTo("By curl");
        assertThat(zoho.send("POST", "/control/faults", form, "{\"kind\":\"error\",\"count\":1}").statusCode()).isEqualTo(200);
        assertThat(server.faults().list()).hasSize(1);
        JsonNode added = json(zoho.send("POST", "/control/items", form, "{\"name\":\"a&b=c + 100% %41\"}"));
        assertThat(added.get("name").textValue()).isEqualTo("a&b=c + 100% %41");
        assertThat(zoho.send("POST", "/control/items", form, "name=x").statusCode()).isEqualTo(400);
        assertThat(zoho.send("POST", "/control/reset", form, "").statusCode()).isEqualTo(200);
    }

    @Test
    void anIdThatNobodyHasIs404() {
        for (List<String> call : List.of(List.of("PATCH", "{}"), List.of("DELETE", ""))) {
            assertThat(zoho.control(call.get(0), "/items/1", call.get(1)).statusCode()).isEqualTo(404);
        }
    }

    private JsonNode item(String id) {
        return json(zoho.get("/items/" + id)).get("item");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"PUT|/quotas|{\"name\":1}|There is no key name; the keys are ",
        "PUT|/catalogue|{\"count\":1}|There is no key count; the keys are [items, recordBytes].",
        "POST|/faults|{\"count\":1}|A fault needs a kind.",
        "POST|/faults|{\"kind\":\"flood\"}|Cannot deserialize value from String \"flood\": not one of the values", "PUT|/habits|[]|The body is not a JSON object."})
    void aRefusalNamesTheKeyAndNoClass(String method, String path, String body, String detail) {
        HttpResponse<String> refused = zoho.control(method, path, body);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).get("detail").textValue()).startsWith(detail).doesNotContain("saddlebag");
    }
}
