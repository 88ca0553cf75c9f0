package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SaddlebagServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Own sales orders, invoices and bills in Zoho Books, and in Zoho Inventory where an organisation has no Books. */
@Tag("sql")
class DocumentsIT extends PushCase {

    private static final String LINES = "[{\"sku\":\"BAG-S\",\"name\":\"Bags-small\",\"quantity\":2,\"price\":360.00}]";
    private static String customer;
    private static String vendor;
    private static String item;

    @BeforeEach
    void order() {
        List.of("books-sales-orders", "books-invoices", "books-bills").forEach(PushCase::on);
        saddlebag().empty("customers");
        saddlebag().database().execute("CREATE TABLE IF NOT EXISTS own_documents (kind text, record_key text, number text, customer_key text, contact text, currency text, "
            + "dated date, due date, inclusive boolean, lines jsonb, total numeric, cancelled boolean DEFAULT false)");
        saddlebag().empty("own_documents");
        for (String view : List.of("sales_orders", "invoices", "bills")) {
            saddlebag().database().execute("DROP VIEW push_" + view);
            saddlebag().database().execute("""
                CREATE VIEW push_%s AS
                SELECT '%s' AS org_id, record_key, number, customer_key, contact AS zoho_contact_id, currency, dated, due, inclusive AS prices_include_tax, lines, total, cancelled
                  FROM own_documents WHERE kind = '%s'""".formatted(view, SaddlebagServer.ORG, view));
        }
        item = control("POST", "/control/items", "{\"name\":\"Bags-small\",\"sku\":\"BAG-S\",\"rate\":400}").get("item_id").asText();
        customer = ZOHO.records("contacts").add(contact("customer", "C-17"));
        vendor = ZOHO.records("contacts").add(contact("vendor", "V-17"));
        saddlebag().database().update("INSERT INTO products (org_id, zoho_item_id, sku, name, source) VALUES (?, ?, 'BAG-S', 'Bags-small', '{}')", SaddlebagServer.ORG, item);
        books(true);
    }

    @AfterEach
    void withoutSettings() {
        saddlebag().database().execute("UPDATE organisations SET push = '{}', books_missing_since = NULL, books_refused = '{}', currency = NULL, currency_decimals = NULL");
        control("PUT", "/control/habits", "{\"uniqueFields\":[\"cf_own_reference\"]}");
    }

    private static ObjectNode contact(String type, String number) {
        return new ObjectMapper().createObjectNode().put("contact_name", "Contact " + number).put("contact_type", type).put("contact_number", number)
            .put("email", number.toLowerCase() + "@example.com").put("currency_code", "INR");
    }

    /** The contacts are copied; and with Books the organisation has its field of own references. */
    private static void books(boolean there) {
        saddlebag().database().update("UPDATE organisations SET push = CAST(? AS jsonb), books_missing_since = CAST(? AS timestamptz), books_refused = '{}'",
            "{\"uniqueField\":\"cf_own_reference\",\"customFields\":{\"salesorder\":\"460000000099001\",\"invoice\":\"460000000099001\",\"bill\":\"460000000099001\"}}",
            there ? null : "2099-01-01");
        saddlebag().empty("customers");
        for (String[] one : new String[][] {{customer, "customer", "C-17"}, {vendor, "vendor", "V-17"}}) {
            saddlebag().database().update("INSERT INTO customers (org_id, zoho_contact_id, contact_type, email, currency, source) VALUES (?, ?, ?, ?, 'INR', jsonb_build_object('contact_number', ?))",
                SaddlebagServer.ORG, one[0], one[1], one[2].toLowerCase() + "@example.com", one[2]);
        }
    }

    private static void own(String kind, String number, String key, String lines, double total) {
        saddlebag().database().update("INSERT INTO own_documents (kind, record_key, number, customer_key, dated, due, inclusive, lines, total) "
            + "VALUES (?, ?, ?, ?, '2026-11-28', '2026-12-28', true, CAST(? AS jsonb), ?)", kind, number, number, key, lines, total);
    }

    private static void change(String assignment) {
        saddlebag().database().execute("UPDATE own_documents SET " + assignment);
    }

