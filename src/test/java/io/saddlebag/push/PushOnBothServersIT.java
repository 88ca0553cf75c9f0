package io.saddlebag.push;

import static io.saddlebag.testkit.SaddlebagServer.ORG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.SaddlebagServer;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What pushes ask of PostgreSQL beside their rows: the switch, health, the timers, the shipped SQL files and connections that end. Once on each server. */
@Tag("sql")
class PushOnBothServersIT extends PushCase {

    @Test
    void theSqlFilesOfAllShippedTargetsRun() {
        for (Target target : saddlebag().bean(Targets.class).all()) {
            assertThat(saddlebag().database().queryForObject("SELECT count(*) FROM push_rows(?, ?, NULL, '{\"keys\": [\"nobody\"]}', ?)", Long.class, ORG, target.name(), target.rows()))
                .as(target.name()).isZero();
        }
    }

    @Test
    void aTargetIsPlannedSwitchedOnLookedAfterAndSwitchedOff() {
        products(30);
        push("crm-products?dryRun=true");
        assertThat(saddlebag().send("PATCH", "/api/organisations/" + ORG, "{\"push\":{\"crm-products\":\"on\"}}").statusCode()).isEqualTo(200);

        saddlebag().bean(org.apache.camel.CamelContext.class).createProducerTemplate().send("direct:push-scheduled", exchange -> exchange.setVariable("full", false));
        await().until(() -> saddlebag().count("push_state WHERE status = 'ok'") == 30);
        assertThat(health()).doesNotContain("push target");

        saddlebag().database().update("UPDATE push_state SET status = 'unknown', tried_at = now() - interval '16 minutes', claimed_until = now() + interval '1 hour' WHERE record_key = 'key-1'");
        saddlebag().database().update("UPDATE own_products SET price = price + 1000 WHERE id <> 'key-1'");
        long held = push("crm-products").get("id").asLong();
        assertThat(health()).contains("the push target crm-products does not know the outcome of 1 record", "holds 29 records", "/api/push/runs/" + held + "/release");

        assertThat(saddlebag().send("PATCH", "/api/organisations/" + ORG, "{\"push\":{\"crm-products\":\"off\"}}").statusCode()).isEqualTo(200);
        assertThat(health()).doesNotContain("push target");
    }

    private static String health() {
        return get("/api/zoho/health").get("problems").toString();
    }

    @Test
    void connectionsThatTheServerEndsInMidRunLoseAndDoubleNothing() {
        on("crm-products");
        products(400);
        fault("{\"kind\":\"latency\",\"ms\":400,\"match\":\"/crm/\"}");
        assertThat(SaddlebagServer.json(saddlebag().call("POST", "/api/push/crm-products")).get("runId").asLong()).isPositive();
        await().pollInterval(Duration.ofMillis(20)).until(() -> saddlebag().count("push_state WHERE status = 'ok'") >= 100);

        saddlebag().database().execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        control("DELETE", "/control/faults", null);

        // A run whose connections were all at rest goes on by itself: the pool replaces them
        await().ignoreExceptions().until(() -> saddlebag().count("sync_runs WHERE status IN ('running', 'abandoned') AND"
                + " NOT EXISTS (SELECT FROM sync_runs newer WHERE newer.resumed_from = sync_runs.id)") == 0);
        saddlebag().database().execute("UPDATE push_state SET claimed_until = now() WHERE claimed_until IS NOT NULL"); // as when the lease of the batch in flight ends
        push("crm-products");
        assertThat(saddlebag().count("push_state WHERE status = 'ok'")).isEqualTo(400);
        assertThat(control("GET", "/control/store/crm/Products", null).get("records")).hasSize(400);
        assertThat(writes("product=crm").get("writes")).allSatisfy(write -> assertThat(write.get("creates").asInt()).isEqualTo(1));
    }
}
