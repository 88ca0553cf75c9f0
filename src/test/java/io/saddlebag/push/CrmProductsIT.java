package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer.HeldCalls;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Own products in Zoho CRM: what is sent, what is not, and what becomes of each record. */
@Tag("sql")
class CrmProductsIT extends PushCase {

    private static final String VERSIONS = "SELECT string_agg(CAST(xmin AS text), ',' ORDER BY record_key) FROM push_state";

    @BeforeEach
    void on() {
        on("crm-products");
    }

    private static JsonNode record(String sku) {
        for (JsonNode record : control("GET", "/control/store/crm/Products", null).get("records")) {
            if (record.path("Product_Code").asText().equals(sku)) {
                return record;
            }
        }
        throw new AssertionError("no record " + sku);
    }

    private static int records() {
        return control("GET", "/control/store/crm/Products", null).get("records").size();
    }

    private static void update(String sql) {
        saddlebag().database().update(sql);
    }

    private static String statuses() {
        return one("SELECT coalesce(string_agg(status || ' ' || n, ', ' ORDER BY status), '') FROM (SELECT status, count(*) AS n FROM push_state GROUP BY status) s");
    }

    @Test
    void newProductsAreCreatedInBatchesAndAQuietRunWritesNothing() {
        products(250);

        JsonNode first = push("crm-products");

        assertThat(first.get("status").asText()).as(first.toString()).isEqualTo("succeeded");
        assertThat(first.get("created").asInt()).isEqualTo(250);
        assertThat(first.get("calls").asInt()).isEqualTo(3);
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'ok' AND zoho_id IS NOT NULL")).isEqualTo("250");
        assertThat(one("SELECT string_agg(CAST(records AS text), ',' ORDER BY id) FROM zoho_calls WHERE purpose = 'push'")).isEqualTo("100,100,50");
        assertThat(records()).isEqualTo(250);

        String before = one(VERSIONS);
        JsonNode second = push("crm-products");

        assertThat(second.get("unchanged").asInt()).as(second.toString()).isEqualTo(250);
        assertThat(second.get("calls").asInt()).isZero();
        assertThat(one(VERSIONS)).isEqualTo(before);
    }

    @Test
    void aPriceInAnotherCurrencyThanTheOrganisationsNamesIt() {
        products(2);
        String own = one("SELECT currency FROM organisations WHERE is_default");
        try {
            update("UPDATE organisations SET currency = 'INR'");
            update("UPDATE own_products SET currency = CASE sku WHEN 'SKU-1' THEN 'usd' ELSE 'inr' END");

            push("crm-products");

            assertThat(record("SKU-1").path("Currency").asText()).isEqualTo("USD");
            assertThat(record("SKU-2").has("Currency")).isFalse();
        } finally {
            saddlebag().database().update("UPDATE organisations SET currency = ?", own);
        }
    }

    /** Zoho CRM then ignores the key, and has never what was sent. */
    @Test
    void aCrmThatKeepsNoCurrencyIsNotWrittenAgainAndAPlanRefusesThePriceItWouldTakeForAnother() {
        products(2);
        String own = one("SELECT currency FROM organisations WHERE is_default");
        try {
            update("UPDATE organisations SET currency = 'INR'");
            update("UPDATE own_products SET currency = CASE sku WHEN 'SKU-1' THEN 'usd' ELSE 'inr' END");
            control("PUT", "/control/crm", "{\"currencies\":false}");
            push("crm-products");
            assertThat(record("SKU-1").has("Currency")).isFalse();

            assertThat(push("crm-products").get("calls").asInt()).isZero();
            JsonNode verified = saddlebag().ended(post("/api/verify/crm-products?repair=true").get("runId").asLong());
            assertThat(verified.get("updated").asInt()).as(verified.toString()).isZero();
            assertThat(get("/api/sync/runs/" + verified.get("id") + "/report").get("differing").asInt()).isZero();

            update("UPDATE own_products SET price = price + 1");
            JsonNode plan = push("crm-products?dryRun=true");
            assertThat(plan.get("status").asText()).as(plan.toString()).isEqualTo("succeeded");
            assertThat(plan.get("rejected").asInt()).isEqualTo(1);
            push("crm-products");
            assertThat(one("SELECT error_text FROM push_state WHERE external_key = 'SKU-1'"))
                .isEqualTo("the price is in USD, and Zoho CRM, where several currencies are off, would take it for INR");
            assertThat(record("SKU-1").get("Unit_Price").asInt()).isEqualTo(101);
            assertThat(record("SKU-2").get("Unit_Price").asInt()).isEqualTo(103);
            assertThat(saddlebag().call("GET", "/api/organisations").statusCode()).isEqualTo(200);

            control("PUT", "/control/crm", "{\"currencies\":true}");
            push("crm-products?dryRun=true");
            push("crm-products");
            assertThat(record("SKU-1").path("Currency").asText()).isEqualTo("USD");
        } finally {
            saddlebag().database().update("UPDATE organisations SET currency = ?", own);
        }
    }

