package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** Plans and verifications of targets that read Zoho by lists, record by record, or in the copy. */
class PlanOfOtherTargetsIT extends PushCase {

    private static JsonNode report(JsonNode run) {
        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        return SaddlebagServer.json(saddlebag().call("GET", "/api/sync/runs/" + run.get("id").asLong() + "/report"));
    }

    private static JsonNode verify(String targetAndQuery) {
        HttpResponse<String> answer = saddlebag().call("POST", "/api/verify/" + targetAndQuery);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return saddlebag().ended(SaddlebagServer.json(answer).get("runId").asLong());
    }

    private static void item(String sku, int price) {
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, description, price) VALUES ('17', ?, 'Router', 'Wi-Fi', ?)", sku, price);
    }

    @Test
    void aPlanOfItemsAsksTheCopyWithoutACallOnceItemsWereReadToTheEnd() {
        control("POST", "/control/items", "{\"name\":\"Router\",\"sku\":\"RTR-OLD\",\"rate\":5.5,\"status\":\"active\"}");
        String id = ZOHO.catalogue().by("sku", "RTR-OLD", "").orElseThrow();
        item("RTR-OLD", 7);

        JsonNode asked = push("inventory-items?dryRun=true");

        assertThat(asked.get("calls").asInt()).as("the copy was never read to the end: Zoho is asked by SKU").isEqualTo(1);
        assertThat(report(asked).at("/records/0/zohoId").asText()).isEqualTo(id);

        saddlebag().empty("push_state", "push_targets");
        saddlebag().pull("full");
        JsonNode copied = push("inventory-items?dryRun=true");

        assertThat(copied.get("calls").asInt()).isZero();
        JsonNode report = report(copied);
        assertThat(report.get("beforeValues").asText()).isEqualTo("copy");
        assertThat(report.at("/records/0/what").asText()).isEqualTo("updated");
        assertThat(report.at("/records/0/changes/rate/after").asInt()).isEqualTo(7);
        assertThat(report.at("/records/0/changes/rate/before").decimalValue()).isEqualByComparingTo(new BigDecimal("5.5"));
        assertThat(report.at("/cost/calls").asInt()).isEqualTo(1);
        assertThat(one("SELECT zoho_id FROM push_state")).isEqualTo(id);
    }

    @Test
    void anItemThatAPersonChangedAfterUsIsAConflict() {
        item("RTR-NEW", 7);
        on("inventory-items");
        push("inventory-items");
        String id = one("SELECT zoho_id FROM push_state");
        await().until(() -> one("SELECT clock_timestamp() > date_trunc('second', sent_at) + interval '1 second' FROM push_state").equals("t")); // Zoho's times have no fractions
        control("PATCH", "/control/items/" + id, "{\"rate\":9}");
        saddlebag().pull("full");
        saddlebag().database().execute("UPDATE own_products SET price = 8");

        JsonNode report = report(push("inventory-items?dryRun=true"));

        assertThat(report.at("/records/0/what").asText()).as(report.toString()).isEqualTo("conflict");
        assertThat(report.at("/records/0/error").asText()).contains("Changed in Zoho by", "rate");
        assertThat(push("inventory-items").get("updated").asInt()).isZero();
    }

    /** The copy lags behind what was written last. */
    @Test
    void anItemThatZohoHadAndNobodyElseChangedIsNoConflict() {
        control("POST", "/control/items", "{\"name\":\"Router\",\"sku\":\"RTR-OLD\",\"rate\":5.5,\"status\":\"active\"}");
        item("RTR-OLD", 7);
        saddlebag().pull("full");
        push("inventory-items?dryRun=true");
        saddlebag().database().execute("UPDATE push_targets SET state = 'on'");
        push("inventory-items");
        saddlebag().pull("full");
        saddlebag().database().execute("UPDATE own_products SET price = 8");
        push("inventory-items");
        saddlebag().database().execute("UPDATE own_products SET price = 9");

        JsonNode report = report(push("inventory-items?dryRun=true"));

        assertThat(report.at("/records/0/what").asText()).as(report.toString()).isEqualTo("updated");
    }

    @Test
    void aStatusThatAPersonChangedIsDriftAndARepairSetsItAgain() {
        item("RTR-NEW", 7);
        on("inventory-items");
        push("inventory-items");
        String id = one("SELECT zoho_id FROM push_state");
        assertThat(ZOHO.catalogue().find(id)).isPresent();
        control("PATCH", "/control/items/" + id, "{\"status\":\"inactive\"}");

        JsonNode found = report(verify("inventory-items"));

        assertThat(found.at("/records/0/changes/active").toString()).as(found.toString()).isEqualTo("{\"after\":true,\"before\":false}");

        verify("inventory-items?repair=true");

        assertThat(ZOHO.catalogue().find(id).orElseThrow().get("status").asText()).isEqualTo("active");
        assertThat(report(verify("inventory-items")).get("agreeing").asInt()).isEqualTo(1);
    }

    @Test
    void aPriceAndAStatusThatAPersonChangedAreBothRepaired() {
        item("RTR-NEW", 7);
        on("inventory-items");
        push("inventory-items");
        String id = one("SELECT zoho_id FROM push_state");
        control("PATCH", "/control/items/" + id, "{\"status\":\"inactive\",\"rate\":99}");

        verify("inventory-items?repair=true");

        assertThat(ZOHO.catalogue().find(id).orElseThrow().get("status").asText()).isEqualTo("active");
        assertThat(ZOHO.catalogue().find(id).orElseThrow().get("rate").asInt()).isEqualTo(7);
        assertThat(report(verify("inventory-items")).get("agreeing").asInt()).isEqualTo(1);
    }

    @Test
    void aPlanOfBillingReadsItsListPageByPage() {
        for (int n = 1; n <= 201; n++) {
            control("POST", "/control/store/billing/products", "{\"name\":\"Family " + n + "\"}");
        }
        String newest = control("POST", "/control/store/billing/products", "{\"name\":\"Fibre\"}").findValue("product_id").asText();
        saddlebag().database().execute("INSERT INTO own_products (id, sku, name, price, family) VALUES ('1', 'A', 'A', 1, 'Fibre'), ('2', 'B', 'B', 1, 'Radio'), ('3', 'C', 'C', 1, 'Family 1')");

        JsonNode plan = push("billing-products?dryRun=true");

        assertThat(plan.get("calls").asInt()).isEqualTo(2);
        JsonNode report = report(plan);
        assertThat(report.get("created").asInt()).as(report.toString()).isEqualTo(1);
        assertThat(report.get("unchanged").asInt()).isEqualTo(2);
        assertThat(one("SELECT zoho_id FROM push_state WHERE record_key = 'Fibre'")).isEqualTo(newest);
        assertThat(report.at("/cost/credits").asInt()).as("credits are those of Zoho CRM").isZero();
    }

    @Test
    void aScopeThatIsMissingFailsThePlanWithTheRemedy() {
        products(1);
        control("POST", "/control/faults", "{\"kind\":\"wrong-scope\",\"match\":\".*/crm/v8/coql\"}");

        JsonNode run = push("crm-products?dryRun=true");

        assertThat(run.get("status").asText()).isEqualTo("failed");
        assertThat(run.get("error").asText()).contains("scope").contains("/oauth/connect");
        assertThat(one("SELECT count(*) FROM push_targets WHERE state = 'planned'")).isEqualTo("0");
    }
}