    private static JsonNode written(String product, String module) {
        JsonNode written = writes("product=" + product + "&module=" + module).at("/writes/0");
        ((ObjectNode) written.get("last")).remove("cf_own_reference"); // the sandbox adds the reference of the header
        return written;
    }

    private static long orders() {
        return ZOHO.records("sales-orders").size();
    }

    private static Map<String, Object> row() {
        return rows("SELECT status, error_code, error_text, zoho_id FROM push_state").get(0);
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }

    @Test
    void anOrderIsSentOnceAsZohoTakesIt() throws IOException {
        own("sales_orders", "WEB-10023", "C-17", LINES.replace("}", ",\"tax_id\":\"4815000000044043\"}"), 720);

        assertThat(push("books-sales-orders").get("created").asInt()).isEqualTo(1);

        assertThat(written("books", "salesorders").get("last")).isEqualTo(json("""
            {"customer_id":"%s","salesorder_number":"WEB-10023","reference_number":"WEB-10023","date":"2026-11-28","is_inclusive_tax":true,
             "line_items":[{"item_id":"%s","name":"Bags-small","quantity":2,"rate":360.00,"tax_id":"4815000000044043"}],
             "custom_fields":[{"customfield_id":"460000000099001","value":"WEB-10023"}]}""".formatted(customer, item)));
        assertThat(row()).containsEntry("status", "ok").containsEntry("error_text", null);

        change("total = 1, lines = CAST(replace(CAST(lines AS text), '360', '361') AS jsonb)");
        assertThat(push("books-sales-orders").get("calls").asInt()).isZero();
        assertThat(row()).containsEntry("status", "ok").containsEntry("error_code", "differs");
    }

    @Test
    void invoicesAndBillsAreSentAlike() throws IOException {
        own("invoices", "INV-A1", "c-17@example.com", LINES, 720);
        own("bills", "B-77", "V-17", "[{\"account_id\":\"4815000000035003\",\"name\":\"Payout\",\"quantity\":1,\"price\":500}]", 500);

        push("books-invoices");
        push("books-bills");

        assertThat(written("books", "invoices").get("last")).isEqualTo(json("""
            {"customer_id":"%s","invoice_number":"INV-A1","reference_number":"INV-A1","date":"2026-11-28","due_date":"2026-12-28","is_inclusive_tax":true,
             "line_items":[{"item_id":"%s","name":"Bags-small","quantity":2,"rate":360.00}],
             "custom_fields":[{"customfield_id":"460000000099001","value":"INV-A1"}]}""".formatted(customer, item)));
        assertThat(written("books", "bills").get("last")).isEqualTo(json("""
            {"vendor_id":"%s","bill_number":"B-77","reference_number":"B-77","date":"2026-11-28","due_date":"2026-12-28","is_inclusive_tax":true,
             "line_items":[{"account_id":"4815000000035003","name":"Payout","quantity":1,"rate":500}],
             "custom_fields":[{"customfield_id":"460000000099001","value":"B-77"}]}""".formatted(vendor)));
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'ok' AND error_code IS NULL")).isEqualTo("2");
    }

    @Test
    void anOrderWhoseAnswerIsLostFiveTimesIsOneOrder() {
        own("sales_orders", "WEB-10023", "C-17", LINES, 720);
        long before = orders();
        fault("{\"kind\":\"lost-answer\",\"match\":\"PUT .*/salesorders\",\"count\":5}");

        push("books-sales-orders");
        push("books-sales-orders");

        assertThat(orders()).isEqualTo(before + 1);
        assertThat(written("books", "salesorders").get("creates").asInt()).isEqualTo(1);
        assertThat(row()).containsEntry("status", "ok").containsEntry("error_code", null);
    }

