package io.saddlebag.push;

import static io.saddlebag.testkit.SaddlebagServer.ORG;
import static io.saddlebag.testkit.SaddlebagServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.meta.MetaCatalogue;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Own products in the catalogue that WhatsApp shows. The test asks for results at once, where Saddlebag waits 10 s first. */
class MetaCatalogueIT extends PushCase {

    private static final String TARGET = "meta-catalogue";

    @BeforeEach
    void aCatalogue() {
        saddlebag().database().execute("TRUNCATE push_handles");
        catalogue(MetaCatalogue.ID, MetaCatalogue.TOKEN);
        saddlebag().database().execute("DROP VIEW push_products");
        saddlebag().database().execute("""
            CREATE VIEW push_products AS
            SELECT '%s' AS org_id, id AS record_key, sku, name, description, price, coalesce(family, 'ZAR') AS currency, active AS is_active,
                   zero AS price_may_be_zero, 'https://shop.example/' || NULLIF(category, 'no picture') AS image_url, 'https://shop.example/' || sku AS link_url,
                   stock, CAST(NULL AS text) AS brand
              FROM own_products""".formatted(ORG));
        on(TARGET);
    }

    @Test
    void productsAreAcceptedInBatchesOfAThousandAndOkOnceMetaHasFinished() {
        products(2500);
        control("PUT", "/control/meta", "{\"polls\":1000}");

        JsonNode run = push(TARGET);

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        assertThat(run.get("calls").asInt()).isEqualTo(3);
        assertThat(statuses()).isEqualTo("accepted 2500");
        assertThat(push(TARGET).get("calls").asInt()).as("accepted rows are no candidates").isZero();
        askNow();
        await().untilAsserted(() -> assertThat(one("SELECT count(*) FROM push_handles WHERE checks >= 1 AND claimed_until IS NULL")).isEqualTo("3"));
        assertThat(statuses()).isEqualTo("accepted 2500");

        control("PUT", "/control/meta", "{\"polls\":0}");
        judged();

        assertThat(statuses()).isEqualTo("ok 2500");
        assertThat(stored()).hasSize(2500);
        assertThat(stored().get(0).get("title").asText()).startsWith("Product ");
        assertThat(one("SELECT count(*) FROM push_log WHERE outcome = 'ok'")).isEqualTo("2500");
        assertThat(push(TARGET).get("unchanged").asInt()).isEqualTo(2500);
    }

    @Test
    void whatFailsAfterTheAcceptanceFailsInMetasWordsAndIsSentAgainWhenItChanges() {
        products(1000);
        control("PUT", "/control/meta", "{\"errors\":{\"SKU-1\":\"Bad image\",\"SKU-2\":\"Bad link\",\"SKU-3\":\"Bad title\"}}");
        push(TARGET);
        judged();

        assertThat(statuses()).isEqualTo("failed 3, ok 997");
        assertThat(one("SELECT error_text FROM push_state WHERE record_key = 'key-2'")).isEqualTo("Bad link");

        assertThat(push(TARGET).get("calls").asInt()).isZero();
        control("PUT", "/control/meta", "{\"errors\":{}}");
        saddlebag().database().execute("UPDATE own_products SET name = name || ' II' WHERE sku IN ('SKU-1', 'SKU-2', 'SKU-3')");
        JsonNode run = push(TARGET);
        judged();

        assertThat(run.get("calls").asInt()).isOne();
        assertThat(one("SELECT records FROM zoho_calls WHERE run_id = " + run.get("id"))).isEqualTo("3");
        assertThat(statuses()).isEqualTo("ok 1000");
    }

    @Test
    void whatIsWrongAtOnceFailsAtOnce() {
        products(2);
        control("PUT", "/control/meta", "{\"validations\":{\"SKU-1\":\"Bad price\"}}");
        assertThat(push(TARGET).get("status").asText()).isEqualTo("partial");
        assertThat(one("SELECT status || ' ' || error_text FROM push_state WHERE record_key = 'key-1'")).isEqualTo("failed Bad price");
        judged();
        assertThat(statuses()).isEqualTo("failed 1, ok 1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "category = 'no picture' | image missing",
        "price = 0 | price is 0, and Meta takes none but more than 0",
        "family = '' | currency missing: price needs three letters such as ZAR; price missing",
        "price = 9.999 | price 9.999 has more decimals than ZAR has",
        "name = repeat('x', 150) | title has 150 letters, Meta takes 100",
        "description = repeat('x', 5001) | description has 5001 letters, Meta takes 5,000",
        "description = 'ALL GOOD' | description is in capitals only, which Meta refuses",
        "description = NULL | description missing"})
    void whatMetaWouldRefuseIsRefusedHere(String change, String reason) {
        products(1);
        saddlebag().database().execute("UPDATE own_products SET " + change);
        JsonNode run = push(TARGET);
        assertThat(run.get("calls").asInt()).isZero();
        assertThat(one("SELECT status || ' ' || error_text FROM push_state")).isEqualTo("refused " + reason);
    }

