package io.saddlebag.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.testkit.SaddlebagServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** The audit log: rows are only added, old ones are trimmed, and the API lists and exports them. */
@Tag("sql")
class AuditLogIT {

    private static SaddlebagServer saddlebag;
    private static JdbcTemplate database;

    @BeforeAll
    static void start() {
        saddlebag = SaddlebagServer.plain().asStarted();
        database = saddlebag.database();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UPDATE audit_log SET who = 'nobody'", "DELETE FROM audit_log", "TRUNCATE audit_log",
        "DO $$ BEGIN PERFORM set_config('saddlebag.audit_trim', '0', true); DELETE FROM audit_log WHERE action = 'run.start'; END $$"})
    void rowsAreOnlyAdded(String statement) {
        note("run.start", "399 days");
        assertThatThrownBy(() -> database.execute(statement)).isInstanceOf(DataAccessException.class)
            .hasStackTraceContaining("audit_log is append-only");
    }

    @Test
    void onlyTheTrimDeletesAndOnlyOldRows() {
        note("trim.old", "500 days");
        note("trim.later", "450 days");
        note("trim.young", "399 days");

        assertThat(database.queryForObject("SELECT audit_trim(interval '470 days')", Integer.class)).isEqualTo(1);
        assertThat(database.queryForObject("SELECT audit_trim(interval '400 days')", Integer.class)).isEqualTo(1);
        assertThat(database.queryForObject("SELECT audit_trim(interval '0')", Integer.class)).as("never the last 400 days").isZero();
        assertThat(database.queryForList("SELECT action FROM audit_log WHERE action LIKE 'trim.%'", String.class)).containsExactly("trim.young");
        assertThat(database.queryForObject("SELECT has_table_privilege('saddlebag_reader', 'audit_log', 'SELECT')", Boolean.class)).isFalse();
    }

    @Test
    void everyNightRowsOfMoreThan400DaysAreRemovedSliceBySlice() throws SchedulerException {
        // 9600 are a day; an hour without any lies after them, so that none grows too old while the test waits
        database.update("INSERT INTO audit_log (at, who, action, outcome) SELECT now() - interval '401 days' + i * interval '9 s'"
            + " + CASE WHEN i > 9600 THEN interval '1 hour' ELSE interval '0' END, 'tester', 'night', 'done' FROM generate_series(1, 12000) i");

        saddlebag.bean(Scheduler.class).triggerJob(JobKey.jobKey("nightly", "housekeeping"));

        await().until(() -> saddlebag.count("audit_log WHERE at < now() - interval '400 days'") == 0);
        assertThat(saddlebag.count("audit_log WHERE action = 'night'")).isEqualTo(2_400);
    }

    @Test
    void theListIsReadPageByPageAndFiltered() {
        note("page.one", "3 hours");
        note("page.two", "2 hours");
        note("page.three", "1 hour");

        JsonNode first = list("?action=page&limit=2");
        assertThat(first.at("/audit").findValuesAsText("action")).containsExactly("page.three", "page.two");
        JsonNode second = list("?action=page&limit=2&before=" + first.get("next").asLong());
        assertThat(second.at("/audit").findValuesAsText("action")).containsExactly("page.one");
        assertThat(second.get("next").isNull()).isTrue();
        assertThat(list("?action=page.two").at("/audit")).hasSize(1);
        assertThat(list("?action=page&who=tester&object=thing&org=" + SaddlebagServer.ORG).at("/audit")).hasSize(3);
        assertThat(list("?action=page&who=somebody").at("/audit")).isEmpty();
        assertThat(list("?action=page&object=other").at("/audit")).isEmpty();
        String time = database.queryForObject("SELECT to_char((now() - interval '90 minutes') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')", String.class);
        assertThat(list("?action=page&from=" + time).at("/audit").findValuesAsText("action")).containsExactly("page.three");
        assertThat(list("?action=page&to=" + time).at("/audit").findValuesAsText("action")).containsExactly("page.two", "page.one");
        JsonNode row = first.at("/audit/0");
        assertThat(row.fieldNames()).toIterable().containsExactly("id", "at", "who", "role", "address", "action", "org", "object", "outcome", "details");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?limit=0", "?limit=501", "?limit=x", "?before=-1", "?from=yesterday", "?org=nowhere"})
    void aWrongParameterIsRefused(String query) {
        assertThat(saddlebag.call("GET", "/api/audit" + query).statusCode()).isIn(400, 404);
    }

    @Test
    void theSchedulerMayNotReadIt() {
        assertThat(saddlebag.call("GET", "/api/audit", "Bearer scheduler-secret").statusCode()).isEqualTo(403);
    }

    @Test
    void anExportIsItselfNoted() throws Exception {
        database.queryForList("SELECT audit('tester', 'admin', '127.0.0.1', 'export.one', NULL, '=1+1', 'done', '{\"a\": \"x, \\\"y\\\"\"}')");
        note("export.two", "1 minute");

        HttpResponse<String> csv = export("text/csv", "?action=export&who=tester&limit=1");
        assertThat(csv.headers().firstValue("Content-Type")).contains("text/csv;charset=UTF-8");
        assertThat(csv.body().lines().toList()).hasSize(2).first().isEqualTo("id,at,who,role,address,action,org,object,outcome,details");
        String next = csv.headers().firstValue("Link").orElseThrow();
        assertThat(next).matches("</api/audit\\?action=export&who=tester&limit=1&before=[0-9]+>; rel=\"next\"");
        HttpResponse<String> page = export("text/csv", next.replaceAll("<.*(\\?.*)>.*", "$1"));
        assertThat(page.body()).contains(",export.one,,'=1+1,done,\"{\"\"a\"\":\"\"x, \\\"\"y\\\"\"\"\"}\"");
        assertThat(page.headers().firstValue("Link")).isEmpty();
        assertThat(list("?action=export&object=audit&who=admin").at("/audit")).as("a row for each export").hasSize(2);
        HttpResponse<String> lines = export("application/x-ndjson", "?action=export&who=tester");
        assertThat(lines.body().lines().toList()).hasSize(2).allSatisfy(line -> assertThat(new ObjectMapper().readTree(line).get("who").asText()).isEqualTo("tester"));
    }

    private static void note(String action, String age) {
        database.update("INSERT INTO audit_log (at, who, action, org_id, object, outcome) VALUES (now() - CAST(? AS interval), 'tester', ?, ?, 'thing', 'done')",
            age, action, SaddlebagServer.ORG);
    }

    private static JsonNode list(String query) {
        HttpResponse<String> answer = saddlebag.call("GET", "/api/audit" + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return SaddlebagServer.json(answer);
    }

    private static HttpResponse<String> export(String type, String query) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://localhost:" + saddlebag.port() + "/api/audit" + query))
            .headers("Authorization", SaddlebagServer.STAFF, "Accept", type).build(), BodyHandlers.ofString());
    }
}