    /** A cancelled order is not sent, and nobody knows yet whether it was. */
    @ParameterizedTest
    @CsvSource({"error-after-write, 1", "error, 0"})
    void anOrderThatIsCancelledBeforeItsOutcomeIsKnownIsLookedForAndNotSent(String kind, int more) {
        own("sales_orders", "WEB-10023", "C-17", LINES, 720);
        long before = orders();
        fault("{\"kind\":\"" + kind + "\",\"status\":500,\"match\":\"PUT .*/salesorders\"}");
        push("books-sales-orders");
        ZOHO.faults().clear();
        change("cancelled = true");

        for (int run = 0; run < 4; run++) {
            push("books-sales-orders");
            saddlebag().database().execute("UPDATE push_state SET checked_at = checked_at - interval '2 minutes', attempt = attempt || "
                + "CASE WHEN jsonb_exists(attempt, 'absentAt') THEN jsonb_build_object('absentAt', CAST(attempt ->> 'absentAt' AS timestamptz) - interval '2 minutes') ELSE '{}' END");
        }

        assertThat(orders()).isEqualTo(before + more);
        assertThat(row()).containsEntry("status", "gone").hasEntrySatisfying("zoho_id", id -> assertThat(id == null).isEqualTo(more == 0));
    }

    /** The reference in the header is the number in the body, whatever the row had before. */
    /** As for an order that a person found in Zoho after its outcome stayed unknown. */
    @Test
    void anAdoptedOrderIsSentOnceAndNotAgain() {
        own("sales_orders", "WEB-10023", "C-17", LINES, 720);
        push("books-sales-orders");
        String id = (String) row().get("zoho_id");
        saddlebag().call("POST", "/api/push/books-sales-orders/WEB-10023/forget");
        assertThat(saddlebag().send("POST", "/api/push/books-sales-orders/WEB-10023/adopt", "{\"zohoId\":\"" + id + "\"}").statusCode()).isEqualTo(200);
        long orders = orders();
        ZOHO.calls().reset();

        push("books-sales-orders");
        push("books-sales-orders?force=true");

        assertThat(ZOHO.calls().list()).isEmpty();
        assertThat(orders()).isEqualTo(orders);
        assertThat(row().get("status")).isEqualTo("ok");
        change("number = 'WEB-2'");
        push("books-sales-orders");
        assertThat(row().get("error_code")).isEqualTo("differs");
        change("number = 'WEB-10023'");
        push("books-sales-orders");
        assertThat(row().get("error_code")).as("the row is again as Zoho has it").isNull();
    }

    @Test
    void aCorrectedNumberIsTheReferenceInBooks() {
        own("sales_orders", "WEB-1", "C-17", LINES.replace("360.00", "null"), 720);
        push("books-sales-orders");
        assertThat(row()).containsEntry("status", "refused");

        saddlebag().database().update("UPDATE own_documents SET number = 'WEB-2', lines = CAST(? AS jsonb)", LINES);
        push("books-sales-orders");

        JsonNode last = writes("product=books&module=salesorders").at("/writes/0/last");
        assertThat(last.get("cf_own_reference").asText()).isEqualTo("WEB-2").isEqualTo(last.get("salesorder_number").asText());
        assertThat(one("SELECT external_key FROM push_state")).isEqualTo("WEB-2");
    }

    @Test
    void anOrderWhoseNumberChangesBeforeItsOutcomeIsKnownIsOneOrder() {
        own("sales_orders", "WEB-1", "C-17", LINES, 720);
        long before = orders();
        fault("{\"kind\":\"error-after-write\",\"match\":\"PUT .*/salesorders\"}");
        push("books-sales-orders");
        ZOHO.faults().clear();
        change("number = 'WEB-2'");

        push("books-sales-orders");
        push("books-sales-orders");

        assertThat(orders()).isEqualTo(before + 1);
        assertThat(row()).containsEntry("status", "ok").containsEntry("error_code", "differs");
    }