    @ParameterizedTest
    @CsvSource({"IQD, 25000, 25000 IQD", "ZAR, 899.5, 899.50 ZAR", "KWD, 1.25, 1.250 KWD", "jpy, 300, 300 JPY"})
    void aPriceHasTheDecimalsOfItsCurrency(String currency, String price, String sent) {
        products(1);
        saddlebag().database().update("UPDATE own_products SET family = ?, price = ?::numeric", currency, price);
        push(TARGET);
        assertThat(stored().at("/0/price").asText()).isEqualTo(sent);
    }

    @Test
    void availabilityFollowsTheStockAndWhatIsNotSoldIsDeleted() {
        products(2);
        saddlebag().database().execute("UPDATE own_products SET stock = 0");
        push(TARGET);
        judged();
        assertThat(stored().at("/0/availability").asText()).isEqualTo("out of stock");

        saddlebag().database().execute("UPDATE own_products SET stock = 5 WHERE id = 'key-1'");
        saddlebag().database().execute("UPDATE own_products SET active = false WHERE id = 'key-2'");
        push(TARGET);

        assertThat(stored()).hasSize(1);
        assertThat(stored().at("/0/availability").asText()).isEqualTo("in stock");
        assertThat(one("SELECT status FROM push_state WHERE record_key = 'key-2'")).isEqualTo("accepted");
        assertThat(push(TARGET).get("calls").asInt()).as("an accepted delete is not sent again").isZero();
        judged();
        assertThat(statuses()).isEqualTo("gone 1, ok 1");

        saddlebag().database().execute("DELETE FROM own_products WHERE id = 'key-1'");
        push(TARGET);
        judged();
        assertThat(stored()).isEmpty();
        assertThat(statuses()).isEqualTo("gone 2");

        saddlebag().database().execute("UPDATE own_products SET active = true");
        push(TARGET);
        judged();
        assertThat(statuses()).isEqualTo("gone 1, ok 1");
        assertThat(stored()).hasSize(1);
    }

    @Test
    void aDeleteOfWhatIsNotThereIsDone() {
        products(1);
        push(TARGET);
        judged();
        control("DELETE", "/control/store/meta/products/" + stored().at("/0/fb_id").asText(), null);
        saddlebag().database().execute("DELETE FROM own_products");
        push(TARGET);
        judged();
        assertThat(statuses()).isEqualTo("gone 1");
    }

    @Test
    void atMetasLimitTheRunWaitsAndZohosQuotaIsUntouched() {
        products(3);
        control("POST", "/control/faults", "{\"kind\":\"error\",\"code\":80014,\"match\":\"/meta/\"}");
        long run = json(saddlebag().call("POST", "/api/push/" + TARGET)).get("runId").asLong();

        await().until(() -> "meta".equals(saddlebag().run(run).path("waitingFor").asText()));
        assertThat(saddlebag().run(run).get("status").asText()).isEqualTo("running");
        assertThat(statuses()).isEqualTo("waiting 3");
        JsonNode quota = json(saddlebag().call("GET", "/api/zoho/health")).at("/organisations/0/quota");
        assertThat(quota.get("slotsHeld").asInt()).isZero();
        assertThat(quota.get("callsInLastHour").asInt()).isZero();
        assertThat(quota.get("blockedUntil").isNull()).isTrue();
        assertThat(one("SELECT zoho_code FROM zoho_calls WHERE product = 'meta'")).isEqualTo("80014");

        control("DELETE", "/control/faults", null);
        saddlebag().database().execute("UPDATE organisations SET meta_blocked_until = now()");
        saddlebag().database().execute("UPDATE sync_runs SET waiting_until = now()");
        assertThat(saddlebag().ended(run).get("status").asText()).isEqualTo("succeeded");
        judged();
        assertThat(statuses()).isEqualTo("ok 3");
    }

    @Test
    void tooMuchDataIsSentInSmallerParts() {
        products(10);
        control("PUT", "/control/meta", "{\"most\":4}");
        JsonNode run = push(TARGET);
        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        judged();
        assertThat(statuses()).isEqualTo("ok 10");
        assertThat(one("SELECT count(DISTINCT handle) FROM push_state")).isEqualTo("5");
    }

