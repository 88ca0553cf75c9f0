package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer.HeldCalls;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that break off, are stopped, are started twice or have to wait: what is committed stays, nothing is missing. */
@Tag("sql")
class BrokenRunsIT extends PullCase {

    @Test
    void aPageThatFailsForGoodKeepsThePagesBeforeAndTheNextRunResumesThere() {
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 500).on("[?&]page=4&"));

        JsonNode failed = saddlebag().pull("full");

        assertThat(failed.get("status").asText()).isEqualTo("failed");
        assertThat(failed.get("error").asText()).contains("500");
        assertThat(failed.get("pages").asInt()).isEqualTo(3);
        assertThat(saddlebag().count("products")).isEqualTo(600);
        assertThat(callsOfPage(4)).as("one attempt and three repetitions").isEqualTo(4);

        ZOHO.faults().clear();
        ZOHO.calls().reset();
        JsonNode resumed = saddlebag().pull("full");
        assertThat(resumed.get("status").asText()).isEqualTo("succeeded");
        assertThat(saddlebag().count("products")).isEqualTo(1319);
        assertThat(callsOfPage(1) + callsOfPage(2)).as("one page back, no more").isZero();
        assertThat(callsOfPage(3)).isEqualTo(1);
    }

    @Test
    void whatIsWorthRepeatingIsRepeatedAndTheRunSucceeds() {
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 503).next(1).on("[?&]page=1&"));
        ZOHO.faults().add(Fault.of(Fault.Kind.CUT).next(1).on("[?&]page=2&"));
        ZOHO.faults().add(Fault.of(Fault.Kind.DROP).next(1).on("[?&]page=3&"));
        ZOHO.faults().add(Fault.of(Fault.Kind.TRUNCATE).next(1).on("[?&]page=4&"));
        ZOHO.faults().add(Fault.limit(1070).next(1).on("[?&]page=5&"));
        ZOHO.faults().add(Fault.status(Fault.Kind.HTML, 502).next(1).on("[?&]page=6&"));

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        assertThat(saddlebag().count("products")).isEqualTo(1319);
        assertThat(saddlebag().count("zoho_calls WHERE status IS NULL AND answered_at IS NOT NULL")).as("cut and dropped")
                .isEqualTo(2);
        assertThat(saddlebag().count("zoho_calls WHERE released_at - answered_at BETWEEN interval '60 s' AND interval '60.5 s'"))
                .as("whatever came of a call, its slot is held a minute longer").isEqualTo(saddlebag().count("zoho_calls"));
    }

    /** Camel goes on with the repetitions that an earlier failure began, unless it is told otherwise. */
    @Test
    void whatIsNotWorthRepeatingIsNotRepeatedAfterAFailureThatIs() {
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 503).next(1).on("[?&]page=4&"));
        ZOHO.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE).on("[?&]page=4&"));

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("failed");
        assertThat(callsOfPage(4)).as("the attempt, its repetition, and one with another token").isEqualTo(3);
    }

    /** A run that found no place would have its heartbeat from this process, and no worker. */
    @Test
    void moreRunsThanACamelQueueHoldsByItselfWaitForAWorker() throws Exception {
        CamelContext camel = saddlebag().bean(CamelContext.class);
        camel.getRouteController().stopRoute("pull-run");
        try {
            for (long none = 1; none <= 1100; none++) {
                long run = -none;
                assertThat(saddlebag().bean(ProducerTemplate.class).send("direct:run-queue", exchange -> {
                    exchange.setVariable("runId", run);
                    exchange.setVariable("entity", "items");
                }).getException()).isNull();
            }
        } finally {
            camel.getRouteController().startRoute("pull-run");
        }
        await().until(() -> saddlebag().bean(ActiveRuns.class).list().isEmpty());
    }

    @Test
    void aRepeatedPageDoesNotDoubleTheCallsOfTheRest() {
        ZOHO.catalogue().resize(4000, 0);
        saddlebag().pull("full");
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 503).next(1).on("[?&]page=19&"));
        ZOHO.calls().reset();

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).isEqualTo("succeeded");
        assertThat(run.get("seen").asInt()).isEqualTo(4000);
        assertThat(ZOHO.calls().counts().api()).as("20 pages, the repetition, and what had overtaken it").isBetween(21L, 26L);
    }

    @Test
    void whatSlidesOntoAPageThatOvertookARepeatedOneIsNotLost() {
        saddlebag().pull("full");
        List<String> onPage6 = saddlebag().database().queryForList(
                "SELECT zoho_item_id FROM products ORDER BY zoho_created_at, zoho_item_id OFFSET 1000 LIMIT 50", String.class);
        List<String> onPage1 = saddlebag().database().queryForList(
                "SELECT zoho_item_id FROM products ORDER BY zoho_created_at, zoho_item_id LIMIT 50", String.class);
        saddlebag().database().update("DELETE FROM products");
        ZOHO.faults().add(Fault.latency(3000).next(1).on("[?&]page=6&"));
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 503).next(1).on("[?&]page=6&"));
        ZOHO.calls().reset();

        long id = saddlebag().start("full");
        await().until(() -> callsOfPage(5) == 1);
        onPage1.forEach(ZOHO.catalogue()::remove); // those of page 6 move to page 5, which was read before

        assertThat(callsOfPage(6)).as("the failing call of page 6 was still under way").isZero();
        assertThat(saddlebag().ended(id).get("status").asText()).isEqualTo("succeeded");
        assertThat(saddlebag().database().queryForList("SELECT zoho_item_id FROM products", String.class)).containsAll(onPage6);
    }

    @Test
    void aRunThatWakesGoesOnBehindItsLastPage() {
        saddlebag().pull("full");
        ZOHO.faults().add(Fault.limit(44).next(1).on("[?&]page=4&"));
        ZOHO.calls().reset();
        long id = saddlebag().start("full");
        await().until(() -> !saddlebag().run(id).get("waitingUntil").isNull());
        saddlebag().database().update("UPDATE organisations SET blocked_until = now()");
        saddlebag().database().update("UPDATE sync_runs SET waiting_until = now() WHERE id = ?", id);

        JsonNode run = saddlebag().ended(id);

        assertThat(run.get("seen").asInt()).isEqualTo(1319);
        assertThat(run.get("pages").asInt()).isEqualTo(7);
        assertThat(callsOfPage(5)).as("committed before the wait").isEqualTo(1);
    }

    @Test
    void aDeadTokenCostsOneRefreshAndTheRunGoesOn() {
        saddlebag().pull("incremental");
        long tokens = ZOHO.tokens().issued();
        ZOHO.faults().add(Fault.of(Fault.Kind.DEAD_TOKENS).next(1).on("[?&]page=3&"));

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        assertThat(ZOHO.tokens().issued() - tokens).isEqualTo(1);
    }

    @Test
    void aMissingScopeFailsTheRunAfterOneRefreshAndIsNoLoop() {
        saddlebag().pull("incremental"); // what got through may have a dead token
        ZOHO.faults().add(Fault.limit(57));
        ZOHO.calls().reset();

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).isEqualTo("failed");
        assertThat(run.get("error").asText()).contains("57");
        assertThat(ZOHO.calls().counts().api()).isEqualTo(2);
        assertThat(ZOHO.calls().counts().oauth()).isLessThanOrEqualTo(2);
    }

    @Test
    void aRunThatMeetsTheMinuteLimitWaitsSaysForWhatAndGoesOn() {
        ZOHO.faults().add(Fault.limit(44).next(1).on("[?&]page=2&"));

        long id = saddlebag().start("full");
        await().until(() -> !saddlebag().run(id).get("waitingUntil").isNull());

        JsonNode waiting = saddlebag().run(id);
        assertThat(waiting.get("status").asText()).isEqualTo("running");
        assertThat(waiting.get("waitingFor").asText()).isEqualTo("minute");
        saddlebag().database().update("UPDATE organisations SET blocked_until = now()");
        saddlebag().database().update("UPDATE sync_runs SET waiting_until = now() WHERE id = ?", id);
        assertThat(saddlebag().ended(id).get("status").asText()).isEqualTo("succeeded");
        assertThat(saddlebag().count("products")).isEqualTo(1319);
    }

    @Test
    void aRunThatMeetsTooManyInProcessForLongWaitsSaysForWhatAndGoesOn() {
        ZOHO.faults().add(Fault.limit(1070).next(4).on("[?&]page=2&"));

        long id = saddlebag().start("full");
        await().until(() -> !saddlebag().run(id).get("waitingUntil").isNull());

        JsonNode waiting = saddlebag().run(id);
        assertThat(waiting.get("status").asText()).isEqualTo("running");
        assertThat(waiting.get("waitingFor").asText()).isEqualTo("in-flight");
        assertThat(Instant.parse(waiting.get("waitingUntil").asText())).isBefore(Instant.now().plusSeconds(60));
        saddlebag().database().update("UPDATE sync_runs SET waiting_until = now() WHERE id = ?", id);
        assertThat(saddlebag().ended(id).get("status").asText()).isEqualTo("succeeded");
        assertThat(saddlebag().count("products")).isEqualTo(1319);
    }

    @Test
    void aPersonsCallThatMeetsTooManyInProcessIsRepeatedAndThenPutOffWithAWord() {
        String item = "/api/sync/items/6000000000010000001";
        ZOHO.faults().add(Fault.limit(1070).next(2));
        assertThat(saddlebag().call("POST", item).statusCode()).isEqualTo(200);
        assertThat(ZOHO.calls().counts().api()).isEqualTo(3);

        ZOHO.faults().add(Fault.limit(1070));
        ZOHO.calls().reset();
        HttpResponse<String> answer = saddlebag().call("POST", item);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("1070");
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(1L, 60L);
        assertThat(ZOHO.calls().counts().api()).isEqualTo(4);
    }

    @Test
    void twoStartsAtOnceAreOneRun() {
        List<HttpResponse<String>> answers;
        try (HeldCalls held = ZOHO.hold("/items[?]", 0)) { // the run does not end before the last start
            answers = IntStream.range(0, 8)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> saddlebag().call("POST", "/api/sync/items?mode=full")))
                    .toList().stream().map(CompletableFuture::join).toList();
        }

        assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(202, 409);
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 202)).hasSize(1);
        assertThat(answers.stream().map(answer -> SaddlebagServer.json(answer).get("runId").asLong()).distinct()).hasSize(1);
        saddlebag().ended(SaddlebagServer.json(answers.get(0)).get("runId").asLong());
        assertThat(saddlebag().count("sync_runs")).isEqualTo(1);
    }

    @Test
    void aCancelledRunEndsAtItsNextPageAndKeepsWhatIsCommitted() {
        long id;
        try (HeldCalls held = ZOHO.hold("page=6&", 0)) { // of seven
            id = saddlebag().start("full");
            await().until(() -> saddlebag().run(id).get("pages").asInt() >= 2);

            assertThat(saddlebag().call("POST", "/api/sync/runs/" + id + "/cancel").statusCode()).isEqualTo(200);
        }

        assertThat(saddlebag().status(id)).isEqualTo("cancelled");
        int pages = saddlebag().run(id).get("pages").asInt();
        await().until(() -> saddlebag().bean(ActiveRuns.class).list().isEmpty());
        assertThat(saddlebag().run(id).get("pages").asInt()).isEqualTo(pages).isLessThan(7);
        assertThat(saddlebag().count("products")).isEqualTo(pages * 200L);
        assertThat(saddlebag().count("sync_watermarks")).isZero();
        assertThat(saddlebag().call("POST", "/api/sync/runs/" + id + "/cancel").statusCode()).isEqualTo(409);
    }

    @Test
    void aRunThatWasTakenOverCannotWriteAnyMore() {
        long id;
        int pages;
        try (HeldCalls held = ZOHO.hold("page=6&", 0)) { // of seven
            id = saddlebag().start("full");
            await().until(() -> saddlebag().run(id).get("pages").asInt() >= 1);

            saddlebag().database().update("UPDATE sync_runs SET epoch = epoch + 1 WHERE id = ?", id);
            pages = saddlebag().run(id).get("pages").asInt();
        }

        await().until(() -> saddlebag().bean(ActiveRuns.class).list().isEmpty());
        assertThat(saddlebag().run(id).get("pages").asInt()).isBetween(pages, pages + 1);
        assertThat(saddlebag().count("products")).isEqualTo(200L * saddlebag().run(id).get("pages").asInt());
        saddlebag().database().update("UPDATE sync_runs SET heartbeat_at = now() - interval '31 seconds' WHERE id = ?", id);
        await().until(() -> saddlebag().count("sync_runs WHERE trigger = 'resume' AND status = 'succeeded'") == 1);
        assertThat(saddlebag().status(id)).as("nobody's heart beats for it").isEqualTo("abandoned");
        assertThat(saddlebag().count("products")).isEqualTo(1319);
    }

    @Test
    void aSilentRunIsAbandonedAndCarriedOnFromOnePageBack() {
        saddlebag().pull("full");
        ZOHO.calls().reset();
        saddlebag().database().update("""
                INSERT INTO sync_runs (org, entity, mode, trigger, heartbeat_at, cursor, pages, watermark)
                VALUES (?, 'items', 'full', 'timer', now() - interval '31 seconds', CAST(? AS jsonb), 4,
                        now() - interval '11 minutes')""", SaddlebagServer.ORG, cursor(saddlebag(), 200, "down", 4, 1319));

        await().until(() -> saddlebag().count("sync_runs WHERE trigger = 'resume' AND status = 'succeeded'") == 1);

        assertThat(saddlebag().count("sync_runs WHERE status = 'abandoned' AND error IS NOT NULL")).isEqualTo(1);
        assertThat(ZOHO.calls().list()).as("%s", ZOHO.calls().list()).filteredOn(call -> call.path().endsWith("/items"))
                .extracting(call -> call.query().replaceAll(".*[?&]?page=(\\d+)&.*", "$1")).containsExactlyInAnyOrder("4", "3", "2", "1");
        assertThat(saddlebag().count("sync_runs r JOIN sync_runs before ON before.id = r.resumed_from"
                + " WHERE r.watermark = before.watermark")).as("keeps the first one's watermark").isEqualTo(1);
    }

    /** A page number means nothing in a list of another length of page, of another address or in another order. */
    @ParameterizedTest
    @CsvSource({"down,incremental", "down,full", "up,full", "since,incremental"})
    void theCursorOfAnotherListIsNotUsedForThisOne(String read, String mode) {
        saddlebag().pull("full");
        saddlebag().database().update("DELETE FROM products WHERE zoho_item_id IN (SELECT zoho_item_id FROM products ORDER BY zoho_created_at LIMIT 1000)");
        saddlebag().database().update("UPDATE sync_watermarks SET watermark = '2000-01-01'");
        saddlebag().database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, cursor) VALUES (?, 'items', ?, 'timer', 'failed',"
                + " CAST(? AS jsonb) || CAST(? AS jsonb))", SaddlebagServer.ORG, mode, cursor(saddlebag(), 100, read, 2, 1319),
                "{\"since\":\"2025-01-01T00:00:00Z\",\"back\":true}");

        JsonNode run = saddlebag().pull(mode);

        assertThat(run.get("status").asText()).as("%s", run).isEqualTo("succeeded");
        assertThat(saddlebag().count("sync_runs WHERE resumed_from IS NOT NULL")).isEqualTo(1);
        assertThat(run.get("created").asInt()).isEqualTo(1000);
        assertThat(saddlebag().count("products")).isEqualTo(1319);
    }

    @Test
    void aRunThatBrokeOffInBooksReadsAllOfInventoryOnceBooksIsMissing() {
        ZOHO.records("invoices").reset();
        saddlebag().pull("invoices", "full");
        List<String> changed = saddlebag().database().queryForList("SELECT zoho_invoice_id FROM invoices ORDER BY 1 LIMIT 450", String.class);
        assertThat(changed).as("more than two pages").hasSizeGreaterThan(400);
        changed.forEach(id -> ZOHO.records("invoices").change(id, JsonNodeFactory.instance.objectNode().put("cf_marked", "yes"), Set.of(), true));
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 500).on("/books/v3/invoices.*[?&]page=2&"));
        assertThat(saddlebag().pull("invoices", "incremental").get("status").asText()).isEqualTo("failed");
        assertThat(saddlebag().count("sync_runs WHERE cursor ->> 'read' = 'since'")).isEqualTo(1);
        saddlebag().database().execute("UPDATE organisations SET books_missing_since = now()");
        ZOHO.faults().clear();

        JsonNode run = saddlebag().pull("invoices", "incremental");

        assertThat(run.get("status").asText()).as("%s", run).isIn("succeeded", "partial");
        assertThat(saddlebag().count("invoices WHERE source ->> 'cf_marked' = 'yes'")).isEqualTo(changed.size());
    }

    @Test
    void aHeartbeatKeepsASlowRunAlive() {
        ZOHO.faults().add(Fault.latency(3500).next(1));
        JsonNode run = saddlebag().pull("full");
        assertThat(run.get("status").asText()).isEqualTo("succeeded");
        assertThat(saddlebag().count("sync_runs")).isEqualTo(1);
    }

    @Test
    void recordsThatSlideWhileAFullRunReadsAreNeitherLostNorDoubled() {
        saddlebag().pull("full");
        for (int seed = 0; seed < 3; seed++) {
            List<String> ids = saddlebag().database().queryForList(
                    "SELECT zoho_item_id FROM products WHERE random() < 0.2 ORDER BY random() LIMIT 60", String.class);
            saddlebag().database().execute("UPDATE products SET name = 'stale'"); // whoever is not seen again stays stale
            ZOHO.faults().add(Fault.latency(60));
            long id = saddlebag().start("full");
            for (String gone : ids) {
                ZOHO.catalogue().remove(gone);
                ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "during"));
            }
            saddlebag().ended(id);
            ZOHO.faults().clear();
            List<String> stale = saddlebag().database().queryForList(
                    "SELECT zoho_item_id FROM products WHERE name = 'stale'", String.class);
            assertThat(stale).as("living records that the run did not meet").noneMatch(
                    missed -> ZOHO.catalogue().find(missed).isPresent());
            saddlebag().database().execute("DELETE FROM products WHERE name = 'stale'");
            saddlebag().pull("incremental");
            assertThat(saddlebag().count("products WHERE name = 'during'")).isGreaterThanOrEqualTo(60L);
        }
    }

    private static long callsOfPage(int page) {
        return ZOHO.calls().list().stream().filter(call -> ("&" + call.query()).contains("&page=" + page + "&")).count();
    }
}
