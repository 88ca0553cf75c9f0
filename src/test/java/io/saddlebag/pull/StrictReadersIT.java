package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.sandbox.data.Catalogue;
import io.saddlebag.sink.PullPage;
import io.saddlebag.sink.Reject;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.zoho.ZohoTime;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;

/** What Zoho wrote is read in the forms that it documents and no other: the rest is the dead letter of that one record. */
class StrictReadersIT extends PullCase {

    /** The lists of the others tell no time. */
    private static final List<String> KINDS_WITH_TIMES = List.of("items", "contacts", "invoices", "bills");

    @BeforeEach
    void emptyTables() {
        ZOHO.kinds().reset();
        saddlebag().empty("customers", "price_lists", "records");
    }

    @BeforeAll
    static void aRouteThatStoresAPage() throws Exception {
        saddlebag().bean(CamelContext.class).addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:stored-for-a-test").routeId("stored-for-a-test").errorHandler(noErrorHandler())
                        .to("direct:kind-partition", "direct:sink-check", "direct:pull-record-commit");
            }
        });
    }

    @AfterAll
    static void theRouteLeaves() throws Exception {
        saddlebag().bean(CamelContext.class).getRouteController().stopRoute("stored-for-a-test");
        saddlebag().bean(CamelContext.class).removeRoute("stored-for-a-test");
    }

    @AfterEach
    void theZoneOfTheSettings() {
        saddlebag().send("PATCH", "/api/organisations/" + SaddlebagServer.ORG, "{\"timezone\":null}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "2025-03-04T10:11:12+0530|2025-03-04 04:41:12", "2025-03-04T10:11:12+05:30|2025-03-04 04:41:12",
        "2025-03-04T10:11:12Z|2025-03-04 10:11:12", "2025-03-04T10:11:12.345Z|2025-03-04 10:11:12.345",
        "2025-03-04 10:11:12|2025-03-04 10:11:12", "2025-03-04T10:11|2025-03-04 10:11:00", "2025-03-04|2025-03-04 00:00:00",
        "2024-02-29T23:59:59-0800|2024-03-01 07:59:59", "2000-02-29|2000-02-29 00:00:00", "2025-12-31T00:00:00+14:00|2025-12-30 10:00:00"})
    void timesInTheFormsThatZohoDocuments(String text, String utc) {
        assertThat(saddlebag().database().queryForObject("SELECT to_char(zoho_time('t', ?) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')",
                String.class, text)).startsWith(utc);
        OffsetDateTime java = ZohoTime.read(text);
        if (text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")  && text.length() > 10) {
            assertThat(java.toLocalDateTime().toString().replace('T', ' ')).startsWith(utc.substring(0, 16));
            assertThat(java.getOffset()).isEqualTo(ZoneOffset.UTC);
        } else {
            assertThat(java).as("of no zone that Java knows").isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"03/04/2025", "12-31-2025", "31-12-2025", "today", "now", "infinity", "-infinity", "epoch", "20250304", "2025-3-4",
        "2025-02-29", "1900-02-29", "2025-04-31", "2025-13-01", "2025-00-10", "2025-01-00", "0000-01-01", "12025-01-01", "Mar 4, 2025", "2025-063",
        "2025-03-04T25:00:00Z", "2025-03-04T24:00:00Z", "2025-03-04T10:60:00Z", "2025-03-04T10:11:60Z", "2025-03-04T10:11:12 PM",
        "2025-03-04T10:11:12 IST", "2025-03-04T10:11:12 Asia/Kolkata", "2025-03-04T10:11:12+2500", "2025-03-04 BC", "J2451187", "1741083072",
        " 2025-03-04", "2025-03-04 ", "2025-03-04\n", "2025-W10-2", "allballs", "٢٠٢٥-٠٣-٠٤", "{}", "true"})
    void anyOtherTimeIsRefusedWithItsKeyAndValue(String text) {
        refused("SELECT zoho_time('created_time', ?)", "created_time", text);
        refused("SELECT zoho_date('due_date', ?)", "due_date", text);
        refused("SELECT zoho_version(?)", "last_modified_time", text);
        assertThat(ZohoTime.read(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-inf", "1_000", "0x10", "0o7", "0b1", " 1", "1 ", "1e5", "1E-2", "1,000.50", "1.000,50", "+1", ".5", "5.",
        "--1", "1-", "$5", "abc", "true", "[1]", "١", "1\n"})
    void aNumberIsDigitsWithAPoint(String text) {
        refused("SELECT zoho_number('rate', ?)", "rate", text);
        refused("SELECT zoho_integer('decimal_place', ?)", "decimal_place", text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"t", "f", "y", "n", "yes", "no", "on", "off", "1", "0", "TRUE", "True", " true", "tru", "null"})
    void aBooleanIsTrueOrFalse(String text) {
        refused("SELECT zoho_boolean('is_increase', ?)", "is_increase", text);
    }

    @Test
    void whatIsGoodComesAsItIs() {
        assertThat(saddlebag().database().queryForMap("""
            SELECT zoho_number('n', '-12.50') = -12.5 AND zoho_number('n', '123456789012345678901234567890.12') > 1e29 AND zoho_integer('i', '-7') = -7
                   AND zoho_boolean('b', 'true') AND NOT zoho_boolean('b', 'false') AND zoho_date('d', '2025-03-04T23:59:00-0800') = DATE '2025-03-04' AS good,
                   num_nonnulls(zoho_number('n', ''), zoho_number('n', NULL), zoho_integer('i', ''), zoho_boolean('b', ''), zoho_boolean('b', NULL),
                                zoho_date('d', ''), zoho_date('d', NULL), zoho_time('t', ''), zoho_time('t', NULL), zoho_version('')) AS empty"""))
            .isEqualTo(Map.of("good", true, "empty", 0));
    }

    @Test
    void inEveryKindABadTimeIsTheDeadLetterOfThatRecordAlone() {
        for (String kind : KINDS_WITH_TIMES) {
            for (String key : List.of("created_time", "last_modified_time")) {
                emptyTables();
                asNew();
                String bad = zoho(kind).add(JsonNodeFactory.instance.objectNode().put(key, "03/04/2025 10:00"));
                JsonNode run = saddlebag().pull(kind, "full");

                assertThat(run.get("status").asText()).as(kind).isEqualTo("partial");
                assertThat(run.get("rejected").asInt()).as(kind).isEqualTo(1);
                assertThat(run.get("created").asInt()).as(kind).isEqualTo(zoho(kind).size() - 1).isPositive();
                assertThat(reason(bad)).as(kind).contains(key, "\"03/04/2025 10:00\"").doesNotContain("PL/pgSQL");
            }
        }
    }

    @Test
    void soItIsInAKindWithoutAnSqlFile() throws Exception {
        PullPage page = store("categories", Map.of("category_id", "1", "created_time", "03/04/2025"), Map.of("category_id", "2", "last_modified_time", "today"),
                Map.of("category_id", "3", "created_time", "2025-03-04T10:00:00+0530"));
        assertThat(page.rejects()).extracting(Reject::error).satisfiesExactlyInAnyOrder(
                first -> assertThat(first).contains("created_time", "\"03/04/2025\""), second -> assertThat(second).contains("last_modified_time", "\"today\""));
        assertThat(saddlebag().count("records WHERE entity = 'categories' AND zoho_created_at = '2025-03-04 04:30:00Z'")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"items,rate,1e5", "items,purchase_rate,NaN", "items,stock_on_hand,1_000", "contacts,outstanding_receivable_amount,Infinity",
        "contacts,outstanding_payable_amount,0x10", "invoices,date,12-31-2025", "invoices,due_date,today", "invoices,total,' 1'", "bills,date,infinity",
        "bills,due_date,03/04/2025", "bills,balance,1e5", "stock-adjustments,date,20250304", "stock-adjustments,total,NaN", "price-lists,percentage,NaN",
        "price-lists,is_increase,yes", "price-lists,decimal_place,2.5", "customer-payments,date,yesterday", "customer-payments,amount,1e5"})
    void aValueInNoFormOfZohosIsTheDeadLetterOfItsRecord(String entity, String key, String value) {
        ObjectNode record = JsonNodeFactory.instance.objectNode().put(key, value);
        if (key.equals("decimal_place")) { // it is read where the list gives items their prices
            saddlebag().pull("items", "full");
            record.put("pricebook_type", "fixed_percentage").put("percentage", 5).put("is_increase", true).put("sales_or_purchase_type", "sales");
        }
        String bad = zoho(entity).add(record);
        JsonNode run = saddlebag().pull(entity, "full");

        assertThat(run.get("status").asText()).isEqualTo("partial");
        assertThat(run.get("rejected").asInt()).isEqualTo(1);
        assertThat(run.get("created").asInt()).isEqualTo(zoho(entity).size() - 1).isPositive();
        assertThat(reason(bad)).contains(key, "\"" + value + "\"");
    }

    @Test
    void aTimeWithoutAZoneIsTheOrganisations() {
        String id = ZOHO.records("contacts").add(JsonNodeFactory.instance.objectNode().put("created_time", "2025-03-04 10:11:12"));
        assertThat(saddlebag().send("PATCH", "/api/organisations/" + SaddlebagServer.ORG, "{\"timezone\":\"Asia/Kolkata\"}").statusCode()).isEqualTo(200);
        saddlebag().pull("contacts", "full");
        assertThat(saddlebag().count("customers WHERE zoho_contact_id = '" + id + "' AND zoho_created_at = '2025-03-04 04:41:12Z'")).isEqualTo(1);
    }

    @Test
    void statusIsComparedWithoutCase() {
        String active = ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("status", "Active"));
        String inactive = ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("status", "INACTIVE"));
        saddlebag().pull("full");
        assertThat(saddlebag().count("products WHERE is_active AND zoho_item_id = '" + active + "'")).isEqualTo(1);
        assertThat(saddlebag().count("products WHERE NOT is_active AND zoho_item_id = '" + inactive + "'")).isEqualTo(1);

        String list = ZOHO.records("price-lists").add(JsonNodeFactory.instance.objectNode().put("status", "ACTIVE"));
        saddlebag().pull("price-lists", "full");
        assertThat(saddlebag().count("price_lists WHERE is_active AND zoho_pricebook_id = '" + list + "'")).isEqualTo(1);
        String contact = ZOHO.records("contacts").add(JsonNodeFactory.instance.objectNode().put("status", "aCtive"));
        saddlebag().pull("contacts", "full");
        assertThat(saddlebag().count("customers WHERE is_active AND zoho_contact_id = '" + contact + "'")).isEqualTo(1);
    }

    private static Catalogue zoho(String entity) {
        return entity.equals("items") ? ZOHO.catalogue() : ZOHO.records(entity.equals("customer-payments") ? "payments" : entity);
    }

    /** Through the routes of the sink, as an answer of now. */
    private static PullPage store(String entity, Object... records) throws Exception {
        Exchange exchange = new DefaultExchange(saddlebag().bean(CamelContext.class));
        exchange.setVariable("org", SaddlebagServer.ORG);
        exchange.setVariable("entity", entity);
        exchange.setVariable("kind", saddlebag().bean(Kinds.class).of(entity));
        PullPage page = new PullPage(List.of(records), Instant.now(), null, "list");
        exchange.setVariable("page", page);
        saddlebag().bean(ProducerTemplate.class).send("direct:stored-for-a-test", exchange);
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
        return page;
    }

    private static void refused(String query, String key, String value) {
        assertThatThrownBy(() -> saddlebag().database().queryForList(query, value)).as(query)
                .isInstanceOf(DataIntegrityViolationException.class).hasMessageContaining(key).hasMessageContaining(value);
    }

    private static String reason(String zohoId) {
        return saddlebag().database().queryForObject("SELECT error FROM dead_letters WHERE zoho_id = ? AND closed_at IS NULL", String.class, zohoId);
    }
}
