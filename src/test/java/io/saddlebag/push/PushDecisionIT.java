package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer.HeldCalls;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a person decides: held runs, single records, and what a run wrote. */
@Tag("sql")
class PushDecisionIT extends PushCase {

    @BeforeEach
    void on() {
        on("crm-products");
    }

    @Test
    void aReleaseSendsExactlyWhatWasHeldAndStillIsInTheView() {
        long held = held();
        update("UPDATE own_products SET price = 7 WHERE id = 'key-1'");

        JsonNode run = saddlebag().ended(post("/api/push/runs/" + held + "/release").get("runId").asLong());
        JsonNode record = SaddlebagServer.json(saddlebag().call("GET", "/api/push/runs/" + run.get("id") + "/records?limit=1&after=key-10")).at("/records/0");
        assertThat(record.get("recordKey").asText() + " " + record.get("action").asText() + " " + record.get("outcome").asText()).isEqualTo("key-11 update ok");
        assertThat(record.at("/changes/Unit_Price/after").asInt() - record.at("/changes/Unit_Price/before").asInt()).isEqualTo(1000);

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        assertThat(run.get("updated").asInt()).isEqualTo(39);
        assertThat(one("SELECT string_agg(record_key, ',') FROM push_state WHERE status = 'held'")).isEqualTo("key-1");
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'ok' AND CAST(sent ->> 'Unit_Price' AS numeric) > 1000")).isEqualTo("39");
        assertThat(push("crm-products").get("updated").asInt()).as("the other body is sent, because it alone is no brake").isEqualTo(1);
    }

    @Test
    void aRefusalLeavesTheRowsUntilTheyChange() {
        long held = held();

        assertThat(post("/api/push/runs/" + held + "/refuse").get("refused").asInt()).isEqualTo(40);
        assertThat(push("crm-products").get("calls").asInt()).isZero();
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'held'")).isEqualTo("40");
        assertThat(saddlebag().call("POST", "/api/push/runs/" + held + "/release").statusCode()).isEqualTo(409);

        update("UPDATE own_products SET price = 7 WHERE id = 'key-1'");
        assertThat(push("crm-products").get("updated").asInt()).isEqualTo(1);
        update("UPDATE own_products SET price = 101 + CAST(substr(id, 5) AS integer) - 1");
        push("crm-products");
        assertThat(one("SELECT string_agg(DISTINCT status, ',') FROM push_state")).as("the bodies are again those that Zoho has").isEqualTo("ok");
    }

    @Test
    void aLaterHeldRunTakesThePlaceOfAnEarlierOne() {
        long first = held();
        update("UPDATE own_products SET price = price + 1 WHERE CAST(substr(id, 5) AS integer) <= 40");
        JsonNode second = push("crm-products");
        assertThat(second.get("held").asInt()).isEqualTo(40);

        JsonNode records = SaddlebagServer.json(saddlebag().call("GET", "/api/push/runs/" + second.get("id") + "/records"));
        assertThat(records.get("records")).hasSize(40).allSatisfy(record -> assertThat(record.at("/changes/Unit_Price/after").isMissingNode()).isFalse());
        HttpResponse<String> answer = saddlebag().call("POST", "/api/push/runs/" + first + "/release");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("the later run " + second.get("id") + " has taken its place");
        post("/api/push/runs/" + second.get("id") + "/refuse");
    }

    @Test
    void aRunThatHeldNothingCannotBeDecided() {
        products(1);
        long run = push("crm-products").get("id").asLong();

        for (String decision : new String[] {"release", "refuse"}) {
            HttpResponse<String> answer = saddlebag().call("POST", "/api/push/runs/" + run + "/" + decision);
            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(answer.body()).contains("holds nothing");
            assertThat(saddlebag().call("POST", "/api/push/runs/987654/" + decision).statusCode()).isEqualTo(404);
        }
        assertThat(saddlebag().call("POST", "/api/push/runs/987654/revert").statusCode()).isEqualTo(404);
        assertThat(saddlebag().call("POST", "/api/push/runs/" + run + "/revert").body()).contains("has nothing to revert");
    }

