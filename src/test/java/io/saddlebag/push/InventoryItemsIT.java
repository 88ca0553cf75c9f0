package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.testkit.SaddlebagServer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Own products in Zoho Inventory. */
@Tag("sql")
class InventoryItemsIT extends PushCase {

    @BeforeEach
    void router() {
        on("inventory-items");
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, description, price, stock) VALUES ('17', 'RTR-AX1800', 'Router AX1800', 'Wi-Fi 6 router', 1299, 10)");
    }

    @AfterEach
    void withoutSettings() {
        saddlebag().database().execute("UPDATE organisations SET push = '{}'");
    }

    private static JsonNode written() {
        return writes("product=inventory&module=items").at("/writes/0");
    }

    private static JsonNode item() {
        return ZOHO.catalogue().find(ZOHO.catalogue().by("sku", "RTR-AX1800", "").orElseThrow()).orElseThrow();
    }

    private static Map<String, Object> row() {
        return rows("SELECT status, error_code, error_text, zoho_id, active FROM push_state").get(0);
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }

    private static void later() {
        saddlebag().database().execute("UPDATE push_state SET tried_at = tried_at - interval '2 minutes', checked_at = checked_at - interval '2 minutes',"
            + " attempt = attempt || CASE WHEN jsonb_exists(attempt, 'absentAt') THEN jsonb_build_object('absentAt', CAST(attempt ->> 'absentAt' AS timestamptz) - interval '2 minutes') ELSE '{}' END");
    }

    @Test
    void anItemTakesItsOpeningStockOnceAndAccountsOfTheOrganisation() throws IOException {
        saddlebag().database().execute("UPDATE organisations SET push = '{\"accountId\":\"4815000000000388\",\"purchaseAccountId\":\"4815000000035003\","
            + "\"inventoryAccountId\":\"4815000000035001\",\"taxId\":\"4815000000044043\",\"locationId\":\"460000000038080\"}'");

        assertThat(push("inventory-items").get("created").asInt()).isEqualTo(1);

        String owned = """
            {"name":"Router AX1800","sku":"RTR-AX1800","rate":1299,"unit":"pcs","item_type":"inventory","product_type":"goods","description":"Wi-Fi 6 router",
             "account_id":"4815000000000388","purchase_account_id":"4815000000035003","inventory_account_id":"4815000000035001","tax_id":"4815000000044043\"""";
        assertThat(written().get("last")).isEqualTo(json(owned + ",\"locations\":[{\"location_id\":\"460000000038080\",\"initial_stock\":10}]}"));

        saddlebag().database().execute("UPDATE own_products SET stock = 7");
        assertThat(push("inventory-items").get("calls").asInt()).as("stock moves by transactions").isZero();
        saddlebag().database().execute("UPDATE own_products SET price = 1300, stock = NULL");
        assertThat(push("inventory-items").get("updated").asInt()).isEqualTo(1);
        assertThat(written().get("last")).as("goods stay goods").isEqualTo(json(owned.replace("1299", "1300") + "}"));
        assertThat(writes("").get("calls").get("PUT /inventory/v1/items/{id}").asInt()).isEqualTo(1);
    }

    @Test
    void aProductWithoutStockIsAServiceAndAnInactiveOneIsCreatedAndThenSetInactive() {
        saddlebag().database().execute("UPDATE own_products SET stock = NULL, active = false");

        push("inventory-items");

        JsonNode item = item();
        assertThat(item.get("product_type").asText()).isEqualTo("service");
        assertThat(item.get("status").asText()).isEqualTo("inactive");
        assertThat(row()).containsEntry("status", "ok").containsEntry("active", false);
        saddlebag().database().execute("UPDATE own_products SET active = true");
        push("inventory-items");
        assertThat(item().get("status").asText()).isEqualTo("active");
    }

    @Test
    void anItemWhoseAnswerWasLostIsAdoptedAndNeverCreatedTwiceWhileLookUpsFail() {
        fault("{\"kind\":\"lost-answer\",\"match\":\"POST .*/items\",\"count\":1}");
        fault("{\"kind\":\"error\",\"status\":500,\"match\":\"GET .*/items\"}");
        push("inventory-items");
        later();
        push("inventory-items");
        assertThat(row()).containsEntry("status", "unknown");
        ZOHO.faults().clear();
        fault("{\"kind\":\"search-lag\",\"ms\":600000}");
        later();
        push("inventory-items");
        assertThat(row()).as("a look-up that failed before is no first look-up").containsEntry("status", "unknown");
        ZOHO.faults().clear();
        later();
        push("inventory-items");

        assertThat(row()).containsEntry("status", "ok").containsEntry("zoho_id", item().get("item_id").asText());
        assertThat(writes("").get("calls").get("POST /inventory/v1/items").asInt()).isEqualTo(1);
    }

    @Test
    void aLookUpThatMeetsALimitDecidesNothingAndTheRunWaits() {
        fault("{\"kind\":\"lost-answer\",\"match\":\"POST .*/items\",\"count\":1}");
        fault("{\"kind\":\"error\",\"code\":44,\"match\":\"GET .*/items\"}");

        long id = SaddlebagServer.json(saddlebag().call("POST", "/api/push/inventory-items")).get("runId").asLong();
        await().until(() -> saddlebag().run(id).path("waitingFor").asText().equals("minute"));
        assertThat(rows("SELECT status, rate_limit_hits, jsonb_exists(attempt, 'absentAt') AS looked_up FROM push_state").toString())
            .isEqualTo("[{status=unknown, rate_limit_hits=1, looked_up=false}]");

        ZOHO.faults().clear();
        later();
        saddlebag().database().update("UPDATE organisations SET blocked_until = NULL");
        saddlebag().database().update("UPDATE sync_runs SET waiting_until = now()");
        assertThat(saddlebag().ended(id).get("created").asInt()).isEqualTo(1);
        assertThat(row()).containsEntry("status", "ok").containsEntry("zoho_id", item().get("item_id").asText());
        assertThat(writes("").get("calls").get("POST /inventory/v1/items").asInt()).isEqualTo(1);
    }

    @Test
    void aLookUpThatZohoRefusesDecidesNothingAndStopsNoOtherRecord() {
        fault("{\"kind\":\"lost-answer\",\"match\":\"POST .*/items\",\"count\":1}");
        fault("{\"kind\":\"error\",\"status\":400,\"code\":1001,\"match\":\"GET .*/items\"}");
        push("inventory-items");
        for (int i = 0; i < 3; i++) {
            later();
            push("inventory-items");
        }
        assertThat(row()).containsEntry("status", "unknown");
        assertThat(writes("").get("calls").get("POST /inventory/v1/items").asInt()).as("no second create").isEqualTo(1);
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, price) VALUES ('other', 'OTHER', 'Other', 5)");
        later();
        push("inventory-items");

        assertThat(one("SELECT status FROM push_state WHERE external_key = 'OTHER'")).isEqualTo("ok");
    }

    @Test
    void anItemThatTwoLookUpsAMinuteApartDoNotShowIsCreated() {
        fault("{\"kind\":\"error\",\"status\":500,\"match\":\"POST .*/items\",\"count\":1}");
        push("inventory-items");
        assertThat(row()).containsEntry("status", "unknown");
        later();
        push("inventory-items");
        push("inventory-items");

        assertThat(row()).containsEntry("status", "ok");
        assertThat(writes("").get("calls").get("POST /inventory/v1/items").asInt()).isEqualTo(2);
        assertThat(written().get("creates").asInt()).isEqualTo(1);
    }

    @Test
    void anItemThatZohoHasAlreadyIsNamedForAdoption() {
        String other = control("POST", "/control/items", "{\"name\":\"Old router\",\"sku\":\"RTR-AX1800\",\"rate\":1}").get("item_id").asText();

        push("inventory-items");

        assertThat(row()).containsEntry("status", "failed").containsEntry("zoho_id", null);
        assertThat(one("SELECT other_zoho_id FROM push_state")).isEqualTo(other);
        assertThat(one("SELECT c.method FROM push_state s JOIN zoho_calls c ON c.id = s.call_id")).as("the call that was refused").isEqualTo("POST");
        assertThat(saddlebag().send("POST", "/api/push/inventory-items/17/adopt", "{\"zohoId\":\"" + other + "\"}").statusCode()).isEqualTo(200);
        assertThat(push("inventory-items").get("updated").asInt()).isEqualTo(1);
        assertThat(item().get("name").asText()).isEqualTo("Router AX1800");
    }

    @Test
    void ofTwoItemsWithOneSkuNeitherIsTaken() {
        fault("{\"kind\":\"error\",\"status\":500,\"match\":\"POST .*/items\",\"count\":1}");
        control("POST", "/control/items", "{\"name\":\"Router\",\"sku\":\"RTR-AX1800\"}");
        control("POST", "/control/items", "{\"name\":\"Router 2\",\"sku\":\"RTR-AX1800\"}");

        push("inventory-items");

        assertThat(row()).containsEntry("status", "failed").hasEntrySatisfying("error_text", text -> assertThat((String) text).startsWith("Zoho has 2 records with this key: "));

        saddlebag().database().execute("UPDATE own_products SET price = price + 1");
        push("inventory-items");
        assertThat(row()).as("another price is no answer of a person").containsEntry("status", "failed");
        assertThat(writes("").get("calls").get("POST /inventory/v1/items").asInt()).isEqualTo(1);
    }
}
