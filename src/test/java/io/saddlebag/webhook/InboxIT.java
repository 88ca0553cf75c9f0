package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.zoho.connection.Connections;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is accepted takes effect, once and in order, by way of the same sinks as a pull. */
@Tag("sql")
class InboxIT extends WebhookCase {

    @Test
    void aSignedItemIsARowAndCostsNoCall() {
        String id = newItem("Lantern");

        assertAccepted(send(id));

        assertThat(settled()).containsExactly("done");
        assertThat(product(id)).containsEntry("name", "Lantern").containsEntry("deleted_at", null).containsEntry("requested_at", null);
        assertThat(ZOHO.calls().counts().api()).isZero();
    }

    @Test
    void aChangeIsNotedAsAWebhooks() {
        String id = newItem("Lantern");
        send(id);
        settled();
        rename(id, "Torch", soon(60));
        send(id);
        settled();

        assertThat(product(id)).containsEntry("name", "Torch");
        assertThat(saddlebag().count("record_changes WHERE column_name = 'name' AND source = 'webhook'")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"contacts,contact,contact_id,sync-customers,customers", "invoices,invoice,invoice_id,sync-invoices,invoices",
        "bills,bill,bill_id,sync-bills,bills", "stock-adjustments,inventory_adjustment,inventory_adjustment_id,sync-stock,stock_adjustments",
        "price-lists,pricebook,pricebook_id,webhooks/price-lists,price_lists", "payments,payment,payment_id,webhooks/customer-payments,customer_payments"})
    void everyKindHasItsAddressAndItsDefaultPayloadCostsNoCall(String kind) {
        String[] of = kind.split(",");
        String id = ZOHO.records(of[0]).add(JsonNodeFactory.instance.objectNode());
        ObjectNode record = ZOHO.records(of[0]).find(id).orElseThrow();

        assertAccepted(sendJson("/api/zoho/" + of[3], payload(of[1], record)));

        assertThat(settled()).as(record.toString()).containsExactly("done");
        assertThat(saddlebag().count(of[4] + " WHERE source ->> '" + of[2] + "' = '" + id + "'")).isEqualTo(1);
        if (record.has("last_modified_time")) {
            assertThat(ZOHO.calls().counts().api()).as(record.toString()).isZero();
        }
    }

    /** Signed it may be: a time in the future would win over all that Zoho says until then. */
    @Test
    void aTimeInTheFutureIsNoVersionAndItsRecordIsFetched() {
        String id = newItem("Lantern");
        ObjectNode forged = item(id).put("name", "Forged").put("last_modified_time", "9999-12-31T23:59:59+0000");

        assertAccepted(sendJson(ITEMS, payload("item", forged)));

        assertThat(settled()).containsExactly("done");
        assertThat(product(id)).containsEntry("name", "Lantern");
        assertThat(ZOHO.calls().counts().api()).isEqualTo(1);
        rename(id, "Torch", soon(60));
        send(id);
        settled();
        assertThat(product(id)).as("what came later counts").containsEntry("name", "Torch");
    }

    @Test
    void aPayloadForARowWhoseTimeIsInTheFutureIsFetched() {
        String id = newItem("Lantern");
        send(id);
        settled();
        saddlebag().database().update("UPDATE products SET zoho_modified_at = now() + interval '1 day', name = 'Forged'");
        rename(id, "Torch", soon(60));

        assertAccepted(send(id));

        assertThat(settled()).containsExactly("done", "done");
        assertThat(product(id)).containsEntry("name", "Torch");
        assertThat(ZOHO.calls().counts().api()).isEqualTo(1);
    }

    @Test
    void aPartialPayloadIsCompletedByOneCall() {
        String id = newItem("Lantern");
        ObjectNode partial = item(id).retain("item_id", "name", "last_modified_time");

        assertAccepted(sendJson(ITEMS, payload("item", partial)));

        assertThat(settled()).containsExactly("done");
        assertThat(product(id)).containsEntry("is_active", true);
        assertThat((java.math.BigDecimal) product(id).get("price")).isEqualByComparingTo("9.5");
        assertThat(ZOHO.calls().counts().api()).isEqualTo(1);
        assertThat(saddlebag().count("zoho_calls WHERE purpose = 'webhook'")).isEqualTo(1);
    }

