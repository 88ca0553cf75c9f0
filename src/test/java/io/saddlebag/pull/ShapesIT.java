package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.data.Catalogue;
import io.saddlebag.testkit.SaddlebagServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A value that Zoho no longer sends is gone, whichever way the record comes; one that only another shape brings stays. */
@Tag("sql")
class ShapesIT extends PullCase {

    /** A key that is a column, and one that is in source alone. */
    enum Kind {
        ITEMS("items", "products", "zoho_item_id", "brand", "brand", "Acme", "locations"),
        CONTACTS("contacts", "customers", "zoho_contact_id", "company_name", "company_name", "Acme", "contact_persons"),
        INVOICES("invoices", "invoices", "zoho_invoice_id", "due_date", "due_date", "2026-01-02", "line_items"),
        BILLS("bills", "bills", "zoho_bill_id", "due_date", "due_date", "2026-01-02", "line_items"),
        ADJUSTMENTS("stock-adjustments", "stock_adjustments", "zoho_adjustment_id", "reference_number", "reference_number", "R1", "line_items"),
        PAYMENTS("customer-payments", "customer_payments", "zoho_payment_id", "payment_mode", "payment_mode", "cheque", "invoices"),
        PRICE_LISTS("price-lists", "price_lists", "zoho_pricebook_id", "sales_or_purchase_type", "sales_or_purchase", "sales", null),
        CATEGORIES("categories", "records", "zoho_id", "shelf", "source ->> 'shelf'", "A7", null);

        final String entity;
        final String table;
        final String keyColumn;
        final String key;
        final String column;
        final String value;
        final String onlyAlone;

        Kind(String entity, String table, String keyColumn, String key, String column, String value, String onlyAlone) {
            this.entity = entity;
            this.table = table;
            this.keyColumn = keyColumn;
            this.key = key;
            this.column = column;
            this.value = value;
            this.onlyAlone = onlyAlone;
        }

        Catalogue zoho() {
            return this == ITEMS ? ZOHO.catalogue() : ZOHO.records(this == PAYMENTS ? "payments" : entity);
        }
    }

    private Kind kind;
    private String id;

    @AfterEach
    void asAtTheStart() {
        ZOHO.kinds().reset();
    }

