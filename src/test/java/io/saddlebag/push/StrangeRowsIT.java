package io.saddlebag.push;

import static io.saddlebag.testkit.SaddlebagServer.ORG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer.HeldCalls;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.ConnectionCallback;

/** Rows as a business may have them: types, keys and values that nobody thought of, and views that fail. */
@Tag("sql")
class StrangeRowsIT extends PushCase {

    @BeforeEach
    void on() {
        on("crm-products");
    }

    private static JsonNode records() {
        return control("GET", "/control/store/crm/Products", null).get("records");
    }

    private static void execute(String sql) {
        saddlebag().database().execute(sql);
    }

    private static String errors() {
        return one("SELECT string_agg(record_key || ' ' || status || ': ' || error_text, '; ' ORDER BY record_key) FROM push_state WHERE error_text IS NOT NULL");
    }

    private static void view(String columns) {
        execute("DROP VIEW push_products");
        execute("CREATE VIEW push_products AS SELECT '" + ORG + "' AS org_id, " + columns + " FROM own_products");
    }

    @Test
    void columnsOfAnyTextTypeAreTaken() {
        products(3);
        view("CAST(id AS varchar(40)) AS record_key, CAST(sku AS varchar(64)) AS sku, CAST(name AS char(60)) AS name, CAST(description AS varchar) AS description, price,"
            + " CAST(NULL AS char(3)) AS currency, active AS is_active, zero AS price_may_be_zero, CAST(category AS varchar(20)) AS category");

        JsonNode run = push("crm-products");

        assertThat(run.get("created").asInt()).as(run.toString()).isEqualTo(3);
        assertThat(push("crm-products").get("unchanged").asInt()).isEqualTo(3);
        assertThat(get("/api/push/crm-products/key-1").get("status").asText()).isEqualTo("ok");
    }

    @Test
    void longTextsSignsAndAmountsArriveAsTheyAre() {
        String text = "\"Quoted\" back\\\\slash, 'it', tab\t, line\r\nend, @records \"@record\" {externalKey} :?org ${body} \uD83D\uDEDC\u202E\u00DC\u4E2D " + "x".repeat(30_000);
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, price, description, category) VALUES ('k/\uD83D\uDEDC ?&#%', '\uD83D\uDEDC/''\\ 1', '@records', "
            + "9999999999999.99, ?, '@zohoId')", text);

        JsonNode run = push("crm-products");

