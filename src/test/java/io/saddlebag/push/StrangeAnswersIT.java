package io.saddlebag.push;

import static io.saddlebag.testkit.SaddlebagServer.ORG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.pull.ActiveRuns;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer.HeldCalls;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that Zoho's pages do not describe: nothing is created twice, nothing is taken for confirmed, and nothing stays for ever. */
class StrangeAnswersIT extends PushCase {

    private static Map<String, Object> row(String target) {
        return rows("SELECT status, error_code, error_text, zoho_id, next_at IS NOT NULL AS again FROM push_state WHERE target = '" + target + "'").get(0);
    }

    private static void later() {
        saddlebag().database().execute("UPDATE push_state SET tried_at = tried_at - interval '2 minutes', checked_at = checked_at - interval '2 minutes', "
            + "next_at = next_at - interval '2 days', attempt = attempt || CASE WHEN jsonb_exists(attempt, 'absentAt') "
            + "THEN jsonb_build_object('absentAt', CAST(attempt ->> 'absentAt' AS timestamptz) - interval '2 minutes') ELSE '{}' END");
    }

    /** What came of an outcome of an update of key-1 under a claim of its own. */
    private static Map<String, Object> settled(String outcome) {
        saddlebag().database().execute("UPDATE push_state SET status = 'unknown', claim = 4711, claimed_until = now() + interval '1 minute', attempt = attempt || '{\"op\": \"update\"}' "
            + "WHERE record_key = 'key-1'");
        saddlebag().database().query("SELECT push_settle(?, 'crm-products', 4711, NULL, CAST(? AS jsonb), CAST(? AS jsonb))", row -> { }, ORG,
            saddlebag().bean(Targets.class).of("crm-products").settings(), "[" + outcome + "]");
        return rows("SELECT status, zoho_id, error_text, zoho_modified_at FROM push_state WHERE record_key = 'key-1'").get(0);
    }

    private static String results(String op, String answer) {
        return saddlebag().database().queryForObject("SELECT CAST(push_results(ARRAY['a'], ?, CAST(? AS jsonb), CAST(? AS jsonb)) AS text)", String.class, op, answer,
            saddlebag().bean(Targets.class).of("crm-products").settings());
    }

    @ParameterizedTest
    @ValueSource(strings = {"lost-answer", "error-after-write", "cut", "drop", "reset", "truncate", "gzip-broken", "html", "empty"})
    void aCreateThatMustNotBeRepeatedIsThereOnceWhateverBecameOfItsAnswer(String kind) {
        on("inventory-items");
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, price) VALUES ('17', 'RTR-1', 'Router', 1299)");
        fault("{\"kind\":\"" + kind + "\",\"match\":\"POST .*/items\",\"count\":1}");

        for (int run = 0; run < 4; run++) {
            push("inventory-items");
            later();
        }

