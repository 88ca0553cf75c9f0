package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.data.Catalogue;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SaddlebagServer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock moves without a new last_modified_time: the items that documents name are asked for again. */
@Tag("sql")
class StockIT extends PullCase {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Catalogue INVOICES = ZOHO.records("invoices");

    @BeforeEach
    void small() {
        INVOICES.resize(0, 0);
        ZOHO.catalogue().resize(250, 0);
    }

    @Test
    void aMoveThatOnlyAnInvoiceAnnouncesArrivesWithItsLocations() {
        saddlebag().pull("full");
        String id = item(0);
        ZOHO.catalogue().change(id, JSON.objectNode().put("stock_on_hand", 4242), Set.of(), false);
        saddlebag().pull("incremental");
        assertThat(saddlebag().count("products WHERE stock_quantity = 4242")).isZero();

        ObjectNode invoice = JSON.objectNode().put("invoice_id", "77").put("status", "sent");
        invoice.putArray("line_items").addObject().put("line_item_id", "1").put("item_id", id).put("quantity", 1);
        INVOICES.add(invoice);
        saddlebag().ended(SaddlebagServer.json(saddlebag().call("POST", "/api/sync/invoices?mode=full")).get("runId").asLong());
        saddlebag().bean(ProducerTemplate.class).sendBody("direct:pull-details", null);

        assertThat(tick()).containsExactly("item_ids=" + id);
        assertThat(saddlebag().count("products WHERE stock_quantity = 4242 AND zoho_item_id = '" + id + "'")).isEqualTo(1);
        assertThat(saddlebag().count("product_stock WHERE stock_on_hand = 4242 AND location_name = 'Head office'")).isEqualTo(1);
        assertThat(saddlebag().count("stock_queue")).isZero();
        assertThat(tick()).isEmpty();
    }

    @Test
    void manyAreAskedForInOneCallAndNobodyForNothing() {
        saddlebag().pull("full");
        assertThat(tick()).isEmpty();
        queue(IntStream.range(0, 250).mapToObj(StockIT::item).toList());
        assertThat(tick()).hasSize(3);
        assertThat(saddlebag().count("stock_queue")).isZero();
    }

    @Test
    void whatIsNamedAgainMeanwhileStaysQueuedAndWhatAnotherAsksForIsLeftToIt() {
        saddlebag().pull("full");
        queue(List.of(item(0), item(1), item(2)));
        update("UPDATE stock_queue SET queued_at = now() + interval '1 minute' WHERE zoho_item_id = '" + item(0) + "'");
        update("UPDATE stock_queue SET claimed_until = now() + interval '1 minute' WHERE zoho_item_id = '" + item(1) + "'");
        assertThat(tick()).hasSize(1).first().asString().contains(item(0), item(2)).doesNotContain(item(1));
        assertThat(saddlebag().database().queryForList("SELECT zoho_item_id FROM stock_queue ORDER BY 1", String.class))
            .containsExactlyInAnyOrder(item(0), item(1));
    }

    @Test
    void whatFailsStaysQueued() {
        saddlebag().pull("full");
        queue(List.of(item(0)));
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 500).on("itemdetails"));
        assertThat(tick()).hasSize(1);
        assertThat(saddlebag().count("stock_queue WHERE refused = 0")).isEqualTo(1);
        ZOHO.faults().clear();
        update("UPDATE stock_queue SET claimed_until = now()");
        assertThat(tick()).hasSize(1);
        assertThat(saddlebag().count("stock_queue")).isZero();
    }

    /** A proxy's page, or a refusal of the organisation, says nothing about an item. */
    @ParameterizedTest
    @ValueSource(strings = {"html", "organisation"})
    void whatIsNotAboutAnItemLeavesTheQueueAsItIs(String answer) {
        saddlebag().pull("full");
        queue(List.of(item(0), item(1), item(2)));
        ZOHO.faults().add((answer.equals("html") ? Fault.status(Fault.Kind.HTML, 404) : Fault.limit(6041).status(400)).on("itemdetails"));

        assertThat(tick()).hasSize(1);
        assertThat(saddlebag().count("stock_queue WHERE refused = 0")).isEqualTo(3);
        update("DELETE FROM stock_queue");
    }

    @Test
    void oneThatZohoRefusesDoesNotStopTheOthers() {
        saddlebag().pull("full");
        queue(List.of(item(0)));
        saddlebag().database().execute("ANALYZE stock_queue"); // PostgreSQL plans the claim for a queue of one
        queue(List.of(item(0), item(1), item(2)));
        ZOHO.faults().add(Fault.limit(2).status(400).on("itemdetails.*" + item(1)));
        assertThat(tick()).hasSize(4);
        assertThat(saddlebag().count("stock_queue")).isZero();
        assertThat(saddlebag().count("product_stock WHERE zoho_item_id IN ('" + item(0) + "','" + item(2) + "')")).isEqualTo(2);
        assertThat(tick()).as("it is left to the next full run").isEmpty();
    }

    /** An invoice's lines lock rows of the queue in their own order, and hold the queue's lock meanwhile. */
    @Test
    void whatIsDoneLeavesTheQueueOnlyWithTheLockOfTheQueue() throws Exception {
        saddlebag().pull("full");
        queue(List.of(item(0)));
        CompletableFuture<List<String>> tick;
        try (Connection invoice = saddlebag().database().getDataSource().getConnection()) {
            invoice.setAutoCommit(false);
            invoice.createStatement().execute("SELECT lock_work('stock_queue " + SaddlebagServer.ORG + "')");

            tick = CompletableFuture.supplyAsync(StockIT::tick);

            await().until(() -> saddlebag().count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%lock_work(''stock_queue%'") == 1);
            invoice.createStatement().execute("SELECT FROM stock_queue FOR UPDATE NOWAIT");
            invoice.commit();
            invoice.setAutoCommit(true);
        }
        assertThat(tick.get()).hasSize(1);
        assertThat(saddlebag().count("stock_queue")).isZero();
    }

    private static String item(int number) {
        return saddlebag().database().queryForObject("SELECT zoho_item_id FROM products"
            + " ORDER BY item_type = 'inventory' DESC, zoho_item_id OFFSET " + number + " LIMIT 1", String.class);
    }

    private static void queue(List<String> ids) {
        saddlebag().database().queryForList("SELECT queue_items(?, string_to_array(?, ','))", SaddlebagServer.ORG, String.join(",", ids));
    }

    /** @return what it asked Zoho for */
    private static List<String> tick() {
        ZOHO.calls().reset();
        saddlebag().bean(ProducerTemplate.class).sendBody("direct:pull-stock", null);
        return ZOHO.calls().list().stream().filter(call -> call.path().contains("itemdetails"))
            .map(call -> URLDecoder.decode(call.query(), StandardCharsets.UTF_8)
                .replaceAll(".*(item_ids=[^&]*).*", "$1")).toList();
    }

    private static void update(String sql) {
        saddlebag().database().update(sql);
    }
}