    @Test
    void anOrderOfWhichOneItemIsUnknownWaitsWhole() {
        own("sales_orders", "WEB-10023", "C-17", LINES.replace("]", ",{\"sku\":\"BAG-M\",\"quantity\":1,\"price\":1},{\"sku\":\"BAG-S\",\"quantity\":1,\"price\":1}]"), 722);
        long before = orders();

        push("books-sales-orders");

        assertThat(row()).containsEntry("status", "waiting").containsEntry("error_text", "waits for the item BAG-M");
        assertThat(orders()).isEqualTo(before);

        String other = control("POST", "/control/items", "{\"name\":\"Bags-medium\",\"sku\":\"BAG-M\",\"rate\":1}").get("item_id").asText();
        saddlebag().database().update("INSERT INTO push_state (org_id, target, record_key, external_key, zoho_id, status) VALUES (?, 'inventory-items', 'm', 'BAG-M', ?, 'ok')",
            SaddlebagServer.ORG, other);
        push("books-sales-orders");
        assertThat(written("books", "salesorders").get("last").get("line_items")).hasSize(3);
    }

    @Test
    void aTotalThatZohoSeesOtherwiseIsAFindingAndNoSecondOrder() {
        own("sales_orders", "WEB-1", "C-17", LINES, 720.01);
        own("sales_orders", "WEB-2", "C-17", LINES, 710);

        assertThat(push("books-sales-orders").get("status").asText()).isEqualTo("succeeded");

        assertThat(rows("SELECT record_key, status, error_code, error_text FROM push_state ORDER BY record_key")).extracting(row -> row.values().toString())
            .containsExactly("[WEB-1, ok, null, null]", "[WEB-2, ok, total, Zoho's total is 720.00, ours is 710]");
        assertThat(push("books-sales-orders").get("calls").asInt()).isZero();
    }

    @Test
    void withoutBooksAnOrderGoesToInventoryAndIsFoundByItsNumber() throws IOException {
        books(false);
        own("sales_orders", "WEB-10023", "C-17", LINES, 720);
        long before = orders();
        fault("{\"kind\":\"lost-answer\",\"match\":\"POST .*/salesorders\",\"count\":1}");

        push("books-sales-orders");
        push("books-sales-orders");

        assertThat(orders()).isEqualTo(before + 1);
        assertThat(row()).containsEntry("status", "ok").hasEntrySatisfying("zoho_id", id -> assertThat(id).isNotNull());
        assertThat(written("inventory", "salesorders").get("last")).isEqualTo(json("""
            {"customer_id":"%s","salesorder_number":"WEB-10023","reference_number":"WEB-10023","date":"2026-11-28","is_inclusive_tax":true,
             "line_items":[{"item_id":"%s","name":"Bags-small","quantity":2,"rate":360.00}]}""".formatted(customer, item)));
        assertThat(writes("").get("calls").get("GET /inventory/v1/salesorders").asInt()).as("60 orders are one page").isEqualTo(1);

        own("sales_orders", "WEB-2", "C-17", LINES, 900);
        fault("{\"kind\":\"lost-answer\",\"match\":\"POST .*/salesorders\",\"count\":1}");
        push("books-sales-orders");
        assertThat(one("SELECT error_text FROM push_state WHERE record_key = 'WEB-2'")).as("of a found document too").isEqualTo("Zoho's total is 720.00, ours is 900");
    }

    /** The sandbox sorts only lists of Books otherwise. */
    @Test
    void withoutBooksAnOrderIsFoundOnTheLastPageOfAListThatBeginsWithTheOldest() throws Exception {
        books(false);
        ZOHO.records("sales-orders").resize(250, 0);
        saddlebag().bean(Targets.class).put(changed("books-sales-orders", "findOne: {request: GET /inventory/v1/salesorders, list",
            "findOne: {request: GET /books/v3/salesorders, query: \"sort_column=created_time\", list"));
        try {
            own("sales_orders", "WEB-10023", "C-17", LINES, 720);
            fault("{\"kind\":\"lost-answer\",\"match\":\"POST .*/salesorders\",\"count\":1}");

            push("books-sales-orders");

            assertThat(row()).containsEntry("status", "ok").hasEntrySatisfying("zoho_id", id -> assertThat(id).isNotNull());
            assertThat(orders()).isEqualTo(251);
            assertThat(writes("").get("calls").get("GET /books/v3/salesorders").asInt()).as("pages").isEqualTo(2);
        } finally {
            saddlebag().bean(Targets.class).put(shipped("books-sales-orders"));
        }
    }

