package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import java.net.http.HttpResponse;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Confirmed records beside what Zoho CRM has: what people changed there is reported, and repaired on request only. */
@Tag("sql")
class VerifyTargetIT extends PushCase {

    @BeforeEach
    void switchOn() {
        on("crm-products");
    }

    private static JsonNode verify(String query) {
        HttpResponse<String> answer = saddlebag().call("POST", "/api/verify/crm-products" + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return saddlebag().ended(SaddlebagServer.json(answer).get("runId").asLong());
    }

    private static JsonNode report(JsonNode run) {
        return SaddlebagServer.json(saddlebag().call("GET", "/api/sync/runs/" + run.get("id").asLong() + "/report"));
    }

    private static String id(String recordKey) {
        return one("SELECT zoho_id FROM push_state WHERE record_key = '" + recordKey + "'");
    }

    private static void type(String recordKey, String fields) {
        control("PATCH", "/control/store/crm/Products/" + id(recordKey), fields);
    }

    private static String zoho(String recordKey, String field) {
        for (JsonNode record : control("GET", "/control/store/crm/Products", null).get("records")) {
            if (record.get("id").asText().equals(id(recordKey))) {
                return record.path(field).asText();
            }
        }
        throw new AssertionError("Zoho has no record of " + recordKey);
    }

    @Test
    void whatAPersonChangedIsReportedWithWhoAndWhenAndOnlyARepairWritesOwnedKeys() {
        products(120);
        push("crm-products");
        type("key-7", "{\"Description\":\"typed by a person\",\"Manufacturer\":\"typed too\"}");
        control("DELETE", "/control/writes", null);

        assertThat(push("crm-products").get("calls").asInt()).as("our row does not change").isZero();
        JsonNode found = verify("");

        assertThat(found.get("status").asText()).as(found.toString()).isEqualTo("succeeded");
        assertThat(found.get("mode").asText()).isEqualTo("verify");
        assertThat(found.get("calls").asInt()).as("120 records, 100 a call").isEqualTo(2);
        JsonNode report = report(found);
        assertThat(report.get("checked").asInt()).isEqualTo(120);
        assertThat(report.get("differing").asInt()).isEqualTo(1);
        assertThat(report.get("missing").asInt()).isZero();
        JsonNode record = report.get("records").get(0);
        assertThat(record.get("recordKey").asText()).isEqualTo("key-7");
        assertThat(record.get("what").asText()).isEqualTo("differing");
        assertThat(record.get("changes").toString()).isEqualTo("{\"Description\":{\"after\":\"Described 7\",\"before\":\"typed by a person\"}}");
        assertThat(record.get("error").asText()).matches("changed in Zoho by .+, \\d{4}-\\d\\d-\\d\\dT.*");
        assertThat(control("GET", "/control/writes", null).get("writes")).isEmpty();
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'ok'")).isEqualTo("120");

        JsonNode repaired = verify("?repair=true");

        assertThat(repaired.get("status").asText()).as(repaired.toString()).isEqualTo("succeeded");
        assertThat(repaired.get("updated").asInt()).isEqualTo(1);
        assertThat(zoho("key-7", "Description")).isEqualTo("Described 7");
        assertThat(zoho("key-7", "Manufacturer")).as("a key that is not owned").isEqualTo("typed too");
        assertThat(control("GET", "/control/writes", null).get("writes")).hasSize(1);
        assertThat(report(verify("")).get("differing").asInt()).isZero();
    }

    @Test
    void aRecordThatWasDeletedInZohoIsMissingAndNoRepairCreatesIt() {
        products(3);
        push("crm-products");
        control("DELETE", "/control/store/crm/Products/" + id("key-2"), null);

        JsonNode repaired = verify("?repair=true");

        assertThat(report(repaired).get("missing").asInt()).as(repaired.toString()).isEqualTo(1);
        assertThat(report(repaired).get("records").get(0).get("what").asText()).isEqualTo("missing");
        assertThat(report(repaired).get("records").get(0).get("error").asText()).contains("POST /api/push/crm-products/key-2/forget");
        assertThat(control("GET", "/control/store/crm/Products", null).get("records")).hasSize(2);
    }

    @Test
    void aRepairOfManyRecordsIsHeldAndItsReleaseWritesThem() {
        products(40);
        push("crm-products");
        for (int n = 1; n <= 30; n++) {
            type("key-" + n, "{\"Description\":\"typed\"}");
        }

        JsonNode held = verify("?repair=true");

        assertThat(held.get("status").asText()).as(held.toString()).isEqualTo("partial");
        assertThat(held.get("held").asInt()).isEqualTo(30);
        assertThat(zoho("key-1", "Description")).isEqualTo("typed");
        push("crm-products");
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'held'")).as("a run between leaves them held").isEqualTo("30");

        HttpResponse<String> answer = saddlebag().call("POST", "/api/push/runs/" + held.get("id").asLong() + "/release");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        JsonNode released = saddlebag().ended(SaddlebagServer.json(answer).get("runId").asLong());

        assertThat(released.get("updated").asInt()).as(released.toString()).isEqualTo(30);
        assertThat(zoho("key-30", "Description")).isEqualTo("Described 30");
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'ok'")).isEqualTo("40");
    }

    @Test
    void aRepairDoesNotWriteWhatIsHeld() {
        products(100);
        push("crm-products");
        saddlebag().database().update("UPDATE own_products SET price = 0.5 WHERE CAST(substr(id, 5) AS integer) <= 40");
        assertThat(push("crm-products").get("held").asInt()).isEqualTo(40);
        type("key-1", "{\"Description\":\"typed by a person\"}");
        type("key-99", "{\"Description\":\"typed by a person\"}");

        JsonNode run = verify("?repair=true");

        assertThat(run.get("updated").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(zoho("key-99", "Description")).isEqualTo("Described 99");
        assertThat(zoho("key-1", "Unit_Price")).isEqualTo("101");
        assertThat(one("SELECT status FROM push_state WHERE record_key = 'key-1'")).isEqualTo("held");
        assertThat(one("SELECT summary FROM sync_runs ORDER BY id DESC LIMIT 1")).contains("differing 2", "1 of the differing are held or in conflict, and are not written");
    }

    /** The run had written its report, and its end could not be stored. */
    @ParameterizedTest
    @ValueSource(strings = {"", "?repair=true"})
    void aVerificationThatIsStartedAgainComparesAgainAndSendsNothingThatOnlyTheViewHas(String query) {
        products(3);
        push("crm-products");
        verify(query);
        saddlebag().database().execute("UPDATE sync_runs SET status = 'failed' WHERE mode = 'verify'");
        saddlebag().database().execute("UPDATE own_products SET price = price + 1");

        JsonNode again = verify(query);

        assertThat(one("SELECT resumed_from IS NOT NULL FROM sync_runs WHERE id = " + again.get("id"))).as(again.toString()).isEqualTo("t");
        assertThat(report(again).path("checked").asInt()).as(again.toString()).isEqualTo(3);
        assertThat(again.get("updated").asInt()).isZero();
        assertThat(zoho("key-1", "Unit_Price")).isEqualTo("101");
        assertThat(one("SELECT planned_run FROM push_targets")).isNull();
    }

    @Test
    void aVerificationLeavesTheNumberOfRowsThatWereNeverSent() {
        products(10);
        push("crm-products?limit=4");
        assertThat(one("SELECT never FROM push_targets")).isEqualTo("6");

        verify("");

        assertThat(one("SELECT never FROM push_targets")).isEqualTo("6");
    }

    @Test
    void aTargetThatIsOffIsComparedButNotRepaired() {
        saddlebag().database().execute("UPDATE push_targets SET state = 'off'");

        HttpResponse<String> refused = saddlebag().call("POST", "/api/verify/crm-products?repair=true");

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("is off");
        assertThat(verify("").get("status").asText()).isEqualTo("succeeded");
    }

    @Test
    void aTargetIsComparedAWeekAfterItWasSwitchedOnAndThenWeekly() {
        products(1);
        push("crm-products");
        saddlebag().database().execute("UPDATE push_targets SET released_at = clock_timestamp() - interval '6 days'");
        ProducerTemplate producer = saddlebag().bean(ProducerTemplate.class);

        producer.sendBody("direct:push-verify-due", null);
        assertThat(one("SELECT count(*) FROM sync_runs WHERE mode = 'verify'")).isEqualTo("0");

        saddlebag().database().execute("UPDATE push_targets SET released_at = clock_timestamp() - interval '7 days'");
        producer.sendBody("direct:push-verify-due", null);
        long run = Long.parseLong(one("SELECT max(id) FROM sync_runs WHERE mode = 'verify' AND dry_run"));
        assertThat(saddlebag().ended(run).get("status").asText()).isEqualTo("succeeded");

        producer.sendBody("direct:push-verify-due", null);
        assertThat(one("SELECT count(*) FROM sync_runs WHERE mode = 'verify'")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status = 'failed'", "request = '{\"keys\": [\"key-1\"]}'"})
    void aComparisonThatFailedOrWasAboutSomeRecordsDoesNotCount(String change) {
        products(1);
        push("crm-products");
        saddlebag().database().execute("UPDATE push_targets SET released_at = clock_timestamp() - interval '7 days'");
        verify("");
        saddlebag().database().execute("UPDATE sync_runs SET " + change + " WHERE mode = 'verify'");
        ProducerTemplate producer = saddlebag().bean(ProducerTemplate.class);

        producer.sendBody("direct:push-verify-due", null);

        assertThat(one("SELECT count(*) FROM sync_runs WHERE mode = 'verify'")).isEqualTo("2");
        saddlebag().ended(Long.parseLong(one("SELECT max(id) FROM sync_runs WHERE mode = 'verify'")));
        producer.sendBody("direct:push-verify-due", null);
        assertThat(one("SELECT count(*) FROM sync_runs WHERE mode = 'verify'")).isEqualTo("2");
    }

    @Test
    void aRepairOfTheWholeTargetCountsAsItsComparison() {
        products(1);
        push("crm-products");
        saddlebag().database().execute("UPDATE push_targets SET released_at = clock_timestamp() - interval '7 days'");
        saddlebag().database().execute("UPDATE push_state SET sent = jsonb_set(sent, '{Product_Name}', '\"Another\"')");
        verify("?repair=true");
        assertThat(one("SELECT summary FROM sync_runs WHERE mode = 'verify'")).contains("differing 1");

        saddlebag().bean(ProducerTemplate.class).sendBody("direct:push-verify-due", null);

        assertThat(one("SELECT count(*) FROM sync_runs WHERE mode = 'verify'")).isEqualTo("1");
    }
}
