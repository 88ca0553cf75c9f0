package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.data.Catalogue;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SaddlebagServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that came from lists are completed one by one, and no more often than that. */
@Tag("sql")
class DetailsIT extends PullCase {

    private static final Catalogue INVOICES = ZOHO.records("invoices");
    private static final String ONE = "/books/v3/invoices/";

    @BeforeEach
    void fewInvoices() {
        INVOICES.resize(5, 0);
        ZOHO.catalogue().resize(0, 0);
        update("UPDATE organisations SET calls_per_day = NULL");
    }

    @Test
    void theLinesOfAListsRecordsAreFetchedNewestFirstAndOnce() {
        pull("full");
        assertThat(saddlebag().count("invoices WHERE NOT detailed")).isEqualTo(5);

        assertThat(tick()).containsExactlyElementsOf(saddlebag().database().queryForList(
            "SELECT zoho_invoice_id FROM invoices ORDER BY zoho_modified_at DESC, length(zoho_invoice_id) DESC, zoho_invoice_id DESC", String.class));
        assertThat(saddlebag().count("invoices i WHERE detailed AND jsonb_array_length(source -> 'line_items') ="
            + " (SELECT count(*) FROM invoice_lines l WHERE l.zoho_invoice_id = i.zoho_invoice_id AND l.quantity > 0)")).isEqualTo(5);
        assertThat(saddlebag().count("detail_attempts")).isZero();
        assertThat(tick()).isEmpty();
    }

    @Test
    void theSameDetailsAreNotFetchedAgainHoweverOftenTheListIsRead() {
        // as many as it takes to meet every awkward one
        for (String[] kind : new String[][] {{"invoices", "invoices", "200"}, {"bills", "bills", "130"},
            {"stock-adjustments", "stock-adjustments", "90"}, {"customer-payments", "payments", "70"}}) {
            String table = kind[0].replace('-', '_');
            Catalogue records = ZOHO.records(kind[1]);
            records.resize(Integer.parseInt(kind[2]), 0);
            pull(kind[0], "full");
            assertThat(saddlebag().count(table + " WHERE NOT detailed")).isEqualTo(records.size());
            List<String> asked = new ArrayList<>();
            for (List<String> some = tick(); !some.isEmpty(); some = tick()) {
                asked.addAll(some);
            }
            assertThat(asked).as(kind[0]).hasSize(records.size()).doesNotHaveDuplicates();
            // one invoice has a note that no jsonb takes
            assertThat(saddlebag().count(table + " WHERE NOT detailed")).isEqualTo(kind[0].equals("invoices") ? 1 : 0);

            assertThat(pull(kind[0], "full").get("updated").asInt()).as(kind[0]).isZero();
            assertThat(tick()).as(kind[0]).isEmpty();
            saddlebag().database().execute("UPDATE sync_watermarks SET watermark = '2000-01-01'");
            assertThat(pull(kind[0], "incremental").get("seen").asInt()).isEqualTo(records.size());
            assertThat(tick()).as(kind[0]).isEmpty();
            records.resize(0, 0);
        }
        assertThat(saddlebag().count("customer_payment_allocations a JOIN invoices USING (org_id, zoho_invoice_id)")).isPositive();
        assertThat(saddlebag().count("bill_lines")).isPositive();
        assertThat(saddlebag().count("stock_adjustment_lines WHERE quantity_adjusted < 0 AND account_id IS NOT NULL")).isPositive();
    }

    @Test
    void whatChangedIsFetchedAgain() {
        pull("full");
        tick();
        String id = any();
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        change.putArray("line_items").addObject().put("line_item_id", "4").put("quantity", 9);
        INVOICES.change(id, change, Set.of(), true);
        pull("incremental");
        assertThat(saddlebag().count("invoice_lines WHERE zoho_invoice_id = '" + id + "' AND zoho_line_id = '4'")).isZero();

        assertThat(tick()).containsExactly(id);
        assertThat(saddlebag().count("invoice_lines WHERE zoho_invoice_id = '" + id + "'")).isEqualTo(1);
        assertThat(saddlebag().count("invoice_lines WHERE zoho_line_id = '4' AND quantity = 9")).isEqualTo(1);
    }

