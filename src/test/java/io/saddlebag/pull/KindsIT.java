package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.sandbox.data.Catalogue;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SaddlebagServer;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.FluentProducerTemplate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind beside items: a route and a statement, read as its API allows, kept as the contract maps it. */
@Tag("sql")
class KindsIT extends PullCase {

    /** A kind, what it is called in the sandbox, its table and key, and the columns with Zoho's keys for them. */
    enum Kind {
        CONTACTS("contacts", "contacts", "contact_id", "customers", "zoho_contact_id",
                Map.of("name", "contact_name", "company_name", "company_name", "contact_type", "contact_type", "email", "email",
                        "phone", "phone", "mobile", "mobile", "currency", "currency_code",
                        "outstanding_receivable", "outstanding_receivable_amount", "outstanding_payable", "outstanding_payable_amount")),
        INVOICES("invoices", "invoices", "invoice_id", "invoices", "zoho_invoice_id",
                Map.of("invoice_number", "invoice_number", "zoho_contact_id", "customer_id", "status", "status",
                        "invoice_date", "date", "due_date", "due_date", "total", "total", "balance", "balance", "currency", "currency_code")),
        BILLS("bills", "bills", "bill_id", "bills", "zoho_bill_id",
                Map.of("bill_number", "bill_number", "zoho_contact_id", "vendor_id", "status", "status",
                        "bill_date", "date", "due_date", "due_date", "total", "total", "balance", "balance", "currency", "currency_code")),
        STOCK_ADJUSTMENTS("stock-adjustments", "stock-adjustments", "inventory_adjustment_id", "stock_adjustments", "zoho_adjustment_id",
                Map.of("adjustment_date", "date", "reason", "reason", "adjustment_type", "adjustment_type",
                        "reference_number", "reference_number")),
        PRICE_LISTS("price-lists", "price-lists", "pricebook_id", "price_lists", "zoho_pricebook_id",
                Map.of("name", "name", "currency", "currency_code", "pricebook_type", "pricebook_type", "percentage", "percentage",
                        "sales_or_purchase", "sales_or_purchase_type"));

        final String entity;
        final String sandbox;
        final String idKey;
        final String table;
        final String keyColumn;
        final Map<String, String> columns;

        Kind(String entity, String sandbox, String idKey, String table, String keyColumn, Map<String, String> columns) {
            this.entity = entity;
            this.sandbox = sandbox;
            this.idKey = idKey;
            this.table = table;
            this.keyColumn = keyColumn;
            this.columns = columns;
        }

        Catalogue zoho() {
            return ZOHO.records(sandbox);
        }
    }

    @BeforeEach
    void emptyTables() {
        ZOHO.kinds().reset();
        for (Kind kind : Kind.values()) {
            saddlebag().empty(kind.table);
        }
        asNew();
    }

