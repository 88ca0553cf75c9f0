package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Plans of pushes to Zoho CRM: what a run would change there, before anything is written. */
@Tag("sql")
class PlanIT extends PushCase {

    private static JsonNode plan(String query) {
        JsonNode run = push("crm-products?dryRun=true" + query);
        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        JsonNode report = SaddlebagServer.json(saddlebag().call("GET", "/api/sync/runs/" + run.get("id").asLong() + "/report"));
        return report;
    }

    private static JsonNode record(JsonNode report, String recordKey) {
        return StreamSupport.stream(report.get("records").spliterator(), false).filter(record -> record.get("recordKey").asText().equals(recordKey)).findFirst()
            .orElseThrow(() -> new AssertionError(recordKey + " is not in " + report));
    }

    private static String add(String code, String name, String more) {
        return control("POST", "/control/store/crm/Products", "{\"Product_Code\":\"%s\",\"Product_Name\":\"%s\"%s}".formatted(code, name, more)).findValue("id").asText();
    }

    /** Records that calls wrote. */
    private static int written() {
        return control("GET", "/control/writes", null).get("writes").size();
    }

    @Test
    void aFirstPlanTiesRowsToRecordsOfZohoAndWritesNothingThere() {
        products(60);
        String id = add("SKU-7", "Old name", ",\"Unit_Price\":99,\"Description\":\"Described 7\",\"Product_Category\":\"Fibre\",\"Product_Active\":true");
        add("SKU-8", "Product 8", ",\"Unit_Price\":108,\"Description\":\"Described 8\",\"Product_Category\":\"Fibre\",\"Product_Active\":true");

        JsonNode report = plan("");

        assertThat(report.get("created").asInt()).isEqualTo(58);
        assertThat(report.get("updated").asInt()).isEqualTo(1);
        assertThat(report.get("unchanged").asInt()).isEqualTo(1);
        assertThat(record(report, "key-7").get("what").asText()).isEqualTo("updated");
        assertThat(record(report, "key-7").get("zohoId").asText()).isEqualTo(id);
        assertThat(record(report, "key-7").get("changes").toString())
            .isEqualTo("{\"Unit_Price\":{\"after\":107,\"before\":99},\"Product_Name\":{\"after\":\"Product 7\",\"before\":\"Old name\"}}");
        assertThat(record(report, "key-1").get("changes").get("Unit_Price").toString()).isEqualTo("{\"after\":101}");
        assertThat(report.at("/cost/calls").asInt()).as("58 creates in one call, 2 updates in another").isEqualTo(2);
        assertThat(report.at("/cost/credits").asInt()).isEqualTo(7);
        assertThat(written()).isZero();
        assertThat(rows("SELECT record_key, zoho_id IS NOT NULL AS tied, status, trying IS NULL AS untried, error_text FROM push_state ORDER BY record_key").toString()).isEqualTo(
            "[{record_key=key-7, tied=true, status=waiting, untried=true, error_text=found in Zoho by its key; not written yet}, "
                + "{record_key=key-8, tied=true, status=waiting, untried=true, error_text=found in Zoho by its key; not written yet}]");
        assertThat(one("SELECT state FROM push_targets")).isEqualTo("planned");
        assertThat(one("SELECT CAST(planned_run AS text) FROM push_targets")).isEqualTo(report.get("runId").asText());
        assertThat(one("SELECT count(*) FROM push_reads")).isEqualTo("0");

        saddlebag().database().execute("UPDATE push_targets SET state = 'on'");
        JsonNode sent = push("crm-products");

        assertThat(sent.get("created").asInt()).as(sent.toString()).isEqualTo(58);
        assertThat(sent.get("updated").asInt()).isEqualTo(2);
        assertThat(sent.get("calls").asInt()).isEqualTo(2);
        assertThat(one("SELECT zoho_id FROM push_state WHERE record_key = 'key-7'")).isEqualTo(id);
    }

