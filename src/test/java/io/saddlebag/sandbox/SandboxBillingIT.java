package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SandboxBillingIT {

    private static final String[] ORG = {"X-com-zoho-subscriptions-organizationid", "60000000001"};

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        zoho.withToken();
    }

    @Test
    void aPlanIsFoundByItsCodeAndByNoFilter() {
        String product = product();
        HttpResponse<String> created = plan("PLAN-1", product);
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(json(created).get("message").asText()).isEqualTo("The plan has been created.");
        assertThat(json(created).at("/plan/billing_cycles").intValue()).isEqualTo(-1);
        plan("PLAN-2", product);
        assertThat(json(call("GET", "/plans/PLAN-2", "")).at("/plan/plan_code").asText()).isEqualTo("PLAN-2");
        assertThat(json(call("GET", "/plans?plan_code=PLAN-2", "")).get("plans")).hasSize(2);
        assertThat(json(call("GET", "/plans?product_id=1", "")).get("plans")).isEmpty();
        HttpResponse<String> unknown = call("GET", "/plans/PLAN-3", "");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(json(unknown).get("code").intValue()).isEqualTo(1002);
        assertThat(json(plan("PLAN-1", product)).get("code").intValue()).isEqualTo(1001);
        assertThat(json(plan("PLAN-4", "7")).get("message").asText()).isEqualTo("Invalid value passed for product_id");
        assertThat(plan("PLAN-4", "").statusCode()).isEqualTo(400);
    }

    @Test
    void anUpdateNeverMovesAPlanNorChangesItsStatus() {
        String product = product();
        plan("PLAN-1", product);
        String body = "{'plan_code':'PLAN-1','name':'New','recurring_price':9.5,'interval':1,'product_id':'7','status':'inactive'}";
        JsonNode plan = json(call("PUT", "/plans/PLAN-1", body)).get("plan");
        assertThat(plan.get("name").asText()).isEqualTo("New");
        assertThat(plan.get("product_id").asText()).isEqualTo(product);
        assertThat(plan.get("status").asText()).isEqualTo("active");
        assertThat(call("PUT", "/plans/PLAN-1", "{'plan_code':'PLAN-1','name':'New','interval':1}").statusCode()).isEqualTo(400);
        assertThat(json(call("POST", "/plans/PLAN-1/markasinactive", "")).get("message").asText())
                .isEqualTo("The plan has been marked as inactive.");
        assertThat(json(call("GET", "/plans/PLAN-1", "")).at("/plan/status").asText()).isEqualTo("inactive");
        assertThat(json(call("GET", "/plans?filter_by=PlanStatus.ACTIVE", "")).get("plans")).isEmpty();
        assertThat(json(zoho.control("GET", "/writes?key=PLAN-1", "")).at("/writes/0/updates").intValue()).isEqualTo(2);
    }

    @Test
    void anAddonNeedsItsPlans() {
        String product = product();
        String addon = "{'addon_code':'IP','name':'Static IP','unit_name':'address','price_brackets':[{'price':75.00}],'product_id':'"
                + product + "','applicable_to_all_plans':false,'plans':[%s]}";
        assertThat(json(call("POST", "/addons", addon.formatted(""))).get("message").asText()).isEqualTo("Invalid value passed for plans");
        assertThat(call("POST", "/addons", addon.formatted("{'plan_code':'PLAN-1'}")).statusCode()).isEqualTo(400);
        plan("PLAN-1", product);
        assertThat(call("POST", "/addons", addon.formatted("{'plan_code':'PLAN-1'}")).statusCode()).isEqualTo(201);
        assertThat(call("GET", "/addons/IP", "").statusCode()).isEqualTo(200);
    }

    @Test
    void anItemOfATakenNameIsRefusedWithTheCodeOfAnInternalError() {
        String item = "{'name':'Installation','rate':1500.00,'sku':'%s'}";
        String id = json(call("POST", "/items", item.formatted("I-1"))).at("/item/item_id").asText();
        JsonNode refused = json(call("POST", "/items", item.formatted("I-2")));
        assertThat(refused.get("code").intValue()).isEqualTo(1000);
        assertThat(refused.get("message").asText()).isEqualTo("The item name already exist");
        assertThat(call("PUT", "/items/" + id, item.formatted("I-3")).statusCode()).isEqualTo(200);
        assertThat(json(call("GET", "/items/7", "")).get("code").intValue()).isEqualTo(2006);
        assertThat(call("POST", "/items/" + id + "/inactive", "").statusCode()).isEqualTo(200);
    }

    @Test
    void everyCallNeedsTheHeaderOfItsOrganisation() {
        assertThat(json(zoho.send("GET", "/billing/v1/plans", "application/json", "")).get("code").intValue()).isEqualTo(6041);
        assertThat(json(zoho.send("GET", "/billing/v1/plans?organization_id=60000000001", "application/json", "")).get("code").intValue())
                .isEqualTo(6041);
        zoho.agree("ZohoSubscriptions.plans.READ");
        assertThat(call("GET", "/plans", "").statusCode()).isEqualTo(200);
        assertThat(json(call("GET", "/products", "")).get("code").intValue()).isEqualTo(57);
    }

    @Test
    void aWriteTakesPlaceBeforeItsErrorAndAChosenRecordIsRefused() {
        String product = product();
        zoho.control("POST", "/faults", "{\"kind\":\"error-after-write\",\"count\":1}");
        assertThat(plan("PLAN-1", product).statusCode()).isEqualTo(500);
        assertThat(call("GET", "/plans/PLAN-1", "").statusCode()).isEqualTo(200);
        zoho.control("PUT", "/refusals", "{\"PLAN-2\":\"3004\"}");
        assertThat(json(plan("PLAN-2", product)).get("code").intValue()).isEqualTo(3004);
        zoho.control("POST", "/faults", "{\"kind\":\"search-lag\",\"ms\":60000}");
        assertThat(json(call("GET", "/plans", "")).get("plans")).isEmpty();
        assertThat(call("GET", "/plans/PLAN-1", "").statusCode()).isEqualTo(200);
    }

    private String product() {
        return json(call("POST", "/products", "{'name':'SkyFibre'}")).at("/product/product_id").asText();
    }

    private HttpResponse<String> plan(String code, String product) {
        return call("POST", "/plans", "{'plan_code':'" + code + "','name':'Plan','product_id':'" + product
                + "','recurring_price':899.00,'interval':1}");
    }

    /** Quotes are written as apostrophes. */
    private HttpResponse<String> call(String method, String path, String json) {
        return zoho.send(method, "/billing/v1" + path, "application/json", json.replace('\'', '"'), ORG);
    }
}
