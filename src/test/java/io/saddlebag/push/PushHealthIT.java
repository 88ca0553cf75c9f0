package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What health and metrics say of pushes. */
class PushHealthIT extends PushCase {

    @BeforeEach
    void on() {
        on("crm-products");
    }

    @Test
    void aTargetThatIsWellIsNoProblem() {
        products(30);
        push("crm-products");

        assertThat(problems()).isEmpty();
        JsonNode push = organisation().get("push").get(0);
        assertThat(push.get("ok").asInt()).isEqualTo(30);
        assertThat(push.get("attemptsOfADay").asInt()).isEqualTo(30);
    }

    @Test
    void anOutcomeThatStaysUnknownForAQuarterOfAnHourIsAProblem() {
        products(1);
        push("crm-products");
        update("UPDATE push_state SET status = 'unknown', tried_at = now() - interval '14 minutes', claimed_until = now() + interval '1 hour'");
        assertThat(problems()).isEmpty();
        update("UPDATE push_state SET tried_at = now() - interval '16 minutes'");
        assertThat(problems()).singleElement().asString().contains("does not know the outcome of 1 record", "?status=unknown");
    }

    /** Each attempt is a new one, and the outcome is as unknown as before. */
    @Test
    void anOutcomeIsUnknownSinceTheFirstAttempt() {
        products(1);
        fault("{\"kind\":\"error\",\"status\":500,\"match\":\"upsert\"}");
        push("crm-products");
        update("UPDATE push_state SET tried_at = tried_at - interval '16 minutes'");
        push("crm-products");
        assertThat(one("SELECT status FROM push_state WHERE tried_at > now() - interval '5 minutes'")).isEqualTo("unknown");
        assertThat(problems()).anyMatch(problem -> problem.contains("does not know the outcome of 1 record"));
        ZOHO.faults().clear();
        push("crm-products");
        assertThat(problems()).isEmpty();
    }

    @Test
    void heldRecordsAreAProblemUntilAPersonDecides() {
        products(60);
        push("crm-products");
        update("UPDATE own_products SET price = price + 1000");
        long run = push("crm-products").get("id").asLong();

        assertThat(problems()).singleElement().asString().contains("holds 60 records: 60 of 60 confirmed records would change", "/api/push/runs/" + run + "/release");
        post("/api/push/runs/" + run + "/refuse");
        assertThat(problems()).isEmpty();
    }

    @Test
    void aConflictIsAProblem() {
        products(2);
        push("crm-products");
        update("UPDATE push_state SET status = 'held', error_code = 'conflict' WHERE record_key = 'key-1'");

        assertThat(problems()).singleElement().asString().contains("does not send 1 record that Zoho has otherwise", "/adopt");
    }

    @Test
    void aRecordThatZohoTookForAnotherIsAProblem() {
        products(30);
        push("crm-products");
        update("UPDATE push_state SET status = 'failed', error_code = 'matched', error_key = 'Product_Name', other_zoho_id = '4711' WHERE record_key = 'key-1'");

        assertThat(problems()).singleElement().asString().contains("sent 1 record that Zoho took for another record", "?status=failed");
    }

    @Test
    void aTargetOfWhichEveryAttemptFailedIsAProblemHoweverFew() {
        products(1);
        control("PUT", "/control/refusals", "{\"SKU-1\":\"INVALID_DATA\"}");
        push("crm-products");

        assertThat(problems()).singleElement().asString().contains("failed in 1 of 1 attempts of the last day");
    }

    @Test
    void aViewThatLosesAColumnIsAProblem() {
        products(3);
        push("crm-products");
        update("UPDATE own_products SET name = NULL");
        push("crm-products");

        assertThat(problems()).singleElement().asString().contains("refuses all its rows", "?status=refused");
    }

    @Test
    void manyFailuresOfADayAreAProblem() {
        products(30);
        push("crm-products");
        update("INSERT INTO push_log (org_id, target, record_key, action, outcome) SELECT org_id, target, 'other', 'update', 'failed' FROM push_log LIMIT 4");
        assertThat(problems()).as("4 of 34").isEmpty();
        update("INSERT INTO push_log (org_id, target, record_key, action, outcome) SELECT org_id, target, 'other', 'update', 'failed' FROM push_log LIMIT 1");
        assertThat(problems()).singleElement().asString().contains("failed in 5 of 35 attempts of the last day");
    }

    @Test
    void aCheckThatFailsAnEditedMappingAndAFailedRunAreProblemsOfATargetThatIsOn() {
        update("UPDATE push_targets SET check_error = 'Product_Code takes duplicates in CRM', mapping = 'an older one'");
        update("INSERT INTO sync_runs (org, entity, mode, trigger, request, status, error) SELECT org_id, target, 'push', 'timer', '{}', 'failed', 'column price does not exist' FROM push_targets");

        assertThat(problems()).hasSize(3).anyMatch(problem -> problem.contains("cannot be written: Product_Code takes duplicates in CRM"))
            .anyMatch(problem -> problem.contains("was edited after its last plan. POST /api/push/crm-products?dryRun=true"))
            .anyMatch(problem -> problem.contains("failed: column price does not exist"));

        update("UPDATE push_targets SET state = 'off'");
        assertThat(problems()).isEmpty();
    }

    @Test
    void gaugesShowRecordsByStatus() {
        products(2);
        update("UPDATE own_products SET name = NULL WHERE id = 'key-2'");
        push("crm-products");

        await().untilAsserted(() -> assertThat(saddlebag().call("GET", "/actuator/prometheus").body())
            .contains("saddlebag_push_records{org=\"" + SaddlebagServer.ORG + "\",status=\"refused\",target=\"crm-products\"} 1.0",
                "saddlebag_push_records{org=\"" + SaddlebagServer.ORG + "\",status=\"ok\",target=\"crm-products\"} 1.0",
                "saddlebag_push_oldest_due_seconds{org=\"" + SaddlebagServer.ORG + "\",target=\"crm-products\"} 0.0"));
    }

    private static JsonNode organisation() {
        return get("/api/zoho/health").get("organisations").get(0);
    }

    /** @return the problems of pushes */
    private static List<String> problems() {
        return StreamSupport.stream(get("/api/zoho/health").get("problems").spliterator(), false).map(JsonNode::asText).filter(problem -> problem.contains("push target")).toList();
    }

    private static void update(String sql) {
        saddlebag().database().update(sql);
    }
}
