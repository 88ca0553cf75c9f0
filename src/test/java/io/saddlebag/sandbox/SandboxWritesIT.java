package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SandboxWritesIT {

    private static final String FIRST = "6000000000010000001";

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        zoho.withToken();
    }

    @Test
    void aNewItemIsTheYoungestOfTheList() {
        HttpResponse<String> answer = write("POST", "/items", "{\"name\":\"New\",\"rate\":7.50,\"sku\":\"N-1\",\"item_id\":\"1\"}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).get("message").textValue()).isEqualTo("The item has been added.");
        assertThat(answer.body()).contains("\"rate\":7.50");
        JsonNode youngest = json(zoho.get("/items?sort_column=created_time&sort_order=D&per_page=1")).get("items").get(0);
        assertThat(youngest.get("name").textValue()).isEqualTo("New");
        assertThat(youngest.get("item_id")).isEqualTo(json(answer).at("/item/item_id")).isNotEqualTo(json("\"1\""));
    }

    @Test
    void theOlderFormWithJsonStringIsTaken() {
        String form = "JSONString=" + URLEncoder.encode("{\"name\":\"Gäste\"}", StandardCharsets.UTF_8);
        HttpResponse<String> answer = zoho.post("/inventory/v1/items?" + SandboxClient.ORG, form);
        assertThat(json(answer).at("/item/name").textValue()).isEqualTo("Gäste");
    }

    @Test
    void aChangeMovesItsKeysAndTheTimeButNeverTheStock() {
        JsonNode before = json(zoho.get("/items/" + FIRST)).get("item");
        JsonNode answer = json(write("PUT", "/items/" + FIRST, "{\"name\":\"Renamed\",\"stock_on_hand\":99}"));
        assertThat(answer.get("message").textValue()).isEqualTo("Item details have been saved.");
        JsonNode after = json(zoho.get("/items/" + FIRST)).get("item");
        assertThat(after.get("name").textValue()).isEqualTo("Renamed");
        assertThat(after.get("stock_on_hand")).isEqualTo(before.get("stock_on_hand"));
        assertThat(after.get("rate")).isEqualTo(before.get("rate"));
        assertThat(after.get("last_modified_time")).isNotEqualTo(before.get("last_modified_time"));
    }

    @Test
    void aRemovedItemIsGoneFromListAndAddress() {
        assertThat(json(write("DELETE", "/items/" + FIRST, "")).get("message").textValue())
                .isEqualTo("The item has been deleted.");
        assertThat(zoho.get("/items/" + FIRST).statusCode()).isEqualTo(404);
        assertThat(json(zoho.get("/items?item_id=" + FIRST)).get("items")).isEmpty();
        assertThat(write("DELETE", "/items/" + FIRST, "").statusCode()).isEqualTo(404);
    }

    @Test
    void severalItemsAreRemovedAtOnce() {
        HttpResponse<String> answer = zoho.send("DELETE", "/inventory/v1/items?item_ids=" + FIRST + ",6000000000010001001&"
                + SandboxClient.ORG, "application/json", "");
        assertThat(json(answer).get("message").textValue()).isEqualTo("The items have been deleted.");
        assertThat(server.catalogue().size()).isEqualTo(1317);
        assertThat(write("DELETE", "/items", "").statusCode()).isEqualTo(400);
    }

    @Test
    void anItemIsMarkedInactiveAndActiveAgain() {
        assertThat(json(write("POST", "/items/" + FIRST + "/inactive", "")).get("message").textValue())
                .isEqualTo("The item has been marked as Inactive.");
        assertThat(json(zoho.get("/items/" + FIRST)).at("/item/status").textValue()).isEqualTo("inactive");
        assertThat(write("POST", "/items/" + FIRST + "/active", "").statusCode()).isEqualTo(200);
        assertThat(json(zoho.get("/items/" + FIRST)).at("/item/status").textValue()).isEqualTo("active");
        assertThat(write("POST", "/items/" + FIRST + "/burnt", "").headers().firstValue("Content-Type"))
                .hasValue("text/html;charset=UTF-8");
    }

    @Test
    void whatCannotBeWrittenSaysWhy() {
        assertThat(json(write("POST", "/items", "{\"name\":")).get("code").intValue()).isEqualTo(1038);
        assertThat(json(write("POST", "/items", "{\"rate\":1}")).get("message").textValue())
                .isEqualTo("Invalid value passed for name");
        assertThat(json(write("PUT", "/items/" + FIRST, "{\"rate\":1}")).get("code").intValue()).isEqualTo(2);
        assertThat(json(write("PUT", "/items/1", "{\"name\":\"x\"}")).get("code").intValue()).isEqualTo(5);
        assertThat(server.catalogue().size()).isEqualTo(1319);
    }

    private HttpResponse<String> write(String method, String path, String body) {
        return zoho.send(method, "/inventory/v1" + path + "?" + SandboxClient.ORG, "application/json", body);
    }
}
