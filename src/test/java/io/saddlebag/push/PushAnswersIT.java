package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Zoho's answers become for the people who read them: words, ids of other records, and one status for each target. */
class PushAnswersIT extends PushCase {

    private static JsonNode records() {
        return control("GET", "/control/store/crm/Products", null).get("records");
    }

    @Test
    void aDuplicateFailsWithTheIdOfTheOtherRecordWhichAdoptTiesAndTheNextRunUpdates() {
        on("crm-products");
        products(1);
        String other = control("POST", "/control/store/crm/Products", "{\"Product_Name\":\"Typed by hand\",\"Product_Code\":\"SKU-1\"}").path("id").asText();
        fault("{\"kind\":\"duplicate\",\"match\":\"upsert\",\"count\":1}");

        assertThat(push("crm-products").get("failed").asInt()).isEqualTo(1);

        JsonNode failed = get("/api/push/crm-products/key-1");
        assertThat(failed.get("status").asText()).isEqualTo("failed");
        assertThat(failed.get("errorCode").asText()).isEqualTo("DUPLICATE_DATA");
        assertThat(failed.get("errorKey").asText()).isEqualTo("Product_Code");
        assertThat(failed.get("otherZohoId").asText()).isEqualTo(other).isNotEmpty();
        assertThat(failed.get("zohoId").isNull()).as("the other record is not ours yet").isTrue();
        assertThat(push("crm-products").get("calls").asInt()).as("the same body is not sent again by itself").isZero();

        HttpResponse<String> adopted = saddlebag().send("POST", "/api/push/crm-products/key-1/adopt", "{\"zohoId\":\"" + other + "\"}");
        assertThat(adopted.statusCode()).as(adopted.body()).isEqualTo(200);
        JsonNode run = push("crm-products");

        assertThat(run.get("updated").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(records()).hasSize(1);
        assertThat(records().at("/0/id").asText()).isEqualTo(other);
        assertThat(records().at("/0/Product_Name").asText()).isEqualTo("Product 1");
        assertThat(rows("SELECT status, zoho_id, other_zoho_id FROM push_state").toString()).isEqualTo("[{status=ok, zoho_id=" + other + ", other_zoho_id=null}]");
    }

    @Test
    void aCorrectedRowThatCouldNotBeSentIsSentByTheNextRun() {
        on("crm-products");
        products(2);
        fault("{\"kind\":\"duplicate\",\"match\":\"upsert\",\"count\":1}");
        assertThat(push("crm-products").get("failed").asInt()).isEqualTo(2);
        saddlebag().database().update("UPDATE own_products SET price = 250 WHERE id = 'key-1'");
        fault("{\"kind\":\"wrong-scope\",\"match\":\"upsert\",\"count\":1}");
        assertThat(push("crm-products").get("status").asText()).isEqualTo("failed");

        JsonNode run = push("crm-products");

        assertThat(run.get("created").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(rows("SELECT record_key, status FROM push_state ORDER BY record_key").toString())
            .isEqualTo("[{record_key=key-1, status=ok}, {record_key=key-2, status=failed}]");
    }

    /** Zoho answers each call about this one record with a server error. */
    @Test
    void aRecordThatZohoNeverTakesDoesNotKeepTheOthersWaiting() {
        List.of("billing-products", "billing-plans").forEach(PushCase::on);
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, price, family, recurring) SELECT 'key-' || n, 'SKY-' || n, 'SkyFibre ' || n, 899, 'SkyFibre', 899 FROM generate_series(1, 4) n");
        pushAll();
        assertThat(one("SELECT count(*) FROM push_state WHERE target = 'billing-plans' AND status = 'ok'")).isEqualTo("4");
        fault("{\"kind\":\"error\",\"status\":500,\"match\":\"PUT .*/plans/SKY-1\"}");
        saddlebag().database().update("UPDATE own_products SET recurring = 999");
        for (int run = 0; run < 3; run++) {
            push("billing-plans?keys=key-1");
        }

        push("billing-plans");

        assertThat(rows("SELECT record_key, status FROM push_state WHERE target = 'billing-plans' ORDER BY record_key").toString()).isEqualTo(
            "[{record_key=key-1, status=unknown}, {record_key=key-2, status=ok}, {record_key=key-3, status=ok}, {record_key=key-4, status=ok}]");
    }

    @Test
    void whatFailsInCrmIsWrittenToBillingAndEachTargetHasItsOwnStatus() {
        List.of("crm-products", "billing-products", "billing-plans").forEach(PushCase::on);
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, price, family, recurring) VALUES ('p1', 'SKY-FBR-050', 'SkyFibre 50/50', 899, 'SkyFibre', 899)");
        fault("{\"kind\":\"duplicate\",\"match\":\"/crm/\"}");

        pushAll();

        assertThat(rows("SELECT target, status FROM push_state WHERE record_key = 'p1' ORDER BY target").toString())
            .isEqualTo("[{target=billing-plans, status=ok}, {target=crm-products, status=failed}]");
        assertThat(rows("SELECT target, ok, failed FROM push_summary WHERE state = 'on' ORDER BY target").toString())
            .isEqualTo("[{target=billing-plans, ok=1, failed=0}, {target=billing-products, ok=1, failed=0}, {target=crm-products, ok=0, failed=1}]");
        assertThat(records()).isEmpty();
        assertThat(control("GET", "/control/store/billing/plans", null).at("/records/0/plan_code").asText()).isEqualTo("SKY-FBR-050");
    }

