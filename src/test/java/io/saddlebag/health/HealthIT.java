package io.saddlebag.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What health says, and whether a person can act on it. */
@Tag("sql")
class HealthIT {

    private static final String ITEM = "/api/sync/items/6000000000010000001";
    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static String url;
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() throws Exception {
        url = TestDatabase.migrated();
        saddlebag = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + url, "--saddlebag.pull.organisations-check=200ms",
            "--saddlebag.gauges-every=200ms", "--saddlebag.pull.timezone=UTC");
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
        ZOHO.reset();
    }

    @BeforeEach
    void asNew() {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        saddlebag.database().execute("TRUNCATE sync_watermarks, sync_runs, zoho_calls, missing_scopes, token_requests CASCADE");
        update("DELETE FROM organisations WHERE NOT is_default");
        update("DELETE FROM connections WHERE id NOT IN (SELECT connection_id FROM organisations WHERE connection_id IS NOT NULL)");
        update("UPDATE organisations SET blocked_until = NULL, day_limit = NULL, day_remaining = NULL, day_resets_at = NULL, "
            + "calls_per_day = NULL, pull_cron = NULL");
        update("UPDATE connections SET access_token = NULL, refresh_at = NULL, ends_at = NULL, cooldown_until = NULL, needs_person = NULL");
    }

    @Test
    void aCopyThatWorksIsUpWithAllThatAPersonWantsToKnow() {
        assertThat(saddlebag.pull("full").get("status").asText()).isEqualTo("succeeded");

        JsonNode health = health(200, "UP");
        assertThat(health.get("problems")).isEmpty();
        JsonNode organisation = health.get("organisations").get(0);
        assertThat(organisation.get("token").get("validUntil").asText()).isNotEqualTo("null");
        assertThat(organisation.get("quota").get("callsToday").asLong()).isEqualTo(saddlebag.count("zoho_calls")).isPositive();
        assertThat(organisation.get("quota").get("perMinute").asLong()).isEqualTo(60_000);
        assertThat(organisation.get("quota").get("forecast").get("text").asText()).contains("ZOHO_CALLS_PER_DAY is not set");
        assertThat(organisation.get("lastSuccess").asText()).isNotEqualTo("null");
        assertThat(organisation.get("circuit").asText()).isEqualTo("CLOSED");
        assertThat(organisation.has("troubles") || organisation.has("state")).as("only for the judgement").isFalse();
    }

    @Test
    void aTokenThatEndedIsNoFaultButNoneToBeHadIs() {
        saddlebag.call("POST", ITEM);
        update("UPDATE connections SET ends_at = now() - interval '1 hour', refresh_at = now() - interval '2 hours'");
        assertThat(health(200, "UP").get("organisations").get(0).get("token").get("validUntil").isNull()).isTrue();

        ZOHO.faults().add(Fault.of(Fault.Kind.TOKEN_THROTTLE));
        saddlebag.call("POST", ITEM);
        assertThat(health(200, "DEGRADED").get("problems")).singleElement().asString().contains("access token", "refresh token of their own");
    }

    /** The token lives by its clock: a run waits for another one all the same. */
    @Test
    void aTokenThatZohoRefusesWhileTheNextIsNotToBeHadIsAFault() {
        saddlebag.call("POST", ITEM);
        ZOHO.faults().add(Fault.of(Fault.Kind.DEAD_TOKENS).next(1));
        ZOHO.faults().add(Fault.of(Fault.Kind.TOKEN_THROTTLE));
        long run = saddlebag.start("full");
        await().until(() -> "token".equals(saddlebag.run(run).get("waitingFor").asText()));

        JsonNode health = health(200, "DEGRADED");
        assertThat(health.get("problems")).singleElement().asString().contains("Zoho refuses the access token", "refresh token of their own");
        JsonNode organisation = health.get("organisations").get(0);
        assertThat(organisation.get("token").get("validUntil").isNull()).isFalse();
        assertThat(organisation.get("waiting").get("run").get("for").asText()).isEqualTo("token");
        assertThat(organisation.get("waiting").get("run").get("id").asLong()).isEqualTo(run);

        ZOHO.faults().clear();
        update("UPDATE connections SET cooldown_until = NULL");
        update("UPDATE sync_runs SET waiting_until = now(), waiting_since = now() - interval '2 minutes'");
        assertThat(saddlebag.ended(run).get("status").asText()).isEqualTo("succeeded");
        assertThat(health(200, "UP").get("organisations").get(0).get("waiting").get("run").isNull()).isTrue();
    }

    @Test
    void aRunThatWaitedBeforeAndBroughtSomethingSinceHasNotWaitedLong() {
        ZOHO.faults().add(Fault.limit(44).next(1));
        long run = saddlebag.start("full");
        await().until(() -> "minute".equals(saddlebag.run(run).get("waitingFor").asText()));
        update("UPDATE organisations SET blocked_until = NULL");
        assertThat(health(200, "UP").get("problems")).as("the usual minute").isEmpty();
        update("UPDATE sync_runs SET waiting_since = now() - interval '2 minutes'");
        assertThat(health(200, "DEGRADED").get("problems")).singleElement().asString().contains("the run of items has waited since", "ZOHO_CALLS_PER_MINUTE");

        update("UPDATE sync_runs SET waiting_until = now()");
        assertThat(saddlebag.ended(run).get("status").asText()).isEqualTo("succeeded");
        assertThat(saddlebag.count("sync_runs WHERE waiting_since IS NOT NULL")).isZero();
    }

    @Test
    void aWebhookThatWaitsIsSaidWithTheReason() {
        update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, received_at, due_at, attempts, error) "
            + "VALUES (?, 'waits', 'waits', 'items', 'updated', '7', true, '{}', now() - interval '5 minutes', now() + interval '1 hour', 3, 'no such thing')",
            SaddlebagServer.ORG);
        JsonNode health = health(200, "DEGRADED");
        assertThat(health.get("problems")).singleElement().asString().contains("webhook of items (7)", "no such thing");
        assertThat(health.get("organisations").get(0).get("waiting").get("event").get("attempts").asInt()).isEqualTo(3);
        update("DELETE FROM webhook_events");
        health(200, "UP");
    }

    @Test
    void workThatWaitsForALockIsSaidWithTheSessionThatHoldsIt() throws Exception {
        saddlebag.call("POST", ITEM);
        try (Connection somebody = TestDatabase.connect(url); Statement statement = somebody.createStatement()) {
            somebody.setAutoCommit(false);
            statement.execute("SELECT lock_work('zoho_calls " + SaddlebagServer.ORG + "')");
            CompletableFuture<HttpResponse<String>> call = CompletableFuture.supplyAsync(() -> saddlebag.call("POST", ITEM));
            await().untilAsserted(() -> {
                JsonNode health = health(200, "DEGRADED");
                assertThat(health.get("problems")).singleElement().asString().contains("waited since", "role postgres, idle in transaction", "pg_terminate_backend(");
                assertThat(health.get("organisations").get(0).get("waiting").get("call").get("for").asText()).isEqualTo("slot");
            });
            await().untilAsserted(() -> assertThat(saddlebag.call("GET", "/actuator/prometheus").body())
                .containsPattern("saddlebag_zoho_calls_waiting_seconds\\{[^}]*} [1-9]"));
            somebody.rollback();
            assertThat(call.get().statusCode()).isEqualTo(200);
        }
        assertThat(health(200, "UP").get("organisations").get(0).get("waiting").has("call")).isFalse();
    }

    @Test
    void itIsDownOnlyWhenEveryOrganisationNeedsAPerson() {
        long other = connected("60000000002");
        update("UPDATE connections SET needs_person = 'Correct ZOHO_CLIENT_SECRET' WHERE id = ?", other);
        JsonNode health = health(200, "DEGRADED");
        assertThat(health.get("problems")).singleElement().asString().contains("60000000002", "Correct ZOHO_CLIENT_SECRET");
        assertThat(health.get("organisations").get(1).get("token").get("toDo").asText()).isEqualTo("Correct ZOHO_CLIENT_SECRET");

        update("UPDATE connections SET needs_person = 'Correct ZOHO_CLIENT_SECRET'");
        health(503, "DOWN");
    }

    @Test
    void whatIsNotConnectedSaysHowAndIsAFaultOnlyWhenSomebodyWaitsForIt() {
        update("INSERT INTO organisations (org_id) VALUES ('60000000003')");
        JsonNode health = health(200, "UP");
        assertThat(health.get("organisations").get(1).get("token").get("toDo").asText()).contains("/oauth/connect?org=60000000003");

        update("UPDATE organisations SET awaiting_id = (SELECT min(id) FROM connections) WHERE org_id = '60000000003'");
        assertThat(health(200, "DEGRADED").get("problems")).singleElement().asString().contains("/oauth/connect?org=60000000003");
    }

    @Test
    void aMissingScopeIsSaidUntilACallOfItsKindGoesWell() {
        ZOHO.faults().add(Fault.limit(57));
        assertThat(saddlebag.call("POST", ITEM).statusCode()).isEqualTo(502);
        ZOHO.faults().clear();

        JsonNode health = health(200, "DEGRADED");
        assertThat(health.get("problems")).singleElement().asString().contains("scope for /inventory/v1/items", "/oauth/connect");
        assertThat(health.get("organisations").get(0).get("missingScopes")).hasSize(1);

        assertThat(saddlebag.call("POST", ITEM).statusCode()).isEqualTo(200);
        assertThat(health(200, "UP").get("organisations").get(0).get("missingScopes")).isEmpty();
    }

    @Test
    void aFailedRunIsSaidUntilOneEndsWell() {
        ZOHO.faults().add(Fault.limit(2).status(400).next(1));
        saddlebag.pull("incremental");
        assertThat(health(200, "DEGRADED").get("problems")).singleElement().asString().contains("items", "failed", "code 2");

        update("INSERT INTO sync_runs (org, entity, mode, trigger, status) VALUES (?, 'items', 'full', 'api', 'cancelled')", SaddlebagServer.ORG);
        health(200, "DEGRADED");
        saddlebag.pull("full");
        assertThat(health(200, "UP").get("problems")).isEmpty();
    }

    @Test
    void rejectedRecordsAreSaidWithWhereTheyAre() {
        update("INSERT INTO sync_runs (org, entity, mode, trigger, status, rejected, finished_at) "
            + "VALUES (?, 'items', 'full', 'api', 'partial', 3, now())", SaddlebagServer.ORG);
        update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) VALUES (?, 'pull', 'items', '7', '{}', 'no name')", SaddlebagServer.ORG);
        assertThat(health(200, "DEGRADED").get("problems")).singleElement().asString()
            .contains("rejected 3 records: see GET /api/dead-letters?entity=items; correct them in Zoho");

        update("UPDATE dead_letters SET closed_at = now()");
        assertThat(health(200, "UP").get("problems")).as("none waits any more").isEmpty();
        update("DELETE FROM dead_letters");
    }

    @Test
    void eachProblemHasAKeyAndTheCallThatMendsItForStaffOnly() {
        update("INSERT INTO sync_runs (org, entity, mode, trigger, status, error, finished_at) VALUES (?, 'items', 'full', 'api', 'failed', 'no luck', now())",
            SaddlebagServer.ORG);
        JsonNode health = health(200, "DEGRADED");
        JsonNode finding = health.get("findings").get(0);
        assertThat(health.get("findings")).hasSize(1);
        assertThat(finding.get("text")).isEqualTo(health.get("problems").get(0));
        assertThat(finding.get("key").asText()).isEqualTo(SaddlebagServer.ORG + ".run.items");
        assertThat(finding.get("org").asText()).isEqualTo(SaddlebagServer.ORG);
        assertThat(finding.get("mend").toString()).isEqualTo(
            "{\"label\":\"Sync now\",\"method\":\"POST\",\"address\":\"/api/sync/items?org=" + SaddlebagServer.ORG + "\"}");

        HttpResponse<String> stranger = saddlebag.call("GET", "/api/zoho/health", null);
        assertThat(stranger.body()).isEqualTo("{\"status\":\"DEGRADED\",\"problemCount\":1}");
    }

    @Test
    void aBrokenRunThatIsCarriedOnIsNoFault() {
        update("INSERT INTO sync_runs (org, entity, mode, trigger, status, error, heartbeat_at, finished_at) "
            + "VALUES (?, 'items', 'full', 'api', 'abandoned', 'stopped', now() - interval '2 days', now())", SaddlebagServer.ORG); // too old to be resumed
        assertThat(health(200, "DEGRADED").get("problems")).singleElement().asString().contains("broken off: stopped");
        update("INSERT INTO sync_runs (org, entity, mode, trigger, status, waiting_until) "
            + "VALUES (?, 'items', 'full', 'resume', 'running', now() + interval '1 hour')", SaddlebagServer.ORG);
        health(200, "UP");
    }

    @Test
    void aBlockAndADayThatIsSpentAreSaidWithTheirEnd() {
        update("UPDATE organisations SET blocked_until = now() + interval '1 minute', blocked_for = 'minute'");
        assertThat(health(200, "DEGRADED").get("problems")).singleElement().asString().contains("ZOHO_CALLS_PER_MINUTE");

        update("UPDATE organisations SET blocked_until = NULL, day_limit = 1000, day_remaining = 50, day_resets_at = now() + interval '2 hours'");
        JsonNode health = health(200, "DEGRADED");
        assertThat(health.get("problems")).singleElement().asString().contains("50 of 1000 calls of the daily quota are left");
        assertThat(health.get("organisations").get(0).get("quota").get("dayRemaining").asLong()).isEqualTo(50);

        update("UPDATE organisations SET day_resets_at = now() - interval '1 second'");
        assertThat(health(200, "UP").get("organisations").get(0).get("quota").get("dayRemaining").isNull()).as("void by now").isTrue();
    }

    @Test
    void theForecastFollowsTheRateOfTheLastHour() {
        update("UPDATE organisations SET calls_per_day = 1000, day_resets_at = now() + interval '10 hours'");
        update("INSERT INTO zoho_calls (org_id, at, released_at, method, path, purpose) "
            + "SELECT ?, now() - g * interval '10 seconds', now(), 'GET', '/x', 'pull' FROM generate_series(1, 200) g", SaddlebagServer.ORG);

        JsonNode quota = health(200, "UP").get("organisations").get(0).get("quota");
        assertThat(quota.get("dayRemaining").asLong()).isEqualTo(800);
        assertThat(Duration.between(Instant.now(), Instant.parse(quota.get("forecast").get("lastsUntil").asText())))
            .isBetween(Duration.ofMinutes(239), Duration.ofMinutes(240));
    }

    @Test
    void aTimerThatCannotBeFollowedIsSaid() {
        update("UPDATE organisations SET pull_cron = 'now and then'");
        await().untilAsserted(() -> assertThat(health(200, "DEGRADED").get("problems")).singleElement().asString()
            .contains("now and then", "six fields"));
        update("UPDATE organisations SET pull_cron = NULL");
        await().untilAsserted(() -> health(200, "UP"));
    }

    @Test
    void aDatabaseThatIsAwayIsDownAndBackIsUp() throws Exception {
        String name = url.substring(url.lastIndexOf('/') + 1);
        try (Connection elsewhere = TestDatabase.connect(url.replace(name, "postgres")); Statement statement = elsewhere.createStatement()) {
            statement.execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
            try {
                statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
                assertThat(health(503, "DOWN").get("problems")).singleElement().asString().contains("DATABASE_URL");
            } finally {
                statement.execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
            }
        }
        await().untilAsserted(() -> health(200, "UP"));
        saddlebag.bean(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections(); // the pool does not look at one that was used just now
    }

    @Test
    void theGaugesTellWhatIsLeft() {
        ZOHO.limits().change(new Quotas(0, 1000, 0, 0, 600, 0, 3600));
        saddlebag.call("POST", ITEM);
        await().untilAsserted(() -> assertThat(saddlebag.call("GET", "/actuator/prometheus").body())
            .containsPattern("saddlebag_zoho_token_seconds_left\\{[^}]*org=\"" + SaddlebagServer.ORG + "\"[^}]*} 3[0-9]{3}")
            .containsPattern("saddlebag_zoho_slots_held\\{[^}]*} 1\\.0")
            .containsPattern("saddlebag_zoho_day_remaining\\{[^}]*} 999\\.0"));
    }

    /** Another organisation with a connection of its own. @return the connection */
    private static long connected(String org) {
        long id = saddlebag.database().queryForObject("INSERT INTO connections (region, client_id, client_secret, refresh_token) "
            + "SELECT region, client_id, client_secret, refresh_token FROM connections LIMIT 1 RETURNING id", Long.class);
        update("INSERT INTO organisations (org_id, connection_id) VALUES (?, ?)", org, id);
        return id;
    }

    private static JsonNode health(int code, String status) {
        HttpResponse<String> answer = saddlebag.call("GET", "/api/zoho/health");
        JsonNode health = SaddlebagServer.json(answer);
        assertThat(health.get("status").asText()).as(answer.body()).isEqualTo(status);
        assertThat(answer.statusCode()).isEqualTo(code);
        return health;
    }

    private static void update(String statement, Object... values) {
        saddlebag.database().update(statement, values);
    }
}
