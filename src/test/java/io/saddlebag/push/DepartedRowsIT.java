package io.saddlebag.push;

import static io.saddlebag.testkit.SaddlebagServer.ORG;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that leave the view while something of them is open: nothing is created for them, nothing stays stuck, and absent does what it says and no more. */
@Tag("sql")
class DepartedRowsIT extends PushCase {

    @AfterEach
    void asShipped() {
        saddlebag().bean(Targets.class).put(shipped("crm-products"));
        saddlebag().bean(Targets.class).put(shipped("billing-plans"));
        saddlebag().bean(Targets.class).put(shipped("billing-products"));
    }

    private static void update(String sql) {
        saddlebag().database().update(sql);
    }

    private static void later() {
        update("UPDATE push_state SET tried_at = tried_at - interval '2 minutes', checked_at = checked_at - interval '2 minutes', attempt = attempt || "
            + "CASE WHEN jsonb_exists(attempt, 'absentAt') THEN jsonb_build_object('absentAt', CAST(attempt ->> 'absentAt' AS timestamptz) - interval '2 minutes') ELSE '{}' END");
    }

    /** Runs as the timer starts them, until none is due. */
    private static void settled(String target) {
        for (int run = 0; run < 6; run++) {
            push(target);
            later();
        }
        assertThat(isDue(target)).isFalse();
    }

    private static boolean isDue(String name) {
        Target target = saddlebag().bean(Targets.class).of(name);
        return saddlebag().database().queryForObject("SELECT push_is_due(?, ?, CAST(? AS jsonb), ?)", Boolean.class, ORG, name, target.settings(), target.rows());
    }

    private static JsonNode records() {
        return control("GET", "/control/store/crm/Products", null).get("records");
    }

    private static Map<String, Object> row(String target) {
        return rows("SELECT status, error_code, zoho_id, sent FROM push_state WHERE target = '" + target + "'").get(0);
    }

    private static String status(String module) {
        return control("GET", "/control/store/billing/" + module, null).at("/records/0/status").asText();
    }

    private static void plan() {
        on("billing-products");
        on("billing-plans");
        update("INSERT INTO own_products (id, sku, name, family, recurring, price) VALUES ('p', 'FBR-50', 'Plan', 'Fibre', 5, 0)");
    }

    /** A create whose outcome is unknown, of a row that the view no longer has. */
    @ParameterizedTest
    @CsvSource({"error-after-write, 1", "error, 0"})
    void anUnknownCreateOfARowThatLeftIsLookedUpAndNotSentAgain(String kind, int records) {
        on("crm-products");
        products(1);
        fault("{\"kind\":\"" + kind + "\",\"status\":500,\"match\":\"upsert\"}");
        push("crm-products");
        assertThat(row("crm-products")).containsEntry("status", "unknown");
        ZOHO.faults().clear();
        control("DELETE", "/control/writes", null);
        update("DELETE FROM own_products");

        settled("crm-products");

        assertThat(writes("").get("calls").toString()).contains("POST /crm/v8/coql").doesNotContain("upsert");
        assertThat(records()).hasSize(records);
        assertThat(row("crm-products")).containsEntry("status", "gone").hasEntrySatisfying("zoho_id", id -> assertThat(id == null).isEqualTo(records == 0));

        products(1);
        settled("crm-products");
        assertThat(records()).hasSize(1);
        assertThat(row("crm-products")).containsEntry("status", "ok");
    }

    @Test
    void anUnknownCreateOfARowThatLeftIsSetInactiveWhereTheTargetSaysSo() throws Exception {
        saddlebag().bean(Targets.class).put(changed("crm-products", "activeKey:", "absent: deactivate\nactiveKey:"));
        on("crm-products");
        products(1);
        fault("{\"kind\":\"error-after-write\",\"match\":\"upsert\"}");
        push("crm-products");
        ZOHO.faults().clear();
        update("DELETE FROM own_products");

        settled("crm-products");

        assertThat(records().at("/0/Product_Active").asBoolean(true)).isFalse();
        assertThat(row("crm-products")).containsEntry("status", "gone");
    }

