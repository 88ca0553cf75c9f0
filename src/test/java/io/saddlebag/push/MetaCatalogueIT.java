package io.saddlebag.push;

import static io.saddlebag.testkit.SaddlebagServer.ORG;
import static io.saddlebag.testkit.SaddlebagServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.alerts.AlertWatch;
import io.saddlebag.sandbox.meta.MetaCatalogue;
import io.saddlebag.testkit.SandboxServer.HeldCalls;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Own products in the catalogue that WhatsApp shows. The test asks for results at once, where Saddlebag waits 10 s first. */
@Tag("sql")
class MetaCatalogueIT extends PushCase {

    private static final String TARGET = "meta-catalogue";
    private static final int MINUTES = Integer.getInteger("saddlebag.minutes", 0);

    @BeforeEach
    void aCatalogue() {
        saddlebag().empty("push_handles");
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
        "price = 'NaN' | price is no amount",
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
    @CsvSource({"IQD, 25000, 25000 IQD", "ZAR, 899.5, 899.50 ZAR", "KWD, 1.25, 1.250 KWD", "jpy, 300, 300 JPY", "IDR, 12345678901234567.5, 12345678901234567.50 IDR"})
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

    /** Nobody asks for the result of the first batch any more, which Meta has carried out. */
    @Test
    void aBodyThatMetaHasAcceptedIsWrittenOverWhenTheRowGoesBackToTheOneBefore() {
        products(1);
        push(TARGET);
        judged();
        saddlebag().database().execute("UPDATE own_products SET price = 200");
        push(TARGET);
        saddlebag().database().execute("UPDATE own_products SET category = 'no picture'");
        push(TARGET);
        assertThat(statuses()).isEqualTo("refused 1");
        saddlebag().database().execute("UPDATE own_products SET price = 101, category = 'Fibre'");

        assertThat(push(TARGET).get("calls").asInt()).isEqualTo(1);
        judged();

        assertThat(statuses()).isEqualTo("ok 1");
        assertThat(stored().at("/0/price").asText()).contains("101");
        assertThat(push(TARGET).get("calls").asInt()).isZero();
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

    /** -Dsaddlebag.minutes=60 keeps Meta away for so long, pulls every 20 s, and compares with as many pulls before. */
    @Test
    void whileMetaIsAwayPullsGoOnAndTheRowsGoLater() {
        saddlebag().pull("full");
        List<Double> before = MINUTES == 0 ? List.of() : pulls(Duration.ofSeconds(2), 3 * Math.min(MINUTES, 20));
        products(3);
        control("POST", "/control/faults", "{\"kind\":\"drop\",\"match\":\"/meta/\"}");
        JsonNode run = push(TARGET);
        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("failed");
        assertThat(run.get("error").asText()).contains("Meta");
        List<Double> away = pulls(Duration.ofSeconds(20), Math.max(1, 3 * MINUTES));
        if (MINUTES > 0) {
            System.out.printf("Meta away for %d minutes: full pull of %d items %.2f s in the median of %d, before %.2f s in the median of %d%n", MINUTES,
                saddlebag().count("products"), median(away), away.size(), median(before), before.size());
            assertThat(median(away)).isLessThan(1.2 * median(before));
        }
        assertThat(saddlebag().bean(io.saddlebag.zoho.ZohoCircuits.class).state(ORG)).isEqualTo("CLOSED");

        control("DELETE", "/control/faults", null);
        push(TARGET);
        judged();
        long all = saddlebag().count("own_products");
        assertThat(statuses()).isEqualTo("ok " + all);
        assertThat(stored()).hasSize((int) all);
    }

    /** Full pulls at this pace, each beside a push of one product more. @return the seconds of each */
    private static List<Double> pulls(Duration pace, int count) {
        List<Double> seconds = new ArrayList<>();
        await().atMost(pace.multipliedBy(count).plusMinutes(2)).pollDelay(Duration.ZERO).pollInterval(pace).until(() -> {
            saddlebag().database().update("INSERT INTO own_products (id, sku, name, price, description, category) SELECT 'more-' || n, 'MORE-' || n, 'More', 5, 'Described', 'Fibre' "
                + "FROM (SELECT count(*) AS n FROM own_products) own");
            CompletableFuture<JsonNode> run = CompletableFuture.supplyAsync(() -> push(TARGET));
            long began = System.nanoTime();
            assertThat(saddlebag().pull("full").get("status").asText()).isEqualTo("succeeded");
            seconds.add((System.nanoTime() - began) / 1e9);
            run.join();
            return seconds.size() >= count;
        });
        return seconds;
    }

    private static double median(List<Double> seconds) {
        return seconds.stream().sorted().toList().get(seconds.size() / 2);
    }

    /** The call is under way all the time that the pull takes. */
    @Test
    void whileMetaDoesNotAnswerAPullRunsToItsEnd() {
        products(3);
        ZOHO.catalogue().resize(10, 0); // the client waits 20 s for Meta
        long run;
        try (HeldCalls meta = ZOHO.hold("/meta/", 0)) {
            run = json(saddlebag().call("POST", "/api/push/" + TARGET)).get("runId").asLong();
            await().until(() -> one("SELECT count(*) FROM zoho_calls WHERE product = 'meta' AND answered_at IS NULL").equals("1"));

            JsonNode pull = saddlebag().pull("full");

            assertThat(pull.get("status").asText()).isEqualTo("succeeded");
            assertThat(saddlebag().count("zoho_calls c, sync_runs pull WHERE c.product = 'meta' AND c.run_id = " + run
                + " AND pull.id = " + pull.get("id") + " AND c.at < pull.started_at AND (c.answered_at IS NULL OR c.answered_at > pull.finished_at)")).isEqualTo(1);
        }
        assertThat(saddlebag().ended(run).get("status").asText()).isEqualTo("succeeded");
    }

    /** The hour is that of the rows: their times go back by 20 minutes before each run. */
    @Test
    void afterAnHourWithoutMetaEachProductIsThereOnceAndHealthSaidSo() {
        products(3);
        control("POST", "/control/faults", "{\"kind\":\"drop\",\"match\":\"/meta/\"}");
        for (int run = 0; run < 4; run++) {
            assertThat(push(TARGET).get("status").asText()).isEqualTo("failed");
            assertThat(statuses()).isIn("unknown 3", "waiting 3");
            saddlebag().database().execute("UPDATE push_state SET tried_at = tried_at - interval '20 minutes', attempt = CASE WHEN jsonb_exists(attempt, 'since') "
                + "THEN attempt || jsonb_build_object('since', CAST(attempt ->> 'since' AS timestamptz) - interval '20 minutes') ELSE attempt END");
        }
        assertThat(health()).contains("does not know the outcome of 3 records", "the last run of the push target " + TARGET);
        assertThat(saddlebag().count("dead_letters")).isZero();

        control("DELETE", "/control/faults", null);
        await().atMost(Duration.ofMinutes(2)).until(() -> push(TARGET).get("status").asText().equals("succeeded"));
        judged();

        assertThat(statuses()).isEqualTo("ok 3");
        assertThat(writes("product=meta").get("writes")).hasSize(3).allSatisfy(write -> assertThat(write.get("creates").asInt()).isEqualTo(1));
        assertThat(health()).doesNotContain("does not know the outcome", "the last run of the push target");
    }

    private static String health() {
        return saddlebag().call("GET", "/api/zoho/health").body();
    }

    @Test
    void aBatchWithoutAResultIsSentAgainAfterADayAndHealthSaysSo() {
        products(2);
        control("PUT", "/control/meta", "{\"polls\":1000}");
        push(TARGET);
        askNow();
        await().until(() -> one("SELECT count(*) FROM push_handles WHERE checks >= 1 AND claimed_until IS NULL").equals("1"));
        assertThat(statuses()).isEqualTo("accepted 2");

        assertThat(push(TARGET).get("calls").asInt()).as("not before its day is over").isZero();
        ago(Duration.ofHours(23));
        await().until(() -> one("SELECT count(*) FROM push_handles WHERE next_at > now()").equals("1"));
        assertThat(statuses()).isEqualTo("accepted 2");

        ago(Duration.ofHours(2));
        await().until(() -> statuses().equals("unknown 2"));
        assertThat(one("SELECT error_text FROM push_state WHERE record_key = 'key-1'")).contains("No result of the batch sandbox-handle-1 within a day");
        assertThat(alerts()).as("and no other problem: the outcome is unknown since now").containsExactly("push.meta-catalogue.no-result: 2 records of meta-catalogue had no result "
            + "within a day of being accepted, so they are sent again. If this persists, look at the catalogue in Meta's Commerce Manager, and at error in push_handles");

        control("PUT", "/control/meta", "{\"polls\":0}");
        assertThat(push(TARGET).get("calls").asInt()).isEqualTo(1);
        judged();
        assertThat(statuses()).isEqualTo("ok 2");
        assertThat(stored()).hasSize(2);
        assertThat(writes("product=meta").get("writes")).hasSize(2)
            .allSatisfy(write -> assertThat(List.of(write.get("creates").asInt(), write.get("updates").asInt())).isEqualTo(List.of(1, 1)));
        assertThat(push(TARGET).get("calls").asInt()).as("and once").isZero();
        assertThat(alerts()).as("a person reads that").hasSize(1);
        ago(Duration.ofHours(48));
        assertThat(alerts()).isEmpty();
    }

    /** Nobody documents that a handle is never given twice. */
    @Test
    void batchesOfOneHandleAreJudgedEach() {
        products(1500);
        control("PUT", "/control/meta", "{\"polls\":1000}");
        assertThat(push(TARGET).get("calls").asInt()).isEqualTo(2);
        for (String table : List.of("push_handles", "push_state")) {
            saddlebag().database().execute("UPDATE " + table + " SET handle = 'sandbox-handle-1'");
        }

        control("PUT", "/control/meta", "{\"polls\":0}");
        judged();

        assertThat(statuses()).isEqualTo("ok 1500");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "\"errors\": [{\"id\": \"SKU-1\", \"message\": \"Bad image\"}, {\"message\": \"Bad link\"}] | failed Bad image, unknown Meta reports an error in the batch sandbox-handle-1 "
            + "and does not name its record: Bad link; the record is sent again",
        "\"errors_total_count\": 2, \"errors\": [{\"id\": \"SKU-1\", \"message\": \"Bad image\"}] | failed Bad image, unknown Meta reports an error in the batch sandbox-handle-1 "
            + "and does not name its record; the record is sent again",
        "\"errors_total_count\": 2, \"errors\": [{\"id\": \"SKU-1\", \"message\": \"Bad image\"}], \"ids_of_invalid_requests\": [\"SKU-1\"] | failed Bad image, ok",
        "\"errors_total_count\": 1, \"errors\": [{\"id\": \"SKU-1\", \"message\": \"Bad image\"}] | failed Bad image, ok"})
    void anErrorThatNamesNoRecordMakesTheRecordsUnknownThatNoOtherNames(String result, String outcomes) {
        products(2);
        control("PUT", "/control/meta", "{\"polls\":1000}");
        push(TARGET);

        assertThat(saddlebag().database().queryForObject("SELECT string_agg(concat_ws(' ', o ->> 'outcome', o ->> 'text'), ', ' ORDER BY o ->> 'key') FROM push_handles h "
            + "CROSS JOIN jsonb_array_elements(push_handle_result(h.org_id, h.target, h.handle, CAST(? AS jsonb), h.claim)) o", String.class,
            "{\"data\": [{\"status\": \"finished\", " + result + "}]}")).isEqualTo(outcomes);
    }

    @Test
    void anErrorThatNamesNoRecordIsThatOfTheOnlyOne() {
        products(1);
        control("PUT", "/control/meta", "{\"polls\":1000}");
        push(TARGET);

        assertThat(one("SELECT push_handle_result(org_id, target, handle, '{\"data\": [{\"status\": \"finished\", \"errors\": [{\"message\": \"Bad link\"}]}]}', claim) FROM push_handles"))
            .contains("\"outcome\": \"failed\"", "\"text\": \"Bad link\"");
    }

    /** As if all that was done so far had been done so much earlier. */
    private static void ago(Duration time) {
        long seconds = time.toSeconds();
        saddlebag().database().execute("UPDATE push_handles SET accepted_at = accepted_at - interval '" + seconds + " s', next_at = now()");
        saddlebag().database().execute("UPDATE push_state SET tried_at = tried_at - interval '" + seconds + " s', sent_at = sent_at - interval '" + seconds + " s'");
        saddlebag().database().execute("UPDATE push_log SET at = at - interval '" + seconds + " s'");
    }

    /** The alerts that the watch fires now about the target. */
    private static List<String> alerts() {
        Object health = saddlebag().bean(ProducerTemplate.class).requestBody("direct:health", (Object) null);
        String findings = saddlebag().bean(AlertWatch.class).findings((JsonNode) health);
        saddlebag().database().execute("UPDATE alert_watch SET process = 'test', process_until = now() + interval '1 minute'");
        saddlebag().database().query("SELECT watch_alerts('test', CAST(? AS jsonb), '{}', interval '1 hour', 10)", row -> { }, findings);
        return saddlebag().database().queryForList("SELECT regexp_replace(key, '^[0-9]+\\.', '') || ': ' || regexp_replace(text, '^Organisation [^:]*: ', '') FROM alerts "
            + "WHERE state = 'firing' AND key LIKE '%" + TARGET + "%' ORDER BY 1", String.class);
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
        assertThat(push(TARGET).get("error").asText()).contains("has no Meta catalogue or token in Saddlebag");
    }

    /** An item of the copy, its picture public at https://zoho.example.com. The application of these tests shows its pictures to staff only. */
    @Test
    void aCopiedItemWithAPriceAndAPublicPictureIsShownUnlessAnOwnProductHasItsSku() {
        products(1);
        items("'1', 'ROUTER', 1299, 5", "'2', 'SKU-1', 7, 5", "'3', 'FREE', 0, 5", "'4', 'UNCOUNTED', 9, NULL");

        assertThat(copied("https://zoho.example.com")).containsExactly("1", "4", "key-1");
        assertThat(one("SELECT body::text FROM push_rows('" + ORG + "', 'meta-catalogue', NULL, '{}', " + quoted("https://zoho.example.com") + ") WHERE record_key = '1'"))
            .contains("\"id\": \"ROUTER\"", "\"price\": \"1299.00 ZAR\"", "https://zoho.example.com/images/items/1\"", "\"link\": \"https://shop.example/ROUTER\"");
        assertThat(one("SELECT refused FROM push_rows('" + ORG + "', 'meta-catalogue', NULL, '{}', " + quoted("https://zoho.example.com") + ") WHERE record_key = '4'"))
            .isEqualTo("stock is not known, so neither is availability");
        assertThat(copied("")).containsExactly("key-1");
    }

    /** Meta knows a product by its SKU alone: the delete of the row that is gone would take the product from the row that shows it now. */
    @Test
    void aSkuThatGoesFromAnItemToAnOwnProductAndBackStaysInTheCatalogue() {
        items("'1', 'SKU-1', 1299, 5");
        withPictures(() -> {
            pushed();
            assertThat(shown()).isEqualTo("Router, ok 1");

            products(1);
            push(TARGET);
            assertThat(one("SELECT status FROM push_state WHERE record_key = '1'")).as("until Meta has confirmed the other row").isEqualTo("ok");
            judged();
            assertThat(push(TARGET).get("calls").asInt()).isZero();
            assertThat(shown()).isEqualTo("Product 1, gone 1, ok 1");

            saddlebag().database().execute("DELETE FROM own_products");
            pushed();
            pushed();
            assertThat(shown()).isEqualTo("Router, gone 1, ok 1");

            products(1);
            assertThat(push(TARGET + "?keys=1").get("calls").asInt()).as("the product goes to a row that the run is not about, and that was not sent yet").isZero();
            assertThat(one("SELECT status FROM push_state WHERE record_key = '1'")).isEqualTo("ok");
            post("/api/push/" + TARGET + "/1");
            assertThat(shown()).isEqualTo("Router, gone 1, ok 1");
            push(TARGET + "?keys=key-1");
            judged();
            assertThat(push(TARGET + "?keys=1").get("calls").asInt()).as("a run that is about the item only").isZero();
            assertThat(shown()).isEqualTo("Product 1, gone 1, ok 1");
            assertThat(one("SELECT count(*) FROM push_log WHERE action = 'delete'")).isEqualTo("0");

            saddlebag().database().execute("DELETE FROM own_products");
            saddlebag().empty("products");
            pushed();
            assertThat(shown()).isEqualTo(", gone 2");
        });
    }

    /** Its batch had no result within a day, so that nobody knows whether Meta shows the product. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aProductWhoseOutcomeIsNotKnownLeavesTheCatalogueWithItsRow(boolean isNew) {
        products(1);
        if (!isNew) {
            pushed();
            saddlebag().database().execute("UPDATE own_products SET name = 'Better'");
        }
        control("PUT", "/control/meta", "{\"polls\":1000}");
        push(TARGET);
        saddlebag().database().execute("UPDATE push_handles SET accepted_at = now() - interval '25 hours', next_at = now()");
        await().until(() -> statuses().equals("unknown 1"));
        control("PUT", "/control/meta", "{\"polls\":0}");
        saddlebag().database().execute("DELETE FROM own_products");

        pushed();
        pushed();

        assertThat(stored()).isEmpty();
        assertThat(statuses()).isEqualTo("gone 1");
        assertThat(push(TARGET).get("calls").asInt()).isZero();
    }

    @Test
    void aDeleteThatMetaRefusesIsNotRepeatedByEachRun() {
        products(1);
        pushed();
        control("PUT", "/control/meta", "{\"errors\":{\"SKU-1\":\"Locked\"}}");
        saddlebag().database().execute("DELETE FROM own_products");
        pushed();
        assertThat(statuses()).isEqualTo("failed 1");

        assertThat(push(TARGET).get("calls").asInt()).isZero();
        assertThat(one("SELECT error_text FROM push_state")).isEqualTo("Locked");
        control("PUT", "/control/meta", "{\"errors\":{}}");
        push(TARGET + "?force=true");
        judged();
        assertThat(stored()).isEmpty();
        assertThat(statuses()).isEqualTo("gone 1");
    }

    @Test
    void aSkuWhoseNewRowIsRefusedStaysUntilThatRowIsGoneToo() {
        items("'1', 'SKU-1', 1299, 5");
        withPictures(() -> {
            pushed();
            products(1);
            saddlebag().database().execute("UPDATE own_products SET description = NULL");
            pushed();
            assertThat(shown()).isEqualTo("Router, ok 1, refused 1");
            Target target = saddlebag().bean(Targets.class).of(TARGET);
            assertThat(saddlebag().database().queryForObject("SELECT push_is_due(?, ?, CAST(? AS jsonb), ?)", Boolean.class, ORG, TARGET, target.settings(), target.rows())).isFalse();

            saddlebag().empty("products");
            saddlebag().database().execute("DELETE FROM own_products");
            pushed();
            assertThat(shown()).isEqualTo(", gone 2");
        });
    }

    @Test
    void anItemWhoseOutcomeIsNotKnownIsNotSentOverTheOwnProductOfItsSku() {
        items("'1', 'SKU-1', 1299, 5");
        withPictures(() -> {
            control("PUT", "/control/meta", "{\"polls\":1000}");
            push(TARGET);
            saddlebag().database().execute("UPDATE push_handles SET accepted_at = now() - interval '25 hours', next_at = now()");
            await().until(() -> statuses().equals("unknown 1"));
            control("PUT", "/control/meta", "{\"polls\":0}");
            products(1);

            JsonNode run = push(TARGET);
            judged();

            assertThat(one("SELECT sum(records) FROM zoho_calls WHERE run_id = " + run.get("id"))).isEqualTo("1");
            assertThat(shown()).isEqualTo("Product 1, ok 1, unknown 1");
            assertThat(push(TARGET).get("calls").asInt()).isZero();
            assertThat(shown()).isEqualTo("Product 1, gone 1, ok 1");
        });
    }

    /** The row that gets the record of the item is refused, so that no run can try the item. */
    @Test
    void noRunIsStartedForARecordOfUnknownOutcomeThatWaitsForAnotherRow() {
        items("'1', 'SKU-1', 1299, 5");
        withPictures(() -> {
            control("PUT", "/control/meta", "{\"polls\":1000}");
            push(TARGET);
            saddlebag().database().execute("UPDATE push_handles SET accepted_at = now() - interval '25 hours', next_at = now()");
            await().until(() -> statuses().equals("unknown 1"));
            control("PUT", "/control/meta", "{\"polls\":0}");
            products(1);
            saddlebag().database().execute("UPDATE own_products SET description = NULL");
            push(TARGET);
            assertThat(statuses()).isEqualTo("refused 1, unknown 1");
            ago(Duration.ofHours(2));
            ProducerTemplate producer = saddlebag().bean(ProducerTemplate.class);

            producer.sendBody("direct:push-unknown-due", null);
            assertThat(saddlebag().count("sync_runs")).isEqualTo(2);

            saddlebag().database().execute("DELETE FROM own_products");
            producer.sendBody("direct:push-unknown-due", null);
            assertThat(saddlebag().count("sync_runs")).isEqualTo(3);
            await().until(() -> saddlebag().count("sync_runs WHERE status = 'running'") == 0);
        });
    }

    /** As where the pictures of items are public. */
    private static void withPictures(Runnable test) {
        saddlebag().bean(Targets.class).put(new Targets(Path.of("routes", "push"), Map.of("changeShare", 20, "images", "https://zoho.example.com"), name -> false).of(TARGET));
        try {
            test.run();
        } finally {
            saddlebag().bean(Targets.class).put(shipped(TARGET));
        }
    }

    private static void pushed() {
        push(TARGET);
        judged();
    }

    /** The titles that Meta has, and how many rows have which status. */
    private static String shown() {
        return String.join(" and ", stored().findValuesAsText("title")) + ", " + statuses();
    }

    /** Active items of the copy with pictures: Zoho's id, SKU, price and stock of each. */
    private static void items(String... items) {
        saddlebag().database().update("INSERT INTO images (digest, content, media_type, bytes) VALUES ('d', 'x', 'image/png', 1) ON CONFLICT DO NOTHING");
        for (String item : items) {
            saddlebag().database().execute("INSERT INTO products (org_id, name, description, is_active, item_type, zoho_item_id, sku, price, stock_quantity)"
                + " VALUES ('" + ORG + "', 'Router', 'Wi-Fi', true, 'inventory', " + item + ")");
        }
        saddlebag().database().execute("INSERT INTO item_images (org_id, zoho_item_id, wanted_key, digest) SELECT org_id, zoho_item_id, 'k', 'd' FROM products");
        saddlebag().database().execute("UPDATE organisations SET currency = 'ZAR'");
        saddlebag().send("PATCH", "/api/organisations/" + ORG, "{\"meta\":{\"link\":\"https://shop.example/{sku}\"}}");
    }

    private static List<String> copied(String images) {
        return saddlebag().database().queryForList("SELECT record_key FROM push_rows('" + ORG + "', 'meta-catalogue', NULL, '{}', " + quoted(images) + ") ORDER BY 1", String.class);
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
        await().until(() -> {
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