    @ParameterizedTest
    @CsvSource({"sales_orders, books-sales-orders, sales-orders, salesorder_number, C-17, true", "sales_orders, books-sales-orders, sales-orders, salesorder_number, C-17, false",
        "invoices, books-invoices, invoices, invoice_number, C-17, true", "invoices, books-invoices, invoices, invoice_number, C-17, false",
        "bills, books-bills, bills, bill_number, V-17, true", "bills, books-bills, bills, bill_number, V-17, false"})
    void aDocumentWhoseNumberZohoHasAlreadyIsNamedForAdoption(String kind, String target, String records, String number, String contact, boolean inBooks) {
        books(inBooks);
        String other = ZOHO.records(records).add(new ObjectMapper().createObjectNode().put(number, "A-1"));
        long before = ZOHO.records(records).size();
        own(kind, "A-1", contact, LINES, 720);

        assertThat(push(target).get("failed").asInt()).isEqualTo(1);

        assertThat(row()).containsEntry("status", "failed").containsEntry("zoho_id", null);
        assertThat(one("SELECT other_zoho_id FROM push_state")).isEqualTo(other);
        assertThat(saddlebag().send("POST", "/api/push/" + target + "/A-1/adopt", "{\"zohoId\":\"" + other + "\"}").statusCode()).isEqualTo(200);
        push(target);
        assertThat(row()).containsEntry("status", "ok").containsEntry("zoho_id", other);
        assertThat(ZOHO.records(records).size()).isEqualTo(before);
    }