    /** The outcome of an update is found out with what was tried, also of a row that left: nothing else is done to the record. */
    @ParameterizedTest
    @ValueSource(strings = {"nothing", "deactivate"})
    void anUnknownUpdateOfAPlanThatLeftDoesToThePlanWhatAbsentSays(String absent) throws Exception {
        saddlebag().bean(Targets.class).put(changed("billing-plans", "immutable:", "absent: " + absent + "\nimmutable:"));
        plan();
        pushAll();
        update("UPDATE own_products SET recurring = 6");
        fault("{\"kind\":\"error\",\"status\":500,\"match\":\"PUT .*/plans\"}");
        push("billing-plans");
        assertThat(row("billing-plans")).containsEntry("status", "unknown");
        ZOHO.faults().clear();
        update("UPDATE own_products SET recurring = NULL, family = NULL");

        settled("billing-plans");

        assertThat(status("plans")).isEqualTo(absent.equals("nothing") ? "active" : "inactive");
        assertThat(row("billing-plans")).containsEntry("status", "gone");
    }

    /** A list may lag: one look-up that shows nothing is no reason to create a second record. */
    @ParameterizedTest
    @ValueSource(strings = {"billing-products/Fibre", "billing-products?force=true"})
    void whatTheListDoesNotShowIsNotCreatedByTheRequestThatLooksItUp(String request) {
        plan();
        fault("{\"kind\":\"error\",\"status\":500,\"match\":\"POST .*/billing/v1/products\",\"count\":1}");
        settled("billing-products");
        update("UPDATE push_state SET status = 'unknown', error_code = NULL, checked_at = NULL");

        if (request.contains("?")) {
            push(request);
        } else {
            saddlebag().call("POST", "/api/push/" + request);
        }

        assertThat(row("billing-products")).containsEntry("status", "failed").containsEntry("error_code", "not found");
        assertThat(writes("product=billing&module=products").get("writes")).isEmpty();
        assertThat(saddlebag().call("POST", "/api/push/billing-products/Fibre").statusCode()).as("a person decides").isEqualTo(200);
        assertThat(row("billing-products")).containsEntry("status", "ok");
        assertThat(writes("product=billing&module=products").get("writes")).hasSize(1);
    }

    @Test
    void aTargetWithoutALookUpLeavesALostCreateToAPersonAndSendsTheOthers() throws Exception {
        Target target = changed("billing-products", "findOne:", "# findOne:");
        assertThat(target.lookUp()).isNull();
        saddlebag().bean(Targets.class).put(target);
        plan();
        fault("{\"kind\":\"lost-answer\",\"match\":\"POST .*/billing/v1/products\",\"count\":1}");
        push("billing-products");
        update("INSERT INTO own_products (id, sku, name, family, recurring, price) VALUES ('q', 'CPR-10', 'Plan', 'Copper', 5, 0)");

        push("billing-products");

        assertThat(one("SELECT string_agg(record_key || ' ' || status || coalesce(' ' || error_code, ''), ', ' ORDER BY record_key) FROM push_state WHERE target = 'billing-products'"))
            .isEqualTo("Copper ok, Fibre failed not found");
        assertThat(writes("product=billing&module=products").get("writes")).as("each once").hasSize(2);
    }

    /** Zoho may have a record of it to which no row is tied. */
    @Test
    void whatAPersonHasToDecideStaysFailedAndIsNotCreatedWhenTheRowComesBack() {
        plan();
        fault("{\"kind\":\"error\",\"status\":500,\"match\":\"POST .*/billing/v1/products\",\"count\":1}");
        settled("billing-products");
        assertThat(row("billing-products")).containsEntry("status", "failed").containsEntry("error_code", "not found");

        update("UPDATE own_products SET recurring = NULL, family = NULL");
        settled("billing-products");
        assertThat(row("billing-products")).containsEntry("status", "failed");
        update("UPDATE own_products SET recurring = 5, family = 'Fibre'");
        settled("billing-products");

        assertThat(row("billing-products")).containsEntry("status", "failed").containsEntry("error_code", "not found");
        assertThat(writes("product=billing&module=products").get("writes")).isEmpty();
        post("/api/push/billing-products/Fibre/forget");
        assertThat(push("billing-products").get("created").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"deleted by a person", "lost-answer"})
    void aDeleteIsDoneOnceAndWhatZohoDoesNotHaveAnyMoreIsDeleted(String what) throws Exception {
        saddlebag().bean(Targets.class).put(changed("crm-products", "batch: 100\n", "batch: 1\nabsent: delete\ndelete: {request: \"DELETE /crm/v8/Products/{zohoId}\"}\n"));
        on("crm-products");
        products(1);
        push("crm-products");
        if (what.equals("lost-answer")) {
            fault("{\"kind\":\"lost-answer\",\"match\":\"DELETE .*/Products\",\"count\":1}");
        } else {
            control("DELETE", "/control/store/crm/Products/" + row("crm-products").get("zoho_id"), null);
        }
        update("DELETE FROM own_products");

        settled("crm-products");

        assertThat(row("crm-products")).containsEntry("status", "gone");
        assertThat(records()).isEmpty();
        assertThat(saddlebag().count("push_log WHERE action = 'delete'")).as("attempts").isEqualTo(1);
    }

