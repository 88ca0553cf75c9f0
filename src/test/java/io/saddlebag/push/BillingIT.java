package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.testkit.SaddlebagServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Own products in Zoho Billing: products, plans, add-ons and services. */
@Tag("sql")
class BillingIT extends PushCase {

    @BeforeEach
    void fibre() {
        List.of("billing-products", "billing-plans", "billing-addons", "billing-items").forEach(PushCase::on);
        saddlebag().database().execute("DROP VIEW push_addons; DROP VIEW push_service_items");
        saddlebag().database().execute("""
            CREATE VIEW push_addons AS
            SELECT '%s' AS org_id, 'STATIC-IP' AS code, 'Static IP' AS name, CAST(75 AS numeric) AS price, ARRAY['SKY-FBR-050'] AS plan_codes, 'address' AS unit_name;
            CREATE VIEW push_service_items AS
            SELECT '%s' AS org_id, 'SKY-FBR-050-INSTALL' AS sku, 'SkyFibre 50/50 - Installation' AS name, CAST(1500 AS numeric) AS price
            """.formatted(SaddlebagServer.ORG, SaddlebagServer.ORG));
        plan("p1", "SKY-FBR-050", "SkyFibre 50/50", 899);
    }

    @AfterEach
    void asShipped() {
        saddlebag().bean(Targets.class).put(shipped("billing-plans"));
        saddlebag().bean(Targets.class).put(shipped("billing-addons"));
        saddlebag().database().execute("UPDATE organisations SET currency = NULL, currency_decimals = NULL");
    }