    @Test
    void whileMetaIsAwayPullsGoOnAndTheRowsGoLater() {
        products(3);
        control("POST", "/control/faults", "{\"kind\":\"drop\",\"match\":\"/meta/\"}");
        JsonNode run = push(TARGET);
        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("failed");
        assertThat(run.get("error").asText()).contains("Meta");
        assertThat(saddlebag().pull("full").get("status").asText()).isEqualTo("succeeded");
        assertThat(saddlebag().bean(io.saddlebag.zoho.ZohoCircuits.class).state(ORG)).isEqualTo("CLOSED");

        control("DELETE", "/control/faults", null);
        push(TARGET);
        judged();
        assertThat(statuses()).isEqualTo("ok 3");
        assertThat(stored()).hasSize(3);
    }

    @Test
    void aBatchWithoutAResultIsSentAgainAfterADayAndHealthSaysSo() {
        products(2);
        control("PUT", "/control/meta", "{\"polls\":1000}");
        push(TARGET);
        askNow();
        await().until(() -> one("SELECT count(*) FROM push_handles WHERE checks >= 1 AND claimed_until IS NULL").equals("1"));
        assertThat(statuses()).isEqualTo("accepted 2");

        saddlebag().database().execute("UPDATE push_handles SET accepted_at = now() - interval '25 hours', next_at = now()");
        await().until(() -> statuses().equals("unknown 2"));
        assertThat(one("SELECT error_text FROM push_state WHERE record_key = 'key-1'")).contains("No result of the batch sandbox-handle-1 within a day");
        assertThat(saddlebag().call("GET", "/api/zoho/health").body()).contains("2 records of meta-catalogue had no result within a day");

        control("PUT", "/control/meta", "{\"polls\":0}");
        push(TARGET);
        judged();
        assertThat(statuses()).isEqualTo("ok 2");
        assertThat(stored()).hasSize(2);
        assertThat(saddlebag().call("GET", "/api/zoho/health").body()).contains("2 records of meta-catalogue had no result within a day");
    }

    @Test
    void aChangeBeforeTheResultIsSentAndTheOldResultCountsForNothing() {
        products(1);
        control("PUT", "/control/meta", "{\"errors\":{\"SKU-1\":\"Bad image\"}}");
        push(TARGET);
        control("PUT", "/control/meta", "{\"errors\":{}}");
        saddlebag().database().execute("UPDATE own_products SET name = 'Better'");
        push(TARGET);
        judged();
        assertThat(statuses()).isEqualTo("ok 1");
        assertThat(stored().at("/0/title").asText()).isEqualTo("Better");
    }

    @Test
    void theTokenIsKeptAndNeverShown() {
        assertThat(saddlebag().call("GET", "/api/organisations/" + ORG).body()).contains("\"tokenSet\" : true").doesNotContain(MetaCatalogue.TOKEN);
        products(1);
        catalogue(MetaCatalogue.ID, "of-somebody-else");
        JsonNode run = push(TARGET);
        assertThat(run.get("status").asText()).isEqualTo("failed");
        assertThat(run.get("error").asText()).contains("code 190", "PATCH /api/organisations/" + ORG).doesNotContain("of-somebody-else");
        assertThat(statuses()).isEqualTo("waiting 1");
        assertThat(rows("SELECT to_jsonb(o) AS o FROM organisations o").toString() + rows("SELECT to_jsonb(o) AS o FROM zoho_calls o")
            + rows("SELECT to_jsonb(o) AS o FROM push_state o") + rows("SELECT to_jsonb(o) AS o FROM push_log o")).doesNotContain("of-somebody-else");
        assertThat(saddlebag().send("PATCH", "/api/organisations/" + ORG, "{\"meta\":{\"catalogue\":\"x\"}}").statusCode()).isEqualTo(400);
        assertThat(saddlebag().send("PATCH", "/api/organisations/" + ORG, "{\"meta\":null}").body()).doesNotContain("tokenSet");
        assertThat(push(TARGET).get("error").asText()).contains("has no catalogue at Meta");
    }

