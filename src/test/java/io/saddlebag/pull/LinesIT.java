package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.sink.PullPage;
import io.saddlebag.testkit.SaddlebagServer;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What only single records bring is stored with its record: lines, allocations, stock per location. */
@Tag("sql")
class LinesIT extends PullCase {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final String MONDAY = "2025-12-01T10:00:00+0530";
    private static final String TUESDAY = "2025-12-02T10:00:00+0530";
    /** What only a record that is asked for by its id has. */
    private static final Pattern SINGLE = Pattern.compile("\"(line_items|invoices|locations|warehouses)\"");
    private static final String[][] DOCUMENTS = {{"invoices", "invoice_id", "invoice_lines", "quantity"},
        {"bills", "bill_id", "bill_lines", "quantity"},
        {"stock-adjustments", "inventory_adjustment_id", "stock_adjustment_lines", "quantity_adjusted"}};

    @Test
    void linesAppearChangeAndVanishWithTheirDocument() {
        for (String[] kind : DOCUMENTS) {
            String quantity = kind[3];
            store(kind, 0, record(kind[1], MONDAY, """
                {"line_item_id":"11","item_id":"7","name":"Lantern","%1$s":"2.50","item_total":"","location_id":"L1"},
                {"line_item_id":12,"item_id":"8","%1$s":-3},{"line_item_id":"13","item_id":"9","%1$s":1}""".formatted(quantity)));
            assertThat(lines(kind)).containsExactly("11 1 7 2.50 Lantern L1", "12 2 8 -3", "13 3 9 1");

            String untouched = version(kind, "11");
            store(kind, 1, record(kind[1], TUESDAY, """
                {"line_item_id":"11","item_id":"7","name":"Lantern","%1$s":"2.50","item_total":"","location_id":"L1"},
                {"line_item_id":"13","item_id":"9","%1$s":4}""".formatted(quantity)));
            assertThat(lines(kind)).containsExactly("11 1 7 2.50 Lantern L1", "13 2 9 4");
            assertThat(version(kind, "11")).as("an equal line is neither written nor locked").isEqualTo(untouched);

            store(kind, 2, record(kind[1], TUESDAY, ""));
            assertThat(lines(kind)).isEmpty();
        }
    }

    @Test
    void anOlderAnswerAndOneWithoutLinesLeaveThemAlone() {
        for (String[] kind : DOCUMENTS) {
            store(kind, 5, record(kind[1], TUESDAY, "{\"line_item_id\":\"11\",\"" + kind[3] + "\":1}"));
            store(kind, 4, record(kind[1], MONDAY, "{\"line_item_id\":\"12\",\"" + kind[3] + "\":2}"));
            store(kind, 6, "{\"" + kind[1] + "\":\"1\",\"status\":\"sent\",\"last_modified_time\":\"" + TUESDAY + "\"}");
            assertThat(lines(kind)).containsExactly("11 1 1");
        }
    }

    @Test
    void aLineWithoutAnIdIsKnownByItsPlace() {
        for (String[] kind : DOCUMENTS) {
            assertThat(store(kind, 0, record(kind[1], MONDAY, """
                {"name":"first"},{"line_item_id":"","name":"second"},"no line",{"line_item_id":"4","name":"fourth"}""")).rejected()).isZero();
            assertThat(lines(kind)).containsExactlyInAnyOrder("#1 1 first", "#2 2 second", "4 4 fourth");
        }
    }

    @Test
    void aLineThatCannotBeStoredRejectsItsDocumentAloneAndLeavesWhatIsThere() {
        for (String[] kind : DOCUMENTS) {
            store(kind, 0, record(kind[1], MONDAY, "{\"line_item_id\":\"11\",\"" + kind[3] + "\":1}"));
            PullPage page = store(kind, 1, record(kind[1], TUESDAY, "{\"line_item_id\":\"11\",\"" + kind[3] + "\":\"many\"}"),
                record(kind[1], TUESDAY, "{\"line_item_id\":\"21\",\"" + kind[3] + "\":2}").replace(":\"1\"", ":\"2\""));
            assertThat(page.rejected()).isEqualTo(1);
            assertThat(page.created()).isEqualTo(1);
            assertThat(lines(kind)).containsExactly("11 1 1", "21 1 2");
        }
    }