    @Test
    void aPriceOfAnotherScaleIsNoChange() {
        products(3);
        push("crm-products");
        String before = one(VERSIONS);

        update("UPDATE own_products SET price = CAST(price AS numeric(10, 2))");
        JsonNode run = push("crm-products");

        assertThat(run.get("unchanged").asInt()).isEqualTo(3);
        assertThat(run.get("calls").asInt()).isZero();
        assertThat(one(VERSIONS)).isEqualTo(before);
    }

    @Test
    void aChangedPriceSendsAllOwnedKeysOfTheRecordAndNoOther() {
        products(5);
        push("crm-products");
        String id = record("SKU-2").get("id").asText();
        control("PATCH", "/control/store/crm/Products/" + id, "{\"Owner_Note\":\"typed in CRM\"}");

        update("UPDATE own_products SET price = 222.20 WHERE sku = 'SKU-2'");
        JsonNode run = push("crm-products");

        assertThat(run.get("updated").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(run.get("calls").asInt()).isEqualTo(1);
        JsonNode record = record("SKU-2");
        assertThat(record.get("Unit_Price").decimalValue()).isEqualByComparingTo("222.20");
        assertThat(record.get("Owner_Note").asText()).isEqualTo("typed in CRM");
        assertThat(record.get("id").asText()).isEqualTo(id);
        assertThat(writes("product=crm&key=SKU-2").get("writes").get(0).get("last").properties().stream().map(Map.Entry::getKey))
            .contains("Product_Name", "Product_Code", "Unit_Price", "Product_Category", "Description", "Product_Active", "id");
        assertThat(one("SELECT CAST(changes AS text) FROM push_log WHERE action = 'update'")).isEqualTo("{\"Unit_Price\": {\"after\": 222.20, \"before\": 102}}");
    }

    @Test
    void aRowWithAHoleIsRefusedAndZohoKeepsItsValues() {
        products(2);
        push("crm-products");

        update("UPDATE own_products SET price = NULL, name = NULL WHERE sku = 'SKU-1'");
        JsonNode run = push("crm-products");

        assertThat(run.get("status").asText()).isEqualTo("partial");
        assertThat(run.get("rejected").asInt()).isEqualTo(1);
        assertThat(run.get("calls").asInt()).isZero();
        assertThat(one("SELECT error_text FROM push_state WHERE status = 'refused'")).isEqualTo("Unit_Price, Product_Name missing");
        assertThat(record("SKU-1").get("Unit_Price").decimalValue()).isEqualByComparingTo("101");

        update("UPDATE own_products SET price = 101, name = 'Product 1' WHERE sku = 'SKU-1'");
        assertThat(push("crm-products").get("calls").asInt()).isZero();
        assertThat(statuses()).isEqualTo("ok 2");
    }

    @Test
    void aViewThatLosesItsColumnsWritesNothing() {
        products(30);
        push("crm-products");

        update("UPDATE own_products SET price = NULL, description = NULL");
        JsonNode run = push("crm-products");

        assertThat(run.get("rejected").asInt()).as(run.toString()).isEqualTo(30);
        assertThat(run.get("calls").asInt()).isZero();
        assertThat(statuses()).isEqualTo("refused 30");
    }

    @Test
    void aPriceOfZeroIsRefusedUnlessItIsMeantAndManyAreHeld() {
        products(50);
        push("crm-products");

        update("UPDATE own_products SET price = 0 WHERE sku <> 'SKU-1'");
        assertThat(push("crm-products").get("rejected").asInt()).isEqualTo(49);
        assertThat(one("SELECT DISTINCT error_text FROM push_state WHERE status = 'refused'")).isEqualTo("Unit_Price is 0, and the row does not say that 0 is meant");

        update("UPDATE own_products SET zero = true");
        JsonNode held = push("crm-products");

        assertThat(held.get("status").asText()).as(held.toString()).isEqualTo("partial");
        assertThat(held.get("held").asInt()).isEqualTo(49);
        assertThat(held.get("calls").asInt()).isZero();
        assertThat(push("crm-products").get("calls").asInt()).isZero();
        assertThat(record("SKU-2").get("Unit_Price").decimalValue()).isEqualByComparingTo("102");
    }

    @Test
    void mostPricesThatChangeAtOnceAreHeld() {
        products(100);
        push("crm-products");

        update("UPDATE own_products SET price = price + 1 WHERE length(sku) = 6 AND sku < 'SKU-7'");
        JsonNode run = push("crm-products");

        assertThat(run.get("held").asInt()).as(run.toString()).isGreaterThan(50);
        assertThat(run.get("error").asText()).contains("of 100 confirmed records would change: more than 20 % and more than 20");
        assertThat(run.get("calls").asInt()).isZero();
    }

    @Test
    void productsOfOneNameStayTwoRecords() {
        products(2);
        update("UPDATE own_products SET name = 'Twin'");

        push("crm-products");

        assertThat(records()).isEqualTo(2);
        assertThat(statuses()).isEqualTo("ok 2");
    }

    @Test
    void twoRowsWithOneExternalKeyAreRefused() {
        products(2);
        update("UPDATE own_products SET sku = 'SAME'");

        JsonNode run = push("crm-products");

        assertThat(run.get("rejected").asInt()).as(run.toString()).isEqualTo(2);
        assertThat(one("SELECT error_text FROM push_state WHERE record_key = 'key-1'")).isEqualTo("The external key SAME is also that of the row key-2");
    }

    @Test
    void aMatchByAnotherUniqueFieldFailsAndNamesIt() {
        control("PUT", "/control/crm", "{\"unique\":{\"Products\":[\"Product_Code\",\"Product_Name\"]}}");
        control("POST", "/control/store/crm/Products", "{\"Product_Name\":\"Product 1\",\"Product_Code\":\"STRANGE\"}");
        products(1);

        JsonNode run = push("crm-products");

        assertThat(run.get("failed").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(one("SELECT error_text FROM push_state")).startsWith("Zoho matched it by Product_Name, record ");
        assertThat(one("SELECT other_zoho_id FROM push_state")).isNotNull();
        JsonNode shown = get("/api/push/crm-products/key-1");
        assertThat(shown.get("errorCode").asText() + " " + shown.get("errorKey").asText()).isEqualTo("matched Product_Name");

        update("UPDATE own_products SET price = price + 1");
        assertThat(push("crm-products").get("calls").asInt()).as("the other record is not written over again").isZero();
        update("UPDATE own_products SET name = 'Another name'");
        assertThat(push("crm-products").get("updated").asInt()).as("with another name it matches the record by its own key").isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 207, 202})
    void refusedRecordsFailAloneAndAreNotSentAgainUntilTheyChange(int mixedStatus) {
        control("PUT", "/control/crm", "{\"mixedStatus\":" + mixedStatus + "}");
        control("PUT", "/control/refusals", "{\"SKU-10\":\"INVALID_DATA\",\"SKU-11\":\"RECORD_LOCKED\"}");
        products(100);
        update("UPDATE own_products SET name = repeat('x', 300) WHERE sku = 'SKU-12'");

        JsonNode run = push("crm-products");

        assertThat(run.get("status").asText()).isEqualTo("partial");
        assertThat(run.get("created").asInt()).as(run.toString()).isEqualTo(97);
        assertThat(run.get("failed").asInt()).isEqualTo(3);
        assertThat(rows("SELECT external_key, error_code, error_key, next_at IS NULL AS final FROM push_state WHERE status = 'failed' ORDER BY external_key").toString())
            .isEqualTo("[{external_key=SKU-10, error_code=INVALID_DATA, error_key=Product_Code, final=true}, "
                + "{external_key=SKU-11, error_code=RECORD_LOCKED, error_key=Product_Code, final=false}, "
                + "{external_key=SKU-12, error_code=INVALID_DATA, error_key=Product_Name, final=true}]");

        control("PUT", "/control/refusals", "{}");
        assertThat(push("crm-products").get("calls").asInt()).isZero();
        update("UPDATE own_products SET name = 'Short' WHERE sku = 'SKU-12'");
        assertThat(push("crm-products").get("created").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"true, SKU-37", "false, SKU-37", "true, SKU-1", "false, SKU-1"}) // the first one is sent alone before the one beside it
    void aRefusalOfTheWholeBatchFailsTheOneRecordThatItIsAbout(boolean inList, String bad) {
        control("PUT", "/control/crm", "{\"refusalInList\":" + inList + "}");
        control("PUT", "/control/refusals", "{\"" + bad + "\":\"call:INVALID_DATA\"}");
        products(100);

        JsonNode run = push("crm-products");

        assertThat(run.get("created").asInt()).as(run.toString()).isEqualTo(99);
        assertThat(rows("SELECT external_key, error_code, error_key, error_text, next_at FROM push_state WHERE status = 'failed'").toString())
            .isEqualTo("[{external_key=" + bad + ", error_code=INVALID_DATA, error_key=Product_Code, error_text=invalid data, next_at=null}]");
        assertThat(run.get("calls").asInt()).isLessThanOrEqualTo(9);
        assertThat(records()).isEqualTo(99);
    }

    @Test
    void anAnswerOneShortLeavesAllUnknownAndSendsThemAgain() {
        fault("{\"kind\":\"short-answer\",\"count\":1,\"match\":\"upsert\"}");
        products(100);

        JsonNode run = push("crm-products");

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        assertThat(records()).isEqualTo(100);
        assertThat(statuses()).isEqualTo("ok 100");
        assertThat(one("SELECT count(*) FROM push_log WHERE outcome = 'unknown'")).isEqualTo("100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lost-answer", "error-after-write"})
    void anAnswerThatIsLostMakesNoSecondRecord(String kind) {
        fault("{\"kind\":\"" + kind + "\",\"count\":1,\"after\":1,\"match\":\"upsert\"}");
        products(250);

        push("crm-products");

        assertThat(records()).isEqualTo(250);
        assertThat(statuses()).isEqualTo("ok 250");
    }

    @Test
    void aFailureAfterASuccessKeepsIdAndBody() {
        products(3);
        push("crm-products");
        String before = one("SELECT string_agg(zoho_id || CAST(sent AS text), ',' ORDER BY record_key) FROM push_state");

        control("PUT", "/control/refusals", "{\"SKU-1\":\"INVALID_DATA\",\"SKU-2\":\"INVALID_DATA\",\"SKU-3\":\"INVALID_DATA\"}");
        update("UPDATE own_products SET price = price + 1");
        push("crm-products");

        assertThat(statuses()).isEqualTo("failed 3");
        assertThat(one("SELECT string_agg(zoho_id || CAST(sent AS text), ',' ORDER BY record_key) FROM push_state")).isEqualTo(before);
    }

    @Test
    void rowsThatAlwaysFailDoNotStarveNewOnes() {
        products(100);
        StringBuilder refusals = new StringBuilder("{");
        for (int i = 1; i <= 100; i++) {
            refusals.append(i == 1 ? "" : ",").append("\"SKU-").append(i).append("\":\"RECORD_LOCKED\"");
        }
        control("PUT", "/control/refusals", refusals + "}");
        push("crm-products");
        update("UPDATE push_state SET next_at = now()");
        update("INSERT INTO own_products (id, sku, name, price) SELECT 'new-' || n, 'NEW-' || n, 'New ' || n, n FROM generate_series(1, 50) n");

        push("crm-products?limit=50");
        assertThat(records()).isGreaterThanOrEqualTo(25);
        push("crm-products?limit=50");
        push("crm-products?limit=50");
        assertThat(records()).isEqualTo(50);
    }

    @Test
    void aKeyThatVanishesFromTheSameMappingIsRefused() {
        products(1);
        push("crm-products");
        update("UPDATE push_state SET sent = sent || '{\"Weight\": 5}'");

        JsonNode run = push("crm-products");

        assertThat(run.get("rejected").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(one("SELECT error_text FROM push_state")).startsWith("Weight is no longer in the body");

        update("UPDATE push_state SET sent_mapping = 'an older mapping'");
        assertThat(push("crm-products").get("updated").asInt()).isEqualTo(1);
    }

    @Test
    void aMappingThatNeverSettlesIsHeldAndNamesTheKey() {
        products(1);
        for (int i = 0; i < 5; i++) {
            update("UPDATE own_products SET price = price + 1");
            push("crm-products");
        }
        assertThat(statuses()).isEqualTo("ok 1");

        update("UPDATE own_products SET price = price + 1");
        JsonNode run = push("crm-products");

        assertThat(run.get("held").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(one("SELECT error_text FROM push_state")).isEqualTo("pushed 5 times within an hour, and Unit_Price keeps changing");
        assertThat(run.get("calls").asInt()).isZero();
    }

    @Test
    void aRowThatLeavesTheViewIsGoneAndComesBack() {
        products(2);
        push("crm-products");
        update("DELETE FROM own_products WHERE sku = 'SKU-1'");

        assertThat(push("crm-products").get("calls").asInt()).isZero();
        assertThat(statuses()).isEqualTo("gone 1, ok 1");

        update("INSERT INTO own_products (id, sku, name, price) VALUES ('key-1', 'SKU-1', 'Product 1', 101)");
        assertThat(push("crm-products").get("updated").asInt()).isEqualTo(1);
        assertThat(records()).isEqualTo(2);
        assertThat(statuses()).isEqualTo("ok 2");
    }

    @Test
    void aLimitInMidRunFailsNoRowAndTheRunWaitsAndEnds() {
        fault("{\"kind\":\"error\",\"code\":44,\"count\":1,\"after\":1,\"match\":\"upsert\"}");
        products(250);

        long id = SaddlebagServer.json(saddlebag().call("POST", "/api/push/crm-products")).get("runId").asLong();
        await().until(() -> saddlebag().run(id).get("waitingFor").asText().equals("minute"));

        assertThat(saddlebag().run(id).get("waitingUntil").isNull()).isFalse();
        assertThat(saddlebag().run(id).get("rateLimitHits").asInt()).isEqualTo(100);
        assertThat(one("SELECT count(*) FROM push_state WHERE rate_limit_hits = 1 AND status = 'waiting'")).isEqualTo("100");
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'failed'")).isEqualTo("0");

        update("UPDATE organisations SET blocked_until = NULL");
        update("UPDATE sync_runs SET waiting_until = now()");
        assertThat(saddlebag().ended(id).get("status").asText()).isEqualTo("succeeded");
        assertThat(statuses()).isEqualTo("ok 250");
        assertThat(records()).isEqualTo(250);
    }

    @Test
    void aForcedRunThatIsCancelledResumesAndSendsEachRecordOnce() {
        products(300);
        push("crm-products");
        control("DELETE", "/control/writes", null);

        try (HeldCalls second = ZOHO.hold("PUT .*/crm/v8/Products", 1)) {
            long id = SaddlebagServer.json(saddlebag().call("POST", "/api/push/crm-products?force=true")).get("runId").asLong();
            await().until(() -> saddlebag().run(id).get("updated").asInt() == 100 && saddlebag().count("push_state WHERE status = 'unknown'") == 100);
            assertThat(saddlebag().call("POST", "/api/sync/runs/" + id + "/cancel").statusCode()).isEqualTo(200);
        }
        await().until(() -> one("SELECT count(*) FROM push_state WHERE status = 'unknown'").equals("0"));
        JsonNode second = push("crm-products?force=true");

        assertThat(second.get("status").asText()).as(second.toString()).isEqualTo("succeeded");
        assertThat(one("SELECT count(*) FROM (SELECT record_key FROM push_log WHERE action = 'update' AND outcome = 'ok' GROUP BY record_key HAVING count(*) = 1) once"))
            .isEqualTo("300");
    }

    @Test
    void longBodiesAreTakenIntoMemoryFewAtATime() {
        products(300);
        update("UPDATE own_products SET description = repeat('Ünïcode ', 3900)");

        assertThat(rows("SELECT jsonb_array_length(rows) AS n FROM push_next(NULL, '" + SaddlebagServer.ORG + "', 'crm-products', '"
            + saddlebag().bean(Targets.class).of("crm-products").settings() + "', '{}', $sql$" + saddlebag().bean(Targets.class).of("crm-products").rows() + "$sql$)").toString())
            .as("4 MB of bodies of 39 KB").isEqualTo("[{n=100}, {n=2}]");
        assertThat(push("crm-products").get("created").asInt()).isEqualTo(300);
        assertThat(records()).isEqualTo(300);
    }

    @Test
    void aTargetThatIsOffWritesNothing() {
        products(1);
        update("UPDATE push_targets SET state = 'planned'");

        assertThat(saddlebag().call("POST", "/api/push/crm-products").statusCode()).isEqualTo(409);
        assertThat(saddlebag().call("POST", "/api/push/nothing").body()).contains("crm-products");
        assertThat(records()).isZero();
    }
}
