package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.SaddlebagServer;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;

/** What the timers start: only what has something to send, and a target whose view is broken says so and stops no other. */
class ScheduledPushIT extends PushCase {

    private static void tick(boolean full) {
        CamelContext camel = saddlebag().bean(CamelContext.class);
        camel.createProducerTemplate().send("direct:push-scheduled", exchange -> exchange.setVariable("full", full));
    }

    /** What the timer starts for records whose outcome is unknown. Waits for the end of its runs. */
    private static long runsAfterALookForUnknownOnes() {
        saddlebag().bean(CamelContext.class).createProducerTemplate().sendBody("direct:push-unknown-due", null);
        settled();
        return saddlebag().count("sync_runs");
    }

    private static void later(int seconds) {
        saddlebag().database().execute("UPDATE push_state SET tried_at = tried_at - interval '" + seconds + " s'");
    }

    private static void settled() {
        await().until(() -> saddlebag().count("sync_runs WHERE status = 'running'") == 0);
    }

    @Test
    void aQuietTickStartsNoRunAndAChangeStartsOne() {
        products(3);
        on("crm-products");
        push("crm-products");

        tick(false);
        assertThat(saddlebag().count("sync_runs")).isEqualTo(1);
        tick(true);
        settled();
        assertThat(one("SELECT string_agg(trigger || ' ' || unchanged, ', ' ORDER BY id) FROM sync_runs")).isEqualTo("staff 0, timer 3");

        saddlebag().database().update("UPDATE own_products SET price = price + 1 WHERE sku = 'SKU-1'");
        tick(false);
        settled();
        assertThat(one("SELECT status || ' ' || updated FROM sync_runs ORDER BY id DESC LIMIT 1")).isEqualTo("succeeded 1");
    }

    @Test
    void aBrokenViewFailsItsRunAndStopsNoOtherTarget() {
        products(2);
        saddlebag().database().update("UPDATE own_products SET family = 'Fibre', recurring = 5");
        on("billing-products");
        on("crm-products");
        saddlebag().database().execute("DROP VIEW push_products");
        saddlebag().database().execute("CREATE VIEW push_products AS SELECT '" + SaddlebagServer.ORG + "' AS org_id, id AS record_key, family AS product_family FROM own_products");

        tick(false);
        settled();

        assertThat(one("SELECT status FROM sync_runs WHERE entity = 'billing-products'")).isEqualTo("succeeded");
        assertThat(one("SELECT error FROM sync_runs WHERE entity = 'crm-products' AND status = 'failed'")).contains("column p.sku does not exist");
    }

    /** The server's word when a lock is held for longer than lock_timeout. */
    @Test
    void aViewThatWaitsForALockStopsNoOtherTarget() {
        products(2);
        on("billing-products");
        on("crm-products");
        saddlebag().database().execute("""
            CREATE OR REPLACE FUNCTION locked_family() RETURNS text LANGUAGE plpgsql STABLE AS
            $$BEGIN RAISE EXCEPTION 'canceling statement due to lock timeout' USING ERRCODE = 'lock_not_available'; END$$""");
        saddlebag().database().execute("DROP VIEW push_products");
        saddlebag().database().execute("""
            CREATE VIEW push_products AS
            SELECT '%s' AS org_id, id AS record_key, sku, name, description, price, currency, active AS is_active, zero AS price_may_be_zero, category,
                   locked_family() AS product_family
              FROM own_products""".formatted(SaddlebagServer.ORG));

        tick(false);

        await().until(() -> saddlebag().count("push_state WHERE target = 'crm-products' AND status = 'ok'") == 2);
        await().until(() -> saddlebag().count("sync_runs WHERE entity = 'billing-products' AND waiting_for IS NOT NULL") == 1);
        saddlebag().database().update("UPDATE sync_runs SET status = 'cancelled' WHERE status = 'running'");
    }

    /** A key that vanishes is refused, unless the mapping was edited after the last comparison. */
    @Test
    void anEditedMappingThatChangesNoBodyDoesNotExcuseAKeyThatVanishesLater() throws Exception {
        products(2);
        on("crm-products");
        push("crm-products");
        saddlebag().bean(Targets.class).put(changed("crm-products", "description: Own", "description: Our own"));
        try {
            tick(false);
            settled();
            assertThat(one("SELECT string_agg(DISTINCT sent_mapping, ',') FROM push_state")).isEqualTo(saddlebag().bean(Targets.class).of("crm-products").mapping());
            saddlebag().database().execute("UPDATE push_state SET sent = sent || '{\"Vendor_Name\": \"Somebody\"}' WHERE record_key = 'key-1'"); // as if the view had had one

            push("crm-products");

            assertThat(one("SELECT error_text FROM push_state WHERE record_key = 'key-1'")).contains("Vendor_Name is no longer in the body");
        } finally {
            saddlebag().bean(Targets.class).put(shipped("crm-products"));
        }
    }