    @ParameterizedTest
    @EnumSource
    void whatAListNoLongerHasIsFoundAndRepairedByAVerification(Kind kind) {
        begin(kind);
        fill();
        pull("full");
        assertThat(row()).isEqualTo("filled");
        empty(false);

        JsonNode report = DryRunIT.report(verify(""));
        assertThat(report.get("differing").asInt()).as("%s", report).isEqualTo(1);
        assertThat(DryRunIT.record(report, id).get("changes").toString()).contains("\"before\":\"" + kind.value + "\"", "\"after\":null");
        assertThat(row()).as("it only tells").isEqualTo("filled");

        assertThat(DryRunIT.report(verify("?repair=true")).get("differing").asInt()).isEqualTo(1);
        assertThat(row()).isEqualTo("empty");
        assertThat(DryRunIT.report(verify("")).get("differing").asInt()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whatAListNoLongerHasGoesWithTheNextRun(Kind kind) {
        begin(kind);
        for (String mode : List.of("full", "incremental")) {
            fill();
            pull(mode);
            assertThat(row()).as(mode).isEqualTo("filled");
            empty(mode.equals("incremental"));
            pull(mode);
            assertThat(row()).as(mode).isEqualTo("empty");
            String mark = mark();
            assertThat(pull("full").get("updated").asInt()).isZero();
            assertThat(mark()).as("repeated: neither written nor locked").isEqualTo(mark);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatARecordAskedForByItsIdNoLongerHasGoesAndWhatOnlyItHasStays(Kind kind) {
        begin(kind);
        pull("full");
        fill();
        fetch();
        assertThat(row()).isEqualTo("filled");
        String parts = onlyAlone();
        empty(false);
        fetch();
        assertThat(row()).isEqualTo("empty");

        pull("full");
        String mark = mark();
        fetch();
        pull("full");
        assertThat(mark()).as("each shape says what it said before").isEqualTo(mark);
        assertThat(onlyAlone()).isEqualTo(parts);
        assertThat(saddlebag().count(kind.table + " WHERE shapes ? 'list' AND shapes ? 'record' AND " + kind.keyColumn + " = '" + id + "'")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyTextEmptiesTheColumn(Kind kind) {
        begin(kind);
        fill();
        pull("full");
        kind.zoho().change(id, JsonNodeFactory.instance.objectNode().put(kind.key, ""), Set.of(), false);
        pull("full");
        assertThat(saddlebag().count(kind.table + " WHERE " + kind.keyColumn + " = '" + id + "' AND source ->> '" + kind.key
                + "' = '' AND NULLIF(CAST(" + kind.column + " AS text), '') IS NULL")).isEqualTo(1);
    }

    @Test
    void whatTheAnswerForManyItemsNoLongerHasGoesAndWhatTheListHasStays() {
        begin(Kind.ITEMS);
        pull("full");
        ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("sales_channel", "shop").put("cf_color", "red"), Set.of(), false);
        askTogether();
        pull("full");
        assertThat(source("sales_channel")).isEqualTo("shop");
        ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode(), Set.of("sales_channel"), false);
        askTogether();
        assertThat(source("sales_channel")).isNull();
        assertThat(source("cf_color")).as("only lists have it").isEqualTo("red");
    }

    @Test
    void linesAndStockAndPricesGoWithTheirKey() {
        begin(Kind.INVOICES);
        pull("full");
        fetch();
        assertThat(saddlebag().count("invoice_lines WHERE zoho_invoice_id = '" + id + "'")).isPositive();
        kind.zoho().change(id, JsonNodeFactory.instance.objectNode(), Set.of("line_items"), false);
        fetch();
        assertThat(saddlebag().count("invoice_lines WHERE zoho_invoice_id = '" + id + "'")).isZero();

        begin(Kind.ITEMS);
        ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("item_type", "inventory"), Set.of(), false);
        fetch();
        assertThat(saddlebag().count("product_stock WHERE zoho_item_id = '" + id + "'")).isPositive();
        ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("item_type", "sales"), Set.of(), false);
        fetch();
        assertThat(saddlebag().count("product_stock WHERE zoho_item_id = '" + id + "'")).isZero();

        begin(Kind.PRICE_LISTS);
        ObjectNode list = JsonNodeFactory.instance.objectNode().put("pricebook_type", "per_item");
        list.putArray("pricebook_items").addObject().put("item_id", "7").put("pricebook_rate", 3.5);
        kind.zoho().change(id, list, Set.of(), true);
        pull("full");
        assertThat(saddlebag().count("product_prices WHERE zoho_pricebook_id = '" + id + "' AND deleted_at IS NULL AND price = 3.5")).isEqualTo(1);
        kind.zoho().change(id, JsonNodeFactory.instance.objectNode(), Set.of("pricebook_items"), false);
        pull("full");
        assertThat(saddlebag().count("product_prices WHERE zoho_pricebook_id = '" + id + "' AND deleted_at IS NULL")).isZero();
    }

    /** Three records; the one that is changed has none of the troubles of grown data. */
    private void begin(Kind kind) {
        this.kind = kind;
        saddlebag().empty("products", "customers", "price_lists", "records");
        kind.zoho().resize(3, 0);
        pull("full");
        id = saddlebag().database().queryForObject("SELECT max(" + kind.keyColumn + ") FROM " + kind.table, String.class);
    }

    private void fill() {
        kind.zoho().change(id, JsonNodeFactory.instance.objectNode().put(kind.key, kind.value).put("of_the_shelf", "A7"), Set.of(), true);
    }

    private void empty(boolean touch) {
        kind.zoho().change(id, JsonNodeFactory.instance.objectNode(), Set.of(kind.key, "of_the_shelf"), touch);
    }

    private String row() {
        return saddlebag().database().queryForObject("""
                SELECT CASE WHEN CAST(%1$s AS text) = '%2$s' AND source ->> '%3$s' = '%2$s' AND source ->> 'of_the_shelf' = 'A7' THEN 'filled'
                            WHEN %1$s IS NULL AND NOT jsonb_exists_any(source, ARRAY['%3$s', 'of_the_shelf']) THEN 'empty'
                            ELSE concat_ws(' ', %1$s, source) END FROM %4$s WHERE %5$s = '%6$s'"""
                .formatted(kind.column, kind.value, kind.key, kind.table, kind.keyColumn, id), String.class);
    }

    private String mark() {
        return saddlebag().database().queryForObject("SELECT string_agg(concat_ws(' ', ctid, xmin, xmax, updated_at), ',' ORDER BY %1$s) FROM %2$s WHERE %1$s IS NOT NULL"
                .formatted(kind.keyColumn, kind.table), String.class);
    }

    private String onlyAlone() {
        return kind.onlyAlone == null ? null : source(kind.onlyAlone);
    }

    private String source(String key) {
        return saddlebag().database().queryForObject("SELECT source ->> ? FROM " + kind.table + " WHERE " + kind.keyColumn + " = ?", String.class, key, id);
    }

    private JsonNode pull(String mode) {
        return saddlebag().pull(kind.entity, mode);
    }

    private void fetch() {
        HttpResponse<String> answer = saddlebag().call("POST", "/api/sync/" + kind.entity + "/" + id);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private JsonNode verify(String query) {
        return saddlebag().ended(SaddlebagServer.json(saddlebag().call("POST", "/api/verify/" + kind.entity + query)).get("runId").asLong());
    }

    private static void askTogether() {
        saddlebag().database().update("INSERT INTO stock_queue (org_id, zoho_item_id) SELECT ?, zoho_item_id FROM products", SaddlebagServer.ORG);
        saddlebag().bean(ProducerTemplate.class).sendBody("direct:pull-stock", null);
        assertThat(saddlebag().count("stock_queue")).isZero();
    }
}