    @ParameterizedTest
    @CsvSource({"RECORD_LOCKED, RECORD_LOCKED, record is locked", "INVALID_DATA, INVALID_DATA, invalid data", "call:INVALID_DATA, INVALID_DATA, invalid data"})
    void theReasonOfARefusalIsInZohosOwnWordsWhereverItIsShown(String refusal, String code, String words) {
        on("crm-products");
        products(1);
        control("PUT", "/control/refusals", "{\"SKU-1\":\"" + refusal + "\"}");

        push("crm-products");

        JsonNode shown = get("/api/push/crm-products/key-1");
        assertThat(shown.get("errorText").asText()).isEqualTo(words);
        assertThat(shown.get("errorCode").asText()).isEqualTo(code);
        assertThat(rows("SELECT DISTINCT error_code, error_text FROM push_log WHERE outcome = 'failed'").toString())
            .isEqualTo("[{error_code=" + code + ", error_text=" + words + "}]");
        assertThat(one("SELECT meaning FROM push_status")).startsWith(words + ". It is sent again");
    }

    @Test
    void aForcedRunOfFailedRowsSendsNoOther() {
        on("crm-products");
        products(2);
        control("PUT", "/control/refusals", "{\"SKU-1\":\"INVALID_DATA\"}");
        push("crm-products");
        control("PUT", "/control/refusals", "{}");
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, price) VALUES ('new', 'NEW', 'New', 5)");

        JsonNode run = push("crm-products?status=failed&limit=100&force=true");

        assertThat(run.get("created").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(records()).extracting(record -> record.get("Product_Code").asText()).containsExactlyInAnyOrder("SKU-1", "SKU-2");
        assertThat(push("crm-products").get("created").asInt()).isEqualTo(1);
    }

    @Test
    void anEditedSqlFileThatNamesTheSameKeysInAnotherOrderSendsNothing() throws Exception {
        on("crm-products");
        products(3);
        push("crm-products");
        Path files = Path.of("routes/push");
        Path folder = Files.createTempDirectory(Path.of("target"), "targets");
        String sql = Files.readString(files.resolve("crm-products.sql"));
        String reordered = sql.replace("'Product_Name', p.name, 'Product_Code', p.sku,", "'Product_Code', p.sku, 'Product_Name', p.name,");
        assertThat(reordered).isNotEqualTo(sql);
        Files.writeString(folder.resolve("crm-products.sql"), reordered);
        Files.copy(files.resolve("crm-products.yaml"), folder.resolve("crm-products.yaml"));
        Targets targets = saddlebag().bean(Targets.class);
        targets.put(targets.read(folder.resolve("crm-products.yaml")));
        try {
            JsonNode run = push("crm-products");

            assertThat(run.get("unchanged").asInt()).as(run.toString()).isEqualTo(3);
            assertThat(run.get("calls").asInt()).isZero();
        } finally {
            targets.put(shipped("crm-products"));
        }
    }
}