    @Test
    void aListsAnswerEndsTheDetailsOnlyWithANewerTime() {
        for (String[] kind : List.of(DOCUMENTS[0], DOCUMENTS[1])) {
            String listed = "{\"" + kind[1] + "\":\"1\",\"custom_fields\":%s,\"cf_x\":\"a\",\"last_modified_time\":\"%s\"}";
            store(kind, 0, listed.formatted("[]", MONDAY));
            assertThat(detailed(kind)).isFalse();
            store(kind, 1, record(kind[1], MONDAY, "").replace("{", "{\"custom_fields\":[{\"label\":\"x\"}],"));
            assertThat(detailed(kind)).isTrue();

            store(kind, 2, listed.formatted("[]", MONDAY));
            assertThat(saddlebag().count(table(kind) + " WHERE source -> 'custom_fields' = '[]'")).as("it was stored").isEqualTo(1);
            assertThat(detailed(kind)).as("Zoho only wrote it in another way").isTrue();
            store(kind, 3, listed.formatted("[]", TUESDAY));
            assertThat(detailed(kind)).isFalse();
        }
    }

    @Test
    void aVerificationsAnswerEndsThemTooAndAMappingAppliedAgainDoesNot() {
        for (String[] kind : List.of(DOCUMENTS[0], DOCUMENTS[1])) {
            String listed = "{\"" + kind[1] + "\":\"1\",\"status\":\"sent\",\"last_modified_time\":\"" + TUESDAY + "\"}";
            String detail = record(kind[1], MONDAY, "{\"line_item_id\":\"11\"}");
            store(kind, 0, detail);
            store(true, kind, 1, detail);
            assertThat(detailed(kind)).as("applied again").isTrue();
            store(true, kind, 2, listed);
            assertThat(detailed(kind)).isFalse();
            store(true, kind, 3, detail);
            assertThat(detailed(kind)).as("lines of an older version").isFalse();
        }
    }

    @Test
    void withoutATimeAChangedColumnEndsTheDetails() {
        String[] kind = DOCUMENTS[2];
        String listed = "{\"inventory_adjustment_id\":\"1\",\"reason\":\"%s\",\"total\":%s,\"custom_fields\":[]}";
        store(kind, 0, listed.formatted("Damaged", "10"));
        store(kind, 1, "{\"inventory_adjustment_id\":\"1\",\"reason\":\"Damaged\",\"total\":10.00,\"status\":\"adjusted\","
            + "\"custom_fields\":[{\"label\":\"x\"}],\"line_items\":[{\"line_item_id\":\"11\"}]}");
        store(kind, 2, listed.formatted("Damaged", "\"10\""));
        assertThat(detailed(kind)).isTrue();
        store(kind, 3, listed.formatted("Damaged", "12"));
        assertThat(detailed(kind)).isFalse();
    }

    @Test
    void aPaymentIsStoredWithWhatItWasAppliedTo() {
        String[] kind = {"customer-payments", "payment_id"};
        store(kind, 0, "{\"payment_id\":\"1\",\"amount\":450,\"invoice_number\":\"INV-1, INV-2\",\"date\":\"2025-12-01\"}");
        store(kind, 1, """
            {"payment_id":"1","amount":450.00,"date":"2025-12-01","customer_id":"5","currency_code":"KWD","invoices":[
            {"invoice_payment_id":"71","invoice_id":"31","amount_applied":"400.125","date":"2025-12-01"},
            {"invoice_id":"32","amount_applied":49.875,"date":""}]}""");
        assertThat(allocations()).containsExactly("32 32 49.875", "71 31 400.125 2025-12-01");
        assertThat(saddlebag().count("customer_payments WHERE detailed AND amount = 450 AND zoho_contact_id = '5' AND currency = 'KWD'"
            + " AND invoice_numbers = 'INV-1, INV-2'")).isEqualTo(1);

        store(kind, 2, "{\"payment_id\":\"1\",\"amount\":450,\"invoice_number\":\"INV-1\",\"date\":\"2025-12-01\"}");
        assertThat(saddlebag().count("customer_payments WHERE detailed")).as("another list of invoices").isZero();
        store(kind, 3, "{\"payment_id\":\"1\",\"amount\":450,\"invoices\":[{\"invoice_payment_id\":\"71\",\"invoice_id\":\"31\",\"amount_applied\":450}]}");
        assertThat(allocations()).containsExactly("71 31 450");
    }

    @Test
    void stockPerLocationIsKeptUnderEitherNameAsTextOrNumber() {
        String[] kind = {"items", "item_id"};
        store(kind, 0, """
            {"item_id":"1","stock_on_hand":7,"locations":[
            {"location_id":"L1","location_name":"Ulm","location_stock_on_hand":"5.5","location_available_stock":"","location_actual_available_stock":"4"},
            {"location_id":"L2","location_stock_on_hand":1.5}]}""");
        assertThat(stock()).containsExactly("L1 Ulm 5.5 4", "L2 1.5");
        store(kind, 1, "{\"item_id\":\"1\",\"stock_on_hand\":6}");
        assertThat(stock()).as("a list says nothing of it").hasSize(2);
        store(kind, 2, "{\"item_id\":\"1\",\"warehouses\":[{\"warehouse_id\":\"L1\",\"warehouse_name\":\"Ulm\",\"warehouse_stock_on_hand\":6}]}");
        assertThat(stock()).containsExactly("L1 Ulm 6");
    }

