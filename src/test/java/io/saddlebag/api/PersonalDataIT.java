package io.saddlebag.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.kinds.Kinds;
import io.saddlebag.testkit.Browser;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A viewer sees no personal data; who else looks at them is in the audit. */
class PersonalDataIT {

    private static final String PASSWORD = "a long enough password";
    private static final String VIEWER = basic("vera");
    private static final String OPERATOR = basic("otto");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static SandboxServer zoho;
    private static SaddlebagServer server;
    private static Map<String, Object> customer;

    @BeforeAll
    static void start() {
        zoho = SandboxServer.start();
        server = SaddlebagServer.start(zoho);
        server.send("POST", "/api/staff", "{\"name\":\"vera\",\"role\":\"viewer\",\"password\":\"" + PASSWORD + "\"}");
        server.send("POST", "/api/staff", "{\"name\":\"otto\",\"role\":\"operator\",\"password\":\"" + PASSWORD + "\"}");
        server.pull("contacts", "full");
        customer = server.database().queryForMap("SELECT zoho_contact_id AS id, name, email, phone FROM customers WHERE email LIKE '%@%' AND email NOT LIKE '% %'"
            + " AND phone <> '' AND name ~ '^[A-Za-z ]+$' ORDER BY zoho_contact_id LIMIT 1");
    }

    @AfterAll
    static void stop() {
        server.close();
        zoho.close();
    }

    @Test
    void aViewerSeesWhatARunChangedWithoutPersonalData() {
        Long run = server.database().queryForObject("SELECT max(id) FROM sync_runs WHERE entity = 'contacts'", Long.class);
        server.database().update("INSERT INTO record_changes (org_id, entity, zoho_id, column_name, before, after, source, run_id) SELECT ?, 'contacts', ?, c, '\"old secret\"', '\"new secret\"', 'pull', ?"
            + " FROM unnest(ARRAY['email', 'currency']) c", SaddlebagServer.ORG, customer.get("id"), run);
        String address = "/api/sync/runs/" + run + "/records?limit=500";

        String masked = get(address, VIEWER).body();
        String open = get(address, OPERATOR).body();

        assertThat(masked).contains("\"email\": \"***\"", "\"label\": \"***\"", "\"currency\": {\"after\": \"new secret\"").doesNotContain((String) customer.get("name"));
        assertThat(open).contains((String) customer.get("name"), "new secret").doesNotContain("***");
        assertThat(new Browser(server, "vera", PASSWORD).page("/runs/" + run).select("#changed").text()).contains("***").doesNotContain((String) customer.get("name"));
        server.database().update("DELETE FROM record_changes WHERE run_id = ?", run);
    }

    @Test
    void aViewerSeesARecordWithoutPersonalData() {
        String address = "/api/records/contacts/" + customer.get("id");
        HttpResponse<String> masked = get(address, VIEWER);

        assertThat(masked.statusCode()).as(masked.body()).isEqualTo(200);
        assertThat(masked.body()).doesNotContain((String) customer.get("email"), (String) customer.get("name"), (String) customer.get("phone"));
        assertThat(SaddlebagServer.json(masked).get("columns").get("email").asText()).isEqualTo("***");
        assertThat(SaddlebagServer.json(masked).get("columns").get("currency").asText()).as("not personal").isNotBlank().isNotEqualTo("***");
        assertThat(SaddlebagServer.json(masked).get("source").get("contact_id").asText()).isEqualTo(customer.get("id"));
        assertThat(get(address, OPERATOR).body()).contains((String) customer.get("email"), (String) customer.get("name"));
    }

    @Test
    void aLabelIsMaskedWhereItIsAName() {
        String search = "/api/records?q=" + customer.get("id");

        assertThat(SaddlebagServer.json(get(search, VIEWER)).get("records").findValuesAsText("label")).containsOnly("***");
        assertThat(SaddlebagServer.json(get(search, OPERATOR)).get("records").findValuesAsText("label")).contains((String) customer.get("name"));
    }

    @Test
    void aViewersSearchFindsPersonalDataByTheirWholeValueOnly() {
        String name = (String) customer.get("name");
        String email = (String) customer.get("email");

        for (String part : List.of(name.substring(1), email.substring(0, email.length() - 1), email.substring(0, 3), "%", "_")) {
            assertThat(found(part, VIEWER)).as(part).doesNotContain((String) customer.get("id"));
        }
        assertThat(found(name.substring(1), OPERATOR)).contains((String) customer.get("id"));
        assertThat(found(name.toUpperCase(Locale.ROOT), VIEWER)).contains((String) customer.get("id"));
        assertThat(found(email, VIEWER)).contains((String) customer.get("id"));
    }

