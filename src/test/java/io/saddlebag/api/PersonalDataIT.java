package io.saddlebag.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.kinds.Kinds;
import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.Browser;
import io.saddlebag.testkit.SaddlebagServer;
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

    private static SaddlebagServer server;
    private static Map<String, Object> customer;

    @BeforeAll
    static void start() {
        server = SaddlebagServer.plain().asStarted();
        server.send("POST", "/api/staff", "{\"name\":\"vera\",\"role\":\"viewer\",\"password\":\"" + PASSWORD + "\"}");
        server.send("POST", "/api/staff", "{\"name\":\"otto\",\"role\":\"operator\",\"password\":\"" + PASSWORD + "\"}");
        server.pull("contacts", "full");
        customer = server.database().queryForMap("SELECT zoho_contact_id AS id, name, email, phone FROM customers WHERE email LIKE '%@%' AND email NOT LIKE '% %'"
            + " AND phone <> '' AND name ~ '^[A-Za-z ]+$' ORDER BY zoho_contact_id LIMIT 1");
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
        "contacts          | {`cf_nickname`:`Anna`,`CF_Age`:`Anna`,`payload`:`{\\`cf_nickname\\`:\\`Anna\\`}`,`total`:7}",
        "contacts          | {`changes`:{`source.first_name`:{`after`:`Anna`},`source.cf_nickname`:{`after`:`Anna`}},`total`:7}",
        "invoices          | {`cf_nickname`:`Anna`,`custom_fields`:[{`value`:`Anna`}],`custom_field_hash`:{`cf_nickname`:`Anna`},`total`:7}",
        "bills             | {`cf_nickname`:`Anna`,`custom_fields`:[{`value`:`Anna`}],`custom_field_hash`:{`cf_nickname`:`Anna`},`total`:7}",
        "customer-payments | {`cf_nickname`:`Anna`,`custom_fields`:[{`value`:`Anna`}],`custom_field_hash`:{`cf_nickname`:`Anna`},`total`:7}",
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
        assertThat(server.count("audit_log WHERE who = 'otto' AND action = 'record.view' AND object = 'contacts' AND details ->> 'entity' = 'contacts' AND NOT details ? 'reason'")).isEqualTo(1);
        long id = server.database().queryForObject("SELECT max(id) FROM dead_letters", Long.class);
        assertThat(get("/api/dead-letters/" + id, VIEWER).body()).doesNotContain("anna");
        server.database().update("DELETE FROM dead_letters");
    }

    @Test
    void aViewerSeesNoValueThatAnErrorQuotes() throws Exception {
        String error = "outstanding_receivable_amount is not numeric: \"the \"anna@example.com\" of 2026\"";
        long replay = server.database().queryForObject("INSERT INTO letter_replays (org_id, request, found, replayed) VALUES (?, jsonb_build_object('error', ?, 'reason', NULL), 1, 1) RETURNING id", Long.class, SaddlebagServer.ORG, error);
        server.database().update("INSERT INTO letter_replays (org_id, request, found, replayed) VALUES (?, jsonb_build_object('error', NULL, 'reason', ?), 1, 1)", SaddlebagServer.ORG,
            "not numeric: …anna@example.com… of");
        server.database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, event_id, payload, error) VALUES (?, 'webhook', 'contacts', '7', 'quoting', '{}', ?)",
            SaddlebagServer.ORG, error);
        long event = server.database().queryForObject("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, status, error, replay_id)"
            + " VALUES (?, 'quoting', 'quoting', 'contacts', 'updated', '7', false, '{}', 'dead', ?, ?) RETURNING id", Long.class, SaddlebagServer.ORG, error, replay);
        long run = server.database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, error, dry_run, finished_at)"
            + " VALUES (?, 'contacts', 'full', 'api', 'failed', ?, true, now()) RETURNING id", Long.class, SaddlebagServer.ORG, error);
        server.database().update("INSERT INTO sync_reports (run_id, zoho_id, what, error) VALUES (?, '7', 'rejected', ?)", run, error);
        long push = server.database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, error, finished_at)"
            + " VALUES (?, 'crm-products', 'push', 'timer', 'failed', ?, now()) RETURNING id", Long.class, SaddlebagServer.ORG, error);
        server.database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, error, finished_at) VALUES (?, 'contacts', 'full', 'timer', 'failed', ?, now())", SaddlebagServer.ORG, error);
        server.database().update("INSERT INTO alerts (key, state, text) VALUES ('quoting', 'firing', ?)", error);
        server.database().update("INSERT INTO push_state (org_id, target, record_key, status, error_code, error_text) VALUES (?, 'crm-products', 'q7', 'refused', 'invalid', ?)",
            SaddlebagServer.ORG, error);

        for (String address : List.of("/api/dead-letters?entity=contacts", "/api/dead-letters/groups", "/api/dead-letters/" + server.database().queryForObject("SELECT max(id) FROM dead_letters", Long.class),
            "/api/dead-letters/replays", "/api/dead-letters/replays/" + replay, "/api/push", "/api/webhooks/events", "/api/webhooks/events/" + event,
            "/api/sync/runs", "/api/sync/runs/" + run, "/api/sync/runs/" + run + "/report", "/api/push/crm-products/q7")) {
            long before = server.count("audit_log WHERE who = 'otto' AND action = 'record.view'");
            assertThat(get(address, VIEWER).body()).as(address).contains("not numeric").doesNotContain("anna@");
            assertThat(get(address, OPERATOR).body()).as(address).contains("anna@example.com");
            assertThat(server.count("audit_log WHERE who = 'otto' AND action = 'record.view'")).as(address).isEqualTo(before + 1);
        }
        for (String address : List.of("/api/zoho/health", "/api/alerts")) {
            assertThat(get(address, VIEWER).body()).as(address).contains("not numeric").doesNotContain("anna@");
            assertThat(get(address, OPERATOR).body()).as(address).contains("anna@example.com");
        }
        assertThat(get("/api/zoho/health", "Bearer scheduler-secret").body()).contains("anna@example.com");
        JsonNode group = SaddlebagServer.json(get("/api/dead-letters/groups", OPERATOR)).get("groups").get(0);
        assertThat(SaddlebagServer.json(get("/api/dead-letters?source=webhook&entity=contacts&reason=" + URLEncoder.encode(group.get("reason").textValue(), StandardCharsets.UTF_8), OPERATOR))
            .get("deadLetters")).as("of the group " + group).hasSize(1);
        assertThat(server.database().queryForObject("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) VALUES (?, 'pull', 'contacts', '8', '{}', ?)"
            + " RETURNING reason || ' = ' || masked_reason('', error)", String.class, SaddlebagServer.ORG,
            "no \"a\" of 2026-01-02 03:04:05 is 1.25, 123456 (of 7) already\t; the list contains (a, b")).matches("(no .*list contains ….*) = \\1");
        String guess = "/api/dead-letters?error=" + URLEncoder.encode("outstanding_receivable_amount is not numeric: \"the", StandardCharsets.UTF_8);
        assertThat(get(guess, VIEWER).statusCode()).isEqualTo(403);
        assertThat(get(guess, OPERATOR).body()).contains("anna@example.com");
        for (String list : List.of("/api/dead-letters", "/api/dead-letters/groups", "/api/webhooks/events", "/api/sync/runs")) {
            assertThat(file(list, VIEWER)).as(list).contains("not numeric").doesNotContain("anna@");
        }
        for (String table : List.of("dead_letters", "webhook_events", "letter_replays", "push_state WHERE record_key = 'q7'", "sync_reports", "alerts WHERE key = 'quoting'", "sync_runs WHERE error IS NOT NULL")) {
            server.database().update("DELETE FROM " + table);
        }
    }

    @Test
    void whoLooksAtAnUntypedChangeOfSourceIsInTheAudit() {
        long run = server.database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, dry_run, finished_at) VALUES (?, 'contacts', 'full', 'api', 'succeeded', true, now()) RETURNING id",
            Long.class, SaddlebagServer.ORG);
        server.database().update("INSERT INTO sync_reports (run_id, zoho_id, what, changes) VALUES (?, '7', 'updated', ?::jsonb)", run,
            "{\"source.cf_nickname\": {\"before\": null, \"after\": \"Anna\"}, \"source.status\": {\"before\": \"old\", \"after\": \"new\"}}");
        String report = "/api/sync/runs/" + run + "/report";
        long before = server.count("audit_log WHERE who = 'otto' AND action = 'record.view'");

        assertThat(get(report, VIEWER).body()).contains("\"source.cf_nickname\": \"***\"", "old").doesNotContain("Anna");
        assertThat(get(report, OPERATOR).body()).contains("Anna");
        assertThat(server.count("audit_log WHERE who = 'otto' AND action = 'record.view'")).isEqualTo(before + 1);

        server.database().update("UPDATE sync_reports SET changes = '{\"source.last_name\": {\"after\": \"Anna\"}}' WHERE run_id = ?", run);
        assertThat(get(report + "?again", VIEWER).body()).doesNotContain("Anna");
        get(report + "?again", OPERATOR);
        assertThat(server.count("audit_log WHERE who = 'otto' AND action = 'record.view'")).isEqualTo(before + 2);
        server.database().update("DELETE FROM sync_runs WHERE id = ?", run);
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
        "{`column`:`source.email`,`before`:`a`,`after`:`b`}             | contacts | {`after`: `***`, `before`: `***`, `column`: `source.email`}",
        "{`column`:`source.status`,`before`:`a`,`after`:`b`}            | contacts | {`after`: `b`, `before`: `a`, `column`: `source.status`}",
        "{`source.email`:{`after`:`b`},`source.status`:1}               | contacts | {`source.email`: `***`, `source.status`: 1}",
        "{`cf_color`:`red`}                                             | contacts | {`cf_color`: `red`}",
        "{`error`:`x is no y: \\`a \\`b\\`: c`,`errorText`:`cut off: \\`a`,`meaning`:null,`summary`:`3 records`} | contacts | {`error`: `x is no y: \\`…\\``, `meaning`: null, `summary`: `3 records`, `errorText`: `cut off: \\`…\\``}",
        "{`error`:`no \\`a\\`, no \\`b\\`: c`,`summary`:`no \\`a\\`, no \\`b cut`}      | contacts | {`error`: `no \\`…\\`: c`, `summary`: `no \\`…\\``}",
        "{`error`:`x is no y: \\`a\\``}                                  | items    | {`error`: `x is no y: \\`a\\``}",
        "{`reason`:`x is no y: …b…: c`,`error`:`x is no y: \\`a \\`b\\`: c`}   | contacts | {`error`: `x is no y: \\`…\\``, `reason`: `x is no y: …`}",
        "{`reason`:`no …b…`,`sample`:{`error`:`no \\`a\\`b\\`c\\``}}              | contacts | {`reason`: `no …`, `sample`: {`error`: `no \\`…\\``}}",
        "{`reason`:`no …b… c\\`d`,`error`:null}                          | contacts | {`error`: null, `reason`: `no …`}",
        "{`reason`:`no …b…`,`error`:null}                               | items    | {`error`: null, `reason`: `no …b…`}",
        "{`reason`:`12\\` too long`}                                    | contacts | {`reason`: `12\\` too long`}",
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