    @Test
    void aRunOfSomeRowsIsNoComparisonOfAll() {
        products(3);
        on("crm-products");
        push("crm-products");
        saddlebag().database().execute("UPDATE sync_runs SET started_at = started_at - interval '1 hour'");
        push("crm-products?keys=key-1");
        push("crm-products?limit=1");
        saddlebag().database().execute("UPDATE push_state SET status = 'refused', error_text = 'no price' WHERE record_key = 'key-3'");

        String settings = saddlebag().bean(Targets.class).of("crm-products").settings().replaceFirst("\\{", "{\"changedColumn\":\"touched_at\",");
        saddlebag().database().execute("CREATE OR REPLACE VIEW touched_products AS SELECT p.*, now() - interval '30 minutes' AS touched_at FROM push_products p WHERE record_key = 'key-2'");
        String keys = one("SELECT push_selection('" + SaddlebagServer.ORG + "', 'crm-products', '" + settings.replace("\"push_products\"", "\"touched_products\"") + "', '{\"changed\": true}') ->> 'keys'");
        saddlebag().database().execute("DROP VIEW touched_products");

        assertThat(keys).as("touched since the last run of all, or refused").contains("key-2", "key-3").doesNotContain("key-1");
    }

    @Test
    void withAChangedColumnOnlyTouchedRowsAreReadUntilTheFullComparison() {
        products(3);
        saddlebag().database().execute("DROP VIEW push_products");
        saddlebag().database().execute("""
            CREATE OR REPLACE VIEW push_products AS
            SELECT '%s' AS org_id, id AS record_key, sku, name, description, price, CAST(NULL AS text) AS currency, active AS is_active, zero AS price_may_be_zero, category,
                   CASE WHEN sku = 'SKU-1' THEN clock_timestamp() ELSE clock_timestamp() - interval '1 day' END AS touched_at
              FROM own_products""".formatted(SaddlebagServer.ORG));
        Target shipped = saddlebag().bean(Targets.class).of("crm-products");
        String settings = shipped.settings().replaceFirst("\\{", "{\"changedColumn\":\"touched_at\",");
        assertThat(rows("SELECT push_selection('" + SaddlebagServer.ORG + "', 'crm-products', '" + settings + "', '{\"changed\": true}') AS n").toString())
            .as("before the first run: all").isEqualTo("[{n={\"changed\": true}}]");
        on("crm-products");
        push("crm-products");

        assertThat(rows("SELECT push_selection('" + SaddlebagServer.ORG + "', 'crm-products', '" + settings + "', '{\"changed\": true}') ->> 'keys' AS n"))
            .isEqualTo(List.of(Map.of("n", "[\"key-1\"]")));
        assertThat(rows("SELECT push_selection('" + SaddlebagServer.ORG + "', 'crm-products', '" + settings + "', '{}') AS n").toString()).isEqualTo("[{n={}}]");
    }

    @Test
    void aRecordWhoseOutcomeStaysUnknownIsTriedThreeTimesAndThenEverMoreSeldom() {
        products(1);
        on("crm-products");
        control("PUT", "/control/refusals", "{\"SKU-1\":\"INTERNAL_ERROR\"}");
        push("crm-products");
        assertThat(one("SELECT status || ' ' || attempts FROM push_state")).isEqualTo("unknown 3");

        assertThat(runsAfterALookForUnknownOnes()).isEqualTo(1);
        later(61);
        assertThat(runsAfterALookForUnknownOnes()).isEqualTo(2);
        assertThat(one("SELECT status || ' ' || attempts FROM push_state")).isEqualTo("unknown 4");
        later(61);
        assertThat(runsAfterALookForUnknownOnes()).as("after a minute").isEqualTo(2);
        tick(false);
        settled();
        assertThat(saddlebag().count("sync_runs")).as("nor does the timer that looks for changes").isEqualTo(2);
        later(60);
        assertThat(runsAfterALookForUnknownOnes()).as("after two").isEqualTo(3);
        saddlebag().database().execute("UPDATE push_state SET attempts = 1000");
        later(3500);
        assertThat(runsAfterALookForUnknownOnes()).isEqualTo(3);
        later(101);
        assertThat(runsAfterALookForUnknownOnes()).as("after an hour").isEqualTo(4);
    }

    @Test
    void theSecondLookUpComesAfterAMinuteHoweverLateTheFirstOneWas() {
        on("crm-products");
        products(1);
        saddlebag().database().execute("INSERT INTO push_state (org_id, target, record_key, status, tried_at, checked_at, attempt) VALUES ('" + SaddlebagServer.ORG
            + "', 'crm-products', 'key-1', 'unknown', now() - interval '3 hours', now() - interval '61 s', '{\"op\": \"create\", \"absentAt\": \"2026-01-01T00:00:00Z\"}')");

        assertThat(runsAfterALookForUnknownOnes()).isEqualTo(1);
    }

    @Test
    void anOrganisationWithoutAConnectionGetsNoRunForAnUnknownRecord() {
        on("crm-products");
        products(1);
        saddlebag().database().execute("INSERT INTO push_state (org_id, target, record_key, status, tried_at) VALUES ('" + SaddlebagServer.ORG
            + "', 'crm-products', 'key-1', 'unknown', now() - interval '1 hour')");
        String connection = one("SELECT connection_id FROM organisations WHERE org_id = '" + SaddlebagServer.ORG + "'");
        saddlebag().database().execute("UPDATE organisations SET connection_id = NULL WHERE org_id = '" + SaddlebagServer.ORG + "'");
        try {
            assertThat(runsAfterALookForUnknownOnes()).isZero();
        } finally {
            saddlebag().database().execute("UPDATE organisations SET connection_id = " + connection + " WHERE org_id = '" + SaddlebagServer.ORG + "'");
        }
        assertThat(runsAfterALookForUnknownOnes()).isEqualTo(1);
    }
}