    @Test
    void aTickHasItsNumber() {
        INVOICES.resize(60, 0);
        pull("full");
        assertThat(tick()).hasSize(50);
        assertThat(tick()).hasSize(10);
    }

    @Test
    void theDaysCallsAreLeftToOthersBelowTheReserve() {
        pull("full");
        int calls = (int) saddlebag().count("zoho_calls");
        update("UPDATE organisations SET calls_per_day = " + 2 * (calls + 3));
        assertThat(tick()).as("half of the day is kept").hasSize(3);
        assertThat(tick()).isEmpty();
        update("UPDATE organisations SET calls_per_day = NULL");
        assertThat(tick()).hasSize(2);
    }

    @Test
    void aLimitEndsTheTickAndNobodyIsToBlame() {
        pull("full");
        update("UPDATE organisations SET blocked_until = now() + interval '1 hour', blocked_for = 'day'");
        assertThat(tick()).isEmpty();
        assertThat(saddlebag().count("detail_attempts")).isZero();
        assertThat(saddlebag().count("detail_progress WHERE failures > 0")).isZero();
        update("UPDATE organisations SET blocked_until = NULL");
        assertThat(tick()).hasSize(5);
    }

    @Test
    void oneThatIsGoneDoesNotStopTheOthersAndIsNotAskedForAtEveryTick() {
        pull("full");
        String id = any();
        INVOICES.remove(id);
        assertThat(tick()).contains(id);
        assertThat(saddlebag().count("invoices WHERE detailed AND deleted_at IS NULL")).isEqualTo(4);
        assertThat(saddlebag().count("invoices WHERE NOT detailed AND deleted_at IS NOT NULL")).as("proved").isEqualTo(1);
        assertThat(saddlebag().count("detail_attempts")).isZero();
        assertThat(tick()).isEmpty();
    }

    @Test
    void oneThatIsGoneAndCannotBeProvedGoneIsNotAskedForAtEveryTick() {
        INVOICES.resize(1, 0);
        pull("full");
        INVOICES.remove(any());
        assertThat(tick()).containsExactly(any());
        assertThat(saddlebag().count("invoices WHERE deleted_at IS NULL")).isEqualTo(1);
        assertThat(tick()).isEmpty();
    }