        assertThat(row("inventory-items")).containsEntry("status", "ok");
        assertThat(writes("product=inventory&module=items").get("writes")).hasSize(1).allSatisfy(write -> assertThat(write.get("creates").asInt()).isEqualTo(1));
    }

    @ParameterizedTest
    @CsvSource({"html,403", "html,404", "redirect,302", "html,401", "empty,403"})
    void whatIsNoAnswerOfZohosIsNoRefusalOfTheRecord(String kind, int status) {
        on("billing-products");
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, price, family, recurring) VALUES ('1', 'S', 'N', 0, 'Fibre', 5)");
        fault("{\"kind\":\"" + kind + "\",\"status\":" + status + ",\"match\":\"POST .*/products\",\"count\":1}");

        JsonNode run = push("billing-products");

        assertThat(row("billing-products")).as(run.toString()).containsEntry("status", "failed").containsEntry("again", true);
        later();
        assertThat(push("billing-products").get("created").asInt()).isEqualTo(1);
    }

    @Test
    void aNulInAnAnswerStopsNothing() {
        on("crm-products");
        products(2);
        control("PUT", "/control/refusals", "{\"SKU-1\":\"ODD\\u0000CODE\"}");
        push("crm-products");
        assertThat(rows("SELECT status, error_code FROM push_state ORDER BY record_key").toString()).isEqualTo("[{status=failed, error_code=ODD\uFFFDCODE}, {status=ok, error_code=null}]");

        control("PUT", "/control/refusals", "{}");
        String id = one("SELECT zoho_id FROM push_state WHERE record_key = 'key-2'");
        control("PATCH", "/control/store/crm/Products/" + id, "{\"Description\":\"typed\\u0000by hand\"}");
        JsonNode plan = push("crm-products?dryRun=true");
        assertThat(plan.get("status").asText()).as(plan.toString()).isEqualTo("succeeded");
        JsonNode verified = saddlebag().ended(post("/api/verify/crm-products").get("runId").asLong());
        assertThat(verified.get("status").asText()).as(verified.toString()).isEqualTo("succeeded");
        assertThat(get("/api/sync/runs/" + verified.get("id") + "/report").at("/records/0/changes/Description/before").asText()).isEqualTo("typed\uFFFDby hand");
    }

    @Test
    void aTimeOrATotalThatIsNoneIsNotRead() {
        on("crm-products");
        products(1);
        push("crm-products");

        assertThat(settled("{\"key\": \"key-1\", \"outcome\": \"ok\", \"modifiedAt\": \"yesterday\", \"total\": \"1,234.00\"}")).containsEntry("status", "ok")
            .hasEntrySatisfying("zoho_modified_at", time -> assertThat(time).as("the last one stays").isNotNull());
        assertThat(one("SELECT concat_ws(' ', push_amount('720.00'), push_amount('-1e5'), push_amount('1,234.00'), push_amount(''))")).isEqualTo("720.00");
        assertThat(one("SELECT concat_ws(' ', push_moment('2026-02-30T10:00:00Z'), push_moment('2026-11-29T10:00:00+05:30') = timestamptz '2026-11-29T04:30:00Z')")).isEqualTo("t");
    }

    @Test
    void anAnswerAboutAnotherRecordConfirmsNothingAndTiesNothing() {
        on("crm-products");
        products(2);
        push("crm-products");
        String id = one("SELECT zoho_id FROM push_state WHERE record_key = 'key-1'");
        String other = one("SELECT zoho_id FROM push_state WHERE record_key = 'key-2'");

        assertThat(settled("{\"key\": \"key-1\", \"outcome\": \"ok\", \"zohoId\": \"" + other + "\"}")).containsEntry("status", "unknown").containsEntry("zoho_id", id)
            .containsEntry("error_text", "Zoho answered for record " + other + " where record " + id + " was sent");
        push("crm-products");
        assertThat(one("SELECT string_agg(DISTINCT status, ',') FROM push_state")).isEqualTo("ok");
    }

    @Test
    void aCreateThatZohoTiesToTheRecordOfAnotherRowFails() {
        on("crm-products");
        products(2);
        push("crm-products");
        String other = one("SELECT zoho_id FROM push_state WHERE record_key = 'key-2'");
        saddlebag().database().execute("UPDATE push_state SET zoho_id = NULL, sent = NULL WHERE record_key = 'key-1'");

        assertThat(settled("{\"key\": \"key-1\", \"outcome\": \"ok\", \"zohoId\": \"" + other + "\"}")).containsEntry("status", "failed").containsEntry("zoho_id", null)
            .containsEntry("error_text", "Zoho matched it to record " + other + ", which is that of the row key-2");
        assertThat(one("SELECT error_code || ' ' || other_zoho_id FROM push_state WHERE record_key = 'key-1'")).isEqualTo("matched " + other);

        assertThat(push("crm-products").get("updated").asInt()).as("the other row, whose record has this body now").isEqualTo(1);
        assertThat(one("SELECT changes #>> '{Product_Name,before}' FROM push_log WHERE record_key = 'key-2' ORDER BY id DESC LIMIT 1")).isEqualTo("Product 1");
        assertThat(push("crm-products").get("calls").asInt()).as("and once").isZero();

        saddlebag().database().execute("DELETE FROM own_products WHERE id = 'key-2'");
        push("crm-products");
        push("crm-products");
        assertThat(one("SELECT string_agg(status, ', ' ORDER BY record_key) FROM push_state")).as("no other row has the record any more").isEqualTo("ok, gone");
    }

    @Test
    void anAnswerThatNamesNoIdIsNotAskedForWithoutEnd() {
        on("crm-products");
        products(1);
        push("crm-products");
        saddlebag().database().execute("UPDATE push_state SET zoho_id = NULL, sent = NULL");
        String unnamed = "{\"key\": \"key-1\", \"outcome\": \"unknown\", \"code\": \"no-id\", \"text\": \"Zoho's answer names no id\"}";

        saddlebag().database().execute("UPDATE push_state SET attempts = 4");
        assertThat(settled(unnamed)).containsEntry("status", "unknown");
        saddlebag().database().execute("UPDATE push_state SET attempts = 5");
        assertThat(settled(unnamed)).containsEntry("status", "failed").containsEntry("error_text", "Zoho's answer names no id, 5 times. Find the record in Zoho, and adopt it");
        assertThat(push("crm-products").get("calls").asInt()).isZero();
        saddlebag().database().execute("UPDATE own_products SET price = price + 1");
        assertThat(push("crm-products").get("updated").asInt()).isEqualTo(1);
    }

    @Test
    void spentCreditsPutTheRunOffAndFailNoRow() {
        on("crm-products");
        products(3);
        fault("{\"kind\":\"credits\",\"match\":\"upsert\",\"count\":1}");

        long id = SaddlebagServer.json(saddlebag().call("POST", "/api/push/crm-products")).get("runId").asLong();
        await().until(() -> saddlebag().run(id).path("waitingFor").asText().matches("minute|day"));

        assertThat(rows("SELECT DISTINCT status, rate_limit_hits, next_at FROM push_state").toString()).isEqualTo("[{status=waiting, rate_limit_hits=1, next_at=null}]");
        saddlebag().database().update("UPDATE organisations SET blocked_until = NULL, credits_blocked_until = NULL");
        saddlebag().database().update("UPDATE sync_runs SET waiting_until = now()");
        assertThat(saddlebag().ended(id).get("created").asInt()).isEqualTo(3);
    }

    private static long started(String target) {
        return SaddlebagServer.json(saddlebag().call("POST", "/api/push/" + target)).get("runId").asLong();
    }

    private static void goOn() {
        saddlebag().database().update("UPDATE organisations SET blocked_until = NULL, credits_blocked_until = NULL");
        saddlebag().database().update("UPDATE sync_runs SET waiting_until = now()");
    }

    /** The first attempt was carried out, and its repetition was not. */
    @Test
    void aLostAnswerIsNotForgottenWhenTheRepetitionMeetsALimit() {
        on("crm-products");
        products(3);
        push("crm-products");
        saddlebag().database().execute("UPDATE own_products SET price = price + 100");
        fault("{\"kind\":\"error-after-write\",\"match\":\"PUT .*/Products\",\"count\":1}");
        fault("{\"kind\":\"error\",\"code\":44,\"match\":\"PUT .*/Products\",\"count\":1}");

        long id = started("crm-products");
        await().until(() -> saddlebag().run(id).path("waitingFor").asText().equals("minute"));

        assertThat(rows("SELECT DISTINCT status, rate_limit_hits FROM push_state").toString()).isEqualTo("[{status=unknown, rate_limit_hits=1}]");
        goOn();
        assertThat(saddlebag().ended(id).get("updated").asInt()).isEqualTo(3);
        assertThat(rows("SELECT DISTINCT status, rate_limit_hits FROM push_state").toString()).isEqualTo("[{status=ok, rate_limit_hits=1}]");
    }

    /** The answer to the whole batch was lost, the repetition was refused as a whole, and the first smaller part met a limit. */
    @Test
    void aLostAnswerIsNotForgottenWhenTheBatchIsSentInParts() {
        on("crm-products");
        products(4);
        push("crm-products");
        saddlebag().database().execute("UPDATE own_products SET price = price + 100");
        fault("{\"kind\":\"error-after-write\",\"match\":\"PUT .*/Products\",\"count\":1}");
        control("PUT", "/control/refusals", "{\"SKU-4\":\"call:INVALID_DATA\"}");
        fault("{\"kind\":\"error\",\"code\":44,\"match\":\"PUT .*/Products\",\"after\":1,\"count\":1}");

        long id = started("crm-products");
        await().until(() -> saddlebag().run(id).path("waitingFor").asText().equals("minute"));

        assertThat(rows("SELECT DISTINCT status FROM push_state").toString()).isEqualTo("[{status=unknown}]");
        control("PUT", "/control/refusals", "{}");
        goOn();
        assertThat(saddlebag().ended(id).get("updated").asInt()).isEqualTo(4);
        assertThat(rows("SELECT DISTINCT status FROM push_state").toString()).isEqualTo("[{status=ok}]");
    }

    @Test
    void aLostAnswerIsNotForgottenWhenTheRepetitionLacksItsScope() {
        on("crm-products");
        products(1);
        fault("{\"kind\":\"error-after-write\",\"match\":\"upsert\",\"count\":1}");
        fault("{\"kind\":\"wrong-scope\",\"match\":\"upsert\",\"count\":1}");

        assertThat(push("crm-products").get("status").asText()).isEqualTo("failed");

        assertThat(row("crm-products")).containsEntry("status", "unknown");
        saddlebag().database().execute("DELETE FROM missing_scopes");
        assertThat(push("crm-products").get("status").asText()).isEqualTo("succeeded");
        assertThat(row("crm-products")).containsEntry("status", "ok");
    }

    @Test
    void whileZohoHasTooManyCallsInProcessTheRowsStayAsTheyWereAndTheRunWaits() {
        on("inventory-items");
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, price) VALUES ('17', 'RTR-1', 'Router', 1299)");
        fault("{\"kind\":\"error\",\"code\":1070,\"match\":\"POST .*/items\",\"count\":4}");

        long id = started("inventory-items");
        await().until(() -> saddlebag().run(id).path("waitingFor").asText().equals("in-flight"));

        assertThat(rows("SELECT status, rate_limit_hits, attempts FROM push_state").toString()).isEqualTo("[{status=waiting, rate_limit_hits=1, attempts=0}]");
        assertThat(saddlebag().run(id).get("rateLimitHits").asInt()).isEqualTo(1);
        goOn();
        assertThat(saddlebag().ended(id).get("created").asInt()).isEqualTo(1);
        assertThat(saddlebag().count("zoho_calls WHERE method = 'GET'")).as("look-ups").isZero();
    }

    @Test
    void aWaitForAnOwnSlotIsNoLimitThatZohoAnswered() {
        on("crm-products");
        products(2);
        saddlebag().database().update("UPDATE organisations SET blocked_until = now() + interval '1 hour', blocked_for = 'minute'");

        long id = started("crm-products");
        await().until(() -> saddlebag().run(id).path("waitingFor").asText().equals("minute"));

        assertThat(rows("SELECT DISTINCT status, rate_limit_hits, last_rate_limit_at FROM push_state").toString())
            .isEqualTo("[{status=waiting, rate_limit_hits=0, last_rate_limit_at=null}]");
        assertThat(saddlebag().run(id).get("rateLimitHits").asInt()).isZero();
        goOn();
        assertThat(saddlebag().ended(id).get("created").asInt()).isEqualTo(2);
    }

    @Test
    void aRecordThatAnotherProcessTookMeanwhileIsNotSentAgain() {
        on("crm-products");
        products(1);
        fault("{\"kind\":\"error\",\"status\":500,\"match\":\"upsert\",\"count\":1}");
        CompletableFuture<JsonNode> sent;
        try (HeldCalls write = ZOHO.hold("/upsert", 0)) {
            sent = CompletableFuture.supplyAsync(() -> post("/api/push/crm-products/key-1"));
            await().until(() -> saddlebag().count("zoho_calls") == 1);
            saddlebag().database().execute("UPDATE push_state SET claim = nextval('push_claims')");
        }

        assertThat(sent.join().get("status").asText()).isEqualTo("unknown");

        assertThat(saddlebag().count("zoho_calls")).as("the repetition is left to the other process").isEqualTo(1);
        assertThat(one("SELECT status FROM zoho_calls")).isEqualTo("500");
    }

    @Test
    void aResultThatSaysNeitherYesNorNoIsUnknown() {
        assertThat(results("create", "{\"data\": [null]}")).contains("\"unknown\"", "says neither");
        assertThat(results("update", "{\"data\": [\"done\"]}")).contains("\"unknown\"", "says neither");
        assertThat(results("create", "{\"data\": [{\"status\": \"success\", \"details\": {}}]}")).contains("\"unknown\"", "\"no-id\"", "names no id");
        assertThat(results("create", "{\"data\": {\"status\": \"success\"}}")).contains("\"unknown\"", "0 results for 1 records");
        assertThat(results("update", "{\"data\": [{\"status\": \"success\", \"details\": {}}]}")).contains("\"ok\"");
        assertThat(results("create", "{\"data\": [{\"status\": \"error\", \"code\": \"ODD\"}]}")).contains("\"failed\"", "\"ODD\"");
    }

    @Test
    void aListOfZohosMayHaveMoreKeysThanOurs() {
        String drift = "SELECT CAST(push_drift(CAST(? AS jsonb), CAST(? AS jsonb), '{}') AS text)";
        String ours = "{\"plans\": [{\"plan_code\": \"A\"}], \"price_brackets\": [{\"price\": 75.00}]}";
        assertThat(saddlebag().database().queryForObject(drift, String.class, ours,
            "{\"plans\": [{\"name\": \"Plan\", \"plan_code\": \"A\"}], \"price_brackets\": [{\"price\": 75, \"start_quantity\": \"\"}]}")).isNull();
        assertThat(saddlebag().database().queryForObject(drift, String.class, ours,
            "{\"plans\": [{\"plan_code\": \"A\"}, {\"plan_code\": \"B\"}], \"price_brackets\": [{\"price\": 76}]}")).contains("\"plans\"", "\"price_brackets\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "[1, 1, 2] | [1, 2, 2] | false", "[1, 2, 2] | [2, 1, 2] | true", "[] | [] | true", "[] | [1] | false", "[1] | [] | false",
        "[{\"sku\": \"A\"}, {\"sku\": \"A\"}] | [{\"sku\": \"A\"}, {\"sku\": \"B\"}] | false",
        "[{\"sku\": \"A\"}, {\"sku\": \"A\", \"rate\": 5}] | [{\"sku\": \"A\", \"rate\": 5}, {\"sku\": \"A\", \"rate\": 7}] | true",
        "[{\"sku\": \"A\", \"rate\": 5}, {\"sku\": \"A\"}] | [{\"sku\": \"A\"}, {\"sku\": \"A\", \"rate\": 7}] | false",
        "[{\"price\": 75.00}] | [{\"price\": \"75\", \"start_quantity\": \"\"}] | true", "[{\"price\": 75, \"note\": \"\"}] | [{\"price\": 75}] | true",
        "[{\"price\": 75, \"note\": \"x\"}] | [{\"price\": 75}] | false", "{\"tiers\": [1]} | {\"tiers\": [1, 2]} | false", "{\"id\": \"7\"} | {\"id\": 7, \"name\": \"n\"} | true",
        "true | \"true\" | false", "null | \"\" | true", "9.90 | \"9.9\" | true", "[[1], [2]] | [[2], [1]] | true", "\"\" | [1] | false"})
    void aListOfZohosAgreesWhereEachElementOfOursHasOneOfItsOwn(String ours, String zohos, boolean agrees) {
        assertThat(saddlebag().database().queryForObject("SELECT push_drift(jsonb_build_object('k', CAST(? AS jsonb)), jsonb_build_object('k', CAST(? AS jsonb)), '{}') IS NULL",
            Boolean.class, ours, zohos)).isEqualTo(agrees);
    }

    /** The two creates are in one batch. */
    @Test
    void aRowOfTheSameBatchOverWhoseRecordZohoWroteAnotherIsSentAgain() {
        on("crm-products");
        products(2);
        saddlebag().database().execute("UPDATE own_products SET name = 'One name'");
        control("PUT", "/control/crm", "{\"unique\":{\"Products\":[\"Product_Code\",\"Product_Name\"]}}");

        push("crm-products");

        assertThat(rows("SELECT record_key, status, error_code FROM push_state ORDER BY record_key").toString())
            .isEqualTo("[{record_key=key-1, status=ok, error_code=null}, {record_key=key-2, status=failed, error_code=matched}]");
        assertThat(control("GET", "/control/store/crm/Products", null).at("/records/0/Unit_Price").asInt()).as("what Zoho has of key-1").isEqualTo(102);
        assertThat(push("crm-products").get("updated").asInt()).isEqualTo(1);
        assertThat(control("GET", "/control/store/crm/Products", null).at("/records/0/Unit_Price").asInt()).isEqualTo(101);
        assertThat(push("crm-products").get("calls").asInt()).as("and once").isZero();
    }

    @Test
    void aRunThatAnotherProcessTookOverMeanwhileSendsNothingMore() {
        on("crm-products");
        products(150);
        long id;
        try (HeldCalls write = ZOHO.hold("/upsert", 0)) {
            id = started("crm-products");
            await().until(() -> saddlebag().count("zoho_calls") == 1);
            saddlebag().database().update("UPDATE sync_runs SET epoch = epoch + 1 WHERE id = ?", id);
        }
        try {
            await().until(() -> saddlebag().bean(ActiveRuns.class).list().isEmpty());

            assertThat(saddlebag().count("zoho_calls")).as("the second batch is left to the other process").isEqualTo(1);
            assertThat(saddlebag().count("push_state")).isEqualTo(100);
        } finally {
            saddlebag().database().update("UPDATE sync_runs SET status = 'cancelled' WHERE id = ?", id);
        }
    }
}