    /** A delete of many is decided once: no later run asks again, and none deletes what a person left. */
    @Test
    void heldRetirementsStayWithTheirRunUntilAPersonDecides() throws Exception {
        saddlebag().bean(Targets.class).put(changed("crm-products", "activeKey:", "absent: deactivate\nactiveKey:"));
        on("crm-products");
        products(40);
        push("crm-products");
        saddlebag().database().execute("CREATE TABLE IF NOT EXISTS kept_products AS SELECT * FROM own_products WHERE false; TRUNCATE kept_products");
        update("WITH left_view AS (DELETE FROM own_products WHERE CAST(substr(id, 5) AS integer) <= 15 RETURNING *) INSERT INTO kept_products SELECT * FROM left_view");

        JsonNode held = push("crm-products");
        assertThat(held.get("held").asInt()).as(held.toString()).isEqualTo(15);
        assertThat(isDue("crm-products")).as("nothing is left for a timer").isFalse();
        assertThat(push("crm-products").get("held").asInt()).isZero();

        update("INSERT INTO own_products SELECT * FROM kept_products WHERE id = 'key-1'");
        update("DELETE FROM own_products WHERE id = 'key-40'");
        saddlebag().ended(post("/api/push/runs/" + held.get("id") + "/release").get("runId").asLong());
        assertThat(inactive()).as("those that were held and are still gone").isEqualTo(14);
        assertThat(one("SELECT status FROM push_state WHERE record_key = 'key-1'")).isEqualTo("ok");
        push("crm-products");
        assertThat(inactive()).as("one alone is no brake").isEqualTo(15);
    }

    @Test
    void refusedRetirementsLeaveTheRecordsUntilTheRowsComeBack() throws Exception {
        saddlebag().bean(Targets.class).put(changed("crm-products", "activeKey:", "absent: deactivate\nactiveKey:"));
        on("crm-products");
        products(40);
        push("crm-products");
        update("DELETE FROM own_products WHERE CAST(substr(id, 5) AS integer) <= 15");
        JsonNode held = push("crm-products");

        assertThat(post("/api/push/runs/" + held.get("id") + "/refuse").get("refused").asInt()).isEqualTo(15);
        settled("crm-products");

        assertThat(inactive()).isZero();
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'held' AND error_code = 'declined'")).isEqualTo("15");
        update("DELETE FROM own_products");
        products(40);
        settled("crm-products");
        assertThat(one("SELECT string_agg(DISTINCT status, ',') FROM push_state")).isEqualTo("ok");
        assertThat(inactive()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"crm-products", "billing-plans"})
    void aRevertedRetirementIsNotRepeated(String target) throws Exception {
        boolean isPlan = target.equals("billing-plans");
        saddlebag().bean(Targets.class).put(isPlan ? changed(target, "immutable:", "absent: deactivate\nimmutable:")
            : changed(target, "activeKey:", "absent: deactivate\nactiveKey:"));
        if (isPlan) {
            plan();
            push("billing-products");
        } else {
            on(target);
            products(1);
        }
        push(target);
        update("DELETE FROM own_products");
        long run = push(target).get("id").asLong();
        assertThat(row(target)).containsEntry("status", "gone");

        saddlebag().ended(post("/api/push/runs/" + run + "/revert").get("runId").asLong());
        settled(target);

        assertThat(row(target)).containsEntry("status", "held").containsEntry("error_code", "reverted");
        assertThat(isPlan ? status("plans").equals("active") : inactive() == 0).isTrue();
    }

    private static long inactive() {
        long inactive = 0;
        for (JsonNode record : records()) {
            inactive += record.get("Product_Active").asBoolean() ? 0 : 1;
        }
        return inactive;
    }
}
