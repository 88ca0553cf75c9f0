package io.saddlebag.sandbox.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxKindsTest {

    private final Kinds kinds = new Kinds(InstantSource.system(), (place, change, record) -> { });

    @Test
    void aRecordIsTheSameInEveryProcess() {
        Kinds other = new Kinds(InstantSource.system(), (place, change, record) -> { });
        for (Map.Entry<String, Integer> kind : kinds.sizes().entrySet()) {
            assertThat(all(other, kind.getKey())).hasSize(kind.getValue()).isEqualTo(all(kinds, kind.getKey()));
        }
    }

    @ParameterizedTest
    @CsvSource({"contacts, 2", "invoices, 3", "stock-adjustments, 2"})
    void theStartHasMoreThanAPage(String kind, int pages) {
        assertThat((kinds.sizes().get(kind) + 199) / 200).isEqualTo(pages);
    }

    /** Of each: a predicate on the record as JSON text. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "contacts | \"email\":\"\"", "contacts | \"phone\":\"\"", "contacts | \"email\":null", "contacts | \"company_name\":\"\"",
        "contacts | \"outstanding_receivable_amount\":\"\"", "contacts | \"outstanding_payable_amount\":\"1234.50\"",
        "contacts | \"outstanding_receivable_amount\":98765432109876.54", "contacts | \"outstanding_receivable_amount\":-12.345",
        "contacts | \"contact_id\":6001", "contacts | \"cf_route\":\"north\"", "contacts | \"cf_since\":null",
        "contacts | 2038-01-19", "contacts | \u202E", "contacts | 佐藤商店", "contacts | 👩‍👩‍👧‍👦", "contacts | \"JPY\"", "contacts | \"KWD\"",
        "invoices | \"total\":0,", "invoices | \"total\":\"\"", "invoices | \"total\":\"1234.50\"", "invoices | \"total\":-50.25",
        "invoices | \"balance\":0.001", "invoices | \"total\":99999999999999.99", "invoices | \"customer_id\":6001",
        "invoices | 6001000000999999001", "invoices | 2038-01-19", "invoices | before \\u0000 after", "invoices | \"date\":\"\"",
        "invoices | \"cf_weight_kg\":12.5", "invoices | \"total\":120000,", "invoices | INV-TWIN", "invoices | \"quantity\":-1,",
        "bills | \"bill_number\":\"\"", "bills | \"bill_id\":6003", "bills | \"total\":123456789012345.678", "bills | \"date\":\"\"",
        "stock-adjustments | \"quantity_adjusted\":\"-0.125\"", "stock-adjustments | \"total\":\"\"",
        "payments | \"unused_amount\":\"250.005\"", "payments | \"amount\":\"0.00\"", "payments | INV-GONE",
        "price-lists | \"pricebook_rate\":\"\"", "price-lists | \"pricebook_rate\":\"19.90\"", "price-lists | \"status\":\"inactive\"",
        "price-lists | \"percentage\":7.5", "price-lists | \"percentage\":15", "price-lists | \"is_default\":true",
        "price-lists | \"sales_or_purchase_type\":\"purchases\"", "price-lists | \"pricing_scheme\":\"volume\"",
        "price-lists | \"start_quantity\":10,\"end_quantity\":\"99.5\"", "price-lists | \"EUR\"", "categories | كبير"})
    void theStartHoldsTheTrouble(String kind, String trouble) {
        assertThat(all(kinds, kind)).anyMatch(record -> record.toString().contains(trouble));
    }

    @Test
    void someNamesAre400LettersAndSomeRecordsDoNotSayWhenTheyWereMade() {
        assertThat(all(kinds, "contacts")).anyMatch(contact -> contact.path("contact_name").asText().length() >= 400);
        for (String kind : List.of("contacts", "invoices", "bills")) {
            assertThat(all(kinds, kind)).filteredOn(record -> !record.has("created_time")).hasSize(1);
            Set<String> moments = new TreeSet<>();
            assertThat(all(kinds, kind)).anyMatch(record -> !moments.add(record.get("last_modified_time").textValue()));
        }
    }

    @Test
    void onlyANoteHoldsWhatNoDatabaseTakes() {
        for (String kind : kinds.sizes().keySet()) {
            assertThat(all(kinds, kind)).allSatisfy(record -> assertThat(record.deepCopy().without("notes").toString())
                    .doesNotContain("\\u0000"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"invoices", "bills", "purchase-orders", "sales-orders"})
    void theTotalIsThatOfTheLines(String kind) {
        assertThat(plain(kind)).hasSizeGreaterThan(50).allSatisfy(document -> {
            BigDecimal lines = sum(document.get("line_items"), "item_total");
            assertThat(document.get("sub_total").decimalValue()).isEqualByComparingTo(lines);
            assertThat(document.get("total").decimalValue())
                    .isEqualByComparingTo(lines.add(document.get("tax_total").decimalValue()));
        });
    }

    @Test
    void aPaymentIsWhatItsInvoicesSayWasPaid() {
        Catalogue payments = kinds.records("payments").orElseThrow();
        assertThat(plain("invoices")).filteredOn(invoice -> !invoice.get("payments").isEmpty()).hasSizeGreaterThan(80)
                .allSatisfy(invoice -> {
                    JsonNode payment = payments.find(invoice.at("/payments/0/payment_id").textValue()).orElseThrow();
                    assertThat(payment.get("currency_code")).isEqualTo(invoice.get("currency_code"));
                    assertThat(payment.get("invoices")).anySatisfy(part -> {
                        assertThat(part.get("invoice_id")).isEqualTo(invoice.get("invoice_id"));
                        assertThat(part.get("amount_applied")).isEqualTo(invoice.get("payment_made"));
                    });
                });
        assertThat(plain("payments")).allSatisfy(payment -> assertThat(payment.get("amount").decimalValue())
                .isEqualByComparingTo(sum(payment.get("invoices"), "amount_applied").add(payment.get("unused_amount").decimalValue())));
    }

    @ParameterizedTest
    @CsvSource({"invoices, customer_id, customer", "bills, vendor_id, vendor", "payments, customer_id, customer"})
    void whoIsNamedIsThere(String kind, String key, String type) {
        Catalogue contacts = kinds.records("contacts").orElseThrow();
        assertThat(plain(kind)).allSatisfy(record -> assertThat(contacts.find(record.get(key).textValue()).orElseThrow()
                .get("contact_type").textValue()).isEqualTo(type));
    }

    @Test
    void theYoungestOfFiveMillionLiesInThePast() {
        Catalogue bills = kinds.records("bills").orElseThrow();
        bills.resize(5_000_000, 0);
        String youngest = bills.find(IdRange.BILLS.id(4_999_999)).orElseThrow().get("last_modified_time").textValue();
        assertThat(youngest).startsWith("2024-07-");
    }

    /** Those that nobody made awkward. */
    private List<ObjectNode> plain(String kind) {
        List<ObjectNode> all = all(kinds, kind);
        return IntStream.range(0, all.size()).filter(index -> index % 9 != 0).mapToObj(all::get).toList();
    }

    private static List<ObjectNode> all(Kinds kinds, String kind) {
        Map<String, IdRange> ranges = Map.of("contacts", IdRange.CONTACTS, "invoices", IdRange.INVOICES, "bills", IdRange.BILLS,
                "stock-adjustments", IdRange.ADJUSTMENTS, "price-lists", IdRange.PRICE_LISTS, "payments", IdRange.PAYMENTS,
                "purchase-orders", IdRange.PURCHASE_ORDERS, "sales-orders", IdRange.SALES_ORDERS, "categories", IdRange.CATEGORIES);
        return Stream.iterate(0, index -> index + 1).limit(kinds.sizes().get(kind))
                .map(index -> kinds.records(kind).orElseThrow().find(ranges.get(kind).id(index)).orElseThrow()).toList();
    }

    private static BigDecimal sum(JsonNode parts, String key) {
        BigDecimal sum = BigDecimal.ZERO;
        for (JsonNode part : parts) {
            sum = sum.add(part.get(key).decimalValue());
        }
        return sum;
    }
}
