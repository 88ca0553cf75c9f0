package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.sink.PullPage;
import io.saddlebag.testkit.SaddlebagServer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which version of a record wins: the pair of last_modified_time and the moment of the request. */
@Tag("sql")
class VersionsIT extends PullCase {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final String MONDAY = "2025-12-01T10:00:00+0530";
    private static final String TUESDAY = "2025-12-02T10:00:00+0530";

    @Test
    void anOlderRecordNeverWins() throws Exception {
        store(NOON, record(TUESDAY, "new"));
        store(NOON.plusSeconds(60), record(MONDAY, "old"));
        assertThat(name()).isEqualTo("new");
    }

    @Test
    void ofTheSameModificationTheLaterRequestWins() throws Exception {
        store(NOON, record(MONDAY, "stock 5"));
        store(NOON.plusSeconds(1), record(MONDAY, "stock 4"));
        store(NOON.minusSeconds(1), record(MONDAY, "stock 6"));
        assertThat(name()).isEqualTo("stock 4");
    }

    @Test
    void updatedAtMovesOnlyWhenSomethingChanged() throws Exception {
        store(NOON, record(MONDAY, "same"));
        String before = updatedAt();
        store(NOON.plusSeconds(1), record(MONDAY, "same"));
        assertThat(updatedAt()).isEqualTo(before);
        store(NOON.plusSeconds(2), record(MONDAY, "other"));
        assertThat(updatedAt()).isNotEqualTo(before);
    }

    @Test
    void aTombstoneYieldsOnlyToAnAnswerRequestedAfterIt() throws Exception {
        store(NOON, record(MONDAY, "alive"));
        saddlebag().database().update("UPDATE products SET deleted_at = now(), requested_at = ?",
                java.sql.Timestamp.from(NOON.plusSeconds(10)));
        store(NOON.plusSeconds(5), record(TUESDAY, "sent before"));
        assertThat(saddlebag().count("products WHERE deleted_at IS NULL")).isZero();
        store(NOON.plusSeconds(11), record(MONDAY, "alive"));
        assertThat(saddlebag().count("products WHERE deleted_at IS NULL")).isEqualTo(1);
    }

    @Test
    void aKeyThatOnlyAnotherShapeBringsLeavesItsColumnAloneAndAnEmptyOneEmptiesIt() throws Exception {
        store(NOON, Map.of("item_id", "1", "name", "list", "brand", "Acme", "stock_on_hand", 7, "last_modified_time", MONDAY));
        store("record", NOON.plusSeconds(1), Map.of("item_id", "1", "name", "", "cf_new", 1, "last_modified_time", TUESDAY));

        assertThat(saddlebag().count("products WHERE name IS NULL AND brand = 'Acme' AND stock_quantity = 7"
                + " AND source = '{\"item_id\":\"1\",\"name\":\"\",\"brand\":\"Acme\",\"stock_on_hand\":7,\"cf_new\":1,"
                + "\"last_modified_time\":\"" + TUESDAY + "\"}'")).isEqualTo(1);
    }

    @Test
    void aRecordWithoutATimeIsAsNewAsItsRequest() throws Exception {
        store(NOON, record(MONDAY, "with"));
        store(NOON.plusSeconds(1), Map.of("item_id", "1", "name", "without"));
        store(NOON.minusSeconds(1), Map.of("item_id", "1", "name", "before"));
        assertThat(name()).isEqualTo("without");
    }

    @Test
    void aRowThatWasMadeHereIsNeverTouched() throws Exception {
        saddlebag().database().update("INSERT INTO products (org_id, name, price) VALUES (?, 'ours', 5)", SaddlebagServer.ORG);
        saddlebag().database().execute("ALTER TABLE products ADD COLUMN IF NOT EXISTS shelf text");
        store(NOON, record(MONDAY, "zoho's"));
        saddlebag().database().update("UPDATE products SET shelf = 'A7' WHERE zoho_item_id = '1'");
        store(NOON.plusSeconds(1), record(TUESDAY, "zoho's again"));

        assertThat(saddlebag().count("products WHERE name = 'ours' AND price = 5 AND zoho_item_id IS NULL")).isEqualTo(1);
        assertThat(saddlebag().count("products WHERE name = 'zoho''s again' AND shelf = 'A7'")).isEqualTo(1);
    }

    @Test
    void aColumnThatWasEditedByHandIsExactAgainAfterTheNextAnswer() throws Exception {
        store(NOON, record(MONDAY, "right"));
        saddlebag().database().update("UPDATE products SET name = 'wrong'");
        store(NOON.plusSeconds(1), record(MONDAY, "right"));
        assertThat(name()).isEqualTo("right");
    }

    @Test
    void anyOrderAndAnyRepetitionOfTheSameVersionsEndsInTheSameRow() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            saddlebag().empty("products");
            List<Integer> order = new ArrayList<>();
            for (int version = 0; version < 6; version++) {
                order.add(version);
                order.add(version);
            }
            Collections.shuffle(order, new Random(seed));
            for (int version : order) {
                store(NOON.plusSeconds(version), record(version < 3 ? MONDAY : TUESDAY, "version " + version));
            }
            assertThat(name()).as("seed " + seed).isEqualTo("version 5");
        }
    }

    @Test
    void aRecordTwiceInOneAnswerIsStoredOnceAndTheNewerWins() throws Exception {
        store(NOON, record(TUESDAY, "newer"), record(MONDAY, "older"));
        assertThat(name()).isEqualTo("newer");
    }

    private static Map<String, Object> record(String modified, String name) {
        return Map.of("item_id", "1", "name", name, "last_modified_time", modified);
    }

    /** Through the sink's routes, as a pull or a webhook would. */
    @SafeVarargs
    private static void store(Instant requestedAt, Map<String, Object>... records) throws JsonProcessingException {
        store("list", requestedAt, records);
    }

    @SafeVarargs
    private static void store(String shape, Instant requestedAt, Map<String, Object>... records) throws JsonProcessingException {
        Exchange exchange = new DefaultExchange(saddlebag().bean(CamelContext.class));
        exchange.setVariable("org", SaddlebagServer.ORG);
        exchange.setVariable("entity", "items");
        exchange.setVariable("kind", saddlebag().bean(Kinds.class).of("items"));
        String sent = new ObjectMapper().writeValueAsString(records);
        List<?> batch = new ObjectMapper().readValue(sent, List.class);
        PullPage page = new PullPage(batch, requestedAt, null, shape);
        page.keepChecked(batch, sent);
        exchange.setVariable("page", page);
        saddlebag().bean(ProducerTemplate.class).send("direct:pull-record-commit", exchange);
        if (exchange.getException() != null) {
            throw new AssertionError(exchange.getException());
        }
    }

    private static String name() {
        return saddlebag().database().queryForObject("SELECT name FROM products", String.class);
    }

    private static String updatedAt() {
        return saddlebag().database().queryForObject("SELECT updated_at::text FROM products", String.class);
    }
}
