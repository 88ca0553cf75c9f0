package io.saddlebag.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The heartbeat of an installation without a channel stays away while there is a problem, and comes from one replica only. */
@Tag("sql")
class HeartbeatIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static Receiver elsewhere;
    private static SaddlebagServer saddlebag;
    private static SaddlebagServer replica;

    @BeforeAll
    static void start() throws Exception {
        ZOHO.reset();
        elsewhere = new Receiver();
        String url = TestDatabase.migrated();
        saddlebag = start(url);
        replica = start(url);
    }

    private static SaddlebagServer start(String url) {
        return SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + url, "--saddlebag.alerts.every=100ms", "--saddlebag.alerts.heartbeat-every=300ms",
            "--saddlebag.alerts.heartbeat-url=" + elsewhere.url("/ping/secret?x=1"));
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
        replica.close();
        elsewhere.close();
    }

    @Test
    void itBeatsWhileAllIsWellAndSaysWhenItDoesNotArrive() {
        await().until(() -> elsewhere.taken().size() >= 2);
        assertThat(elsewhere.taken().get(0).method() + " " + elsewhere.taken().get(0).path()).isEqualTo("GET /ping/secret?x=1");
        assertThat(beats(4)).as("seconds for four beats of two replicas, each 0.3 s after the one before").isGreaterThan(0.9);

        saddlebag.database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, error, finished_at) VALUES (?, 'items', 'full', 'api', 'failed', 'x', now())",
            SaddlebagServer.ORG);
        await().until(() -> saddlebag.count("alerts WHERE state = 'firing'") == 1);
        int told = elsewhere.requests().size();
        watchTwice();
        assertThat(elsewhere.requests().size()).as("one may have been on its way").isLessThanOrEqualTo(told + 1);

        saddlebag.database().update("TRUNCATE sync_runs CASCADE");
        await().until(() -> elsewhere.requests().size() > told + 1);

        elsewhere.answers(404);
        await().until(() -> "The receiver answered 404".equals(saddlebag.database().queryForObject("SELECT heartbeat_error FROM alert_watch", String.class)));
        assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/zoho/health")).get("problems")).singleElement().asString()
            .contains("The heartbeat does not reach its address: The receiver answered 404", "SADDLEBAG_HEARTBEAT_URL").doesNotContain("secret");
        await().until(() -> saddlebag.count("alerts WHERE key = 'alerts.heartbeat' AND state = 'firing'") == 1);

        elsewhere.answers(200);
        letTheHeartbeatBeDue();
        await().untilAsserted(() -> assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/zoho/health")).get("status").asText()).isEqualTo("UP"));
        assertThat(beats(2)).as("seconds for two beats").isLessThan(10);
        await().until(() -> saddlebag.count("alerts WHERE state = 'firing'") == 0);
    }

    @Test
    void aHeartbeatThatIsNoLongerWantedIsNoProblem() {
        try (SaddlebagServer other = SaddlebagServer.start(ZOHO)) {
            other.database().update("UPDATE alert_watch SET heartbeat_error = 'The receiver answered 404'");

            assertThat(SaddlebagServer.json(other.call("GET", "/api/zoho/health")).get("problems")).isEmpty();
        }
    }

    /** A failed heartbeat is tried again in a minute. */
    private static void letTheHeartbeatBeDue() {
        saddlebag.database().update("UPDATE alert_watch SET heartbeat_due_at = now()");
    }

    /** @return seconds */
    private static double beats(int number) {
        int before = elsewhere.taken().size();
        await().pollInterval(Duration.ofMillis(5)).until(() -> elsewhere.taken().size() > before);
        long begin = System.nanoTime();
        await().pollInterval(Duration.ofMillis(5)).until(() -> elsewhere.taken().size() > before + number);
        return (System.nanoTime() - begin) / 1e9;
    }

    private static void watchTwice() {
        for (int n = 0; n < 2; n++) {
            String seen = saddlebag.database().queryForObject("SELECT watched_at FROM alert_watch", String.class);
            await().until(() -> !seen.equals(saddlebag.database().queryForObject("SELECT watched_at FROM alert_watch", String.class)));
        }
    }
}