    private static List<String> found(String text, String who) {
        return SaddlebagServer.json(get("/api/records?q=" + URLEncoder.encode(text, StandardCharsets.UTF_8), who)).get("records").findValuesAsText("zohoId");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "invoices          | {`contact_persons_associated`:[{`first_name`:`Anna`,`contact_person_email`:`anna@example.com`}],`total`:7}",
        "invoices          | {`reminders`:[{`to`:{`first_name`:`Anna`,`last_name`:`Anna`,`email`:`anna@example.com`,`mobile`:`Anna`,`phone`:`Anna`}}],`total`:7}",
        "bills             | {`contact_persons`:[`Anna`],`line_items`:[{`customer_name`:`Anna`}],`total`:7}",
        "customer-payments | {`contact_persons`:[{`first_name`:`Anna`,`email`:`anna@example.com`}],`total`:7}",
        "contacts          | {`addresses`:[{`attention`:`Anna`}],`legal_name`:`Anna`,`contact_persons`:[{`mobile`:`Anna`}],`total`:7}",
        "contacts          | {`custom_fields`:[{`label`:`Nickname`,`value`:`Anna`}],`custom_field_hash`:{`cf_nickname`:`Anna`},`total`:7}",
        "items             | {`vendor_name`:`Anna`,`total`:7}",
        "price-lists       | {`created_by`:{`first_name`:`Anna`},`total`:7}"})
    void peopleInListsOfADocumentAreMaskedByTheDeclarationOfItsKind(String entity, String value) {
        assertThat(server.database().queryForObject("SELECT CAST(masked(CAST(? AS jsonb), CAST(? AS jsonb), ?) AS text)", String.class,
            value.replace('`', '"'), server.bean(Kinds.class).personal(), entity)).doesNotContain("Anna", "anna@").contains("***", "7");
    }

    @Test
    void whoLooksAtPersonalDataOfAPushIsInTheAudit() {
        for (String key : List.of("p1", "p2")) {
            server.database().update("INSERT INTO push_state (org_id, target, record_key, status, sent) VALUES (?, 'crm-products', ?, 'ok', CAST(? AS jsonb))", SaddlebagServer.ORG, key,
                key.equals("p1") ? "{\"email\": \"anna@example.com\", \"Email\": \"anna@example.com\"}" : "{\"email\": \"\"}");
        }

        assertThat(get("/api/push/crm-products/p1", OPERATOR).body()).contains("anna@");
        assertThat(get("/api/push/crm-products/p2", OPERATOR).statusCode()).isEqualTo(200);
        assertThat(get("/api/push/crm-products/p1", VIEWER).body()).contains("***").doesNotContain("anna@");

        assertThat(server.database().queryForList("SELECT who || ' ' || action FROM audit_log WHERE object LIKE 'crm-products/p%'", String.class)).containsExactly("otto record.view");
    }

    @Test
    void whoLooksAtAReportOrADeadLetterOfAPushIsInTheAudit() {
        long run = server.database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, dry_run, finished_at) VALUES (?, 'crm-products', 'push', 'api', 'succeeded', true, now()) RETURNING id",
            Long.class, SaddlebagServer.ORG);
        server.database().update("INSERT INTO sync_reports (run_id, record_key, what, changes) VALUES (?, 'p4', 'updated', ?::jsonb)", run, "{\"Email\": {\"after\": \"anna@example.com\"}}");
        server.database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) VALUES (?, 'push', 'crm-products', 'p4', ?, 'no')", SaddlebagServer.ORG,
            "{\"Email\": \"anna@example.com\"}");
        server.database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) VALUES (?, 'push', 'crm-products', 'p5', ?, 'no')", SaddlebagServer.ORG, "{\"Email\": \"\"}");
        letter("{}");

        List<String> letters = server.database().queryForList("SELECT '/api/dead-letters/' || id FROM dead_letters WHERE source = 'push' ORDER BY id", String.class);

        for (String address : List.of("/api/sync/runs/" + run + "/report", "/api/dead-letters?source=push", "/api/dead-letters?limit=500", letters.get(0))) {
            long before = server.count("audit_log WHERE who = 'otto' AND action = 'record.view'");
            assertThat(get(address, OPERATOR).body()).contains("anna@");
            assertThat(server.count("audit_log WHERE who = 'otto' AND action = 'record.view'")).as(address).isEqualTo(before + 1);
        }
        long before = server.count("audit_log WHERE who = 'otto' AND action = 'record.view'");
        assertThat(get(letters.get(1), OPERATOR).statusCode()).isEqualTo(200);
        assertThat(server.count("audit_log WHERE who = 'otto' AND action = 'record.view'")).as("nothing personal").isEqualTo(before);
        server.database().update("DELETE FROM dead_letters");
    }

    @Test
    void nothingIsShownUntilItsRowIsInTheAudit() {
        String address = "/api/records/contacts/" + server.database().queryForObject("SELECT min(zoho_contact_id) FROM customers", String.class) + "?again";
        server.database().execute("ALTER TABLE audit_log ADD CONSTRAINT no_view CHECK (action <> 'record.view') NOT VALID");

        assertThat(get(address, OPERATOR).statusCode()).isEqualTo(500);
        assertThat(get(address, OPERATOR).statusCode()).as("the same again").isEqualTo(500);
        server.database().execute("ALTER TABLE audit_log DROP CONSTRAINT no_view");

        assertThat(get(address, OPERATOR).statusCode()).isEqualTo(200);
        assertThat(server.count("audit_log WHERE action = 'record.view' AND details ? 'again'")).isEqualTo(1);
    }

    @Test
    void valuesBeforeAndAfterAPushAreMaskedOnItsPagesToo() throws Exception {
        long run = server.database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, held, finished_at) VALUES (?, 'crm-products', 'push', 'timer', 'partial', 1, now()) RETURNING id",
            Long.class, SaddlebagServer.ORG);
        server.database().update("INSERT INTO push_state (org_id, target, record_key, status, error_code, run_id, sent, trying) VALUES (?, 'crm-products', 'p3', 'held', 'held', ?, '{}', ?::jsonb)",
            SaddlebagServer.ORG, run, "{\"email\": \"anna@example.com\"}");
        server.database().update("INSERT INTO push_log (org_id, target, record_key, run_id, action, outcome, changes) VALUES (?, 'crm-products', 'p3', ?, 'hold', 'held', ?::jsonb)",
            SaddlebagServer.ORG, run, "{\"email\": {\"after\": \"anna@example.com\"}}");
        String records = "/api/push/runs/" + run + "/records";

        assertThat(get(records, VIEWER).body()).contains("p3", "***").doesNotContain("anna@");
        assertThat(get(records, OPERATOR).body()).contains("anna@");
        assertThat(file(records, VIEWER)).contains("p3", "***").doesNotContain("anna@");
        assertThat(server.count("audit_log WHERE who = 'otto' AND action = 'record.view' AND object = '" + run + "'")).isEqualTo(1);
        Browser vera = new Browser(server, "vera", PASSWORD);
        for (String page : List.of("/runs/" + run, "/push/crm-products?key=p3")) {
            assertThat(vera.page(page).select("main").text()).contains("email: ***").doesNotContain("anna@");
        }
    }

    @Test
    void aFileOfPersonalDataIsMaskedOrNoted() throws Exception {
        String search = "/api/records?q=" + customer.get("id");

        assertThat(file(search, VIEWER)).contains("contacts," + customer.get("id") + ",***").doesNotContain((String) customer.get("name"));
        assertThat(file(search, OPERATOR)).contains((String) customer.get("name"));
        assertThat(server.count("audit_log WHERE action = 'export' AND object = 'records' AND who IN ('otto', 'vera')")).isEqualTo(2);
        assertThat(server.count("audit_log WHERE action = 'record.view' AND object = 'contacts' AND who = 'otto' AND details ->> 'q' = '" + customer.get("id") + "'")).isPositive();
    }

    private static String file(String path, String authorization) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path)).header("Authorization", authorization).header("Accept", "text/csv").build(),
            BodyHandlers.ofString()).body();
    }

    @Test
    void payloadsOfDeadLettersAreMaskedAsTheyAre() {
        letter("{\"contact\":{\"contact_id\":\"7\",\"email\":\"anna@example.com\",\"contact_persons\":[{\"first_name\":\"Anna\"}]}}");
        letter("JSONString=%7B%22email%22%3A%22anna%40example.com%22%7D");

        HttpResponse<String> masked = get("/api/dead-letters?entity=contacts", VIEWER);
        assertThat(SaddlebagServer.json(masked).get("deadLetters").findValuesAsText("payload"))
            .containsExactly("***", "{\"contact\": {\"email\": \"***\", \"contact_id\": \"7\", \"contact_persons\": \"***\"}}");
        assertThat(get("/api/dead-letters?entity=contacts", OPERATOR).body()).contains("anna@example.com", "Anna", "anna%40");
        assertThat(server.count("audit_log WHERE who = 'otto' AND action = 'record.view' AND object = 'contacts' AND details ->> 'entity' = 'contacts'")).isEqualTo(1);
        long id = server.database().queryForObject("SELECT max(id) FROM dead_letters", Long.class);
        assertThat(get("/api/dead-letters/" + id, VIEWER).body()).doesNotContain("anna");
        server.database().update("DELETE FROM dead_letters");
    }

    @Test
    void aReportIsMasked() {
        server.database().update("UPDATE customers SET email = 'secret.one@example.com' WHERE zoho_contact_id = ?", customer.get("id"));
        long run = SaddlebagServer.json(server.call("POST", "/api/verify/contacts?repair=true")).get("runId").asLong();
        server.ended(run);

        String report = "/api/sync/runs/" + run + "/report";
        assertThat(get(report, OPERATOR).body()).contains("secret.one@example.com");
        assertThat(get(report, VIEWER).body()).contains("differing", "***").doesNotContain("secret.one", (String) customer.get("email"));
    }

    @Test
    void whoLooksAtARecordIsInTheAuditOnceAndAViewerIsNot() {
        String id = server.database().queryForObject("SELECT max(zoho_contact_id) FROM customers", String.class);
        get("/api/records/contacts/" + id, VIEWER);
        for (int look = 0; look < 3; look++) {
            get("/api/records/contacts/" + id, OPERATOR);
        }

        assertThat(server.database().queryForList("SELECT who || ' ' || role || ' ' || action || ' ' || outcome FROM audit_log WHERE object = ?", String.class, "contacts/" + id))
            .containsExactly("otto operator record.view done");
        server.pull("items", "full");
        String item = server.database().queryForObject("SELECT max(zoho_item_id) FROM products WHERE coalesce(source ->> 'vendor_name', '') = ''", String.class);
        assertThat(get("/api/records/items/" + item, OPERATOR).statusCode()).isEqualTo(200);
        assertThat(server.count("audit_log WHERE object = 'items/" + item + "'")).as("nothing personal").isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "{`email`:`a`}                                                  | contacts | {`email`: `***`}",
        "{`email`:null}                                                 | contacts | {`email`: null}",
        "{`email`:``}                                                   | contacts | {`email`: ``}",
        "{`a`:[{`email`:{`b`:1}},2,[{`email`:3}]]}                      | contacts | {`a`: [{`email`: `***`}, 2, [{`email`: `***`}]]}",
        "{`email`:`a`,`name`:`b`}                                       | items    | {`name`: `b`, `email`: `a`}",
        "[{`entity`:`contacts`,`name`:`a`},{`entity`:`items`,`name`:`b`}] |        | [{`name`: `***`, `entity`: `contacts`}, {`name`: `b`, `entity`: `items`}]",
        "{`email`:`a`,`name`:`b`}                                       | unheard  | {`name`: `b`, `email`: `***`}",
        "{`column`:`email`,`before`:`a`,`after`:`b`}                    | contacts | {`after`: `***`, `before`: `***`, `column`: `email`}",
        "{`column`:`status`,`before`:`a`,`after`:`b`}                   | contacts | {`after`: `b`, `before`: `a`, `column`: `status`}",
        "{`label`:`a`}                                                  | contacts | {`label`: `***`}",
        "{`label`:`a`}                                                  | items    | {`label`: `a`}",
        "{`payload`:`x=1`}                                              | contacts | {`payload`: `***`}",
        "{}                                                             | contacts | {}",
        "[]                                                             |          | []"})
    void valuesOfPersonalKeysAreReplacedAtAnyDepth(String value, String entity, String masked) {
        String rules = "{\"contacts\":{\"keys\":[\"email\",\"name\"],\"label\":true},\"items\":{\"keys\":[],\"label\":false},\"*\":{\"keys\":[\"email\"],\"label\":false}}";

        assertThat(server.database().queryForObject("SELECT CAST(masked(CAST(? AS jsonb), CAST(? AS jsonb), ?) AS text)", String.class,
            value.replace('`', '"'), rules, entity)).isEqualTo(masked.replace('`', '"'));
    }

    private static HttpResponse<String> get(String path, String authorization) {
        try {
            return HTTP.send(HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path)).header("Authorization", authorization).build(),
                BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(path, e);
        }
    }

    private static void letter(String payload) {
        server.database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) VALUES (?, 'webhook', 'contacts', '7', ?, 'no')",
            SaddlebagServer.ORG, payload);
    }

    private static String basic(String name) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + PASSWORD).getBytes());
    }
}