    /** A plan only reads: without Zoho's list nobody would know before the first run that the connection may not write. */
    @Test
    void aPlanSaysWhichScopesZohoDoesNotName() {
        products(1);
        plan(""); // brings a token, and the scopes of the consent
        assertThat(one("SELECT summary FROM sync_runs ORDER BY id DESC LIMIT 1")).contains("1 would be created").doesNotContain("does not name");
        String agreed = one("SELECT scopes FROM connections");
        saddlebag().database().execute("UPDATE connections SET scopes = 'ZohoCRM.modules.products.READ ZohoCRM.settings.fields.READ ZohoCRM.coql.READ'");
        try {
            plan("");

            assertThat(one("SELECT summary FROM sync_runs ORDER BY id DESC LIMIT 1")).contains("; Zoho does not name ZohoCRM.modules.products.ALL among the scopes of this connection: if it refuses a write, open /oauth/connect?org=" + SaddlebagServer.ORG + "&for=push");
        } finally {
            saddlebag().database().update("UPDATE connections SET scopes = ?", agreed);
        }
    }

    @Test
    void aPlanNamesTheOrganisationsThatWriteToTheSameCrm() {
        products(1);
        saddlebag().send("POST", "/api/organisations", "{\"orgId\":\"60000000009\",\"name\":\"Second\",\"sameConnectionAs\":\"" + SaddlebagServer.ORG + "\"}");
        try {
            plan("");
            assertThat(one("SELECT summary FROM sync_runs ORDER BY id DESC LIMIT 1")).contains("1 would be created").doesNotContain("60000000009");
            saddlebag().database().execute("INSERT INTO push_targets (org_id, target, state) VALUES ('60000000009', 'crm-products', 'on')");

            plan("");

            assertThat(one("SELECT summary FROM sync_runs ORDER BY id DESC LIMIT 1")).contains("1 would be created",
                "; by the same connection, organisation 60000000009 writes to this CRM too");
        } finally {
            saddlebag().database().execute("DELETE FROM push_targets WHERE org_id = '60000000009'");
            saddlebag().database().execute("DELETE FROM organisations WHERE org_id = '60000000009'");
        }
    }

    @Test
    void aPlanOfAChangedMappingNamesZohosValuesBeforeAndLeavesTheStateAlone() {
        products(250);
        on("crm-products");
        push("crm-products");
        control("DELETE", "/control/writes", null);
        saddlebag().database().execute("UPDATE own_products SET price = price + 0.5 WHERE id <> 'key-250'");
        saddlebag().database().execute("UPDATE push_targets SET mapping = 'older', state = 'planned'");
        assertThat(one("SELECT push_not_ready_because('%s', 'crm-products', '%s')".formatted(SaddlebagServer.ORG, mapping()))).contains("POST /api/push/crm-products?dryRun=true");
        String before = one("SELECT md5(string_agg(CAST(s AS text), ',' ORDER BY record_key)) FROM push_state s");

        JsonNode report = plan("");

        assertThat(report.get("updated").asInt()).as(report.get("summary").asText()).isEqualTo(249);
        assertThat(report.get("unchanged").asInt()).isEqualTo(1);
        assertThat(record(report, "key-9").get("changes").toString()).isEqualTo("{\"Unit_Price\":{\"after\":109.5,\"before\":109}}");
        assertThat(report.at("/cost/calls").asInt()).isEqualTo(3);
        assertThat(report.at("/cost/credits").asInt()).isEqualTo(25);
        assertThat(report.at("/cost/minutes").asDouble()).isEqualTo(Math.round(3.0 / report.at("/cost/perMinute").asInt() * 100) / 100.0);
        assertThat(report.get("cost").has("shareOfDay")).isTrue();
        assertThat(one("SELECT md5(string_agg(CAST(s AS text), ',' ORDER BY record_key)) FROM push_state s")).isEqualTo(before);
        assertThat(written()).isZero();
        assertThat(one("SELECT push_not_ready_because('%s', 'crm-products', '%s')".formatted(SaddlebagServer.ORG, mapping()))).isNull();
    }