    @Test
    void oneThatFailsWaitsLongerEachTimeAndTheOthersDoNot() {
        pull("full");
        String id = saddlebag().database().queryForObject(
            "SELECT zoho_invoice_id FROM invoices ORDER BY zoho_modified_at DESC, zoho_invoice_id DESC LIMIT 1", String.class);
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 500).on(id));
        assertThat(tick()).containsExactly(id);
        assertThat(tick()).hasSize(4).doesNotContain(id);
        assertThat(tick()).isEmpty();

        update("UPDATE detail_attempts SET next_at = now()");
        assertThat(tick()).containsExactly(id);
        assertThat(saddlebag().count("detail_attempts WHERE attempts = 2 AND next_at BETWEEN now() + interval '39 minutes' AND now() + interval '41 minutes'"))
            .isEqualTo(1);
        ZOHO.faults().clear();
        INVOICES.change(id, JsonNodeFactory.instance.objectNode().put("status", "void"), Set.of(), true);
        pull("incremental");
        assertThat(tick()).as("another version is another matter").containsExactly(id);
        assertThat(saddlebag().count("detail_attempts")).isZero();
    }

    @Test
    void aKindThatFailsAsAWholeIsLeftAloneAndHealthSaysWhy() {
        pull("full");
        ZOHO.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE).on(ONE));
        tick();
        ZOHO.calls().reset();
        assertThat(tick()).isEmpty();
        JsonNode health = SaddlebagServer.json(saddlebag().call("GET", "/api/zoho/health"));
        assertThat(health.get("organisations").get(0).get("details").toString()).contains("\"entity\":\"invoices\",\"lacking\":5,");
        assertThat(health.get("problems").toString()).contains("details of invoices", "lacks the scope");

        ZOHO.faults().clear();
        update("UPDATE detail_progress SET next_at = now()");
        update("UPDATE detail_attempts SET next_at = now()");
        assertThat(tick()).hasSize(5);
        assertThat(saddlebag().count("detail_progress WHERE failures > 0 OR error IS NOT NULL")).isZero();
    }

    /** Zoho refuses the organisation, or a proxy answers in Zoho's place: no record is at fault. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsNoRecordsFaultPostponesTheKind(boolean organisation) {
        pull("full");
        ZOHO.faults().add((organisation ? Fault.limit(6041).status(400) : Fault.status(Fault.Kind.HTML, 404)).on(ONE));
        assertThat(tick()).hasSize(1);
        assertThat(tick()).isEmpty();
        assertThat(saddlebag().count("detail_progress WHERE failures = 1 AND error IS NOT NULL")).isEqualTo(1);
    }

    @Test
    void aRecordThatHasNoDetailsIsNotFetchedForEver() {
        Catalogue payments = ZOHO.records("payments");
        payments.resize(3, 0);
        pull("customer-payments", "full");
        String id = saddlebag().database().queryForObject("SELECT min(zoho_payment_id) FROM customer_payments", String.class);
        payments.change(id, JsonNodeFactory.instance.objectNode(), Set.of("invoices"), false);
        assertThat(tick()).contains(id);
        assertThat(saddlebag().count("customer_payments WHERE NOT detailed")).isZero();
        assertThat(saddlebag().count("customer_payment_allocations WHERE zoho_payment_id = '" + id + "'")).isZero();
        assertThat(saddlebag().count("detail_attempts")).isZero();
        payments.resize(0, 0);
    }

    @Test
    void ofManyWhoAskAtOnceEachIsGivenAnother() {
        INVOICES.resize(200, 0);
        pull("full");
        ExecutorService callers = Executors.newFixedThreadPool(8);
        List<CompletableFuture<String>> taken = IntStream.range(0, 200).mapToObj(i -> CompletableFuture.supplyAsync(() ->
            saddlebag().database().queryForObject("SELECT take_detail(?, 'invoices', 'invoices', 'zoho_invoice_id', '10 minutes')",
                String.class, SaddlebagServer.ORG), callers)).toList();
        assertThat(taken.stream().map(CompletableFuture::join)).hasSize(200).doesNotHaveDuplicates().doesNotContainNull();
        callers.shutdown();
    }

    /** Nothing of it is kept in a process, so that two ticks of one are to each other as those of two replicas. */
    @Test
    void twoTicksAtOneTimeDoNotFetchTheSame() {
        INVOICES.resize(40, 0);
        pull("full");
        ZOHO.faults().add(Fault.latency(30).on(ONE));
        ZOHO.calls().reset();
        ProducerTemplate producer = saddlebag().bean(ProducerTemplate.class);
        List<CompletableFuture<Object>> ticks = Stream.generate(() -> producer.asyncSendBody("direct:pull-details", null)).limit(2).toList();
        ticks.forEach(CompletableFuture::join);
        assertThat(asked()).hasSize(40).doesNotHaveDuplicates();
        assertThat(saddlebag().count("invoices WHERE detailed")).isEqualTo(40);
    }

    private static JsonNode pull(String mode) {
        return pull("invoices", mode);
    }

    private static JsonNode pull(String entity, String mode) {
        return saddlebag().ended(SaddlebagServer.json(saddlebag().call("POST", "/api/sync/" + entity + "?mode=" + mode)).get("runId").asLong());
    }

    /** @return the ids that it asked Zoho for */
    private static List<String> tick() {
        ZOHO.calls().reset();
        saddlebag().bean(ProducerTemplate.class).sendBody("direct:pull-details", null);
        return asked();
    }

    private static List<String> asked() {
        return ZOHO.calls().list().stream().filter(call -> call.path().matches(".*/(invoices|bills|inventoryadjustments|customerpayments)/.+"))
            .map(call -> call.path().substring(call.path().lastIndexOf('/') + 1)).toList();
    }

    private static String any() {
        return saddlebag().database().queryForObject("SELECT min(zoho_invoice_id) FROM invoices", String.class);
    }

    private static void update(String sql) {
        saddlebag().database().update(sql);
    }
}