    @Test
    void oneFetchAnswersAllThatWaitForIt() throws Exception {
        String id = newItem("Lantern");
        try (ClaimsHeld claims = new ClaimsHeld()) {
            failedHint(id, "due_at = clock_timestamp() + interval '1 s', hurried_at = clock_timestamp() + interval '1 h'");
            for (int n = 0; n < 5; n++) {
                assertAccepted(sendJson(ITEMS, "{\"item\":{\"item_id\":\"" + id + "\",\"n\":" + n + "}}"));
            }
        }

        assertThat(settled()).hasSize(6).containsOnly("done");
        assertThat(ZOHO.calls().counts().api()).isEqualTo(1);
    }

    @Test
    void anAnswerThatWasAskedForBeforeAHintCameAgainDoesNotSettleIt() throws Exception {
        String id = newItem("Lantern");
        String again = "{\"item\":{\"item_id\":\"" + id + "\"}}";
        try (ClaimsHeld claims = new ClaimsHeld()) {
            assertAccepted(sendJson(ITEMS, payload("item", item(id).retain("item_id", "name"))));
            assertAccepted(sendJson(ITEMS, again));
            ZOHO.faults().add(Fault.latency(500).next(1));
        }
        await().until(() -> ZOHO.calls().counts().api() == 1); // of the first: its answer is made, and leaves late
        rename(id, "Torch", soon(60));
        assertThat(sendJson(ITEMS, again).statusCode()).isEqualTo(200);

        settled();

        assertThat(product(id)).containsEntry("name", "Torch");
    }