    @ParameterizedTest
    @EnumSource
    void everyRecordIsMappedColumnByColumn(Kind kind) {
        JsonNode run = saddlebag().pull(kind.entity, "full");

        assertThat(run.path("seen").asInt()).isEqualTo(kind.zoho().size()).isPositive();
        List<Map<String, Object>> rows = saddlebag().database().queryForList("SELECT *, source::text AS json FROM " + kind.table
                + " WHERE " + kind.keyColumn + " IS NOT NULL");
        assertThat(rows.size() + run.path("rejected").asInt()).isEqualTo(kind.zoho().size());
        for (Map<String, Object> row : rows) {
            JsonNode source = json((String) row.get("json"));
            assertThat(source.path(kind.idKey).asText()).isEqualTo(row.get(kind.keyColumn));
            assertThat(row.get("deleted_at")).isNull();
            kind.columns.forEach((column, key) -> {
                String sent = source.path(key).isNull() ? "" : source.path(key).asText();
                String kept = row.get(column) == null ? "" : row.get(column) instanceof BigDecimal number
                        ? number.toPlainString() : row.get(column).toString();
                assertThat(kept).as("%s of %s", column, source).isEqualTo(plain(sent, row.get(column)));
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFullRunOfAKnownNumberMakesOneCallAPage(Kind kind) {
        saddlebag().pull(kind.entity, "full");
        ZOHO.calls().reset();

        JsonNode run = saddlebag().pull(kind.entity, "full");

        assertThat(run.path("created").asInt() + run.path("updated").asInt()).isZero();
        assertThat(run.path("calls").asInt()).isEqualTo((kind.zoho().size() + 199) / 200);
        assertThat(ZOHO.calls().counts().api()).isEqualTo(run.path("calls").asInt());
    }

    @ParameterizedTest
    @EnumSource(names = {"CONTACTS", "INVOICES", "BILLS"})
    void aQuietIncrementalRunIsOneCall(Kind kind) {
        saddlebag().pull(kind.entity, "full");

        JsonNode run = saddlebag().pull(kind.entity, "incremental");

        assertThat(run.path("calls").asInt()).isEqualTo(1);
        assertThat(run.path("created").asInt() + run.path("updated").asInt()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void anIncrementalRunBringsWhatIsNewAndWhatChanged(Kind kind) {
        saddlebag().pull(kind.entity, "full");
        String column = kind.columns.containsKey("name") ? "name" : kind.columns.containsKey("reason") ? "reason" : "status";
        String changed = saddlebag().database().queryForObject("SELECT min(" + kind.keyColumn + ") FROM " + kind.table, String.class);
        kind.zoho().change(changed, record(kind.columns.get(column), "something else"), Set.of(), true);
        String added = kind.zoho().add(record(kind.columns.get(column), "added"));

        JsonNode run = saddlebag().pull(kind.entity, "incremental");

        assertThat(run.path("created").asInt()).isEqualTo(1);
        assertThat(run.path("updated").asInt()).isEqualTo(1);
        assertThat(value(kind, column, changed)).isEqualTo("something else");
        assertThat(value(kind, column, added)).isEqualTo("added");
    }

    @ParameterizedTest
    @EnumSource(names = {"CONTACTS", "INVOICES", "BILLS"})
    void manyChangesAreReadOverSeveralPages(Kind kind) {
        kind.zoho().resize(700, 0);
        saddlebag().pull(kind.entity, "full");
        List<String> ids = saddlebag().database().queryForList("SELECT " + kind.keyColumn + " FROM " + kind.table
                + " WHERE zoho_modified_at < now()", String.class);
        ids.subList(0, 450).forEach(id -> kind.zoho().change(id, record("cf_marked", "yes"), Set.of(), true));

        saddlebag().pull(kind.entity, "incremental");

        assertThat(saddlebag().count(kind.table + " WHERE source ->> 'cf_marked' = 'yes'")).isEqualTo(450);
    }

    @Test
    void oneRecordIsFetchedByItsId() {
        String id = Kind.INVOICES.zoho().add(record("status", "sent"));

        assertThat(saddlebag().call("POST", "/api/sync/invoices/" + id).statusCode()).isEqualTo(200);

        assertThat(value(Kind.INVOICES, "status", id)).isEqualTo("sent");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOrganisationWithoutBooksIsReadFromInventory(boolean scopeMissing) {
        ZOHO.faults().add((scopeMissing ? Fault.of(Fault.Kind.WRONG_SCOPE) : Fault.limit(6041).status(400)).on("/books/v3/"));

        JsonNode run = saddlebag().pull("invoices", "full");

        assertThat(run.path("error").asText()).isIn("", "null");
        assertThat(saddlebag().count("invoices")).isEqualTo(run.path("seen").asLong() - run.path("rejected").asLong());
        ZOHO.calls().reset();
        saddlebag().pull("invoices", "full");
        assertThat(ZOHO.calls().counts().api()).as("Books is not asked again").isEqualTo((Kind.INVOICES.zoho().size() + 199) / 200);
        long runs = saddlebag().count("sync_runs");
        tick("invoices");
        assertThat(saddlebag().count("sync_runs")).as("by the clock, Inventory's whole list is read every few hours only").isEqualTo(runs);
        saddlebag().database().execute("UPDATE organisations SET books_missing_since = NULL, books_refused = '{}'");
        tick("invoices");
        await().until(() -> saddlebag().count("sync_runs WHERE status <> 'running'") == runs + 1);
    }

    @Test
    void aMissingScopeConcernsItsOwnKindAlone() {
        ZOHO.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE).on("/books/v3/bills"));
        saddlebag().pull("bills", "full");
        assertThat(saddlebag().count("bills")).isPositive();
        assertThat(calls("bills")).containsOnly("/books/v3/bills", "/inventory/v1/bills");
        ZOHO.calls().reset();

        saddlebag().pull("invoices", "full");
        saddlebag().pull("bills", "full");

        assertThat(calls("invoices")).as("the other kinds are read from Books").containsOnly("/books/v3/invoices");
        assertThat(calls("bills")).containsOnly("/inventory/v1/bills");
        assertThat(saddlebag().count("organisations WHERE books_missing_since IS NOT NULL")).as("nor do pushes give Books up").isZero();

        ZOHO.faults().clear();
        ZOHO.calls().reset();
        saddlebag().database().execute("UPDATE organisations SET books_refused = jsonb_build_object('/books/v3/bills', now() - interval '25 hours')");
        saddlebag().pull("bills", "full");
        assertThat(calls("bills")).as("after a day").containsOnly("/books/v3/bills");
    }

    private static List<String> calls(String end) {
        return ZOHO.calls().list().stream().map(call -> call.path().replace("/sandbox", "")).filter(path -> path.endsWith(end)).toList();
    }

    @Test
    void booksIsTriedAgainThoughInventoryRefusesTheOrganisationToo() {
        ZOHO.faults().add(Fault.limit(6041).status(400).on("/(books|inventory)/v[13]/"));
        saddlebag().pull("invoices", "full");
        String since = saddlebag().database().queryForObject("SELECT books_missing_since::text FROM organisations WHERE books_missing_since IS NOT NULL", String.class);

        assertThat(saddlebag().pull("invoices", "full").get("status").asText()).isEqualTo("failed");

        assertThat(saddlebag().database().queryForObject("SELECT books_missing_since::text FROM organisations WHERE books_missing_since IS NOT NULL",
                String.class)).isEqualTo(since);
    }

    private static void tick(String entity) {
        saddlebag().bean(FluentProducerTemplate.class).withVariable("org", SaddlebagServer.ORG).withVariable("entity", entity)
                .withVariable("kind", saddlebag().bean(Kinds.class).of(entity)).withVariable("request", Map.of("mode", "incremental", "trigger", "timer")).to("direct:pull-if-due").send();
    }

    private static String value(Kind kind, String column, String id) {
        return saddlebag().database().queryForObject("SELECT " + column + " FROM " + kind.table + " WHERE " + kind.keyColumn + " = ?",
                String.class, id);
    }

    private static ObjectNode record(String key, String value) {
        return JsonNodeFactory.instance.objectNode().put(key, value);
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).setNodeFactory(JsonNodeFactory.withExactBigDecimals(true)).readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** A number as PostgreSQL writes it, a text as it is. */
    private static String plain(String sent, Object kept) {
        return kept instanceof BigDecimal ? new BigDecimal(sent).toPlainString() : sent;
    }
}
