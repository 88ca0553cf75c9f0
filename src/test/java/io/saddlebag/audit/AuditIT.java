package io.saddlebag.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.pull.ActiveRuns;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.SandboxServer.HeldCalls;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** What people, schedulers and the settings do is noted in the audit log; {@link AuditLogIT} tests the log itself. */
@Tag("sql")
class AuditIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static SaddlebagServer saddlebag;
    private static JdbcTemplate database;

    @BeforeAll
    static void start() {
        saddlebag = SaddlebagServer.plain().asStarted();
        database = saddlebag.database();
    }

    @BeforeEach
    void asNew() {
        ZOHO.reset();
    }

    @Test
    void aCancelledRunIsNotedWithWhoAndFromWhere() {
        long id;
        try (HeldCalls pages = ZOHO.hold("/items", 0)) {
            id = saddlebag.start("full");
            assertThat(saddlebag.call("POST", "/api/sync/runs/" + id + "/cancel?reason=too+slow&token=geheim").statusCode()).isEqualTo(200);
        }

        Map<String, Object> row = last();
        assertThat(row).containsEntry("who", "admin").containsEntry("role", "admin").containsEntry("address", "127.0.0.1")
            .containsEntry("action", "run.cancel").containsEntry("org_id", SaddlebagServer.ORG).containsEntry("object", Long.toString(id))
            .containsEntry("outcome", "done").containsEntry("details", "{\"reason\": \"too slow\"}");
        await().until(() -> saddlebag.bean(ActiveRuns.class).list().isEmpty()); // its call ends after the run
    }

    @Test
    void anAttemptThatIsRefusedIsNotedWithItsReason() {
        long id = saddlebag.pull("price-lists", "full").get("id").asLong();

        assertThat(saddlebag.call("POST", "/api/sync/runs/" + id + "/cancel").statusCode()).isEqualTo(409);
        assertThat(last()).containsEntry("action", "run.cancel").containsEntry("outcome", "refused")
            .containsEntry("details", "{\"reason\": \"Run " + id + " has ended already\", \"status\": 409}");
        assertThat(saddlebag.call("POST", "/api/sync/runs/987654321/cancel").statusCode()).isEqualTo(404);
        assertThat(last()).containsEntry("outcome", "refused").containsEntry("object", "987654321");
    }

    @Test
    void anActionThatCannotBeAuditedIsTakenBack() {
        try (HeldCalls pages = ZOHO.hold("/items", 0)) {
            long id = saddlebag.start("full");
            database.execute("CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$");
            database.execute("CREATE TRIGGER full_disk BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION full_disk()");
            try {
                HttpResponse<String> answer = saddlebag.call("POST", "/api/sync/runs/" + id + "/cancel");

                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(500);
                assertThat(database.queryForObject("SELECT status FROM sync_runs WHERE id = ?", String.class, id)).isEqualTo("running");
            } finally {
                database.execute("DROP TRIGGER full_disk ON audit_log");
                database.execute("DROP FUNCTION full_disk()");
            }
            assertThat(saddlebag.call("POST", "/api/sync/runs/" + id + "/cancel").statusCode()).isEqualTo(200);
        }
        await().until(() -> saddlebag.bean(ActiveRuns.class).list().isEmpty()); // its call ends after the run
    }

    @Test
    void anActionThatCallsZohoHasTwoRows() {
        assertThat(saddlebag.call("POST", "/api/zoho/check").statusCode()).isEqualTo(200);

        assertThat(database.queryForList("SELECT who || ' ' || action || ' ' || outcome || ' ' || details FROM audit_log ORDER BY id DESC LIMIT 2", String.class))
            .containsExactly("admin connection.check done {\"ok\": true}", "admin connection.check started {}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "POST /api/sync/contacts?mode=full | 202 | run.start | contacts | done | {\"mode\": \"full\", \"answer\": {\"runId\": 0, \"status\": \"running\"}}",
        "POST /api/sync/invoices/remap?dryRun=true | 202 | run.remap | invoices | done | {\"answer\": {\"runId\": 0, \"status\": \"running\"}, \"dryRun\": \"true\"}",
        "POST /api/verify/bills | 202 | run.verify | bills | done | {\"answer\": {\"runId\": 0, \"status\": \"running\"}}",
        "POST /api/sync/nothing | 404 | run.start | nothing | refused | ",
        "POST /api/sync/nothing/9 | 404 | record.fetch | nothing/9 | refused | ",
        "POST /api/sync/runs/99/deletes/release | 404 | deletes.release | 99 | refused | ",
        "POST /api/sync/runs/99/deletes/refuse | 404 | deletes.refuse | 99 | refused | ",
        "POST /api/sync/runs/99/deletes/restore | 404 | deletes.restore | 99 | refused | ",
        "POST /api/dead-letters/99/replay | 404 | dead-letter.replay | 99 | refused | ",
        "POST /api/dead-letters/replay?entity=items | 202 | dead-letter.replay | | done | {\"answer\": {\"found\": 0, \"replayId\": null, \"replayed\": 0}, \"entity\": \"items\"}",
        "POST /api/dead-letters/replay | 400 | dead-letter.replay | | refused | ",
        "DELETE /api/dead-letters/99 | 404 | dead-letter.delete | 99 | refused | ",
        "POST /api/push/crm-products | 409 | push.start | crm-products | refused | ",
        "POST /api/push/crm-products/A%20B | 404 | push.record | crm-products/A B | refused | ",
        "POST /api/push/crm-products/A/forget | 404 | push.forget | crm-products/A | refused | ",
        "POST /api/push/runs/99/release | 404 | push.release | 99 | refused | ",
        "POST /api/push/runs/99/refuse | 404 | push.refuse | 99 | refused | ",
        "POST /api/push/runs/99/revert | 404 | push.revert | 99 | refused | ",
        "POST /api/push/confirm | 200 | push.confirm | | done | *",
        "GET /oauth/connect | 302 | connection.request | | done | {}",
        "GET /oauth/callback?state=x&code=geheim | 400 | connection.consent | | refused | ",
        "POST /oauth/choose?choice=geheim | 400 | connection.choose | | refused | "})
    void whatIsDoneIsNoted(String request, int status, String action, String object, String outcome, String details) {
        HttpResponse<String> answer = saddlebag.call(request.split(" ")[0], request.split(" ")[1]);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);

        Map<String, Object> row = last();
        assertThat(row).containsEntry("who", "admin").containsEntry("action", action).containsEntry("object", object).containsEntry("outcome", outcome);
        if (details != null) {
            assertThat(details.equals("*") ? "*" : row.get("details").toString().replaceAll("\"runId\": [0-9]+", "\"runId\": 0")).isEqualTo(details);
        } else {
            assertThat(row.get("details").toString()).contains("\"status\": " + status, "\"reason\": \"").doesNotContain("geheim");
        }
        if (answer.body().contains("\"runId\"") && status == 202) {
            saddlebag.ended(SaddlebagServer.json(answer).get("runId").asLong());
        }
    }

    @Test
    void theFilterOfAFileIsNoted() throws Exception {
        assertThat(file("/api/sync/runs/" + saddlebag.pull("items", "incremental").get("id").asLong() + "/deletes?state=held&token=geheim")).isEqualTo(200);

        assertThat(last()).containsEntry("action", "export").containsEntry("details", "{\"state\": \"held\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"overview", "changes"})
    void aFileOfAnOrganisationIsNotedByItsId(String list) throws Exception {
        database.update("UPDATE organisations SET name = 'the first' WHERE org_id = ?", SaddlebagServer.ORG);

        assertThat(file("/api/" + list + "?org=the+first")).isEqualTo(200);
        assertThat(last()).containsEntry("action", "export").containsEntry("object", list).containsEntry("org_id", SaddlebagServer.ORG);
        assertThat(file("/api/" + list)).isEqualTo(200);
        assertThat(last()).containsEntry("org_id", null);
        assertThat(saddlebag.call("GET", "/api/" + list + "?org=nobody").statusCode()).isEqualTo(404);
        database.update("UPDATE organisations SET name = NULL WHERE org_id = ?", SaddlebagServer.ORG);
    }

    @Test
    void aFetchedRecordIsNotedWithItsResultAndNotItsContent() {
        String id = "6000000000010000001";
        saddlebag.call("POST", "/api/sync/items/" + id, SaddlebagServer.STAFF);

        assertThat(last()).containsEntry("action", "record.fetch").containsEntry("object", "items/" + id).containsEntry("outcome", "done");
        assertThat(last().get("details").toString()).contains("\"zohoId\": \"" + id + "\"").doesNotContain("rate");
    }

    @Test
    void aDeletedLetterLeavesWhatItWasAbout() {
        Long id = database.queryForObject("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) VALUES (?, 'pull', 'items', '7', '{}', 'bad rate')"
            + " RETURNING id", Long.class, SaddlebagServer.ORG);

        assertThat(saddlebag.call("DELETE", "/api/dead-letters/" + id).statusCode()).isEqualTo(204);

        assertThat(last()).containsEntry("action", "dead-letter.delete").containsEntry("outcome", "done").containsEntry("org_id", SaddlebagServer.ORG)
            .containsEntry("details", "{\"letter\": {\"error\": \"bad rate\", \"entity\": \"items\", \"source\": \"pull\", \"zohoId\": \"7\"}}");
    }

    @Test
    void aChangeIsNotedWithItsValuesAndASecretWithItsName() throws Exception {
        assertThat(send("POST", "/api/organisations", "{\"orgId\":\"60000000007\",\"name\":\"seven\",\"clientId\":\"1000.A\",\"clientSecret\":\"geheimnis-a\"}")).isEqualTo(201);
        assertThat(last()).containsEntry("action", "organisation.create").containsEntry("org_id", "60000000007");
        assertThat(last().get("details").toString()).contains("\"name\": [null, \"seven\"]", "\"secretsSet\": [\"clientSecret\"]");
        assertThat(send("PATCH", "/api/organisations/seven", "{\"callsPerDay\":900,\"webhookSecret\":\"geheimnisvoll\",\"meta\":{\"catalogue\":\"1\",\"token\":\"geheim-m\"}}")).isEqualTo(200);
        assertThat(last()).containsEntry("action", "organisation.change").containsEntry("org_id", "60000000007").containsEntry("object", "seven");
        assertThat(last().get("details").toString()).contains("\"callsPerDay\": [null, 900]", "\"webhookSecretSet\": [false, true]",
            "\"secretsSet\": [\"meta.token\", \"webhookSecret\"]");
        assertThat(send("PATCH", "/api/organisations/seven", "{\"push\":{\"crm-products\":\"on\"}}")).isEqualTo(409);
        assertThat(last()).containsEntry("action", "push.switch").containsEntry("outcome", "refused");
        assertThat(send("DELETE", "/api/organisations/seven", "")).isEqualTo(204);
        assertThat(last()).containsEntry("action", "organisation.remove").containsEntry("org_id", "60000000007").containsEntry("outcome", "done");

        assertThat(send("POST", "/api/staff", "{\"name\":\"eve\",\"role\":\"viewer\",\"password\":\"geheim-geheim\"}")).isEqualTo(201);
        assertThat(last()).containsEntry("action", "staff.create").containsEntry("org_id", null);
        assertThat(last().get("details").toString()).contains("\"name\": [null, \"eve\"]", "\"role\": [null, \"viewer\"]", "\"secretsSet\": [\"password\"]");
        assertThat(send("PATCH", "/api/staff/eve", "{\"role\":\"operator\",\"password\":\"geheim-geheimer\"}")).isEqualTo(200);
        assertThat(last()).containsEntry("action", "staff.change").containsEntry("object", "eve")
            .containsEntry("details", "{\"changes\": {\"role\": [\"viewer\", \"operator\"]}, \"secretsSet\": [\"password\"]}");
        assertThat(send("DELETE", "/api/staff/eve", "")).isEqualTo(204);
        assertThat(last()).containsEntry("action", "staff.delete").containsEntry("object", "eve").containsEntry("outcome", "done");
        assertThat(database.queryForList("SELECT CAST(a AS text) FROM audit_log a", String.class)).noneMatch(row -> row.contains("geheim") || row.contains("{bcrypt}") || row.contains("$2a$"));
    }

    @Test
    void aStrangerLeavesNoTraceButOfFailedLogins() {
        long before = count();
        assertThat(saddlebag.call("POST", "/api/sync/runs/1/cancel", null).statusCode()).isEqualTo(401);
        assertThat(count()).isEqualTo(before);

        assertThat(saddlebag.call("POST", "/api/sync/runs/1/cancel", basic("admin", "wrong")).statusCode()).isEqualTo(401);
        assertThat(last()).containsEntry("action", "login").containsEntry("who", "admin").containsEntry("outcome", "refused").containsEntry("address", "127.0.0.1");
        assertThat(saddlebag.call("POST", "/api/sync/runs/1/cancel", basic("geheimes-passwort", "admin")).statusCode()).isEqualTo(401);
        assertThat(last()).containsEntry("action", "login").containsEntry("who", "unknown").containsEntry("outcome", "refused");
        assertThat(saddlebag.call("POST", "/api/sync/items", "Bearer wrong").statusCode()).isEqualTo(401);
        assertThat(last()).containsEntry("action", "login").containsEntry("who", "scheduler").containsEntry("outcome", "refused");
    }

    @Test
    void aRequestThatARoleDoesNotAllowIsNoted() {
        assertThat(saddlebag.call("POST", "/api/sync/runs/1/cancel", "Bearer scheduler-secret").statusCode()).isEqualTo(403);

        assertThat(last()).containsEntry("action", "request").containsEntry("who", "scheduler").containsEntry("role", "scheduler")
            .containsEntry("object", "POST /api/sync/runs/1/cancel").containsEntry("outcome", "refused");
    }

    @Test
    void theSettingsOfAStartAreNoted() {
        Map<String, Object> row = database.queryForMap("SELECT who, role, address, org_id, outcome, details::text AS details FROM audit_log WHERE action = 'connection.add'");
        assertThat(row).containsEntry("who", "settings").containsEntry("role", null).containsEntry("address", null).containsEntry("org_id", SaddlebagServer.ORG)
            .containsEntry("details", "{\"region\": \"us\", \"clientId\": \"1000.SANDBOX\", \"secretsSet\": [\"clientSecret\", \"refreshToken\"]}");
    }

    private static Map<String, Object> last() {
        return database.queryForMap("SELECT who, role, address, action, org_id, object, outcome, details::text AS details FROM audit_log ORDER BY id DESC LIMIT 1");
    }

    private static long count() {
        return database.queryForObject("SELECT count(*) FROM audit_log", Long.class);
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static int file(String path) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://localhost:" + saddlebag.port() + path))
            .headers("Authorization", SaddlebagServer.STAFF, "Accept", "text/csv").build(), BodyHandlers.ofString()).statusCode();
    }

    private static int send(String method, String path, String body) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://localhost:" + saddlebag.port() + path))
            .headers("Authorization", SaddlebagServer.STAFF, "Content-Type", "application/json").method(method, BodyPublishers.ofString(body)).build(),
            BodyHandlers.ofString()).statusCode();
    }
}