    @Test
    void aRecordThatSomebodyChangedInZohoIsAConflictUntilForceSendsIt() {
        products(3);
        on("crm-products");
        push("crm-products");
        saddlebag().database().execute("UPDATE push_state SET zoho_modified_at = zoho_modified_at - interval '1 hour'");
        String id = one("SELECT zoho_id FROM push_state WHERE record_key = 'key-2'");
        control("PATCH", "/control/store/crm/Products/" + id, "{\"Description\":\"typed by a person\"}");
        saddlebag().database().execute("UPDATE own_products SET price = 5");

        JsonNode report = plan("");

        assertThat(report.get("conflict").asInt()).as(report.toString()).isEqualTo(1);
        assertThat(record(report, "key-2").get("what").asText()).isEqualTo("conflict");
        assertThat(record(report, "key-2").get("error").asText()).startsWith("Changed in Zoho by ").endsWith("after it was sent: Description");
        assertThat(record(report, "key-2").at("/changes/Description/before").asText()).isEqualTo("typed by a person");

        JsonNode sent = push("crm-products");

        assertThat(sent.get("updated").asInt()).as(sent.toString()).isEqualTo(2);
        assertThat(zoho("key-2", "Description")).isEqualTo("typed by a person");

        push("crm-products?force=true&keys=key-2");

        assertThat(zoho("key-2", "Description")).isEqualTo("Described 2");
        assertThat(one("SELECT status || coalesce(error_code, '') FROM push_state WHERE record_key = 'key-2'")).isEqualTo("ok");
    }

    @Test
    void twoRecordsOfOneKeyAreAConflictAndOneOfThemIsTakenByTheNextPlan() {
        products(2);
        String first = add("SKU-1", "Product 1", "");
        String second = add("SKU-1", "Product 1 again", "");

        JsonNode report = plan("");

        assertThat(record(report, "key-1").get("error").asText()).startsWith("Zoho has 2 records with the key SKU-1: ").contains(first, second);
        assertThat(one("SELECT status || ' ' || error_code || ' ' || (zoho_id IS NULL) FROM push_state WHERE record_key = 'key-1'")).isEqualTo("held conflict true");
        saddlebag().database().execute("UPDATE push_targets SET state = 'on'");
        assertThat(push("crm-products").get("created").asInt()).isEqualTo(1);

        saddlebag().database().update("UPDATE push_state SET zoho_id = ? WHERE record_key = 'key-1'", second);
        JsonNode after = plan("");

        assertThat(record(after, "key-1").get("what").asText()).isEqualTo("updated");
        assertThat(record(after, "key-1").get("zohoId").asText()).isEqualTo(second);
        control("DELETE", "/control/store/crm/Products/" + first, null);
        assertThat(push("crm-products").get("updated").asInt()).isEqualTo(1);
    }

    @Test
    void aPlanSaysWhetherARunWouldBeHeldAndWhy() {
        products(60);
        on("crm-products");
        push("crm-products");
        saddlebag().database().execute("UPDATE own_products SET price = price + 1 WHERE CAST(substr(id, 5) AS integer) <= 12");
        assertThat(plan("").get("brake").toString())
            .isEqualTo("{\"held\":false,\"because\":null,\"changed\":12,\"emptied\":0,\"restless\":0,\"confirmed\":60,\"deactivated\":0}");

        saddlebag().database().execute("UPDATE own_products SET price = price + 1, description = CASE WHEN CAST(substr(id, 5) AS integer) <= 11 THEN '' ELSE description END "
            + "WHERE CAST(substr(id, 5) AS integer) <= 40");
        saddlebag().database().execute("UPDATE own_products SET active = false WHERE id = 'key-60'");
        JsonNode report = plan("");

        assertThat(report.get("brake").toString()).isEqualTo("{\"held\":true,\"because\":\"41 of 60 confirmed records would change: more than 20 % and more than 20; "
            + "in 11 records a price would become 0 or a text empty: more than 10\",\"changed\":41,\"emptied\":11,\"restless\":0,\"confirmed\":60,\"deactivated\":1}");
        assertThat(report.get("summary").asText()).contains("a run would be held until a person releases it: 41 of 60");
        JsonNode run = push("crm-products");
        assertThat(run.get("held").asInt()).isEqualTo(41);
        assertThat(run.get("error").asText()).contains(report.at("/brake/because").asText());
        assertThat(plan("").at("/brake/held").asBoolean()).as("all are held already, and none is left to send").isFalse();
    }

