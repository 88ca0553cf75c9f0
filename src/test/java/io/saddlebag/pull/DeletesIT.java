package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SaddlebagServer;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing is marked as deleted without Zoho's own word for it, and what is marked comes back. */
@Tag("sql")
class DeletesIT extends PullCase {

    private static final String BY_ID = "/items/[0-9]";

    @Test
    void whatZohoSaysIsGoneIsMarkedBesideARecordThatLives() {
        saddlebag().pull("full");
        List<String> gone = remove(3);
        ZOHO.calls().reset();
        double counted = counted();

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        assertThat(run.get("deleted").asInt()).isEqualTo(3);
        assertThat(deleted()).containsExactlyInAnyOrderElementsOf(gone);
        assertThat(saddlebag().count("products p JOIN sync_deletes d ON d.zoho_id = p.zoho_item_id AND d.state = 'gone'"
                + " JOIN zoho_calls c ON c.at = p.requested_at AND c.path LIKE '%' || p.zoho_item_id"
                + " WHERE p.deleted_at = p.requested_at")).as("as of the request that proved it").isEqualTo(3);
        assertThat(ZOHO.calls().counts().api()).as("7 pages, all together, 3 by id, 1 that lives").isEqualTo(12)
                .isEqualTo(run.get("calls").asLong());
        assertThat(counted() - counted).isEqualTo(3);
        assertThat(saddlebag().count("record_history WHERE column_name = 'deleted_at' AND path LIKE '%' || zoho_id AND run_id = "
                + run.get("id"))).as("history names the call").isEqualTo(3);
        assertThat(saddlebag().count("sync_pages WHERE run_id = " + run.get("id"))).isZero();
        assertThat(saddlebag().pull("full").get("calls").asInt()).as("a tombstone is not proposed again").isEqualTo(7);
    }