    private static void plan(String key, String sku, String name, double price) {
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, description, family, recurring, price) VALUES (?, ?, ?, '50 Mbps down, 50 up', 'SkyFibre', ?, 0)",
            key, sku, name, price);
    }

    private static void change(String assignment) {
        saddlebag().database().execute("UPDATE own_products SET " + assignment);
    }

    private static JsonNode stored(String module) {
        return control("GET", "/control/store/billing/" + module, null).get("records");
    }

    private static JsonNode written(String module) {
        return writes("product=billing&module=" + module).at("/writes/0");
    }

    private static Map<String, Object> row(String target) {
        return rows("SELECT status, error_code, error_text, zoho_id, active FROM push_state WHERE target = '" + target + "'").get(0);
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }

    @Test
    void aProductItsPlanItsAddOnAndItsServiceArriveInOneGo() throws IOException {
        pushAll();

        String product = stored("products").at("/0/product_id").asText();
        assertThat(written("products").get("last")).isEqualTo(json("{\"name\":\"SkyFibre\"}"));
        assertThat(written("plans").get("last")).isEqualTo(json("""
            {"plan_code":"SKY-FBR-050","name":"SkyFibre 50/50","product_id":"%s","recurring_price":899,"interval":1,"interval_unit":"months","billing_cycles":-1,
             "description":"50 Mbps down, 50 up"}""".formatted(product)));
        assertThat(written("addons").get("last")).isEqualTo(json("""
            {"addon_code":"STATIC-IP","name":"Static IP","unit_name":"address","pricing_scheme":"unit","price_brackets":[{"price":75}],"type":"recurring",
             "interval_unit":"monthly","product_id":"%s","applicable_to_all_plans":false,"plans":[{"plan_code":"SKY-FBR-050"}]}""".formatted(product)));
        assertThat(written("items").get("last")).isEqualTo(json("""
            {"name":"SkyFibre 50/50 - Installation","rate":1500,"sku":"SKY-FBR-050-INSTALL","product_type":"service"}"""));
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'ok' AND zoho_id IS NOT NULL")).isEqualTo("4");

        ZOHO.calls().reset();
        pushAll();
        assertThat(ZOHO.calls().list()).as("nothing changed").isEmpty();
    }

    @Test
    void aKnownPlanIsUpdatedWithoutItsProductWhichDoesNotChange() {
        pushAll();
        change("recurring = 999");

        assertThat(push("billing-plans").get("updated").asInt()).isEqualTo(1);

        assertThat(written("plans").get("last").has("product_id")).isFalse();
        assertThat(written("plans").get("last").get("recurring_price").asInt()).isEqualTo(999);
        assertThat(writes("").get("calls").get("PUT /billing/v1/plans/SKY-FBR-050").asInt()).isEqualTo(1);
    }

    @Test
    void aPlanThatWasWrittenBeforeAServerErrorIsFoundByItsCode() {
        push("billing-products");
        fault("{\"kind\":\"error-after-write\",\"match\":\"POST .*/plans\",\"count\":1}");

        push("billing-plans");
        change("recurring = 999");
        push("billing-plans");

        assertThat(stored("plans")).hasSize(1);
        assertThat(written("plans").get("creates").asInt()).isEqualTo(1);
        assertThat(written("plans").get("updates").asInt()).isEqualTo(1);
        assertThat(writes("").get("calls").get("GET /billing/v1/plans/SKY-FBR-050").asInt()).isEqualTo(1);
        assertThat(row("billing-plans")).containsEntry("status", "ok");
    }

    @Test
    void aPlanThatAPersonChangedBeforeItWasFoundIsUpdated() {
        push("billing-products");
        fault("{\"kind\":\"error-after-write\",\"match\":\"POST .*/plans\",\"count\":1}");
        fault("{\"kind\":\"error\",\"code\":500,\"status\":500,\"match\":\"GET .*/plans/\",\"count\":20}");
        push("billing-plans");
        assertThat(row("billing-plans")).containsEntry("status", "unknown");
        ZOHO.faults().clear();
        control("PATCH", "/control/store/billing/plans/" + stored("plans").at("/0/plan_id").asText(), "{\"name\":\"Typed by hand\"}");
        saddlebag().database().execute("UPDATE push_state SET tried_at = tried_at - interval '5 minutes', checked_at = checked_at - interval '5 minutes'");

        push("billing-plans");

        assertThat(stored("plans")).hasSize(1);
        assertThat(stored("plans").at("/0/name").asText()).isEqualTo("SkyFibre 50/50");
        assertThat(row("billing-plans")).containsEntry("status", "ok");
    }

    @Test
    void aPlanThatZohoHasAlreadyIsNamedForAdoption() {
        push("billing-products");
        String other = control("POST", "/control/store/billing/plans", "{\"plan_code\":\"SKY-FBR-050\",\"name\":\"Typed by hand\"}").findValue("plan_id").asText();

        push("billing-plans");

        assertThat(row("billing-plans")).containsEntry("status", "failed").containsEntry("zoho_id", null);
        assertThat(one("SELECT other_zoho_id FROM push_state WHERE target = 'billing-plans'")).isEqualTo(other);
        fault("{\"kind\":\"error\",\"status\":500,\"match\":\"GET .*/plans/\",\"count\":9}");
        change("recurring = 901");
        push("billing-plans");
        assertThat(one("SELECT status || ' ' || (other_zoho_id IS NULL) FROM push_state WHERE target = 'billing-plans'")).as("a look-up that fails names none").isEqualTo("failed true");
    }

    @ParameterizedTest
    @CsvSource({"billing-products, products, name, SkyFibre, product_id", "billing-items, items, sku, SKY-FBR-050-INSTALL, item_id"})
    void aRefusedCreateNamesTheOnlyRecordOfTheListThatHasTheKey(String target, String module, String key, String value, String id) {
        for (int i = 0; i < 201; i++) {
            control("POST", "/control/store/billing/" + module, "{\"name\":\"Other " + i + "\"}");
        }
        String other = control("POST", "/control/store/billing/" + module, "{\"name\":\"Typed by hand\",\"" + key + "\":\"" + value + "\"}").findValue(id).asText();
        fault("{\"kind\":\"duplicate\",\"match\":\"POST .*/" + module + "\"}");

        push(target);

        assertThat(row(target)).containsEntry("status", "failed").containsEntry("zoho_id", null);
        assertThat(one("SELECT other_zoho_id FROM push_state WHERE target = '" + target + "'")).isEqualTo(other);
        assertThat(writes("").get("calls").get("GET /billing/v1/" + module).asInt()).as("pages").isEqualTo(2);
    }

    /** The declaration names another key, so that the plan in the answer has another one than was asked for. */
    @Test
    void aLookUpThatIsAnsweredWithAnotherPlanDecidesNothing() throws Exception {
        push("billing-products");
        saddlebag().bean(Targets.class).put(changed("billing-plans", "record: plan, key: plan_code", "record: plan, key: name"));
        fault("{\"kind\":\"error-after-write\",\"match\":\"POST .*/plans\",\"count\":1}");

        push("billing-plans");
        push("billing-plans");

        assertThat(row("billing-plans")).containsEntry("status", "unknown")
            .hasEntrySatisfying("error_text", text -> assertThat((String) text).contains("the record of another key, which decides nothing"));
        assertThat(writes("").get("calls").get("POST /billing/v1/plans").asInt()).isEqualTo(1);
    }

    @Test
    void aPlanThatDidNotArriveIsCreatedOnceZohoSaysThatItIsNotThere() {
        push("billing-products");
        fault("{\"kind\":\"error\",\"status\":500,\"match\":\"POST .*/plans\",\"count\":1}");

        push("billing-plans");
        assertThat(row("billing-plans")).as("looked for, and not there").containsEntry("status", "waiting");
        push("billing-plans");

        assertThat(stored("plans")).hasSize(1);
        assertThat(row("billing-plans")).containsEntry("status", "ok");
    }

    @Test
    void aProductThatTheListShowsIsAdoptedAndAnyOtherIsLeftToAPerson() {
        fault("{\"kind\":\"error-after-write\",\"match\":\"POST .*/products\",\"count\":1}");
        push("billing-products");
        assertThat(stored("products")).hasSize(1);
        assertThat(row("billing-products")).containsEntry("status", "ok").containsEntry("zoho_id", stored("products").at("/0/product_id").asText());

        saddlebag().database().execute("UPDATE own_products SET family = 'SkyRadio'");
        fault("{\"kind\":\"error\",\"status\":500,\"match\":\"POST .*/products\",\"count\":1}");
        push("billing-products");
        push("billing-products");
        assertThat(stored("products")).hasSize(1);
        assertThat(rows("SELECT status, error_text FROM push_state WHERE record_key = 'SkyRadio'").get(0)).containsEntry("status", "failed")
            .hasEntrySatisfying("error_text", text -> assertThat((String) text).contains("is not known", "adopt"));
    }

    @Test
    void aServiceWithANameThatIsTakenFailsWithZohosWords() {
        control("POST", "/control/store/billing/items", "{\"name\":\"SkyFibre 50/50 - Installation\",\"rate\":1}");

        assertThat(push("billing-items").get("failed").asInt()).isEqualTo(1);

        assertThat(row("billing-items")).containsEntry("status", "failed").containsEntry("error_code", "1000").containsEntry("error_text", "The item name already exist");
        assertThat(stored("items")).hasSize(1);
    }

    @Test
    void aPlanWaitsForItsProductAndAnAddOnForItsPlan() {
        change("recurring = 0");
        assertThat(push("billing-plans").get("rejected").asInt()).as("a plan with a hole does not wait").isEqualTo(1);
        change("recurring = 899");
        JsonNode plans = push("billing-plans");
        assertThat(plans.get("waiting").asInt()).as(plans.toString()).isEqualTo(1);
        assertThat(row("billing-plans")).containsEntry("status", "waiting").containsEntry("error_text", "waits for the product SkyFibre of Zoho Billing");

        control("PUT", "/control/refusals", "{\"SKY-FBR-050\":\"4\"}");
        push("billing-products");
        push("billing-plans");
        push("billing-addons");
        assertThat(row("billing-plans")).containsEntry("status", "failed");
        assertThat(row("billing-addons")).containsEntry("status", "waiting").containsEntry("error_text", "waits for the plans SKY-FBR-050 of Zoho Billing");
        assertThat(writes("product=billing&module=addons").get("writes")).isEmpty();

        control("PUT", "/control/refusals", "{}");
        change("recurring = 900");
        pushAll();
        assertThat(row("billing-addons")).containsEntry("status", "ok");
    }

    @Test
    void aPlanThatMovesToAnotherProductIsRefusedWithWords() {
        pushAll();
        change("family = 'SkyRadio'");

        pushAll();

        assertThat(row("billing-plans")).containsEntry("status", "refused").hasEntrySatisfying("error_text",
            text -> assertThat((String) text).matches("product_id cannot be changed in Zoho: it is \\d+ there and \\d+ here"));
        assertThat(written("plans").get("updates").asInt()).isZero();
        change("family = 'SkyFibre'");
        assertThat(push("billing-plans").get("status").asText()).isEqualTo("succeeded");
        assertThat(row("billing-plans")).containsEntry("status", "ok");
    }

    @Test
    void anInactiveProductIsCreatedAndThenSetInactiveAndComesBack() {
        change("active = false");
        pushAll();
        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("inactive");
        assertThat(row("billing-plans")).containsEntry("status", "ok").containsEntry("active", false);

        change("active = true");
        pushAll();
        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("active");

        change("active = false, recurring = 950");
        pushAll();
        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("inactive");
        assertThat(stored("plans").at("/0/recurring_price").asInt()).isEqualTo(950);
        assertThat(writes("").get("calls").get("POST /billing/v1/plans").asInt()).isEqualTo(1);
    }

    @Test
    void aPlanThatLeavesTheViewStaysAsItIsUnlessTheDeclarationSaysDeactivate() throws Exception {
        pushAll();
        change("recurring = NULL, family = NULL");
        pushAll();
        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("active");
        assertThat(row("billing-plans")).containsEntry("status", "gone");

        saddlebag().bean(Targets.class).put(changed("billing-plans", "immutable:", "absent: deactivate\nimmutable:"));
        change("recurring = 899, family = 'SkyFibre'");
        pushAll();
        assertThat(row("billing-plans")).containsEntry("status", "ok");
        change("recurring = NULL, family = NULL");
        pushAll();
        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("inactive");
        assertThat(row("billing-plans")).containsEntry("status", "gone");
        change("recurring = 899, family = 'SkyFibre'");
        pushAll();
        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("active");
    }

    @ParameterizedTest
    @ValueSource(strings = {"active = false", "active = false, recurring = 950"})
    void aRevertGivesThePriceAndTheStatusBackAndNoLaterRunTakesThemAgain(String change) {
        pushAll();
        change(change);
        long run = push("billing-plans").get("id").asLong();
        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("inactive");

        JsonNode revert = saddlebag().ended(post("/api/push/runs/" + run + "/revert").get("runId").asLong());

        assertThat(revert.get("updated").asInt()).as(revert.toString()).isEqualTo(1);
        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("active");
        assertThat(stored("plans").at("/0/recurring_price").asInt()).isEqualTo(899);
        assertThat(row("billing-plans")).containsEntry("status", "held").containsEntry("error_code", "reverted");
        ZOHO.calls().reset();
        push("billing-plans");
        assertThat(ZOHO.calls().list()).isEmpty();
        change("recurring = 970");
        push("billing-plans");
        assertThat(stored("plans").at("/0/status").asText()).as("the row says so, and has changed").isEqualTo("inactive");
        assertThat(stored("plans").at("/0/recurring_price").asInt()).isEqualTo(970);
    }

    /** The price is confirmed. Until the status is, too, the row is not ok, and only the status is left to be set. */
    @Test
    void aStatusThatALimitDelaysIsSetAfterIt() {
        pushAll();
        change("recurring = 950, active = false");
        fault("{\"kind\":\"error\",\"code\":44,\"match\":\"markasinactive\"}");
        long run = SaddlebagServer.json(saddlebag().call("POST", "/api/push/billing-plans")).get("runId").asLong();
        await().until(() -> saddlebag().run(run).path("waitingFor").asText().equals("minute"));
        assertThat(row("billing-plans").get("status")).isEqualTo("unknown");
        assertThat(one("SELECT min(attempts) FROM push_state")).isEqualTo("0");
        ZOHO.faults().clear();
        saddlebag().database().update("UPDATE organisations SET blocked_until = NULL");
        saddlebag().database().update("UPDATE sync_runs SET waiting_until = now() WHERE status = 'running'");
        saddlebag().ended(run);

        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("inactive");
        assertThat(row("billing-plans")).containsEntry("status", "ok").containsEntry("active", false);
        assertThat(one("SELECT count(*) FROM zoho_calls WHERE method = 'PUT' AND path LIKE '%/plans/%'")).as("the price is written once").isEqualTo("1");
    }

    @Test
    void anInactivePlanThatIsAdoptedIsActivated() {
        pushAll();
        change("active = false");
        push("billing-plans");
        String id = row("billing-plans").get("zoho_id").toString();
        String key = one("SELECT record_key FROM push_state WHERE target = 'billing-plans'");
        post("/api/push/billing-plans/" + key + "/forget");
        change("active = true");
        assertThat(saddlebag().send("POST", "/api/push/billing-plans/" + key + "/adopt", "{\"zohoId\":\"" + id + "\"}").statusCode()).isEqualTo(200);

        push("billing-plans");

        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("active");
        assertThat(row("billing-plans")).containsEntry("status", "ok").containsEntry("active", true);
    }

    /** A change is what an update sends: neither the keys of a create nor those that never change. */
    @Test
    void theLogOfAnUpdateNamesWhatChanged() {
        pushAll();
        change("recurring = 951");
        push("billing-plans");

        assertThat(one("SELECT changes FROM push_log WHERE target = 'billing-plans' AND action = 'update'")).contains("recurring_price").doesNotContain("product_id", "plan_code");
    }

    /** Zoho has the other price, and nobody knows. */
    @Test
    void aPriceWhoseAnswerWasLostIsWrittenAgainAlsoWhereOnlyTheStatusDiffersNow() {
        pushAll();
        change("recurring = 999");
        fault("{\"kind\":\"lost-answer\",\"match\":\"PUT .*/plans\"}");
        push("billing-plans");
        assertThat(row("billing-plans").get("status")).isEqualTo("unknown");
        assertThat(stored("plans").at("/0/recurring_price").asInt()).isEqualTo(999);
        ZOHO.faults().clear();
        change("recurring = 899, active = false");

        push("billing-plans");

        assertThat(stored("plans").at("/0/recurring_price").asInt()).isEqualTo(899);
        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("inactive");
        assertThat(row("billing-plans")).containsEntry("status", "ok").containsEntry("active", false);
    }

    /** Zoho has set the plan inactive, and nobody knows. */
    @Test
    void aStatusWhoseAnswerWasLostIsSetAgainWhenTheRowFlipsBack() {
        pushAll();
        change("active = false");
        fault("{\"kind\":\"lost-answer\",\"match\":\"markasinactive\"}");
        push("billing-plans");
        assertThat(row("billing-plans").get("status")).isEqualTo("unknown");
        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("inactive");
        ZOHO.faults().clear();
        change("active = true");

        push("billing-plans");

        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("active");
        assertThat(row("billing-plans")).containsEntry("status", "ok").containsEntry("active", true);
    }

    /** The view of add-ons says nothing of their status. */
    @Test
    void anAddonThatComesBackIsActiveAgain() throws Exception {
        saddlebag().bean(Targets.class).put(changed("billing-addons", "idPointer:", "absent: deactivate\nidPointer:"));
        pushAll();
        String view = one("SELECT pg_get_viewdef('push_addons')");
        saddlebag().database().execute("CREATE OR REPLACE VIEW push_addons AS " + view.replace(";", " WHERE false"));
        push("billing-addons");
        assertThat(stored("addons").at("/0/status").asText()).isEqualTo("inactive");
        saddlebag().database().execute("CREATE OR REPLACE VIEW push_addons AS " + view);

        push("billing-addons");

        assertThat(stored("addons").at("/0/status").asText()).isEqualTo("active");
        assertThat(row("billing-addons")).containsEntry("status", "ok").containsEntry("active", true);
    }

    private static void addons(int count, String condition) {
        saddlebag().database().execute("CREATE OR REPLACE VIEW push_addons AS SELECT '" + SaddlebagServer.ORG + "' AS org_id, 'IP-' || n AS code, 'Static IP ' || n AS name,"
            + " CAST(75 AS numeric) AS price, ARRAY['SKY-FBR-050'] AS plan_codes, CAST('address' AS text) AS unit_name FROM generate_series(1, " + count + ") n WHERE " + condition);
    }

    private static long addonsThatAre(String status) {
        return StreamSupport.stream(stored("addons").spliterator(), false).filter(addon -> addon.get("status").asText().equals(status)).count();
    }

    /** Their view says nothing of their status, neither when they are held nor when they are released. */
    @Test
    void addonsThatComeBackAreHeldAndTheirReleaseSetsThemActive() throws Exception {
        saddlebag().bean(Targets.class).put(changed("billing-addons", "idPointer:", "absent: deactivate\nidPointer:"));
        saddlebag().database().execute("DROP VIEW push_addons");
        addons(30, "true");
        pushAll();
        addons(30, "false");
        saddlebag().ended(post("/api/push/runs/" + push("billing-addons").get("id") + "/release").get("runId").asLong());
        assertThat(addonsThatAre("inactive")).isEqualTo(30);
        addons(30, "true");
        JsonNode held = push("billing-addons");
        assertThat(held.get("held").asInt()).as(held.toString()).isEqualTo(30);

        saddlebag().ended(post("/api/push/runs/" + held.get("id") + "/release").get("runId").asLong());

        assertThat(addonsThatAre("active")).isEqualTo(30);
        assertThat(one("SELECT string_agg(DISTINCT status, ',') FROM push_state WHERE target = 'billing-addons'")).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"kind\":\"error\",\"status\":400,\"code\":15", "\"kind\":\"lost-answer\"", "\"kind\":\"error\",\"status\":503"})
    void anAddonWhoseReturnFailsIsTriedAgain(String fault) throws Exception {
        saddlebag().bean(Targets.class).put(changed("billing-addons", "idPointer:", "absent: deactivate\nidPointer:"));
        saddlebag().database().execute("DROP VIEW push_addons");
        addons(1, "true");
        pushAll();
        addons(1, "false");
        push("billing-addons");
        addons(1, "true");
        fault("{" + fault + ",\"match\":\"markasactive\"}");
        push("billing-addons");
        assertThat(row("billing-addons").get("status")).isIn("failed", "unknown");
        ZOHO.faults().clear();

        push("billing-addons?force=true");

        assertThat(addonsThatAre("active")).isEqualTo(1);
        assertThat(row("billing-addons")).containsEntry("status", "ok").containsEntry("active", true);
    }

    @Test
    void aRevertOfAStatusWhoseAnswerWasLostIsFinishedByTheNextRun() {
        pushAll();
        change("active = false");
        long run = push("billing-plans").get("id").asLong();
        fault("{\"kind\":\"lost-answer\",\"match\":\"markasactive\"}");
        saddlebag().ended(post("/api/push/runs/" + run + "/revert").get("runId").asLong());
        assertThat(row("billing-plans").get("status")).isEqualTo("unknown");
        ZOHO.faults().clear();

        push("billing-plans");

        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("active");
        assertThat(row("billing-plans")).containsEntry("status", "held").containsEntry("error_code", "reverted").containsEntry("active", true);
    }

    private static void morePlans(int count) {
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, description, family, recurring, price) "
            + "SELECT 'more-' || n, 'MORE-' || n, 'More ' || n, 'More', 'SkyFibre', 500 + n, 0 FROM generate_series(1, ?) n", count);
    }

    @Test
    void plansThatAreHeldForTheirStatusAreOkOnceTheViewIsCorrected() {
        morePlans(99);
        pushAll();
        change("active = false WHERE id LIKE 'more-%' AND recurring <= 530");
        assertThat(push("billing-plans").get("held").asInt()).isEqualTo(30);
        change("active = true");
        ZOHO.calls().reset();

        push("billing-plans");

        assertThat(one("SELECT string_agg(DISTINCT status, ',') FROM push_state WHERE target = 'billing-plans'")).isEqualTo("ok");
        assertThat(ZOHO.calls().list()).isEmpty();
    }

    @Test
    void aReleaseLeavesOutThePlansWhoseStatusChangedSince() {
        morePlans(99);
        pushAll();
        change("recurring = recurring + 1000 WHERE id LIKE 'more-%' AND recurring <= 530");
        long held = push("billing-plans").get("id").asLong();
        change("active = false WHERE id = 'more-1'");

        JsonNode released = saddlebag().ended(post("/api/push/runs/" + held + "/release").get("runId").asLong());

        assertThat(released.get("updated").asInt()).as(released.toString()).isEqualTo(29);
        assertThat(one("SELECT status FROM push_state WHERE target = 'billing-plans' AND record_key = 'more-1'")).isEqualTo("held");
    }

    @Test
    void aPlanWhosePriceZohoRefusesIsSetInactiveAllTheSame() {
        pushAll();
        change("recurring = 999");
        fault("{\"kind\":\"error\",\"status\":400,\"code\":15,\"match\":\"PUT .*/plans/SKY-FBR-050\"}");
        push("billing-plans");
        assertThat(row("billing-plans").get("status")).isEqualTo("failed");
        change("active = false");

        push("billing-plans");

        assertThat(row("billing-plans").get("active")).isEqualTo(false);
        assertThat(stored("plans").at("/0/status").asText()).isEqualTo("inactive");
    }

    @Test
    void aPriceInAnotherCurrencyOrWithTooManyDecimalsIsRefused() {
        saddlebag().call("POST", "/api/zoho/check");
        assertThat(one("SELECT currency || ' ' || currency_decimals FROM organisations")).isEqualTo("INR 2");
        change("currency = 'USD'");
        push("billing-products");
        push("billing-plans");
        assertThat(row("billing-plans")).containsEntry("status", "refused")
            .containsEntry("error_text", "the price is in USD, and Zoho keeps it in INR, the currency of the organisation");

        change("currency = 'inr', recurring = 9.999");
        push("billing-plans");
        assertThat(row("billing-plans")).containsEntry("error_text", "9.999 has more decimals than INR has: 2");
        change("recurring = 9.9900");
        push("billing-plans");
        assertThat(row("billing-plans")).containsEntry("status", "ok");
    }
}