        assertThat(run.get("created").asInt()).as(run.toString() + errors()).isEqualTo(1);
        JsonNode record = records().get(0);
        assertThat(record.get("Description").asText()).isEqualTo(text);
        assertThat(record.get("Product_Code").asText()).isEqualTo("\uD83D\uDEDC/'\\ 1");
        assertThat(record.get("Product_Name").asText()).isEqualTo("@records");
        assertThat(record.get("Unit_Price").decimalValue()).isEqualByComparingTo("9999999999999.99");
        JsonNode plan = push("crm-products?dryRun=true");
        assertThat(plan.get("unchanged").asInt()).as("the plan finds it by its key: " + plan).isEqualTo(1);
        assertThat(get("/api/push/crm-products/-?keys=k%2F%F0%9F%9B%9C%20%3F%26%23%25").get("zohoId").asText()).isEqualTo(record.get("id").asText());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"NaN | NaN is no amount; Unit_Price is not a number", "Infinity | Infinity is no amount; Unit_Price is not a number", "-0.00 | Unit_Price is 0, and the row does not say that 0 is meant",
        "19.9999 | 19.9999 has more decimals than the currency has: 2"})
    void anAmountThatIsNoneIsRefused(String price, String reason) {
        products(1);
        execute("UPDATE own_products SET price = '" + price + "'");

        assertThat(push("crm-products").get("calls").asInt()).isZero();

        assertThat(errors()).isEqualTo("key-1 refused: " + reason);
    }

    @Test
    void anEmptyListIsAHole() {
        assertThat(one("SELECT push_refusal('{\"a\": [], \"b\": {}, \"c\": \" \", \"d\": null, \"e\": [1], \"f\": false, \"g\": 0}', NULL, false, false, NULL, "
            + "ARRAY['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], '{}', '{}', '{}')")).isEqualTo("a, b, c, d, h missing");
    }

    @Test
    void aKeyThatTheViewHasTwiceIsRefusedAndTheOthersGo() {
        products(3);
        view("CASE id WHEN 'key-3' THEN 'key-2' ELSE id END AS record_key, sku, name, description, price, currency, active AS is_active, zero AS price_may_be_zero, category");

        JsonNode run = push("crm-products");

        assertThat(run.get("created").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(errors()).isEqualTo("key-2 refused: The view has 2 rows with the record_key key-2");
        assertThat(records()).hasSize(1);
    }

    /** To Zoho CRM they are one value, and the second row would be written over the record of the first. */
    @ParameterizedTest
    @CsvSource({"sku-1", "' SKU-1 '"})
    void keysThatZohoTakesForTheSameAreRefused(String other) {
        products(2);
        saddlebag().database().update("UPDATE own_products SET sku = ? WHERE id = 'key-2'", other);

        JsonNode run = push("crm-products");

        assertThat(run.get("rejected").asInt()).as(run.toString()).isEqualTo(2);
        assertThat(errors()).isEqualTo("key-1 refused: The external key SKU-1 is also that of the row key-2; key-2 refused: The external key " + other + " is also that of the row key-1");
        assertThat(records()).isEmpty();
    }

    @Test
    void aRowThatIsSentAloneDoesNotTakeTheRecordOfAnother() {
        products(1);
        push("crm-products");
        execute("INSERT INTO own_products (id, sku, name, price) VALUES ('key-9', 'sku-1', 'Stranger', 5)");

        assertThat(post("/api/push/crm-products/key-9").get("errorText").asText()).isEqualTo("The external key sku-1 is also that of the row key-1");
        push("crm-products?keys=key-9");

        assertThat(records()).extracting(record -> record.get("Product_Name").asText()).containsExactly("Product 1");
        execute("DELETE FROM own_products WHERE id = 'key-1'");
        push("crm-products");
        assertThat(push("crm-products?keys=key-9").get("status").asText()).as("the other row left the view, and this one is its heir").isEqualTo("succeeded");
        assertThat(records()).extracting(record -> record.get("Product_Name").asText()).containsExactly("Stranger");
    }

    @Test
    void aRecordThatWentToAnotherRowIsNotWrittenByTheRowThatHadItBefore() {
        products(1);
        push("crm-products");
        String id = one("SELECT zoho_id FROM push_state");
        execute("DELETE FROM own_products");
        push("crm-products");
        execute("INSERT INTO own_products (id, sku, name, price) VALUES ('key-9', 'SKU-1', 'Heir', 5)");
        assertThat(get("/api/sync/runs/" + push("crm-products?dryRun=true").get("id") + "/report").at("/records/0/what").asText()).isEqualTo("updated");
        push("crm-products");
        assertThat(one("SELECT string_agg(concat_ws(' ', record_key, status, zoho_id), ', ' ORDER BY record_key) FROM push_state")).isEqualTo("key-1 gone, key-9 ok " + id);

        execute("UPDATE own_products SET sku = 'SKU-9'");
        push("crm-products");
        products(1);
        push("crm-products");

        assertThat(records()).extracting(record -> record.get("Product_Code").asText() + " " + record.get("Product_Name").asText()).containsExactly("SKU-9 Heir", "SKU-1 Product 1");
    }

    @Test
    void aPlanWhoseCodeChangesIsRefusedBecauseNoUpdateChangesIt() {
        on("billing-products");
        on("billing-plans");
        execute("INSERT INTO own_products (id, sku, name, family, recurring, price) VALUES ('p', 'OLD', 'Plan', 'Fibre', 5, 0)");
        pushAll();

        execute("UPDATE own_products SET sku = 'NEW' WHERE id = 'p'");
        push("billing-plans");

        assertThat(one("SELECT status || ': ' || error_text FROM push_state WHERE target = 'billing-plans'"))
            .isEqualTo("refused: Zoho knows the record by the key OLD, which no update changes to NEW. Where a second record is meant, forget the row");
        execute("UPDATE own_products SET sku = 'OLD', recurring = 6 WHERE id = 'p'");
        assertThat(push("billing-plans").get("updated").asInt()).isEqualTo(1);
    }

    /** Its look-up would have no address, and an outcome that is not known would stay so. */
    @ParameterizedTest
    @ValueSource(strings = {"FBR 50", "FBR/50", "..", "F\u00DCR"})
    void aPlanCodeThatNoAddressTakesIsRefused(String code) {
        on("billing-products");
        on("billing-plans");
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, family, recurring, price) VALUES ('p', ?, 'Plan', 'Fibre', 5, 0)", code);

        pushAll();

        assertThat(one("SELECT error_text FROM push_state WHERE target = 'billing-plans'")).isEqualTo("The key " + code + " cannot stand in an address of Zoho's, which takes letters, digits, - and _");
        assertThat(writes("product=billing&module=plans").get("writes")).isEmpty();
    }

    @Test
    void aViewThatFailsEndsTheRunWithItsNameAndStopsNoAnswer() {
        products(2);
        push("crm-products");
        view("id AS record_key, sku, name, description, price / (length(sku) - 5) AS price, currency, active AS is_active, zero AS price_may_be_zero, category");

        JsonNode run = push("crm-products");

        String reason = "routes/push/crm-products.sql cannot run: division by zero. Correct the view push_products, or that file";
        assertThat(run.get("status").asText()).isEqualTo("failed");
        assertThat(run.get("error").asText()).contains(reason);
        assertThat(one("SELECT string_agg(DISTINCT status, ',') FROM push_state")).isEqualTo("ok");
        assertThat(get("/api/push/crm-products").get("rows")).hasSize(2);
        for (String address : new String[] {"GET /api/push/crm-products/key-1", "POST /api/push/crm-products/key-1", "GET /api/push/crm-products?keys=key-1"}) {
            HttpResponse<String> answer = saddlebag().call(address.split(" ")[0], address.split(" ")[1]);
            assertThat(answer.statusCode()).as(address + answer.body()).isEqualTo(409);
            assertThat(answer.body()).contains("routes/push/crm-products.sql cannot run: division by zero. Correct the view that it reads, or that file").doesNotContain("PL/pgSQL");
        }
    }

    @Test
    void aViewThatLosesAColumnInMidRunEndsTheRunAndLeavesNothingInHand() {
        products(250);
        long id;
        try (HeldCalls second = ZOHO.hold("/upsert", 1)) {
            id = SaddlebagServer.json(saddlebag().call("POST", "/api/push/crm-products")).get("runId").asLong();
            await().until(() -> saddlebag().count("push_state WHERE status = 'ok'") == 100
                && saddlebag().count("push_state WHERE status = 'unknown'") == 100);
            view("id AS record_key, sku, name");
        }
        JsonNode run = saddlebag().ended(id);

        assertThat(run.get("error").asText()).contains("routes/push/crm-products.sql cannot run: column p.price does not exist. Correct the view push_products, or that file");
        assertThat(one("SELECT string_agg(DISTINCT status, ',') FROM push_state")).isEqualTo("ok");
        assertThat(saddlebag().count("push_state WHERE claimed_until IS NOT NULL")).isZero();
        assertThat(records()).hasSize(250);
    }

    /** As a failure of the database the run would be resumed, and end in the same way, for ever. */
    @Test
    void aViewThatTakesTooLongForTheServerFailsAndSaysSo() {
        String words = saddlebag().database().execute((ConnectionCallback<String>) connection -> {
            try (Statement session = connection.createStatement()) {
                session.execute("SET statement_timeout = '200ms'");
                try {
                    session.execute("SELECT * FROM push_rows('1', 'crm-products', 'push_products', '{}', 'SELECT CAST(pg_sleep(5) AS text) AS record_key, ''x'' AS external_key, "
                        + "CAST(''{}'' AS jsonb) AS body')");
                    return "no failure";
                } catch (SQLException e) {
                    return e.getSQLState() + " " + e.getMessage();
                } finally {
                    session.execute("RESET statement_timeout");
                }
            }
        });

        assertThat(words).startsWith("P0001 ").contains("routes/push/crm-products.sql was ended: canceling statement due to statement timeout. Make the view push_products quicker");
    }

    @Test
    void everyKeyIsOnceInTheReportOfAPlanAlsoOfStrangeKeys() {
        products(2);
        execute("UPDATE own_products SET id = E'line\\nbreak', sku = E'a,b''c' WHERE id = 'key-2'");

        JsonNode plan = push("crm-products?dryRun=true");

        assertThat(StreamSupport.stream(get("/api/sync/runs/" + plan.get("id") + "/report").get("records").spliterator(), false).map(record -> record.get("recordKey").asText()))
            .containsExactlyInAnyOrder("key-1", "line\nbreak");
    }
}
