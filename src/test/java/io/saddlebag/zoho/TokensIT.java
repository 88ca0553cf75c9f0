package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.SaddlebagServer;
import io.saddlebag.database.TestDatabase;
import io.saddlebag.sandbox.Fault;
import io.saddlebag.sandbox.SandboxQuotas;
import io.saddlebag.sandbox.SandboxServer;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The access token: had once by all replicas, kept, refreshed early, and never asked for in a loop. */
class TokensIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static List<SaddlebagServer> replicas;
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() throws SQLException {
        String database = "--DATABASE_URL=" + TestDatabase.fresh();
        replicas = IntStream.range(0, 3).mapToObj(i -> SaddlebagServer.start(ZOHO, database)).toList();
        saddlebag = replicas.get(0);
    }

    @AfterAll
    static void stop() {
        replicas.forEach(SaddlebagServer::close);
        ZOHO.reset();
    }

    @BeforeEach
    void asNew() {
        ZOHO.reset();
        ZOHO.limits().change(new SandboxQuotas(0, 0, 0, 0, 600, 0, 3600));
        saddlebag.database().update("UPDATE sync_runs SET status = 'cancelled' WHERE status = 'running'");
        saddlebag.database().update("DELETE FROM token_requests");
        saddlebag.database().update("DELETE FROM missing_scopes");
        saddlebag.database().update("DELETE FROM zoho_calls");
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
    void twelveOrganisationsOfOneConnectionThatMeetADeadTokenCauseOneTokenCall() {
        for (int i = 2; i <= 12; i++) {
            saddlebag.database().update("INSERT INTO organisations (org_id, connection_id) SELECT ?, connection_id "
                + "FROM organisations WHERE is_default ON CONFLICT DO NOTHING", "600000000" + (i < 10 ? "0" : "") + i);
        }
        fetch(saddlebag);
        ZOHO.tokens().endAll();
        ZOHO.calls().reset();

        IntStream.rangeClosed(1, 12).mapToObj(i -> CompletableFuture.supplyAsync(() -> replicas.get(i % 3)
                .call("POST", "/api/sync/items/6000000000010000001?org=600000000" + (i < 10 ? "0" : "") + i)))
            .toList().forEach(CompletableFuture::join);

        assertThat(ZOHO.calls().counts().oauth()).isEqualTo(1);
        saddlebag.database().update("DELETE FROM organisations WHERE NOT is_default");
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
        ZOHO.limits().change(new SandboxQuotas(0, 0, 0, 0, 600, 0, 100));
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
        HttpResponse<String> health = replicas.get(1).call("GET", "/api/zoho/health", null);
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
        assertThat(seconds("cooldown_until")).isBetween(2.0, 5.0);

        saddlebag.database().update("UPDATE connections SET cooldown_until = now()");
        fetch(saddlebag);
        assertThat(seconds("cooldown_until")).isBetween(7.0, 10.0);

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
    void whatWasFoundOutOfAScopeEndsWithTheFirstCallThatGetsThrough() {
        ZOHO.faults().add(Fault.limit(57));
        assertThat(fetch(saddlebag).statusCode()).isEqualTo(502);
        ZOHO.faults().clear();
        assertThat(fetch(saddlebag).statusCode()).isEqualTo(200);

        ZOHO.tokens().endAll();

        assertThat(fetch(saddlebag).statusCode()).as("a dead token, and no missing scope").isEqualTo(200);
    }

    @Test
    void aTokenThatDiedWhenItWasFreshIsNotTakenForAMissingScopeForLong() {
        ZOHO.faults().add(Fault.of(Fault.Kind.DEAD_TOKENS).next(2));
        assertThat(fetch(saddlebag).statusCode()).isEqualTo(502);
        assertThat(fetch(saddlebag).statusCode()).isEqualTo(502);

        saddlebag.database().update("UPDATE missing_scopes SET since = since - interval '2 minutes'");

        assertThat(fetch(saddlebag).statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> fetch(SaddlebagServer replica) {
        return replica.call("POST", "/api/sync/items/6000000000010000001");
    }

    /** From now until a moment of the connection. */
    private static double seconds(String column) {
        return saddlebag.database().queryForObject("SELECT extract(epoch FROM " + column + " - clock_timestamp()) FROM connections",
            Double.class);
    }
}