    @Test
    void idsAloneFollowARecordThatIsDeletedAndComesBackAnyNumberOfTimes() {
        String id = newItem("Lantern");
        ObjectNode record = item(id);
        saddlebag().call("POST", "/api/sync/items/" + newItem("the living one that a proof asks for"));
        for (int round = 0; round < 3; round++) {
            hint(id, "updated");
            settled();
            assertThat(product(id)).as("round " + round).containsEntry("deleted_at", null);
            ZOHO.catalogue().remove(id);
            hint(id, "deleted");
            settled();
            assertThat(product(id).get("deleted_at")).as("round " + round).isNotNull();
            ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("item_id", id).put("name", "Lantern").put("rate", 9.5));
        }
        hint(id, "updated");
        assertThat(settled()).hasSize(7).containsOnly("done");
        assertThat(product(id)).containsEntry("deleted_at", null).containsEntry("name", record.get("name").asText());
    }

    @Test
    void aDeleteIsConfirmedByAsking() {
        String id = newItem("Lantern");
        send(id);
        settled();

        assertAccepted(sendJson(ITEMS + "?event=deleted", payload("item", item(id))));

        assertThat(settled()).containsExactly("done", "done");
        assertThat(product(id)).as("Zoho has it").containsEntry("deleted_at", null);
        assertThat(ZOHO.calls().counts().api()).isEqualTo(1);
    }

    /** None of them may be the control of another: Zoho has none of them. */
    @Test
    void manyRecordsThatAreDeletedTogetherAreConfirmed() throws Exception {
        List<String> gone = Stream.generate(() -> newItem("Lantern")).limit(8).toList();
        gone.forEach(WebhookCase::send);
        settled();
        saddlebag().call("POST", "/api/sync/items/" + newItem("the living one that a proof asks for"));
        gone.forEach(ZOHO.catalogue()::remove);

        try (ClaimsHeld claims = new ClaimsHeld()) {
            gone.forEach(id -> hint(id, "deleted"));
        }

        assertThat(settled()).containsOnly("done");
        assertThat(saddlebag().count("products WHERE deleted_at IS NULL")).isEqualTo(1);
    }

    @Test
    void eachProofAsksForOtherLivingRecordsThoseThatZohoSentLastBefore() {
        saddlebag().database().update("INSERT INTO products (org_id, zoho_item_id, requested_at, source)"
            + " SELECT ?, 4600000000000000 + n, clock_timestamp() - n * interval '1 s', '{}' FROM generate_series(1, 20000) n", SaddlebagServer.ORG);

        Set<String> asked = new HashSet<>();
        for (int n = 0; n < 20; n++) {
            asked.addAll(List.of(saddlebag().database().queryForObject("SELECT living_ids(?, 'items', 'products', 'zoho_item_id', NULL)", String.class,
                SaddlebagServer.ORG).split(",")));
        }

        assertThat(asked).hasSizeGreaterThan(40);
        saddlebag().database().update("DELETE FROM products WHERE zoho_item_id <> ALL (?::text[])", "{4600000000000007,4600000000000008,4600000000000009}");
        asked.clear();
        for (int n = 0; n < 20; n++) {
            asked.addAll(List.of(saddlebag().database().queryForObject("SELECT living_ids(?, 'items', 'products', 'zoho_item_id', '4600000000000007')",
                String.class, SaddlebagServer.ORG).split(",")));
        }
        assertThat(asked).containsExactlyInAnyOrder("4600000000000008", "4600000000000009");
    }

    @Test
    void whatZohoNoLongerHasAndNobodyKnowsIsIgnored() {
        hint("6000000000099999999", "deleted");
        assertThat(settled()).containsExactly("ignored");
        assertThat(saddlebag().count("dead_letters")).isZero();
    }

    @Test
    void whatIsToldLateOfARecordThatIsGoneMakesNoRow() {
        String id = newItem("Lantern");
        String late = payload("item", item(id));
        ZOHO.catalogue().remove(id);
        hint(id, "deleted");
        settled();

        assertAccepted(sendJson(ITEMS + "?event=created", late));

        assertThat(settled()).containsExactly("ignored", "ignored");
        assertThat(saddlebag().count("products")).isZero();
    }

    @Test
    void anOlderVersionThatComesLateIsIgnoredAndCostsNoCall() {
        String id = newItem("Lantern");
        ObjectNode old = item(id);
        rename(id, "Torch", soon(60));
        send(id);
        settled();

        assertAccepted(sendJson(ITEMS, payload("item", old)));

        assertThat(settled()).containsExactly("done", "ignored");
        assertThat(product(id)).containsEntry("name", "Torch");
        assertThat(ZOHO.calls().counts().api()).isZero();
    }

    @Test
    void anotherContentOfTheSameSecondIsFetched() {
        String id = newItem("Lantern");
        send(id);
        settled();
        ZOHO.catalogue().change(id, name("what Zoho says"), Set.of(), false);

        assertAccepted(sendJson(ITEMS, payload("item", item(id).put("name", "what the webhook says"))));

        assertThat(settled()).containsExactly("done", "done");
        assertThat(product(id)).containsEntry("name", "what Zoho says");
        assertThat(ZOHO.calls().counts().api()).isEqualTo(1);
    }

    /** Zoho moves stock without a new time. */
    @Test
    void aContentThatComesAgainAfterAnotherOfTheSameTimeIsFetchedAndItsRepetitionIsADuplicate() {
        String id = newItem("Lantern");
        String first = payload("item", item(id));
        assertAccepted(sendJson(ITEMS, first));
        settled();
        assertThat(answered(first)).as("nothing came in between").isEqualTo("duplicate");
        ZOHO.catalogue().change(id, name("Torch"), Set.of(), false);
        String second = payload("item", item(id));
        assertAccepted(sendJson(ITEMS, second));
        settled();
        assertThat(product(id)).containsEntry("name", "Torch");

        for (String[] step : new String[][] {{"Lantern", first}, {"Torch", second}, {"Lantern", first}}) {
            ZOHO.catalogue().change(id, name(step[0]), Set.of(), false);
            assertAccepted(sendJson(ITEMS, step[1]));
            assertThat(settled()).containsOnly("done");
            assertThat(product(id)).containsEntry("name", step[0]);
            assertThat(answered(step[1])).isEqualTo("duplicate");
        }
        assertThat(ZOHO.calls().counts().api()).as("the second, and each that came again").isEqualTo(4);
        rename(id, "Beacon", soon(60));
        assertAccepted(send(id));
        settled();
        assertThat(answered(first)).as("another time has come since").isEqualTo("duplicate");
    }

    private static String answered(String body) {
        return SaddlebagServer.json(sendJson(ITEMS, body)).get("status").asText();
    }

    @Test
    void aCompletePayloadThatMeetsATombstoneIsFetched() {
        String id = newItem("Lantern");
        saddlebag().call("POST", "/api/sync/items/" + newItem("the living one that a proof asks for"));
        send(id);
        settled();
        ObjectNode before = item(id).put("last_modified_time", soon(60));
        ZOHO.catalogue().remove(id);
        hint(id, "deleted");
        settled();

        assertAccepted(sendJson(ITEMS, payload("item", before)));

        assertThat(settled()).containsExactly("done", "done", "ignored");
        assertThat(product(id).get("deleted_at")).as("Zoho still says that it is gone").isNotNull();
    }

    @Test
    void aPollAndAWebhookThatRaceBringAChangeOnce() {
        String id = newItem("Lantern");
        send(id);
        settled();
        for (int round = 0; round < 10; round++) {
            rename(id, "Lantern " + round, soon(20 + round));
            CompletableFuture<?> poll = CompletableFuture.runAsync(() -> saddlebag().call("POST", "/api/sync/items/" + id));
            CompletableFuture<?> webhook = CompletableFuture.runAsync(() -> assertAccepted(send(id)));
            CompletableFuture.allOf(poll, webhook).join();
            settled();
            assertThat(product(id)).containsEntry("name", "Lantern " + round);
        }
        assertThat(saddlebag().count("record_changes WHERE column_name = 'name'")).isEqualTo(10);
        assertThat(saddlebag().count("dead_letters")).isZero();
    }

    /** In any order, with anything of it told twice, late, in part or not at all: the row's time decides, and Zoho at the end. */
    @Test
    void pollsAndWebhooksInAnyOrderEndAsZohoHasIt() {
        long seed = System.nanoTime();
        Random dice = new Random(seed);
        List<StormRecord> records = Stream.generate(() -> new StormRecord(dice.nextBoolean() ? Storm.items(ZOHO) : Storm.contacts(ZOHO)))
            .limit(12).toList();
        saddlebag().call("POST", "/api/sync/items/" + newItem("the living one that a proof asks for"));
        saddlebag().call("POST", "/api/sync/contacts/" + new StormRecord(Storm.contacts(ZOHO)).changed(1).id());
        ZOHO.faults().add(Fault.latency(30).every(2));
        List<StormRecord.Message> all = Collections.synchronizedList(new ArrayList<>());
        ExecutorService senders = Executors.newFixedThreadPool(6);
        try {
            List<CompletableFuture<?>> work = new ArrayList<>();
            for (int n = 0; n < 200; n++) {
                StormRecord record = records.get(dice.nextInt(records.size()));
                Random own = new Random(dice.nextLong());
                work.add(CompletableFuture.runAsync(() -> {
                    StormRecord.Message message = record.change(own);
                    all.add(message);
                    if (own.nextInt(3) > 0) {
                        saddlebag().call("POST", "/api/sync/" + (message.path().contains("products") ? "items/" : "contacts/") + message.id());
                    }
                    if (own.nextInt(3) > 0) { // an old one of the same, perhaps of another record
                        StormRecord.Message old = all.get(own.nextInt(all.size()));
                        assertThat(sendJson(old.path(), old.body()).statusCode()).isEqualTo(200);
                    }
                    assertThat(sendJson(message.path(), message.body()).statusCode()).isEqualTo(200);
                }, senders));
            }
            CompletableFuture.allOf(work.toArray(CompletableFuture[]::new)).join();
        } finally {
            senders.shutdownNow();
            ZOHO.faults().clear();
        }
        settled();

        assertThat(records).as("seed " + seed).extracting(record -> record.difference(saddlebag().database())).containsOnlyNulls();
        assertThat(saddlebag().count("dead_letters")).isZero();
    }

    @Test
    void whileZohoIsDownAnEventBacksOffAndThenIsDone() {
        String id = newItem("Lantern");
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 503).next(2));
        hint(id, "updated");

        assertThat(settled()).containsExactly("done");
        assertThat(saddlebag().database().queryForObject("SELECT attempts FROM webhook_events", Integer.class)).isEqualTo(3);
        assertThat(product(id)).containsEntry("name", "Lantern");
    }

    /** A proxy's, or one that nobody understands: the next may be better. */
    @ParameterizedTest
    @ValueSource(strings = {"page", "nothing there", "redirect", "no record"})
    void afterAStrangeAnswerAnEventBacksOffAndThenIsDone(String answer) {
        String id = newItem("Lantern");
        switch (answer) {
            case "page" -> ZOHO.faults().add(Fault.status(Fault.Kind.HTML, 403).next(1));
            case "nothing there" -> ZOHO.faults().add(Fault.status(Fault.Kind.HTML, 404).next(1));
            case "redirect" -> ZOHO.faults().add(Fault.redirect("http://elsewhere.invalid/").next(1));
            default -> ZOHO.faults().add(Fault.limit(0).status(200).next(1));
        }

        hint(id, "updated");

        assertThat(settled()).containsExactly("done");
        assertThat(saddlebag().database().queryForObject("SELECT attempts FROM webhook_events", Integer.class)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whileAPersonIsNeededAnEventWaitsForTheNextConsentAndThatIsNoAttempt(boolean scope) {
        String id = newItem("Lantern");
        if (scope) {
            ZOHO.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE));
        } else {
            saddlebag().database().update("UPDATE connections SET access_token = NULL, refresh_at = NULL, ends_at = NULL, needs_person = 'Agree again'");
        }

        hint(id, "updated");

        await().until(() -> saddlebag().count("webhook_events WHERE status = 'pending' AND attempts = 0 AND claimed_until IS NULL"
            + " AND error ~ 'Agree again|scope' AND due_at > clock_timestamp() + interval '50 min'") == 1);
        ZOHO.faults().clear();
        Connections connections = saddlebag().bean(Connections.class);
        long connection = saddlebag().database().queryForObject("SELECT connection_id FROM organisations WHERE is_default", Long.class);
        connections.replace(connection, connections.read(connection), "api");
        assertThat(settled()).containsExactly("done");
    }

    @Test
    void newsOfARecordEndThePauseOfAnEventThatFailedButOnceAMinute() throws Exception {
        String id = newItem("Lantern");
        try (ClaimsHeld claims = new ClaimsHeld()) {
            failedHint(id, "due_at = clock_timestamp() + interval '6 h'");
        }

        hint(id, "deleted");

        assertThat(settled()).containsExactly("done", "done");
        saddlebag().database().update("UPDATE webhook_events SET status = 'pending', attempts = 3, due_at = clock_timestamp() + interval '6 h',"
            + " hurried_at = clock_timestamp() - interval '20 s' WHERE event = 'updated'");
        hint(id, "created");
        assertThat(saddlebag().count("webhook_events WHERE event = 'updated' AND status = 'pending'"
            + " AND due_at BETWEEN clock_timestamp() + interval '20 s' AND clock_timestamp() + interval '40 s'")).isEqualTo(1);
    }

    @Test
    void aNewerCompleteEventOvertakesOneThatBacksOff() throws Exception {
        String id = newItem("Lantern");
        try (ClaimsHeld claims = new ClaimsHeld()) {
            failedHint(id, "due_at = clock_timestamp() + interval '1 h', hurried_at = clock_timestamp() + interval '1 h'");
        }

        send(id);

        await().until(() -> saddlebag().count("webhook_events WHERE status = 'done'") == 1);
        assertThat(product(id)).containsEntry("name", "Lantern");
        saddlebag().database().update("UPDATE webhook_events SET due_at = clock_timestamp()");
        assertThat(settled()).containsOnly("done");
    }

    @Test
    void whileTheDayIsSpentAnEventWaitsForItsEndAndThatIsNoAttempt() {
        String id = newItem("Lantern");
        saddlebag().database().update("UPDATE organisations SET blocked_until = clock_timestamp() + interval '2 h', blocked_for = 'day'");

        hint(id, "updated");

        await().until(() -> saddlebag().count("webhook_events WHERE status = 'pending' AND attempts = 0 AND claimed_until IS NULL"
            + " AND error LIKE '%limit (day)%' AND due_at > clock_timestamp() + interval '1 h'") == 1);
        assertThat(SaddlebagServer.json(sendJson(ITEMS + "?event=updated", "{\"item\":{\"item_id\":\"" + id + "\"}}")).get("status").asText())
            .as("it has not begun").isEqualTo("duplicate");
        saddlebag().database().update("UPDATE organisations SET blocked_until = NULL");
        saddlebag().database().update("UPDATE webhook_events SET due_at = clock_timestamp()");
        assertThat(settled()).containsExactly("done");
    }

    @Test
    void theMetricsTellWhatBecameOfThemAndForHowLongTheOldestIsDue() {
        send(newItem("Lantern"));
        settled();
        saddlebag().database().update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, due_at)"
            + " VALUES (?, 'x', 'x', 'of-nobody', 'updated', '1', true, '{}', clock_timestamp() - interval '1 h')", SaddlebagServer.ORG);

        await().untilAsserted(() -> assertThat(saddlebag().call("GET", "/actuator/prometheus").body())
            .containsPattern("saddlebag_webhooks_total\\{[^}]*entity=\"items\",event=\"updated\"[^}]*result=\"done\"")
            .containsPattern("saddlebag_webhooks_total\\{[^}]*result=\"accepted\"")
            .containsPattern("saddlebag_webhooks_pending\\{[^}]*} 1\\.0")
            .containsPattern("saddlebag_webhooks_oldest_due_seconds\\{[^}]*} 36[0-9]{2}"));
    }

    @Test
    void whatIsDoneIsForgottenAfterItsDaysAndWhatIsDeadStaysWithItsDeadLetter() {
        saddlebag().database().update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, status, processed_at)"
            + " SELECT 'x', s || d, s || d, 'items', 'updated', '1', true, '{}', s, clock_timestamp() - d * interval '1 day'"
            + " FROM unnest(ARRAY['done', 'ignored', 'dead']) s, unnest(ARRAY[29, 31, 32]) d");
        saddlebag().database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error, event_id)"
            + " VALUES ('x', 'webhook', 'items', '1', '{}', 'x', 'dead31')");

        saddlebag().bean(ProducerTemplate.class).requestBody("direct:webhook-trim", (Object) null);

        assertThat(saddlebag().database().queryForList("SELECT event_id FROM webhook_events", String.class))
            .containsExactlyInAnyOrder("done29", "ignored29", "dead29", "dead31");
    }

    private static void hint(String id, String event) {
        assertAccepted(sendJson(ITEMS + "?event=" + event, "{\"item\":{\"item_id\":\"" + id + "\"}}"));
    }

    /** A hint whose first attempt has failed. Claims are held meanwhile: a real attempt would be repeated before a test could put it off. */
    private static void failedHint(String id, String times) {
        hint(id, "updated");
        saddlebag().database().update("UPDATE webhook_events SET attempts = 1, hint = NULL, error = 'Zoho answered 503', " + times);
    }

    private static void rename(String id, String name, String modified) {
        ZOHO.catalogue().change(id, name(name).put("last_modified_time", modified), Set.of(), false);
    }

    private static ObjectNode name(String name) {
        return JsonNodeFactory.instance.objectNode().put("name", name);
    }
}