    @Test
    void anAdoptedRowUpdatesTheRecordThatItIsTiedTo() {
        products(2);
        push("crm-products?keys=key-2");
        String other = one("SELECT zoho_id FROM push_state WHERE record_key = 'key-2'");
        String typed = control("POST", "/control/store/crm/Products", "{\"Product_Name\":\"Typed by hand\"}").path("id").asText();
        assertThat(typed).isNotEmpty();

        JsonNode adopted = adopt("key-1", "{\"zohoId\":\"" + typed + "\"}", 200);
        assertThat(adopted.get("zohoId").asText()).isEqualTo(typed);
        assertThat(adopted.get("status").asText()).isEqualTo("waiting");
        assertThat(saddlebag().count("zoho_calls WHERE path NOT LIKE '%upsert'")).isZero();

        JsonNode run = push("crm-products");
        assertThat(run.get("updated").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(one("SELECT string_agg(action || ' ' || outcome, ',' ORDER BY id) FROM push_log WHERE record_key = 'key-1'")).isEqualTo("adopt ok,update ok");
        assertThat(one("SELECT zoho_id FROM push_state WHERE record_key = 'key-1'")).isEqualTo(typed);
        assertThat(control("GET", "/control/store/crm/Products", null).get("records")).hasSize(2);

        assertThat(adopt("key-1", "{\"zohoId\":\"" + other + "\"}", 409).get("detail").asText()).contains("tied to the row key-2");
        adopt("nobody", "{\"zohoId\":\"17\"}", 404);
        adopt("key-1", "{\"zohoId\":17}", 400);
        adopt("key-1", "not JSON", 400);
    }

    /** The plan saw what Zoho had; that is what the first run wrote over. */
    @Test
    void theFirstRunOverRecordsThatZohoHadIsGivenBack() {
        products(1);
        saddlebag().database().execute("UPDATE push_targets SET state = 'off'");
        control("POST", "/control/store/crm/Products", "{\"Product_Name\":\"Typed by hand\",\"Product_Code\":\"SKU-1\",\"Unit_Price\":77,\"Product_Active\":true}");
        push("crm-products?dryRun=true");
        saddlebag().database().execute("UPDATE push_targets SET state = 'on'");
        JsonNode run = push("crm-products");
        assertThat(run.get("updated").asInt()).as(run.toString()).isEqualTo(1);

        JsonNode reverted = saddlebag().ended(post("/api/push/runs/" + run.get("id") + "/revert").get("runId").asLong());

        assertThat(reverted.get("updated").asInt()).as(reverted.toString()).isEqualTo(1);
        JsonNode record = control("GET", "/control/store/crm/Products", null).at("/records/0");
        assertThat(record.get("Product_Name").asText()).isEqualTo("Typed by hand");
        assertThat(record.get("Unit_Price").asInt()).isEqualTo(77);
        assertThat(record.path("Description").asText()).as("it had none").isEmpty();
        push("crm-products");
        assertThat(one("SELECT status || ' ' || error_code FROM push_state")).isEqualTo("held reverted");
    }

    @Test
    void aForgottenRowIsNewToTheNextRun() {
        products(1);
        push("crm-products");
        String id = one("SELECT zoho_id FROM push_state");
        long calls = saddlebag().count("zoho_calls");

        assertThat(post("/api/push/crm-products/key-1/forget").get("zohoId").isNull()).isTrue();

        assertThat(saddlebag().count("push_state")).isZero();
        assertThat(saddlebag().count("zoho_calls")).isEqualTo(calls);
        push("crm-products");
        assertThat(one("SELECT zoho_id FROM push_state")).as("found by its Product_Code").isEqualTo(id);
        assertThat(saddlebag().call("POST", "/api/push/crm-products/nobody/forget").statusCode()).isEqualTo(404);

        update("UPDATE push_state SET status = 'unknown'");
        assertThat(saddlebag().call("POST", "/api/push/crm-products/key-1/forget").statusCode()).isEqualTo(409);
    }

    @Test
    void whatARunWroteIsGivenBackAndNotWrittenAgain() {
        products(3);
        push("crm-products");
        update("UPDATE own_products SET price = price * 10, description = 'Changed'");
        long run = push("crm-products").get("id").asLong();
        update("UPDATE own_products SET price = 5 WHERE id = 'key-3'");
        push("crm-products");

        JsonNode plan = saddlebag().ended(post("/api/push/runs/" + run + "/revert?dryRun=true").get("runId").asLong());
        assertThat(plan.get("status").asText()).as(plan.toString()).isEqualTo("succeeded");
        JsonNode report = get("/api/sync/runs/" + plan.get("id") + "/report");
        assertThat(report.get("records")).as(report.toString()).hasSize(3);
        assertThat(report.get("records").get(0).get("changes").get("Unit_Price").toString()).isEqualTo("{\"after\":101,\"before\":1010}");
        assertThat(one("SELECT string_agg(DISTINCT status, ',') FROM push_state")).isEqualTo("ok");

        JsonNode revert = saddlebag().ended(post("/api/push/runs/" + run + "/revert").get("runId").asLong());

        assertThat(revert.get("updated").asInt()).as(revert.toString()).isEqualTo(3);
        assertThat(one("SELECT string_agg(concat_ws(' ', record_key, sent ->> 'Unit_Price', sent ->> 'Description'), ', ' ORDER BY record_key) FROM push_state"))
            .as("the later price of key-3 stays").isEqualTo("key-1 101 Described 1, key-2 102 Described 2, key-3 5 Described 3");
        assertThat(push("crm-products").get("calls").asInt()).as("the view still has the bodies that were taken back").isZero();
        assertThat(one("SELECT string_agg(DISTINCT status || ' ' || error_code, ',') FROM push_state")).isEqualTo("held reverted");

        update("UPDATE own_products SET price = 9 WHERE id = 'key-1'");
        assertThat(push("crm-products").get("updated").asInt()).isEqualTo(1);
    }

    @Test
    void aRecordThatNeverSettlesStaysHeldAlsoWhileOthersAreSent() {
        products(3);
        String view = one("SELECT pg_get_viewdef('push_products')"); // it says something else of key-1 each time it is read
        // PostgreSQL before 16 names the table of each column, too
        String restless = view.replaceFirst("(?m)^ *(\\w+\\.)?description,", "CASE id WHEN 'key-1' THEN CAST(clock_timestamp() AS text) ELSE description END AS description,");
        assertThat(restless).isNotEqualTo(view);
        saddlebag().database().execute("CREATE OR REPLACE VIEW push_products AS " + restless);
        for (int times = 0; times < 6; times++) {
            push("crm-products");
        }
        assertThat(one("SELECT status || ' ' || error_code FROM push_state WHERE record_key = 'key-1'")).isEqualTo("held restless");
        String before = one("SELECT sent ->> 'Description' FROM push_state WHERE record_key = 'key-1'");
        update("UPDATE own_products SET price = price + 1 WHERE id = 'key-2'");

        JsonNode run = push("crm-products");

        assertThat(run.get("updated").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(run.get("held").asInt()).isEqualTo(1);
        assertThat(one("SELECT status || ' ' || (sent ->> 'Description') FROM push_state WHERE record_key = 'key-1'")).isEqualTo("held " + before);
    }

    @Test
    void aRevertOfManyIsHeldAsEveryRunAndItsReleaseTakesThemBack() {
        long held = held();
        long run = saddlebag().ended(post("/api/push/runs/" + held + "/release").get("runId").asLong()).get("id").asLong();

        JsonNode revert = saddlebag().ended(post("/api/push/runs/" + run + "/revert").get("runId").asLong());

        assertThat(revert.get("held").asInt()).as(revert.toString()).isEqualTo(40);
        assertThat(revert.get("calls").asInt()).isZero();
        assertThat(push("crm-products").get("calls").asInt()).isZero();
        JsonNode released = saddlebag().ended(post("/api/push/runs/" + revert.get("id") + "/release").get("runId").asLong());
        assertThat(released.get("updated").asInt()).as(released.toString()).isEqualTo(40);
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'held' AND error_code = 'reverted' AND CAST(sent ->> 'Unit_Price' AS numeric) < 1000")).isEqualTo("40");
        assertThat(push("crm-products").get("calls").asInt()).isZero();
    }

    @Test
    void aRefusedRevertLeavesTheRowsAsZohoHasThem() {
        long held = held();
        long run = saddlebag().ended(post("/api/push/runs/" + held + "/release").get("runId").asLong()).get("id").asLong();
        JsonNode revert = saddlebag().ended(post("/api/push/runs/" + run + "/revert").get("runId").asLong());

        post("/api/push/runs/" + revert.get("id") + "/refuse");

        assertThat(push("crm-products").get("calls").asInt()).isZero();
        assertThat(one("SELECT string_agg(DISTINCT status, ',') FROM push_state")).isEqualTo("ok");
    }

    @Test
    void aRevertThatStopsHalfWayLeavesNothingThatALaterRunWouldWriteAgain() {
        long run = written(110, 600);
        try (HeldCalls second = ZOHO.hold("PUT .*/Products", 1)) {
            long revert = post("/api/push/runs/" + run + "/revert").get("runId").asLong();
            await().until(() -> saddlebag().count("push_state WHERE error_code = 'reverted'") == 100
                && saddlebag().count("push_state WHERE status = 'unknown'") == 10);
            assertThat(saddlebag().call("POST", "/api/sync/runs/" + revert + "/cancel").statusCode()).isEqualTo(200); // the rows are as after a kill
        }
        await().until(() -> saddlebag().count("push_state WHERE status = 'unknown'") == 0);
        long calls = saddlebag().count("zoho_calls");

        assertThat(push("crm-products").get("updated").asInt()).isZero();
        assertThat(saddlebag().count("zoho_calls")).as("the view still has what was taken back").isEqualTo(calls);
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'ok'")).as("those that the run did not write").isEqualTo("490");
    }

    @Test
    void aRevertWhoseAnswerWasLostIsFinishedByTheNextRunOfTheTarget() {
        long run = written(3, 5);
        fault("{\"kind\":\"lost-answer\",\"match\":\"PUT .*/Products\"}");
        JsonNode revert = saddlebag().ended(post("/api/push/runs/" + run + "/revert").get("runId").asLong());
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'unknown'")).as(revert.toString()).isEqualTo("3");
        ZOHO.faults().clear();

        push("crm-products");

        assertThat(one("SELECT string_agg(concat_ws(' ', status, error_code, sent ->> 'Unit_Price'), ', ' ORDER BY record_key) FROM push_state WHERE error_code IS NOT NULL"))
            .isEqualTo("held reverted 101, held reverted 102, held reverted 103");
        assertThat(writes("product=crm&module=Products").at("/writes/0/last/Unit_Price").asInt()).isBetween(101, 103);
        assertThat(push("crm-products").get("calls").asInt()).isZero();
    }

    /** A run that raised the price of the first of so many products. @return its id */
    private static long written(int count, int products) {
        products(products);
        push("crm-products");
        update("UPDATE own_products SET price = price + 1000 WHERE CAST(substr(id, 5) AS integer) <= " + count);
        JsonNode run = push("crm-products");
        assertThat(run.get("updated").asInt()).as(run.toString()).isEqualTo(count);
        return run.get("id").asLong();
    }

    @Test
    void aForcedRefusedRowStaysRefused() {
        products(1);
        update("UPDATE own_products SET name = NULL");

        JsonNode run = push("crm-products?force=true");

        assertThat(run.get("rejected").asInt()).isEqualTo(1);
        assertThat(post("/api/push/crm-products/key-1").get("status").asText()).isEqualTo("refused");
        assertThat(saddlebag().count("zoho_calls WHERE path LIKE '/crm/%'")).isZero();
    }

    @Test
    void aRecordThatZohoRefusedIsSentAgainAtOnceByAPerson() {
        products(1);
        control("PUT", "/control/refusals", "{\"SKU-1\":\"INVALID_DATA\"}");
        push("crm-products");
        assertThat(push("crm-products").get("calls").asInt()).as("the same body is not sent again by itself").isZero();

        assertThat(post("/api/push/crm-products/key-1").get("status").asText()).isEqualTo("failed");
        control("PUT", "/control/refusals", "{}");
        assertThat(post("/api/push/crm-products/key-1").get("status").asText()).isEqualTo("ok");
    }

    @Test
    void aDeadLetterOfAPushIsListedSentAgainAndDeleted() {
        products(2);
        control("PUT", "/control/refusals", "{\"SKU-1\":\"RECORD_LOCKED\",\"SKU-2\":\"RECORD_LOCKED\"}");
        push("crm-products");
        update("UPDATE push_state SET attempts = 11, next_at = now()");
        push("crm-products");

        JsonNode letters = get("/api/dead-letters?entity=crm-products&source=push").get("deadLetters");
        assertThat(letters).hasSize(2);
        assertThat(letters.get(0).get("zohoId").asText()).startsWith("key-");
        assertThat(push("crm-products").get("calls").asInt()).as("after 12 attempts a person decides").isZero();
        String first = one("SELECT id FROM dead_letters WHERE zoho_id = 'key-1'");

        update("UPDATE push_targets SET state = 'off' WHERE target = 'crm-products'");
        assertThat(saddlebag().call("POST", "/api/dead-letters/" + first + "/replay").statusCode()).isEqualTo(409);
        assertThat(saddlebag().count("dead_letters WHERE replayed_at IS NOT NULL")).as("it was not sent").isZero();
        update("UPDATE push_targets SET state = 'on' WHERE target = 'crm-products'");
        assertThat(post("/api/dead-letters/" + first + "/replay").get("status").asText()).isEqualTo("failed");
        control("PUT", "/control/refusals", "{}");
        assertThat(post("/api/dead-letters/" + first + "/replay").get("status").asText()).isEqualTo("ok");
        assertThat(one("SELECT string_agg(zoho_id, ',') FROM dead_letters WHERE closed_at IS NULL")).isEqualTo("key-2");

        assertThat(post("/api/dead-letters/replay?source=push").toString()).startsWith("{\"replayed\":1,\"found\":1,\"replayId\":");
        assertThat(push("crm-products").get("created").asInt()).isEqualTo(1);
        assertThat(saddlebag().count("dead_letters WHERE closed_at IS NULL")).isZero();
        assertThat(saddlebag().call("DELETE", "/api/dead-letters/" + first).statusCode()).isEqualTo(204);
    }

    @Test
    void aRowThatAPersonSentSinceARunReadItIsLeftOutOfTheRunsClaim() {
        products(1);
        Target target = saddlebag().bean(Targets.class).of("crm-products");
        String read = saddlebag().database().queryForObject("SELECT CAST(rows AS text) FROM push_next(NULL, ?, 'crm-products', CAST(? AS jsonb), '{}', ?)", String.class,
            SaddlebagServer.ORG, target.settings(), target.rows());
        post("/api/push/crm-products/key-1");

        assertThat(saddlebag().database().queryForList("SELECT claim FROM push_claim(NULL, NULL, ?, 'crm-products', 'create', ?, CAST(? AS jsonb), interval '1 minute')",
            SaddlebagServer.ORG, target.mapping(), read)).isEmpty();
        assertThat(one("SELECT status FROM push_state")).isEqualTo("ok");
    }

    /** A long run reads the view again after every 50 calls. What then would be held is left to the next run, which holds it. */
    @Test
    void aViewThatChangesMuchWhileARunSendsIsHeldByTheNextRun() {
        products(60);
        push("crm-products");
        update("INSERT INTO sync_runs (org, entity, mode, trigger, request, status) SELECT org_id, target, 'push', 'api', '{}', 'running' FROM push_targets");
        long run = Long.parseLong(one("SELECT id FROM sync_runs WHERE status = 'running'"));
        update("UPDATE own_products SET price = price + 1 WHERE CAST(substr(id, 5) AS integer) <= 5");
        assertThat(next(run)).as("a few are sent").isEqualTo(5);

        update("UPDATE own_products SET price = price + 1000 WHERE CAST(substr(id, 5) AS integer) <= 40");
        update("INSERT INTO own_products (id, sku, name, price, description, category) VALUES ('new', 'NEW', 'New', 5, 'Described', 'Fibre')");
        assertThat(next(run)).as("the new row is sent").isEqualTo(1);

        update("UPDATE sync_runs SET status = 'cancelled' WHERE status = 'running'");
        assertThat(push("crm-products?force=true").get("held").asInt()).isEqualTo(40);
    }

    /** @return how many rows the run would send next */
    private static int next(long run) {
        Target target = saddlebag().bean(Targets.class).of("crm-products");
        return saddlebag().database().queryForObject("SELECT coalesce(sum(jsonb_array_length(rows)), 0) FROM push_next(?, ?, 'crm-products', CAST(? AS jsonb), '{}', ?)", Integer.class,
            run, SaddlebagServer.ORG, target.settings(), target.rows());
    }

    @Test
    void anUnchangedRecordIsNotWrittenHoweverOldAndAChangedOneOnceADay() {
        products(1);
        push("crm-products");
        long calls = saddlebag().count("zoho_calls");
        for (int day = 1; day <= 3; day++) {
            update("UPDATE push_state SET sent_at = sent_at - interval '1 day', tried_at = tried_at - interval '1 day'");
            push("crm-products");
        }
        assertThat(saddlebag().count("zoho_calls")).isEqualTo(calls);
        for (int day = 1; day <= 3; day++) {
            update("UPDATE own_products SET price = price + 1");
            update("UPDATE push_state SET sent_at = sent_at - interval '1 day', tried_at = tried_at - interval '1 day'");
            push("crm-products");
            push("crm-products");
            assertThat(saddlebag().count("zoho_calls")).isEqualTo(calls + day);
        }
    }

    @Test
    void theHistoryOfRunsShowsPushes() {
        products(1);
        push("crm-products");

        JsonNode runs = get("/api/sync/runs?entity=crm-products").get("runs");

        assertThat(runs).hasSize(1);
        assertThat(runs.get(0).get("mode").asText()).isEqualTo("push");
        for (String count : new String[] {"failed", "unknown", "waiting", "held", "rateLimitHits"}) {
            assertThat(runs.get(0).get(count).asInt()).as(count).isZero();
        }
        assertThat(saddlebag().call("GET", "/api/sync/runs?entity=crm-prodcts").statusCode()).isEqualTo(404);
    }

    /** A run of 60 confirmed products that holds the prices of 40. @return its id */
    /** A limit keeps a row from being sent that was held before: it is as it was, and sent when the limit is over. */
    @Test
    void aHeldRowThatMeetsALimitIsSentAfterIt() {
        long held = held();
        post("/api/push/runs/" + held + "/refuse");
        update("UPDATE own_products SET price = 7 WHERE id = 'key-1'");
        fault("{\"kind\":\"error\",\"code\":44,\"match\":\"PUT .*/Products\"}");
        long run = SaddlebagServer.json(saddlebag().call("POST", "/api/push/crm-products")).get("runId").asLong();
        await().until(() -> saddlebag().run(run).path("waitingFor").asText().equals("minute"));
        assertThat(one("SELECT concat_ws(' ', status, error_code, trying ->> 'Unit_Price', jsonb_exists(attempt, 'heldTrying')) FROM push_state WHERE record_key = 'key-1'"))
            .isEqualTo("held declined 1101 f");

        ZOHO.faults().clear();
        update("UPDATE organisations SET blocked_until = NULL");
        update("UPDATE sync_runs SET waiting_until = now() WHERE status = 'running'");

        assertThat(saddlebag().ended(run).get("updated").asInt()).isEqualTo(1);
        assertThat(one("SELECT status || ' ' || (sent ->> 'Unit_Price') FROM push_state WHERE record_key = 'key-1'")).isEqualTo("ok 7");
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'held'")).isEqualTo("39");
    }

    /** Zoho has the new price, and says of the repetition that it refuses the record. */
    @Test
    void anUpdateThatWasCarriedOutAndThenRefusedIsNotTakenForUndoneWhenTheRowGoesBack() {
        products(1);
        push("crm-products");
        update("UPDATE own_products SET price = 200");
        fault("{\"kind\":\"lost-answer\",\"match\":\"PUT .*/Products\"}");
        push("crm-products");
        assertThat(one("SELECT status FROM push_state")).isEqualTo("unknown");
        ZOHO.faults().clear();
        control("PUT", "/control/refusals", "{\"SKU-1\":\"INVALID_DATA\"}");
        push("crm-products");
        assertThat(one("SELECT status FROM push_state")).isEqualTo("failed");
        control("PUT", "/control/refusals", "{}");
        assertThat(writes("product=crm&module=Products").at("/writes/0/last/Unit_Price").asInt()).isEqualTo(200);
        update("UPDATE own_products SET price = 101");

        JsonNode run = push("crm-products");

        assertThat(run.get("updated").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(writes("product=crm&module=Products").at("/writes/0/last/Unit_Price").asInt()).isEqualTo(101);
        assertThat(one("SELECT status || ' ' || jsonb_exists(attempt, 'bodyInDoubt') FROM push_state")).isEqualTo("ok false");
        assertThat(push("crm-products").get("calls").asInt()).isZero();
    }

    private static long held() {
        products(60);
        push("crm-products");
        update("UPDATE own_products SET price = price + 1000 WHERE CAST(substr(id, 5) AS integer) <= 40");
        JsonNode run = push("crm-products");
        assertThat(run.get("held").asInt()).as(run.toString()).isEqualTo(40);
        return run.get("id").asLong();
    }

    private static JsonNode adopt(String key, String body, int status) {
        HttpResponse<String> answer = saddlebag().send("POST", "/api/push/crm-products/" + key + "/adopt", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return SaddlebagServer.json(answer);
    }

    private static void update(String sql) {
        saddlebag().database().update(sql);
    }
}
