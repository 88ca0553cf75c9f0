package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A minute of a full pull and a push at the pace of Zoho's limit, on the real clock. PriorityIT has the hours, on a simulated one. */
@Tag("alone")
class PushBesidePullIT extends PushCase {

    private static final int PER_MINUTE = 90;
    private static final String ITEM = "6000000000010000001";

    @AfterEach
    void withoutLimits() {
        saddlebag().database().execute("UPDATE organisations SET calls_per_minute = NULL");
        saddlebag().database().execute("TRUNCATE zoho_calls");
    }

    @Test
    void besideAFullPullOfTenThousandItemsAPushMakesThirtyCallsAMinuteAndAPersonPassesBoth() {
        ZOHO.catalogue().resize(10_000, 500);
        plans();
        saddlebag().database().update("UPDATE organisations SET calls_per_minute = ?", PER_MINUTE);
        aMinuteOfCalls();
        ZOHO.limits().change(new Quotas(PER_MINUTE, 0, 0, 0, 600, 0, 3600));
        String since = one("SELECT clock_timestamp()");

        long pull = saddlebag().start("items", "full");
        long push = SaddlebagServer.json(saddlebag().call("POST", "/api/push/billing-plans")).get("runId").asLong();
        for (int person = 1; person <= 3; person++) {
            int calls = 25 * person - 10;
            await().until(() -> saddlebag().count("zoho_calls WHERE answered_at IS NOT NULL AND run_id IN (" + pull + "," + push + ")") >= calls);
            long asked = System.nanoTime();
            assertThat(saddlebag().call("POST", "/api/sync/items/" + ITEM).statusCode()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).as("a person waits for the next slot, not for the runs").isLessThan(Duration.ofSeconds(6));
        }
        await().until(() -> one("SELECT clock_timestamp() > CAST('" + since + "' AS timestamptz) + interval '60 seconds'").equals("t"));

        String minute = " AND at < CAST('" + since + "' AS timestamptz) + interval '60 seconds'";
        long pushed = saddlebag().count("zoho_calls WHERE answered_at IS NOT NULL AND run_id = " + push + minute);
        long pulled = saddlebag().count("zoho_calls WHERE answered_at IS NOT NULL AND run_id = " + pull + minute);
        assertThat(pushed).as("pushed; pulled are " + pulled).isBetween(30L, 40L);
        assertThat(pulled).as("pulled; pushed are " + pushed).isGreaterThanOrEqualTo(45);
        assertThat(writes("product=billing&module=plans").get("writes")).as("plans in Zoho").hasSizeGreaterThanOrEqualTo(30);
        assertThat(saddlebag().count("zoho_calls WHERE status = 429")).as("calls that Zoho refused at its " + PER_MINUTE + " in any 60 seconds").isZero();

        saddlebag().call("POST", "/api/sync/runs/" + push + "/cancel");
        saddlebag().call("POST", "/api/sync/runs/" + pull + "/cancel");
        saddlebag().ended(push);
    }

    private static void plans() {
        on("billing-products");
        on("billing-plans");
        saddlebag().database().execute("INSERT INTO own_products (id, sku, name, description, family, recurring, price) "
            + "SELECT 'key-' || n, 'PLAN-' || n, 'Plan ' || n, 'Described', 'SkyFibre', 100 + n, 0 FROM generate_series(1, 1000) n");
        push("billing-products");
    }

    /** The ledger of a pull that has been going for a minute: its slots come free one by one, as they do in every later minute. */
    private static void aMinuteOfCalls() {
        saddlebag().database().update("""
            INSERT INTO zoho_calls (org_id, at, answered_at, released_at, method, path, status, purpose)
            SELECT ?, t, t, t + interval '60 seconds', 'GET', '/inventory/v1/items', 200, 'pull'
              FROM generate_series(1, ?) n CROSS JOIN LATERAL (SELECT clock_timestamp() - interval '60 seconds' * n / ?) s(t)""",
            SaddlebagServer.ORG, PER_MINUTE, PER_MINUTE);
    }
}