    /** An item of the copy, its picture public at https://zoho.example.com. The application of these tests shows its pictures to staff only. */
    @Test
    void aCopiedItemWithAPriceAndAPublicPictureIsShownUnlessAnOwnProductHasItsSku() {
        products(1);
        saddlebag().database().update("INSERT INTO images (digest, content, media_type, bytes) VALUES ('d', 'x', 'image/png', 1) ON CONFLICT DO NOTHING");
        for (String item : new String[] {"'1', 'ROUTER', 1299, 5", "'2', 'SKU-1', 7, 5", "'3', 'FREE', 0, 5", "'4', 'UNCOUNTED', 9, NULL"}) {
            saddlebag().database().execute("INSERT INTO products (org_id, name, description, is_active, item_type, zoho_item_id, sku, price, stock_quantity)"
                + " VALUES ('" + ORG + "', 'Router', 'Wi-Fi', true, 'inventory', " + item + ")");
        }
        saddlebag().database().execute("INSERT INTO item_images (org_id, zoho_item_id, wanted_key, digest) SELECT org_id, zoho_item_id, 'k', 'd' FROM products");
        saddlebag().database().execute("UPDATE organisations SET currency = 'ZAR'");
        saddlebag().send("PATCH", "/api/organisations/" + ORG, "{\"meta\":{\"link\":\"https://shop.example/{sku}\"}}");

        assertThat(copied("https://zoho.example.com")).containsExactly("1", "4", "key-1");
        assertThat(one("SELECT body::text FROM push_rows(" + quoted("https://zoho.example.com") + ", '" + ORG + "', '{}') WHERE record_key = '1'"))
            .contains("\"id\": \"ROUTER\"", "\"price\": \"1299.00 ZAR\"", "https://zoho.example.com/images/items/1\"", "\"link\": \"https://shop.example/ROUTER\"");
        assertThat(one("SELECT refused FROM push_rows(" + quoted("https://zoho.example.com") + ", '" + ORG + "', '{}') WHERE record_key = '4'"))
            .isEqualTo("stock is not known, so neither is availability");
        assertThat(copied("")).containsExactly("key-1");
    }

    private static List<String> copied(String images) {
        return saddlebag().database().queryForList("SELECT record_key FROM push_rows(" + quoted(images) + ", '" + ORG + "', '{}') ORDER BY 1", String.class);
    }

    /** The SQL file as an application with this public address of pictures runs it. */
    private static String quoted(String images) {
        return "'" + new Targets(Path.of("routes", "push"), Map.of("images", images), name -> false).of(TARGET).rows().replace("'", "''") + "'";
    }

    @Test
    void theCheckAsksMetaForTheCatalogue() {
        assertThat(check()).contains("the catalogue can be read");
        assertThat(one("SELECT check_error FROM push_targets WHERE checked_at IS NOT NULL")).isNull();
        catalogue("7", MetaCatalogue.TOKEN);
        assertThat(check()).contains("Object with ID '7' does not exist");
        assertThat(one("SELECT check_error FROM push_targets")).contains("code 100", "may manage it");
    }

    @Test
    void theTargetIsSwitchedOnAfterAPlanAndWithACatalogueThatAnswers() {
        saddlebag().database().execute("DELETE FROM push_targets");
        products(2);
        catalogue("7", MetaCatalogue.TOKEN);
        JsonNode plan = push(TARGET + "?dryRun=true");
        assertThat(plan.get("status").asText()).as(plan.toString()).isEqualTo("succeeded");
        HttpResponse<String> refused = switchOn();
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("Object with ID '7' does not exist");

        catalogue(MetaCatalogue.ID, MetaCatalogue.TOKEN);
        assertThat(push(TARGET + "?dryRun=true").get("created").asInt()).isEqualTo(2);
        assertThat(stored()).isEmpty();
        assertThat(switchOn().statusCode()).isEqualTo(200);
        push(TARGET);
        judged();
        assertThat(statuses()).isEqualTo("ok 2");
    }

    private static HttpResponse<String> switchOn() {
        return saddlebag().send("PATCH", "/api/organisations/" + ORG, "{\"push\":{\"meta-catalogue\":\"on\"}}");
    }

    private static String check() {
        return saddlebag().call("POST", "/api/zoho/check").body();
    }

    private static void catalogue(String id, String token) {
        HttpResponse<String> answer = saddlebag().send("PATCH", "/api/organisations/" + ORG, "{\"meta\":{\"catalogue\":\"%s\",\"token\":\"%s\"}}".formatted(id, token));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static void askNow() {
        saddlebag().database().execute("UPDATE push_handles SET next_at = now()");
    }

    /** Asks until Meta has told the result of every batch. */
    private static void judged() {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            askNow();
            return one("SELECT count(*) FROM push_handles").equals("0");
        });
    }

    private static String statuses() {
        return one("SELECT string_agg(status || ' ' || n, ', ' ORDER BY status) FROM (SELECT status, count(*) AS n FROM push_state GROUP BY status) s");
    }

    private static JsonNode stored() {
        return control("GET", "/control/store/meta/products", null).get("records");
    }
}