    @Test
    void aRecordThatSlidPastTheReaderIsClearedByOneCall() throws Exception {
        saddlebag().pull("full");
        String id = oldest(1).get(0);
        ZOHO.catalogue().remove(id);
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 503).next(1).on("itemdetails"));
        ZOHO.calls().reset();
        AtomicInteger asked = new AtomicInteger();
        long run;
        try (AutoCloseable second = ZOHO.onCall((path, query) -> {
            if (path.endsWith("/itemdetails") && asked.incrementAndGet() == 2) {
                ZOHO.catalogue().add(item(id, "slid"));
            }
        })) {
            run = saddlebag().start("full");
            assertThat(saddlebag().ended(run).get("status").asText()).isEqualTo("succeeded");
        }

        assertThat(states(run)).isEqualTo("living=1");
        assertThat(deleted()).isEmpty();
        assertThat(saddlebag().count("products WHERE name = 'slid'")).as("and stored as it came").isEqualTo(1);
        assertThat(ZOHO.calls().counts().api()).as("7 pages, all together, once more").isEqualTo(9);
    }

    @Test
    void recordsThatComeAndGoWhileAFullRunReadsAreNeverWronglyMarked() {
        saddlebag().pull("full");
        Random dice = new Random(7);
        for (int round = 0; round < 3; round++) {
            ZOHO.faults().add(Fault.latency(60));
            List<String> ids = saddlebag().database().queryForList(
                    "SELECT zoho_item_id FROM products WHERE deleted_at IS NULL ORDER BY zoho_item_id", String.class);
            long id = saddlebag().start("full");
            for (int step = 0; step < 60; step++) {
                String picked = ids.get(dice.nextInt(ids.size()));
                ZOHO.catalogue().remove(picked);
                if (dice.nextBoolean()) {
                    ZOHO.catalogue().add(item(null, "new"));
                } else {
                    ZOHO.catalogue().add(item(picked, "back"));
                }
            }
            assertThat(saddlebag().ended(id).get("status").asText()).isEqualTo("succeeded");
            ZOHO.faults().clear();
            assertThat(deleted()).as("round " + round).allMatch(gone -> ZOHO.catalogue().find(gone).isEmpty());
        }
        saddlebag().pull("full");
        assertThat(saddlebag().database().queryForList("SELECT zoho_item_id FROM products WHERE deleted_at IS NULL", String.class))
                .as("and in the quiet after them, exactly what Zoho has").hasSize(ZOHO.catalogue().size())
                .allMatch(living -> ZOHO.catalogue().find(living).isPresent());
    }

    @Test
    void neitherARunWhosePageFailedNorTheOneThatCarriesItOnProposesAnything() {
        saddlebag().pull("full");
        remove(3);
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 500).on("[?&]page=4&"));
        assertThat(saddlebag().pull("full").get("status").asText()).isEqualTo("failed");
        ZOHO.faults().clear();

        JsonNode resumed = saddlebag().pull("full");

        assertThat(resumed.get("status").asText()).isEqualTo("succeeded");
        assertThat(saddlebag().count("sync_deletes")).isZero();
        assertThat(deleted()).isEmpty();
        assertThat(saddlebag().pull("full").get("deleted").asInt()).as("the next whole one does").isEqualTo(3);
    }

    @Test
    void neitherAFirstRunNorAnIncrementalOneProposesAnything() {
        insert("42");
        saddlebag().pull("full");
        assertThat(saddlebag().count("sync_deletes")).as("first").isZero();
        remove(1);
        saddlebag().pull("incremental");
        assertThat(saddlebag().count("sync_deletes")).as("incremental").isZero();

        saddlebag().pull("full");

        assertThat(deleted()).hasSize(2).contains("42");
    }

    @Test
    void aRunWithAFilterAndOneThatIsNoLongerOursProposeNothing() {
        saddlebag().pull("full");
        insert("42");
        long id = saddlebag().database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, cursor)"
                + " VALUES ('60000000001', 'things', 'full', 'timer', '{\"total\":1}') RETURNING id", Long.class);
        saddlebag().database().update("INSERT INTO sync_watermarks VALUES ('60000000001', 'things', now(), 1, ?)", id);
        String propose = "(SELECT * FROM propose_deletes(" + id + ", %d, 'products', 'zoho_item_id', true, %s, 10, 10, 20, 10)) p"
                + " WHERE list IS NOT NULL";
        assertThat(saddlebag().count(propose.formatted(1, false))).as("no page was kept").isZero();
        saddlebag().database().update("INSERT INTO sync_pages SELECT ?, 1, array_agg(zoho_item_id), clock_timestamp()"
                + " FROM products WHERE zoho_item_id <> '42'", id);

        assertThat(saddlebag().count(propose.formatted(2, false))).as("another epoch").isZero();
        assertThat(saddlebag().count(propose.formatted(1, true))).as("filter").isZero();
        assertThat(saddlebag().count("sync_deletes")).isZero();

        assertThat(saddlebag().count(propose.formatted(1, false))).isEqualTo(1);
        assertThat(saddlebag().database().queryForList("SELECT zoho_id FROM sync_deletes", String.class)).containsExactly("42");
    }

    @Test
    void aDryRunReportsWhatItWouldAskForAndAsksForNothing() {
        saddlebag().pull("full");
        List<String> gone = remove(3);
        ZOHO.calls().reset();

        JsonNode run = saddlebag().ended(SaddlebagServer.json(
                saddlebag().call("POST", "/api/sync/items?mode=full&dryRun=true")).get("runId").asLong());

        assertThat(run.get("deleted").asInt()).isEqualTo(3);
        assertThat(ZOHO.calls().counts().api()).isEqualTo(7);
        JsonNode report = SaddlebagServer.json(saddlebag().call("GET", "/api/sync/runs/" + run.get("id") + "/report"));
        assertThat(report.get("summary").asText()).isEqualTo("3 rows were on no page; up to 4 more calls would confirm that their records are gone");
        assertThat(report.get("records").findValuesAsText("zohoId")).containsExactlyInAnyOrderElementsOf(gone);
        assertThat(report.get("records").findValuesAsText("what")).containsOnly("deleted");
        assertThat(saddlebag().count("sync_deletes")).isZero();
        assertThat(deleted()).isEmpty();
    }

    @Test
    void aRecordThatCannotBeStoredLives() {
        saddlebag().pull("full");
        ZOHO.catalogue().change(oldest(1).get(0), item(null, "bad").put("rate", "abc"), Set.of(), true);

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("rejected").asInt()).isEqualTo(1);
        assertThat(saddlebag().count("sync_deletes")).isZero();
    }

    @Test
    void aTokenThatDiesInTheProofIsRefreshedAndOneThatStaysDeadMarksNothing() {
        saddlebag().pull("full");
        remove(2);
        ZOHO.faults().add(Fault.of(Fault.Kind.DEAD_TOKENS).next(1).on(BY_ID));
        assertThat(saddlebag().pull("full").get("deleted").asInt()).isEqualTo(2);

        List<String> gone = remove(2);
        ZOHO.faults().add(Fault.limit(57).on(BY_ID));
        JsonNode run = saddlebag().pull("full");
        assertThat(run.get("status").asText()).isEqualTo("partial");
        assertThat(run.get("error").asText()).contains("2 items", "57", "/deletes/release", "/deletes/refuse");
        assertThat(deleted()).doesNotContainAnyElementsOf(gone);
        assertThat(states(run.get("id").asLong())).isEqualTo("held=2");
        saddlebag().database().update("DELETE FROM missing_scopes");
    }

    @Test
    void aProxysPageForPeopleIsNoGoneRecord() {
        saddlebag().pull("full");
        List<String> gone = remove(2);
        ZOHO.faults().add(Fault.status(Fault.Kind.HTML, 404).on("items/" + gone.get(0) + "|itemdetails")); // the living is found

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).isEqualTo("partial");
        assertThat(run.get("error").asText()).contains("404", "proxy");
        assertThat(deleted()).isEmpty();
        ZOHO.faults().clear();
        assertThat(saddlebag().pull("full").get("deleted").asInt()).as("the next whole run looks anew").isEqualTo(2);
    }

    @Test
    void aZohoThatCallsEverythingGoneProvesNothing() {
        saddlebag().pull("full");
        remove(2);
        ZOHO.faults().add(Fault.limit(5).status(404).on(BY_ID + "|itemdetails"));
        ZOHO.calls().reset();

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).isEqualTo("partial");
        assertThat(run.get("error").asText()).contains("proves nothing");
        assertThat(deleted()).isEmpty();
        assertThat(ZOHO.calls().counts().api()).as("7 pages, all together, 2 by id, 3 that should live").isEqualTo(13);
    }

    @Test
    void whatIsWorthRepeatingInAProofIsRepeated() {
        saddlebag().pull("full");
        remove(2);
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 503).next(2).on(BY_ID));
        ZOHO.faults().add(Fault.of(Fault.Kind.DROP).next(1).on("itemdetails"));

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        assertThat(run.get("deleted").asInt()).isEqualTo(2);
    }

    /** By the answer to a later request; or by a webhook, which is no answer to a request. */
    @ParameterizedTest
    @ValueSource(strings = {
        "UPDATE products SET requested_at = clock_timestamp() WHERE zoho_item_id = '%s'",
        "INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, status, processed_at)"
            + " VALUES ('" + SaddlebagServer.ORG + "', 'back', 'back', 'items', 'created', '%s', true, '{}', 'done', clock_timestamp())"})
    void aRowThatWasStoredSinceTheRequestIsLeftAlone(String stored) throws Exception {
        saddlebag().pull("full");
        String id = remove(1).get(0);
        long run;
        try (AutoCloseable control = ZOHO.onCall((path, query) -> {
            if (path.contains("/items/") && !path.endsWith(id)) { // the one in question is gone
                saddlebag().database().update(stored.formatted(id));
            }
        })) {
            run = saddlebag().start("full");
            assertThat(saddlebag().ended(run).get("deleted").asInt()).isZero();
        }
        assertThat(deleted()).isEmpty();
        assertThat(states(run)).isEqualTo("living=1");
        assertThat(saddlebag().pull("full").get("deleted").asInt()).as("asked for again").isEqualTo(1);
        saddlebag().empty("webhook_events");
    }

    @Test
    void manyAreProvedInBatchesAndARecordSeenAgainComesBack() {
        saddlebag().pull("full");
        List<String> gone = remove(45);
        ZOHO.calls().reset();
        assertThat(saddlebag().pull("full").get("deleted").asInt()).isEqualTo(45);
        assertThat(ZOHO.calls().counts().api()).as("7 pages, all together, 45 by id, 3 that live").isEqualTo(56);

        ZOHO.catalogue().add(item(gone.get(0), "back"));
        ZOHO.catalogue().add(item(gone.get(1), "back"));
        assertThat(saddlebag().pull("incremental").get("updated").asInt()).isEqualTo(2);
        assertThat(deleted()).hasSize(43).doesNotContain(gone.get(0), gone.get(1));
    }

    @Test
    void aProofThatMeetsALimitWaitsAndGoesOnWithoutReadingPagesAgain() {
        saddlebag().pull("full");
        remove(30);
        ZOHO.faults().add(Fault.limit(44).next(1).every(25).on(BY_ID));
        ZOHO.calls().reset();
        long id = saddlebag().start("full");
        await().until(() -> !saddlebag().run(id).get("waitingUntil").isNull());
        assertThat(states(id)).as("a batch is committed, the other is not").isEqualTo("gone=20,proposed=10");
        saddlebag().database().update("UPDATE organisations SET blocked_until = now()");
        saddlebag().database().update("UPDATE sync_runs SET waiting_until = now() WHERE id = ?", id);

        JsonNode run = saddlebag().ended(id);

        assertThat(run.get("deleted").asInt()).isEqualTo(30);
        assertThat(asked("[?&]page=")).isEqualTo(7);
        assertThat(saddlebag().count("sync_watermarks WHERE records = 1289")).isEqualTo(1);
    }

    @Test
    void aProofThatMeetsTooManyCallsInProcessWaitsAndIsHeldForNobody() {
        saddlebag().pull("full");
        remove(3);
        ZOHO.faults().add(Fault.limit(1070).next(4).on(BY_ID));
        ZOHO.calls().reset();
        long id = saddlebag().start("full");
        await().until(() -> !saddlebag().run(id).get("waitingUntil").isNull());
        assertThat(saddlebag().run(id).get("waitingFor").asText()).isEqualTo("in-flight");
        assertThat(states(id)).isEqualTo("proposed=3");
        saddlebag().database().update("UPDATE sync_runs SET waiting_until = now() WHERE id = ?", id);

        JsonNode run = saddlebag().ended(id);

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        assertThat(run.get("deleted").asInt()).isEqualTo(3);
        assertThat(asked("[?&]page=")).isEqualTo(7);
    }

    @Test
    void aProofWhoseProcessIsGoneIsCarriedOnAndTheOldOneMarksNothing() {
        saddlebag().pull("full");
        remove(30);
        ZOHO.faults().add(Fault.latency(100).on(BY_ID));
        ZOHO.calls().reset();
        long id = saddlebag().start("full");
        await().until(() -> asked(BY_ID) > 23);
        saddlebag().database().update("UPDATE sync_runs SET epoch = epoch + 1, heartbeat_at = now() - interval '31 seconds' WHERE id = ?", id);

        await().until(() -> saddlebag().count(
                "sync_runs WHERE trigger = 'resume' AND status = 'succeeded' AND deleted = 10") == 1);

        assertThat(saddlebag().status(id)).isEqualTo("abandoned");
        assertThat(deleted()).hasSize(30);
        assertThat(asked("[?&]page=")).isEqualTo(7);
        assertThat(saddlebag().count("sync_watermarks WHERE records = 1289")).isEqualTo(1);
    }

    @Test
    void aSingleRecordThatIsGoneIsMarkedUnderTheSameProof() {
        saddlebag().pull("full");
        String id = remove(1).get(0);
        ZOHO.faults().add(Fault.limit(5).status(404).on(BY_ID));
        var unproven = saddlebag().call("POST", "/api/sync/items/" + id);
        assertThat(unproven.statusCode()).isEqualTo(502);
        assertThat(unproven.body()).contains("proves nothing");
        assertThat(deleted()).isEmpty();
        ZOHO.faults().clear();
        ZOHO.calls().reset();

        assertThat(saddlebag().call("POST", "/api/sync/items/" + id).body()).contains("\"deleted\"");

        assertThat(deleted()).containsExactly(id);
        assertThat(ZOHO.calls().counts().api()).isEqualTo(2);
        assertThat(saddlebag().call("POST", "/api/sync/items/" + id).statusCode()).as("no living row").isEqualTo(404);
        assertThat(ZOHO.calls().counts().api()).isEqualTo(3);
    }

    private static List<String> oldest(int count) {
        return saddlebag().database().queryForList("SELECT zoho_item_id FROM products WHERE deleted_at IS NULL"
                + " ORDER BY zoho_created_at, zoho_item_id LIMIT " + count, String.class);
    }

    static List<String> remove(int count) {
        List<String> ids = saddlebag().database().queryForList("SELECT zoho_item_id FROM products WHERE deleted_at IS NULL"
                + " ORDER BY md5(zoho_item_id) LIMIT " + count, String.class);
        ids.forEach(ZOHO.catalogue()::remove);
        return ids;
    }

    private static void insert(String id) {
        saddlebag().database().update("INSERT INTO products (org_id, zoho_item_id) VALUES (?, ?)", SaddlebagServer.ORG, id);
    }

    static ObjectNode item(String id, String name) {
        var item = JsonNodeFactory.instance.objectNode().put("name", name).put("rate", 1);
        return id == null ? item : item.put("item_id", id);
    }

    static List<String> deleted() {
        return saddlebag().database().queryForList("SELECT zoho_item_id FROM products WHERE deleted_at IS NOT NULL", String.class);
    }

    static String states(long run) {
        return saddlebag().database().queryForObject("SELECT string_agg(state || '=' || n, ',' ORDER BY state)"
                + " FROM (SELECT state, count(*) AS n FROM sync_deletes WHERE run_id = ? GROUP BY state) s", String.class, run);
    }

    static long asked(String pattern) {
        return ZOHO.calls().list().stream().filter(call -> Pattern.compile(pattern)
                .matcher(call.path() + "?" + call.query()).find()).count();
    }

    private static double counted() {
        return saddlebag().bean(MeterRegistry.class).find("saddlebag.records").tags("result", "deleted", "entity", "items")
                .counters().stream().mapToDouble(Counter::count).sum();
    }
}