    @Test
    void aPlanSaysHowManyRecordsNeverSettle() {
        products(1);
        on("crm-products");
        for (int push = 0; push < 5; push++) {
            saddlebag().database().execute("UPDATE own_products SET price = price + 1");
            push("crm-products");
        }
        saddlebag().database().execute("UPDATE own_products SET price = price + 1");
        assertThat(plan("").at("/brake/restless").asInt()).isEqualTo(1);
        assertThat(push("crm-products").get("held").asInt()).isEqualTo(1);
    }

    @Test
    void aFieldThatTakesDuplicatesKeepsTheTargetOffAndTheReasonNamesTheMenu() {
        products(1);
        control("PUT", "/control/crm", "{\"unique\":{\"Products\":[]}}");

        plan("");

        assertThat(one("SELECT push_not_ready_because('%s', 'crm-products', '%s')".formatted(SaddlebagServer.ORG, mapping())))
            .contains("Product_Code").contains("Setup > Customization > Modules and Fields > Products").contains("Do not allow duplicate values");

        control("PUT", "/control/crm", "{\"unique\":{\"Products\":[\"Product_Code\"]}}");
        plan("");

        assertThat(one("SELECT push_not_ready_because('%s', 'crm-products', '%s')".formatted(SaddlebagServer.ORG, mapping()))).isNull();
    }

    @Test
    void aPlanShowsWhatIsRefusedWithItsReasonAndKeysWithQuotesAreFound() {
        products(3);
        saddlebag().database().execute("UPDATE own_products SET price = NULL WHERE id = 'key-1'");
        saddlebag().database().execute("UPDATE own_products SET sku = 'it''s \\ 7' WHERE id = 'key-2'");
        String id = add("it's \\\\ 7", "Quoted", "");

        JsonNode report = plan("");

        assertThat(report.at("/totals/refused").asInt()).isEqualTo(1);
        assertThat(record(report, "key-1").get("error").asText()).isEqualTo("Unit_Price missing");
        assertThat(record(report, "key-2").get("zohoId").asText()).isEqualTo(id);
    }

    @Test
    void aPlanOfRefusedRowsOnlyEndsWithTheirReasons() {
        products(3);
        saddlebag().database().execute("UPDATE own_products SET price = NULL");

        JsonNode report = plan("");

        assertThat(report.at("/totals/refused").asInt()).isEqualTo(3);
        assertThat(report.get("status").asText()).isEqualTo("succeeded");
        assertThat(record(report, "key-1").get("error").asText()).isEqualTo("Unit_Price missing");
    }

    private static String zoho(String recordKey, String field) {
        String id = one("SELECT zoho_id FROM push_state WHERE record_key = '" + recordKey + "'");
        return StreamSupport.stream(control("GET", "/control/store/crm/Products", null).get("records").spliterator(), false)
            .filter(record -> record.get("id").asText().equals(id)).findFirst().orElseThrow().get(field).asText();
    }

    private static String mapping() {
        return saddlebag().bean(Targets.class).of("crm-products").mapping();
    }
}