    @Test
    void withoutBooksAnOrderStaysUnknownWhileItsPagesCannotBeReadAndIsLeftToAPersonWhereTheyLackIt() {
        books(false);
        own("sales_orders", "WEB-10023", "C-17", LINES, 720);
        fault("{\"kind\":\"error\",\"status\":500,\"match\":\"/salesorders\"}");
        push("books-sales-orders");
        assertThat(row()).containsEntry("status", "unknown");
        ZOHO.faults().clear();
        saddlebag().database().execute("UPDATE push_state SET tried_at = tried_at - interval '2 minutes', checked_at = checked_at - interval '2 minutes'");

        push("books-sales-orders");
        push("books-sales-orders");

        assertThat(row()).containsEntry("status", "failed").containsEntry("error_code", "not found");
        assertThat(writes("product=inventory&module=salesorders").get("writes")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true,RUN", "false,RUN", "false,PLAN", "false,RECORD"})
    void anOrganisationThatBooksRefusesIsWrittenByInventoryFromThenOn(boolean scopeMissing, String how) {
        ZOHO.faults().add((scopeMissing ? Fault.of(Fault.Kind.WRONG_SCOPE) : Fault.limit(6041).status(400)).on("/books/v3/"));
        own("sales_orders", "WEB-1", "C-17", LINES, 720);
        own("sales_orders", "WEB-2", "C-17", LINES, 720);

        switch (how) {
            case "PLAN" -> assertThat(push("books-sales-orders?dryRun=true").get("created").asInt()).isEqualTo(2);
            case "RECORD" -> assertThat(post("/api/push/books-sales-orders/WEB-1").get("status").asText()).isEqualTo("ok");
            default -> assertThat(push("books-sales-orders").get("created").asInt()).isEqualTo(2);
        }

        assertThat(one("SELECT concat_ws(' ', books_missing_since > now() - interval '1 minute', CAST(books_refused ->> 'books-sales-orders' AS timestamptz)"
            + " > now() - interval '1 minute') FROM organisations WHERE org_id = '" + SaddlebagServer.ORG + "'")).as("one of the two").isEqualTo("t");
        assertThat(one("SELECT books_missing_since IS NULL FROM organisations WHERE org_id = '" + SaddlebagServer.ORG + "'"))
            .as("pulls and other targets may have their scopes").isEqualTo(scopeMissing ? "t" : "f");
        long calls = calls();
        push("books-sales-orders");
        assertThat(rows("SELECT DISTINCT status, error_code FROM push_state")).extracting(row -> row.values().toString()).containsExactly("[ok, null]");
        assertThat(writes("product=inventory&module=salesorders").get("writes")).hasSize(2);
        assertThat(calls()).as("Books is not asked again").isEqualTo(calls);
    }

    private static long calls() {
        return saddlebag().count("zoho_calls WHERE path LIKE '/books/%' AND answered_at IS NOT NULL");
    }

    @Test
    void aPlanLearnsTheIdOfTheOwnReferenceAndThatItTakesNoDuplicates() {
        saddlebag().database().execute("UPDATE organisations SET push = '{\"uniqueField\":\"cf_own_reference\"}'");
        own("sales_orders", "WEB-1", "C-17", LINES, 720);

        assertThat(push("books-sales-orders?dryRun=true").get("status").asText()).isEqualTo("succeeded");

        assertThat(one("SELECT push #>> '{customFields,salesorder}' FROM organisations WHERE org_id = '" + SaddlebagServer.ORG + "'")).isEqualTo("460000000099001");
        assertThat(rows("SELECT check_error, check_note FROM push_targets WHERE target = 'books-sales-orders'").get(0).values()).containsOnlyNulls();
        assertThat(rows("SELECT 1 FROM push_state")).as("nothing is sent").isEmpty();
        push("books-sales-orders");
        assertThat(written("books", "salesorders").at("/last/custom_fields/0/customfield_id").asText()).isEqualTo("460000000099001");
    }

    @Test
    void anOwnReferenceThatTakesDuplicatesKeepsTheTargetOffAndTheReasonNamesTheMenu() {
        saddlebag().database().execute("UPDATE push_targets SET state = 'planned'");
        control("PUT", "/control/habits", "{\"uniqueFields\":[]}");

        JsonNode run = push("books-sales-orders?dryRun=true");

        JsonNode report = get("/api/sync/runs/" + run.get("id") + "/report");
        assertThat(report.get("summary").asText()).contains("cf_own_reference takes duplicates").contains("Prevent Duplicate Values");
        assertThat(saddlebag().send("PATCH", "/api/organisations/" + SaddlebagServer.ORG, "{\"push\":{\"books-sales-orders\":\"on\"}}").statusCode()).isEqualTo(409);
    }

    @Test
    void aFailureOfBooksDuringAPlanKeepsTheResultOfTheEarlierCheck() {
        control("PUT", "/control/habits", "{\"uniqueFields\":[]}");
        push("books-sales-orders?dryRun=true");
        ZOHO.faults().add(Fault.of(Fault.Kind.DROP).on("/books/v3/settings/customfields"));

        JsonNode plan = push("books-sales-orders?dryRun=true");

        assertThat(plan.get("status").asText()).isEqualTo("failed");
        assertThat(plan.get("error").asText()).contains("No answer from Zoho");
        assertThat(one("SELECT check_error FROM push_targets WHERE target = 'books-sales-orders'")).contains("cf_own_reference takes duplicates");
    }

    @Test
    void whatBooksDoesNotSayOfTheOwnReferenceAPersonIsAskedToProveOnce() {
        saddlebag().database().execute("UPDATE push_targets SET state = 'planned'");
        ZOHO.faults().add(Fault.limit(5).status(404).on("/books/v3/settings/customfields"));

        JsonNode plan = push("books-sales-orders?dryRun=true");
        assertThat(get("/api/sync/runs/" + plan.get("id") + "/report").get("summary").asText()).contains("Zoho Books does not say whether cf_own_reference takes duplicates")
            .contains("{\"push\":{\"uniqueFieldProved\":\"cf_own_reference\"}}");
        assertThat(saddlebag().call("POST", "/api/zoho/check").body()).contains("Zoho Books does not say whether cf_own_reference takes duplicates");

        String both = "{\"push\":{\"uniqueFieldProved\":\"cf_own_reference\",\"books-sales-orders\":\"on\"}}";
        assertThat(saddlebag().send("PATCH", "/api/organisations/" + SaddlebagServer.ORG, both).statusCode()).isEqualTo(200);
        JsonNode again = push("books-sales-orders?dryRun=true");
        assertThat(get("/api/sync/runs/" + again.get("id") + "/report").get("summary").asText()).doesNotContain("does not say");
    }

    @ParameterizedTest
    @ValueSource(strings = {"books_missing_since = now() - interval '2 days'", "books_refused = jsonb_build_object('books-sales-orders', now() - interval '2 days')",
        "books_refused = jsonb_build_object('books-invoices', now())"})
    void afterADayBooksIsAskedAgainWithTheOwnReference(String refused) {
        saddlebag().database().execute("UPDATE organisations SET " + refused);
        own("sales_orders", "WEB-1", "C-17", LINES, 720);

        push("books-sales-orders");

        assertThat(written("books", "salesorders").at("/last/custom_fields/0/value").asText()).isEqualTo("WEB-1");
    }

    /** The failure has no code, because no call was made. */
    @Test
    void anOrderThatFailedForWantOfASettingIsSentOnceTheSettingIsThere(@TempDir Path folder) throws IOException {
        Path shipped = Path.of("routes", "push", "books-sales-orders.yaml");
        Files.writeString(folder.resolve("books-sales-orders.yaml"), Files.readString(shipped).replaceFirst("(?s)withoutBooks:.*?(?=\nafter:)", ""));
        Files.copy(shipped.resolveSibling("books-sales-orders.sql"), folder.resolve("books-sales-orders.sql"));
        saddlebag().database().execute("UPDATE organisations SET push = '{}'");
        own("sales_orders", "WEB-1", "C-17", LINES, 720);
        saddlebag().bean(Targets.class).put(new Targets(folder, Map.of("changeShare", 20), name -> false).of("books-sales-orders"));
        try {
            push("books-sales-orders");
            assertThat(row()).containsEntry("status", "failed").containsEntry("error_code", null)
                .hasEntrySatisfying("error_text", text -> assertThat(text.toString()).contains("needs uniqueField, and there is none"));

            books(true);
            assertThat(push("books-sales-orders").get("created").asInt()).isEqualTo(1);
            assertThat(row()).containsEntry("status", "ok");
        } finally {
            saddlebag().bean(Targets.class).put(shipped("books-sales-orders"));
        }
    }

    @Test
    void withoutBooksInvoicesAndBillsGoToInventoryToo() {
        books(false);
        own("invoices", "INV-A1", "C-17", LINES, 720);
        own("bills", "B-77", "V-17", LINES, 720);
        push("books-invoices");
        push("books-bills");
        assertThat(written("inventory", "invoices").get("creates").asInt()).isEqualTo(1);
        assertThat(written("inventory", "bills").get("creates").asInt()).isEqualTo(1);
        assertThat(ZOHO.records("invoices").by("invoice_number", "INV-A1", "")).isPresent();
    }

    @Test
    void aDocumentWithAHoleIsRefusedWithItsReason() {
        own("sales_orders", "WEB-1", null, "[{\"quantity\":1,\"price\":1},{\"sku\":\"BAG-S\",\"price\":\"1\"},{\"sku\":\"BAG-S\",\"quantity\":1,\"price\":9.999}]", 1);
        change("dated = NULL, inclusive = NULL");
        own("sales_orders", "WEB-2", "C-17", "[]", 0);
        own("sales_orders", "WEB-3", "C-17", LINES, 0);
        saddlebag().database().execute("UPDATE own_documents SET currency = 'usd' WHERE number = 'WEB-3'");

        push("books-sales-orders");

        assertThat(rows("SELECT status, error_text FROM push_state ORDER BY record_key")).extracting(row -> row.get("error_text")).containsExactly(
            "zoho_contact_id and customer_key missing; line 1: sku, zoho_item_id and account_id missing; line 2: quantity is no number, price is no number; "
                + "line 3: 9.999 has more decimals than the currency has: 2; date, is_inclusive_tax missing",
            "line_items missing", "the document is in USD, and Zoho keeps those of this customer in INR");
        assertThat(writes("").get("writes")).isEmpty();
    }

    @Test
    void noReasonQuotesTheEmailAddressOfAContact() {
        own("sales_orders", "WEB-1", "nobody@example.com", LINES, 720);
        own("sales_orders", "WEB-2", "c-17@example.com", LINES, 720);
        saddlebag().database().update("INSERT INTO customers (org_id, zoho_contact_id, contact_type, email, currency, source) VALUES (?, '17', 'customer', 'c-17@example.com', 'INR', '{}')", SaddlebagServer.ORG);

        push("books-sales-orders");

        assertThat(rows("SELECT error_text FROM push_state ORDER BY record_key")).extracting(row -> row.get("error_text"))
            .containsExactly("waits for the customer of its customer_key", "2 contacts of Zoho have its customer_key");
    }

    @Test
    void aCancelledOrderIsNotSentAndOneThatWasSentStays() {
        own("sales_orders", "WEB-1", "C-17", LINES, 720);
        change("cancelled = true");
        assertThat(push("books-sales-orders").get("calls").asInt()).isZero();
        assertThat(rows("SELECT 1 FROM push_state")).isEmpty();

        change("cancelled = false");
        push("books-sales-orders");
        change("cancelled = true");
        assertThat(push("books-sales-orders").get("calls").asInt()).isZero();
        assertThat(row()).containsEntry("status", "gone").containsEntry("error_text", "The row is cancelled or left the view; the document stays in Zoho as it is");

        change("cancelled = false");
        assertThat(push("books-sales-orders").get("calls").asInt()).isZero();
        assertThat(row()).containsEntry("status", "ok").containsEntry("error_text", null);
    }

    /** Zoho has it as it was sent, whatever becomes of the row. */
    @ParameterizedTest
    @ValueSource(strings = {"lines = CAST(replace(CAST(lines AS text), '360.00', 'null') AS jsonb)", "lines = CAST(replace(CAST(lines AS text), 'BAG-S', 'BAG-X') AS jsonb)", "number = NULL"})
    void aDocumentThatWasSentDiffersAndIsNeitherRefusedNorWaiting(String change) {
        own("sales_orders", "WEB-1", "C-17", LINES, 720);
        push("books-sales-orders");
        saddlebag().database().execute("DROP TABLE IF EXISTS kept_documents; CREATE TABLE kept_documents AS SELECT * FROM own_documents");
        change(change);

        JsonNode run = push("books-sales-orders");

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        assertThat(row()).containsEntry("status", "ok").containsEntry("error_code", "differs");
        saddlebag().database().execute("TRUNCATE own_documents; INSERT INTO own_documents SELECT * FROM kept_documents; DROP TABLE kept_documents");
        push("books-sales-orders");
        assertThat(row()).containsEntry("status", "ok").containsEntry("error_code", null);
        assertThat(writes("product=books&module=salesorders").get("writes")).hasSize(1);
    }

    @Test
    void aViewThatLacksAColumnEndsTheRunWithPostgresqlsWordsAndARemedy() {
        saddlebag().database().execute("DROP VIEW push_sales_orders");
        saddlebag().database().execute("CREATE VIEW push_sales_orders AS SELECT org_id, record_key, number, dated FROM push_invoices");

        JsonNode run = push("books-sales-orders");

        assertThat(run.get("status").asText()).isEqualTo("failed");
        assertThat(run.get("error").asText()).contains("routes/push/books-sales-orders.sql cannot run: column v.currency does not exist. Correct the view push_sales_orders, or that file");
    }

    @Test
    void aViewIsReplacedWithoutCascadeWhileTheApplicationRuns() throws Exception {
        own("sales_orders", "WEB-1", "C-17", LINES, 720);
        push("books-sales-orders");
        try (java.sql.Connection other = saddlebag().database().getDataSource().getConnection(); java.sql.Statement statement = other.createStatement()) {
            for (String view : List.of("products", "addons", "service_items", "sales_orders", "invoices", "bills")) {
                String definition = one("SELECT pg_get_viewdef('push_" + view + "')");
                statement.execute("SET lock_timeout = '5s'");
                statement.execute("DROP VIEW push_" + view);
                statement.execute("CREATE VIEW push_" + view + " AS " + definition);
            }
        }
        assertThat(push("books-sales-orders").get("unchanged").asInt()).isEqualTo(1);
    }
}
