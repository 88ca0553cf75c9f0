package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The access token: had once by all replicas, kept, refreshed early, and never asked for in a loop. */
@Tag("sql")
class TokensIT {

    private static final String ITEM = "/api/sync/items/6000000000010000001";
    /** The first client has all of its organisations but the last. */
    private static final SandboxServer ZOHO = SandboxServer.start("--saddlebag.sandbox.organisations=13");
    private static String url;
    private static List<SaddlebagServer> replicas;
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() throws SQLException {
        url = TestDatabase.migrated();
        replicas = IntStream.range(0, 3).mapToObj(i -> SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + url)).toList();
        saddlebag = replicas.get(0);
    }

    @AfterAll
    static void stop() {
        replicas.forEach(SaddlebagServer::close);
        ZOHO.close();
    }

    @BeforeEach
    void asNew() {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        saddlebag.database().update("UPDATE sync_runs SET status = 'cancelled' WHERE status = 'running'");
        saddlebag.database().update("DELETE FROM token_requests");
        saddlebag.database().update("DELETE FROM missing_scopes");
        saddlebag.database().update("DELETE FROM zoho_calls");
        saddlebag.database().update("UPDATE organisations SET books_missing_since = NULL, books_refused = '{}'");
        saddlebag.database().update("UPDATE connections SET access_token = NULL, refresh_at = NULL, ends_at = NULL, "
            + "lease_until = NULL, cooldown_until = NULL, needs_person = NULL");
        ZOHO.calls().reset();
    }

    @Test
    void twelveThreadsOfThreeReplicasThatMeetADeadTokenCauseOneTokenCall() {
        fetch(saddlebag);
        ZOHO.tokens().endAll();
        ZOHO.calls().reset();

        List<Integer> statuses = IntStream.range(0, 12)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> fetch(replicas.get(i % 3)).statusCode()))
            .toList().stream().map(CompletableFuture::join).toList();

        assertThat(statuses).containsOnly(200);
        assertThat(ZOHO.calls().counts().oauth()).isEqualTo(1);
    }

    @Test
    void twelveOrganisationsOfOneConnectionThatMeetADeadTokenCauseOneTokenCall() throws SQLException {
        List<String> organisations = IntStream.rangeClosed(1, 12).mapToObj("600000000%02d"::formatted).toList();
        ExecutorService callers = Executors.newFixedThreadPool(12);
        try (Connection other = TestDatabase.connect(url); Statement lock = other.createStatement()) {
            organisations.forEach(org -> saddlebag.database().update("INSERT INTO organisations (org_id, connection_id) "
                + "SELECT ?, connection_id FROM organisations WHERE is_default ON CONFLICT DO NOTHING", org));
            fetch(saddlebag);
            ZOHO.tokens().endAll();
            ZOHO.calls().reset();
            other.setAutoCommit(false);
            lock.execute("SELECT 1 FROM connections FOR UPDATE"); // who has no good token waits, so that all of them are refused before one asks

            List<CompletableFuture<Integer>> calls = organisations.stream().map(org -> CompletableFuture.supplyAsync(() ->
                replicas.get(organisations.indexOf(org) % 3).call("POST", ITEM + "?org=" + org).statusCode(), callers)).toList();
            await().until(() -> ZOHO.calls().counts().api() == 12);
            other.rollback();

            List<Integer> statuses = calls.stream().map(CompletableFuture::join).toList();
            assertThat(statuses).hasSize(12).containsOnly(200);
            assertThat(ZOHO.calls().counts().oauth()).isEqualTo(1);
            organisations.forEach(org -> assertThat(ZOHO.calls().counts().byOrganisation().get(org).api())
                .as("%s: refused with the dead token, repeated with the new one", org).isEqualTo(2));
        } finally {
            callers.shutdown();
            saddlebag.database().update("DELETE FROM organisations WHERE NOT is_default");
        }
    }

    @Test
    void aTokenIsRefreshedFiveMinutesBeforeItEnds() {
        fetch(saddlebag);
        assertThat(seconds("refresh_at")).isBetween(3290.0, 3300.0);
        assertThat(seconds("ends_at")).isBetween(3590.0, 3600.0);

        saddlebag.database().update("UPDATE connections SET refresh_at = now()");
        fetch(saddlebag);
        assertThat(ZOHO.calls().counts().oauth()).isEqualTo(2);
        fetch(replicas.get(1));
        assertThat(ZOHO.calls().counts().oauth()).isEqualTo(2);
    }

    @Test
    void aShortLifeIsUsedToFourFifths() {
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 100));
        fetch(saddlebag);
        assertThat(seconds("refresh_at")).isBetween(70.0, 80.0);
    }

    @Test
    void noTokenLiesInTheDatabaseAsItIs() {
        fetch(saddlebag);
        for (String column : List.of("client_secret", "refresh_token", "access_token")) {
            assertThat(saddlebag.database().queryForObject("SELECT encode(" + column + ", 'escape') FROM connections", String.class))
                .isNotEmpty().doesNotContain("1000.", "sandbox");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 200})
    void theTokenThrottleIsWaitedForByAllReplicasAndNotAskedAgain(int status) {
        ZOHO.faults().add(Fault.status(Fault.Kind.TOKEN_THROTTLE, status));

        for (SaddlebagServer replica : replicas) {
            HttpResponse<String> answer = fetch(replica);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("token");
            assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(280L, 300L);
        }
        long run = saddlebag.start("full");
        await().until(() -> !saddlebag.run(run).get("waitingUntil").isNull());

        assertThat(saddlebag.run(run).get("waitingFor").asText()).isEqualTo("token");
        assertThat(ZOHO.calls().counts().oauth()).isEqualTo(1);
        assertThat(ZOHO.calls().counts().api()).isZero();
        assertThat(saddlebag.count("zoho_calls WHERE status IS NULL AND released_at > now()"))
            .as("a call that never left holds no slot").isZero();
        assertThat(saddlebag.run(run).get("calls").asInt()).as("and is none").isZero();
        JsonNode quota = SaddlebagServer.json(saddlebag.call("GET", "/api/zoho/health")).at("/organisations/0/quota");
        assertThat(List.of(quota.get("callsToday").asInt(), quota.get("callsInLastHour").asInt())).containsOnly(0);
    }

    @Test
    void whileTheOldTokenLivesAThrottledRefreshStopsNobody() {
        fetch(saddlebag);
        saddlebag.database().update("UPDATE connections SET refresh_at = now()");
        ZOHO.faults().add(Fault.status(Fault.Kind.TOKEN_THROTTLE, 400));

        replicas.forEach(replica -> assertThat(fetch(replica).statusCode()).isEqualTo(200));

        assertThat(ZOHO.calls().counts().oauth()).as("the first token, and one refusal").isEqualTo(2);
    }

    @Test
    void aRevokedConnectionStopsAllCallsAtOnceAndHealthSaysWhatToDo() {
        ZOHO.faults().add(Fault.of(Fault.Kind.INVALID_CODE));

        for (SaddlebagServer replica : replicas) {
            JsonNode run = replica.pull("full");
            assertThat(run.get("status").asText()).isEqualTo("failed");
            assertThat(run.get("error").asText()).contains("invalid_code", "/oauth/connect", "ZOHO_REFRESH_TOKEN");
        }

        assertThat(ZOHO.calls().counts().oauth()).isEqualTo(1);
        assertThat(ZOHO.calls().counts().api()).isZero();
        HttpResponse<String> health = replicas.get(1).call("GET", "/api/zoho/health");
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(health.body()).contains("DOWN", "ZOHO_REFRESH_TOKEN");
    }

    @Test
    void anAccountsServerThatFailsPutsWorkOffForLongerEachTime() {
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 500).on("/oauth/v2/token"));

        List<Integer> statuses = IntStream.range(0, 12)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> fetch(replicas.get(i % 3)).statusCode()))
            .toList().stream().map(CompletableFuture::join).toList();
        assertThat(statuses).containsOnly(503);
        assertThat(ZOHO.calls().counts().oauth()).isEqualTo(1);
        assertThat(cooldown()).isEqualTo(5.0);

        saddlebag.database().update("UPDATE connections SET cooldown_until = now()");
        fetch(saddlebag);
        assertThat(cooldown()).isEqualTo(10.0);

        ZOHO.faults().clear();
        saddlebag.database().update("UPDATE connections SET cooldown_until = now()");
        assertThat(fetch(saddlebag).statusCode()).isEqualTo(200);
    }

    @Test
    void whoDiesWhileItAsksBlocksTheOthersNoLongerThanItsLease() {
        saddlebag.database().update("UPDATE connections SET lease_until = now() + interval '2 seconds'");
        long before = System.nanoTime();

        assertThat(fetch(saddlebag).statusCode()).isEqualTo(200);

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10));
    }

    @Test
    void theTenthTokenInTenMinutesIsNotAskedFor() {
        saddlebag.database().update("INSERT INTO token_requests (connection_id, at, outcome) "
            + "SELECT id, now() - make_interval(mins => g), 'ok' FROM connections, generate_series(1, 9) g");

        HttpResponse<String> answer = fetch(saddlebag);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(50L, 66L);
        assertThat(ZOHO.calls().counts().oauth()).isZero();
    }

    @Test
    void aMissingScopeIsToldFromADeadTokenAndNotRefreshedForAgain() {
        ZOHO.faults().add(Fault.limit(57));

        for (int i = 0; i < 3; i++) {
            HttpResponse<String> answer = fetch(saddlebag);
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body()).contains("lacks the scope", "/inventory/v1/items", "/oauth/connect");
        }
        assertThat(ZOHO.calls().counts().oauth()).as("the first token, and a fresh one to be sure").isEqualTo(2);
    }

    @Test
    void anOldTokenThatIsRefusedIsToldFromAMissingScopeByAFreshOne() {
        fetch(saddlebag);
        longAgo();
        ZOHO.faults().add(Fault.limit(57));

        for (int i = 0; i < 3; i++) {
            assertThat(fetch(replicas.get(i)).body()).contains("lacks the scope");
        }
        assertThat(ZOHO.calls().counts().oauth()).as("the first token, and a fresh one to be sure").isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void threeMissingScopesThatAreMetAgainAndAgainCauseOneTokenCallAtMost(boolean othersGetThrough) {
        ZOHO.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE).on("/(contacts|invoices|bills)/"));
        fetch(saddlebag);
        longAgo();
        if (othersGetThrough) {
            fetch(saddlebag);
        }

        for (int i = 0; i < 4; i++) {
            for (String kind : List.of("contacts", "invoices", "bills")) {
                assertThat(replicas.get(i % 3).call("POST", "/api/sync/" + kind + "/1").body()).contains("lacks the scope");
            }
        }
        assertThat(ZOHO.calls().counts().oauth()).isEqualTo(2);
        assertThat(saddlebag.count("missing_scopes")).isEqualTo(3);
        assertThat(fetch(saddlebag).statusCode()).as("and stop nobody else").isEqualTo(200);
    }

    @Test
    void aFirstFullRunOfAllKindsWithTheScopeOfItemsAloneCausesOneTokenCallAtMost() {
        ZOHO.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE).on("/(inventory|books)/v[0-9]/(?!items|itemdetails|organizations)"));
        fetch(saddlebag);
        longAgo();

        List<String> kinds = saddlebag.bean(Kinds.class).names();
        List<Long> runs = kinds.stream().map(kind -> saddlebag.start(kind, "full")).toList();

        assertThat(runs.stream().map(run -> saddlebag.ended(run)).filter(run -> !run.path("error").asText().contains("lacks the scope"))
            .map(run -> run.get("entity").asText() + " " + run.get("status").asText())).containsExactly("items succeeded");
        assertThat(ZOHO.calls().counts().oauth()).isLessThanOrEqualTo(2);
    }

    @Test
    void whileNoOtherTokenCanBeHadOnlyThoseWhomZohoRefusesArePutOff() {
        ZOHO.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE).on("/contacts/"));
        fetch(saddlebag);
        for (String hindrance : List.of("away", "throttled", "limit")) {
            longAgo();
            switch (hindrance) {
                case "away" -> ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 500).next(1).on("/oauth/v2/token"));
                case "throttled" -> ZOHO.faults().add(Fault.of(Fault.Kind.TOKEN_THROTTLE).next(1));
                default -> saddlebag.database().update("INSERT INTO token_requests (connection_id, at, outcome) "
                    + "SELECT id, now() - make_interval(mins => g), 'ok' FROM connections, generate_series(1, 9) g");
            }

            HttpResponse<String> refused = saddlebag.call("POST", "/api/sync/contacts/1");

            assertThat(refused.statusCode()).as("%s: %s", hindrance, refused.body()).isEqualTo(503);
            assertThat(refused.body()).contains("limit (token)");
            assertThat(fetch(replicas.get(1)).statusCode()).as(hindrance).isEqualTo(200);
            assertThat(seconds("ends_at")).as(hindrance).isGreaterThan(3000);
            saddlebag.database().update("UPDATE connections SET cooldown_until = NULL");
        }
        assertThat(ZOHO.tokens().issued()).isEqualTo(1);
    }

    @Test
    void whatWasFoundOutOfAScopeEndsWithTheFirstCallThatGetsThrough() {
        ZOHO.faults().add(Fault.limit(57));
        assertThat(fetch(saddlebag).statusCode()).isEqualTo(502);
        ZOHO.faults().clear();
        assertThat(fetch(saddlebag).statusCode()).isEqualTo(200);

        ZOHO.tokens().endAll();

        assertThat(fetch(saddlebag).statusCode()).as("a dead token, and no missing scope").isEqualTo(200);
    }

    @Test
    void aTokenThatDiesJustAfterOthersGotThroughIsReplacedAndNoScopeIsMissing() {
        assertThat(fetch(saddlebag).statusCode()).isEqualTo(200);
        ZOHO.tokens().endAll();

        assertThat(saddlebag.call("POST", "/api/sync/contacts/1").body()).doesNotContain("lacks the scope");

        assertThat(ZOHO.calls().counts().oauth()).isEqualTo(2);
        assertThat(saddlebag.count("missing_scopes")).isZero();
    }

    @Test
    void aTokenThatDiedWhenItWasFreshIsNotTakenForAMissingScopeForLong() {
        ZOHO.faults().add(Fault.of(Fault.Kind.DEAD_TOKENS).next(2));
        assertThat(fetch(saddlebag).statusCode()).isEqualTo(502);
        assertThat(fetch(saddlebag).statusCode()).isEqualTo(502);

        longAgo();

        assertThat(fetch(saddlebag).statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> fetch(SaddlebagServer replica) {
        return replica.call("POST", ITEM);
    }

    /** All that was is ten minutes ago, and no call is remembered. */
    private static void longAgo() {
        saddlebag.database().update("UPDATE connections SET issued_at = issued_at - interval '10 minutes'");
        saddlebag.database().update("UPDATE missing_scopes SET since = since - interval '10 minutes'");
        saddlebag.database().update("DELETE FROM zoho_calls");
    }

    /** Seconds from the failure, which was the last to change the connection. */
    private static double cooldown() {
        return saddlebag.database().queryForObject("SELECT extract(epoch FROM cooldown_until - updated_at) FROM connections", Double.class);
    }

    /** From now until a moment of the connection. */
    private static double seconds(String column) {
        return saddlebag.database().queryForObject("SELECT extract(epoch FROM " + column + " - clock_timestamp()) FROM connections",
            Double.class);
    }
}
