package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** A target is switched on by a person, after a plan of its present mapping. */
class PushSwitchIT extends PushCase {

    private static final String ADDRESS = "/api/organisations/" + SaddlebagServer.ORG;

    @Test
    void withoutAPlanATargetStaysOff() {
        HttpResponse<String> answer = change("{\"push\":{\"crm-products\":\"on\"}}");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("There is no plan of crm-products", "POST /api/push/crm-products?dryRun=true makes one");
        assertThat(saddlebag().count("push_targets")).isZero();
    }

    @Test
    void aPlanThatIsUnderWayOrFailedIsNamed() {
        Long run = saddlebag().database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, dry_run, request, status) "
            + "VALUES (?, 'crm-products', 'push', 'staff', true, '{}', 'running') RETURNING id", Long.class, SaddlebagServer.ORG);
        assertThat(change("{\"push\":{\"crm-products\":\"on\"}}").body()).contains("The plan run " + run + " is under way");
        saddlebag().database().update("UPDATE sync_runs SET status = 'failed', finished_at = now(), error = 'no luck.'");
        assertThat(change("{\"push\":{\"crm-products\":\"on\"}}").body()).contains("The plan run " + run + " failed: no luck. There is no plan of crm-products");
    }

    @Test
    void aPlanOfAnOlderMappingIsNotEnough() {
        planned("an older mapping");

        HttpResponse<String> answer = change("{\"push\":{\"crm-products\":\"on\"}}");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("has changed since run " + one("SELECT planned_run FROM push_targets") + " planned it", "?dryRun=true");
        assertThat(one("SELECT state FROM push_targets")).isEqualTo("planned");
    }

    @Test
    void whatTheCheckFoundIsSaid() {
        planned(mapping());
        saddlebag().database().update("UPDATE push_targets SET check_error = 'Product_Code takes duplicates in CRM'");

        HttpResponse<String> answer = change("{\"push\":{\"crm-products\":\"on\"}}");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("Product_Code takes duplicates in CRM");
    }

    @Test
    void aFieldThatTakesDuplicatesIsFoundByThePlanAndKeepsTheTargetOff() {
        products(1);
        control("PUT", "/control/crm", "{\"unique\":{\"Products\":[]}}");
        push("crm-products?dryRun=true");

        HttpResponse<String> answer = change("{\"push\":{\"crm-products\":\"on\"}}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        assertThat(answer.body()).contains("Product_Code", "Do not allow duplicate values");

        control("PUT", "/control/crm", "{\"unique\":{\"Products\":[\"Product_Code\"]}}");
        push("crm-products?dryRun=true");
        assertThat(change("{\"push\":{\"crm-products\":\"on\"}}").statusCode()).isEqualTo(200);
    }

    @Test
    void theAnswerNamesThePlanAndNothingIsSentYet() {
        products(1);
        planned(mapping());

        HttpResponse<String> answer = change("{\"push\":{\"crm-products\":\"on\",\"uniqueField\":\"cf_own_reference\",\"taxId\":\"17\"}}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode shown = SaddlebagServer.json(answer);
        assertThat(shown.get("push")).isEqualTo(SaddlebagServer.json(saddlebag().call("GET", ADDRESS)).get("push"));
        assertThat(shown.get("push").toString()).isEqualTo("{\"taxId\": \"17\", \"uniqueField\": \"cf_own_reference\", \"crm-products\": \"on\"}".replace(": ", ":").replace(", ", ","));
        assertThat(shown.get("pushPlans").get("crm-products").get("runId").asText()).isEqualTo(one("SELECT planned_run FROM push_targets"));
        assertThat(shown.get("pushPlans").get("crm-products").get("created").asInt()).isEqualTo(12);
        assertThat(one("SELECT released_by FROM push_targets")).isEqualTo("staff");
        assertThat(saddlebag().count("sync_runs WHERE NOT dry_run")).isZero();

        assertThat(change("{\"push\":{\"customFields\":{\"bill\":\"4600\"}}}").statusCode()).isEqualTo(200);
        assertThat(one("SELECT push -> 'customFields' ->> 'bill' FROM organisations WHERE org_id = '" + SaddlebagServer.ORG + "'")).isEqualTo("4600");
        assertThat(SaddlebagServer.json(change("{\"push\":{\"customFields\":null,\"crm-products\":\"off\",\"taxId\":null}}")).get("push").toString())
            .isEqualTo("{\"uniqueField\":\"cf_own_reference\",\"crm-products\":\"off\"}");
        assertThat(saddlebag().call("POST", "/api/push/crm-products").statusCode()).isEqualTo(409);
    }

    @Test
    void aTargetThatWasPlannedIsSwitchedOnAndSendsWithTheNextRun() {
        products(3);
        JsonNode plan = push("crm-products?dryRun=true");
        assertThat(plan.get("status").asText()).as(plan.toString()).isEqualTo("succeeded");
        assertThat(saddlebag().call("POST", "/api/push/crm-products").statusCode()).as("planned is not on").isEqualTo(409);

        JsonNode shown = SaddlebagServer.json(change("{\"push\":{\"crm-products\":\"on\"}}"));

        assertThat(shown.get("push").get("crm-products").asText()).as(shown.toString()).isEqualTo("on");
        assertThat(shown.get("pushPlans").get("crm-products").get("runId")).isEqualTo(plan.get("id"));
        assertThat(shown.get("pushPlans").get("crm-products").get("created").asInt()).isEqualTo(3);
        assertThat(push("crm-products").get("created").asInt()).isEqualTo(3);
    }

    /** Otherwise the price of another currency would be taken for one of the organisation's own. */
    @Test
    void theCurrencyOfTheOrganisationIsReadBeforeTheFirstPush() {
        products(1);
        saddlebag().database().execute("UPDATE organisations SET currency = NULL");
        push("crm-products?dryRun=true");

        change("{\"push\":{\"crm-products\":\"on\"}}");

        await().until(() -> one("SELECT currency FROM organisations") != null);
        assertThat(one("SELECT count(*) FROM zoho_calls WHERE path LIKE '%/organizations'")).isEqualTo("1");
        change("{\"push\":{\"crm-products\":\"off\"}}");
        change("{\"push\":{\"crm-products\":\"on\"}}");
        assertThat(one("SELECT count(*) FROM zoho_calls WHERE path LIKE '%/organizations'")).as("known already").isEqualTo("1");
        saddlebag().database().execute("UPDATE organisations SET currency = NULL, currency_decimals = NULL");
    }

    @Test
    void aPlanOfSomeRowsIsNoPlanOfTheTarget() {
        products(3);
        push("crm-products?dryRun=true&keys=key-1");

        assertThat(change("{\"push\":{\"crm-products\":\"on\"}}").statusCode()).isEqualTo(409);
    }

    @Test
    void anEditedMappingKeepsATargetOn() {
        on("crm-products");
        saddlebag().database().update("UPDATE push_targets SET mapping = 'an older mapping'");

        assertThat(change("{\"push\":{\"crm-products\":\"on\"}}").statusCode()).isEqualTo(200);
        assertThat(one("SELECT state FROM push_targets")).isEqualTo("on");
    }

    @Test
    void whatIsNoTargetAndNoSettingIsRefusedByName() {
        for (String body : new String[] {"{\"push\":{\"crm-prodcts\":\"on\"}}", "{\"push\":{\"crm-products\":true}}", "{\"push\":{\"uniqueField\":\"Own reference\"}}",
            "{\"push\":{\"taxId\":17}}", "{\"push\":{\"customFields\":{\"salesorder\":1}}}", "{\"push\":\"on\"}", "{\"push\":null}"}) {
            HttpResponse<String> answer = change(body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(SaddlebagServer.json(answer).get("field").asText()).startsWith("push");
        }
        assertThat(change("{\"push\":{\"crm-prodcts\":\"on\"}}").body()).contains("crm-products", "uniqueField");
    }

    private static HttpResponse<String> change(String body) {
        return saddlebag().send("PATCH", ADDRESS, body);
    }

    private static String mapping() {
        return saddlebag().bean(Targets.class).of("crm-products").mapping();
    }

    /** As a plan leaves it. */
    private static void planned(String mapping) {
        Long run = saddlebag().database().queryForObject("""
            INSERT INTO sync_runs (org, entity, mode, trigger, dry_run, request, status, finished_at, created)
            VALUES (?, 'crm-products', 'push', 'staff', true, '{}', 'succeeded', clock_timestamp(), 12) RETURNING id""", Long.class, SaddlebagServer.ORG);
        saddlebag().database().update("INSERT INTO push_targets (org_id, target, state, mapping, planned_run) VALUES (?, 'crm-products', 'planned', ?, ?)",
            SaddlebagServer.ORG, mapping, run);
    }
}