    @Test
    void linesThatComeChangeOrGoNameTheirItemsOnce() {
        String[] kind = DOCUMENTS[0];
        store(kind, 0, record(kind[1], MONDAY, "{\"line_item_id\":\"11\",\"item_id\":\"7\"},{\"line_item_id\":\"12\",\"item_id\":\"8\"},"
            + "{\"line_item_id\":\"13\",\"item_id\":\"7\"},{\"line_item_id\":\"14\",\"item_id\":\"\"},{\"line_item_id\":\"15\",\"item_id\":\"a&b\"}"));
        assertThat(queue()).containsExactly("7", "8");

        saddlebag().empty("stock_queue");
        store(kind, 1, record(kind[1], TUESDAY, "{\"line_item_id\":\"11\",\"item_id\":\"7\"},{\"line_item_id\":\"13\",\"item_id\":\"9\"}"));
        assertThat(queue()).as("gone; another item in its place").containsExactly("7", "8", "9");

        saddlebag().empty("stock_queue");
        store(kind, 2, record(kind[1], TUESDAY, "{\"line_item_id\":\"11\",\"item_id\":\"7\"},{\"line_item_id\":\"13\",\"item_id\":\"9\"}"));
        assertThat(queue()).isEmpty();
        store(kind, 3, "{\"invoice_id\":\"1\",\"status\":\"void\",\"last_modified_time\":\"" + TUESDAY + "\"}");
        assertThat(queue()).as("voided").containsExactly("7", "9");
    }

    private static String record(String idKey, String modified, String lines) {
        return "{\"" + idKey + "\":\"1\",\"last_modified_time\":\"" + modified + "\",\"line_items\":[" + lines + "]}";
    }

    /** Through the sink's routes, as the answer of a request so many seconds after noon. */
    private static PullPage store(String[] kind, int seconds, String... records) {
        return store(false, kind, seconds, records);
    }

    /** @param ignoreVersion whatever the version, as a verification or a mapping that is applied again does */
    private static PullPage store(boolean ignoreVersion, String[] kind, int seconds, String... records) {
        try {
            Exchange exchange = new DefaultExchange(saddlebag().bean(CamelContext.class));
            exchange.setVariable("org", SaddlebagServer.ORG);
            exchange.setVariable("entity", kind[0]);
            exchange.setVariable("kind", saddlebag().bean(Kinds.class).of(kind[0]));
            exchange.setVariable("ignoreVersion", ignoreVersion);
            String sent = "[" + String.join(",", records) + "]";
            List<?> batch = new ObjectMapper().readValue(sent, List.class);
            PullPage page = new PullPage(batch, NOON.plusSeconds(seconds), null, SINGLE.matcher(sent).find() ? "record" : "list");
            page.keepChecked(batch, sent);
            exchange.setVariable("page", page);
            saddlebag().bean(ProducerTemplate.class).send("direct:pull-record-commit", exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
            return page;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String table(String[] kind) {
        return kind[0].replace('-', '_');
    }

    private static List<String> lines(String[] kind) {
        return texts("SELECT concat_ws(' ', zoho_line_id, position, zoho_item_id, " + kind[3] + ", name, location_id) FROM " + kind[2]
            + " ORDER BY zoho_line_id");
    }

    private static String version(String[] kind, String line) {
        return texts("SELECT ctid::text || xmin || xmax FROM " + kind[2] + " WHERE zoho_line_id = '" + line + "'").get(0);
    }

    private static boolean detailed(String[] kind) {
        return saddlebag().database().queryForObject("SELECT detailed FROM " + table(kind), Boolean.class);
    }

    private static List<String> allocations() {
        return texts("SELECT concat_ws(' ', zoho_allocation_id, zoho_invoice_id, amount_applied, applied_on)"
            + " FROM customer_payment_allocations ORDER BY 1");
    }

    private static List<String> stock() {
        return texts("SELECT concat_ws(' ', location_id, location_name, stock_on_hand, available_stock, actual_available_stock)"
            + " FROM product_stock ORDER BY 1");
    }

    private static List<String> queue() {
        return texts("SELECT zoho_item_id FROM stock_queue ORDER BY 1");
    }

    private static List<String> texts(String query) {
        return saddlebag().database().queryForList(query, String.class);
    }
}
