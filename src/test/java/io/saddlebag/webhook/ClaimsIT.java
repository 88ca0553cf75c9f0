package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.testkit.SaddlebagServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.spi.RouteController;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which events of the inbox a worker takes. */
@Tag("sql")
class ClaimsIT extends WebhookCase {

    private static final String TAKE = "SELECT event_id FROM claim_webhooks(%s, '{of-tests}', 3, interval '1 h')";

    @Test
    void anEventWhoseProcessDiedIsTakenOverWhenItsClaimEnds() {
        String id = newItem("Lantern");
        saddlebag().database().update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, attempts, claimed_until)"
            + " VALUES (?, 'x', 'x', 'items', 'updated', ?, false, '{}', 1, clock_timestamp() + interval '400 ms')", SaddlebagServer.ORG, id);

        assertThat(settled()).containsExactly("done");
        assertThat(product(id)).containsEntry("name", "Lantern");
    }

    @Test
    void anEventWhoseProcessesAllDiedIsGivenUpAndSaysSo() {
        saddlebag().database().update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, attempts)"
            + " VALUES (?, 'x', 'x', 'items', 'updated', '1', false, '{}', 1000)", SaddlebagServer.ORG);

        assertThat(settled()).containsExactly("dead");
        assertThat(saddlebag().count("webhook_events WHERE error ~ 'Gave up after [0-9]+ attempts: each process that claimed this event stopped'"))
            .isEqualTo(1);
    }

    /** Such as one of a kind whose file was removed. */
    @Test
    void anEventThatIsDueAndThatNobodyTakesIsLookedAtOncePerTick() {
        saddlebag().database().update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload)"
            + " VALUES ('elsewhere', 'x', 'x', 'of-nobody', 'updated', '1', false, '{}')");
        DefaultExchange look = new DefaultExchange(saddlebag().bean(CamelContext.class));

        saddlebag().bean(ProducerTemplate.class).send("direct:webhook-due", look);

        assertThat(look.getVariable("due", Map.class)).containsEntry("due_now", true).containsEntry("next_ms", null);
        saddlebag().empty("webhook_events");
    }

    @Test
    void workersThatClaimTogetherNeverHaveTwoEventsOfOneRecord() {
        saddlebag().database().update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, due_at)"
            + " SELECT 'elsewhere', 'e' || n, 'e' || n, 'of-tests', 'updated', CAST(n % 10 AS text), n % 2 = 0, '{}',"
            + " clock_timestamp() - n % 7 * interval '1 s' FROM generate_series(1, 200) n");
        String claim = "SELECT zoho_id FROM claim_webhooks(?, '{of-tests}', 3, interval '1 h')";
        List<CompletableFuture<List<String>>> workers = new ArrayList<>();
        for (int n = 0; n < 8; n++) {
            boolean complete = n % 2 == 0;
            workers.add(CompletableFuture.supplyAsync(() -> {
                List<String> taken = new ArrayList<>();
                for (int round = 0; round < 20; round++) {
                    taken.addAll(saddlebag().database().queryForList(claim, String.class, complete));
                }
                return taken;
            }));
        }
        List<String> all = workers.stream().flatMap(worker -> worker.join().stream()).toList();

        assertThat(all).as("each record once, until its event has ended").doesNotHaveDuplicates().hasSize(10);
        saddlebag().database().execute("DELETE FROM webhook_events");
    }

    /** One that overtook another is claimed and not committed, while the other comes due. */
    @Test
    void aClaimLooksOnlyWhenTheOneBeforeItIsCommitted() throws Exception {
        String insert = "INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, due_at)"
            + " VALUES ('elsewhere', ?, '', 'of-tests', 'updated', '1', ?, '{}', clock_timestamp() + CAST(? AS interval))";
        saddlebag().database().update(insert, "earlier", false, "1 h");
        saddlebag().database().update(insert, "newer", true, "0");
        try (Connection first = saddlebag().bean(DataSource.class).getConnection(); Statement statement = first.createStatement()) {
            first.setAutoCommit(false);
            statement.execute(TAKE.formatted(true));
            saddlebag().database().update("UPDATE webhook_events SET due_at = clock_timestamp() WHERE event_id = 'earlier'");
            CompletableFuture<List<String>> second = CompletableFuture.supplyAsync(
                () -> saddlebag().database().queryForList(TAKE.formatted(false), String.class));
            await().until(() -> second.isDone() || saddlebag().count("pg_locks WHERE locktype IN ('transactionid', 'tuple') AND NOT granted") > 0);
            first.commit();
            assertThat(second.join()).as("both of one record").isEmpty();
            first.setAutoCommit(true);
        }
        saddlebag().database().execute("DELETE FROM webhook_events");
    }

    @Test
    void anEventThatIsDueAgainWaitsForTheOneThatOvertookIt() {
        String insert = "INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, due_at, claimed_until)"
            + " VALUES ('elsewhere', ?, '', 'of-tests', 'updated', '1', ?, '{}', clock_timestamp(), clock_timestamp() + CAST(? AS interval))";
        saddlebag().database().update(insert, "earlier", false, null);
        saddlebag().database().update(insert, "newer", true, "1 h");
        assertThat(saddlebag().database().queryForList(TAKE.formatted(false), String.class)).isEmpty();

        saddlebag().database().update("UPDATE webhook_events SET status = 'done' WHERE event_id = 'newer'");
        assertThat(saddlebag().database().queryForList(TAKE.formatted(false), String.class)).containsExactly("earlier");
        saddlebag().database().execute("DELETE FROM webhook_events");
    }

    @Test
    void oneWakeIsEnoughForAllThatIsDue() throws Exception {
        RouteController routes = saddlebag().bean(CamelContext.class).getRouteController();
        routes.suspendRoute("webhook-inbox");
        try {
            String id = newItem("Lantern");
            for (int n = 10; n < 40; n++) {
                ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("name", "Lantern " + n)
                    .put("last_modified_time", soon(n)), Set.of(), false);
                assertAccepted(send(id));
            }

            saddlebag().bean(ProducerTemplate.class).sendBody("seda:inbox-direct?discardWhenFull=true", null);

            assertThat(settled()).hasSize(30).containsOnly("done");
            assertThat(saddlebag().count("products WHERE name = 'Lantern 39'")).isEqualTo(1);
        } finally {
            routes.resumeRoute("webhook-inbox");
        }
    }
}
