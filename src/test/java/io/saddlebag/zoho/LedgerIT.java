package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.SaddlebagServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The ledger is the limiter: what it grants, to whom it says wait, and when a slot comes home. */
@Tag("sql")
class LedgerIT {

    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() {
        saddlebag = SaddlebagServer.plain().asStarted();
    }

    @BeforeEach
    void asNew() {
        saddlebag.empty("zoho_calls");
        saddlebag.database().execute("DELETE FROM organisations WHERE NOT is_default");
        saddlebag.database().execute("UPDATE organisations SET blocked_until = NULL, day_remaining = NULL, day_resets_at = NULL, wanted_until = NULL, day_counted = NULL,"
                + " day_counted_from = NULL, day_counted_to = NULL");
    }

    @Test
    void simultaneousCallersGetNinetySlotsAndNotOneMore() {
        List<Map<String, Object>> answers;
        ExecutorService callers = Executors.newFixedThreadPool(12); // fewer than connections: none waits for one
        try {
            answers = IntStream.range(0, 120).mapToObj(i -> CompletableFuture.supplyAsync(() -> take("check", 90, 1000), callers))
                    .toList().stream().map(CompletableFuture::join).toList();
        } finally {
            callers.shutdown();
        }

        assertThat(answers.stream().filter(answer -> answer.get("call_id") != null)).hasSize(90);
        assertThat(answers.stream().filter(answer -> answer.get("call_id") == null))
                .allSatisfy(answer -> assertThat(answer.get("waiting_for")).isEqualTo("minute"));
        assertThat(saddlebag.count("zoho_calls")).isEqualTo(90);
    }

    @Test
    void aSlotIsHeldUntilAMinuteAfterItsAnswerOrItsTimeOut() {
        long call = (long) take("check", 1, 10).get("call_id");
        assertThat(saddlebag.count("zoho_calls WHERE released_at = at + interval '90 seconds'")).isEqualTo(1);
        assertThat((long) take("check", 1, 10).get("wait_ms")).isBetween(80_000L, 90_000L);

        saddlebag.database().update("UPDATE zoho_calls SET answered_at = now() - interval '50 seconds', "
                + "released_at = now() + interval '10 seconds' WHERE id = ?", call);
        assertThat((long) take("check", 1, 10).get("wait_ms")).isBetween(5_000L, 10_000L);

        saddlebag.database().update("UPDATE zoho_calls SET released_at = now()");
        assertThat(take("check", 1, 10).get("call_id")).isNotNull();
    }

    @Test
    void callsThatAreOnTheirWayCountUntilTheyAnswerOrTimeOut() {
        for (int i = 0; i < 4; i++) {
            assertThat(take("check", 90, 4).get("call_id")).isNotNull();
        }
        assertThat(take("check", 90, 4).get("waiting_for")).isEqualTo("in-flight");
        saddlebag.database().update("UPDATE zoho_calls SET at = at - interval '31 seconds'"); // their process was killed
        assertThat(take("check", 90, 4).get("call_id")).isNotNull();
    }

    @Test
    void pullsAreSpacedEvenlyAndAPersonPassesThem() {
        assertThat(take("pull", 60, 100).get("call_id")).isNotNull();
        Map<String, Object> second = take("pull", 60, 100);
        assertThat(second.get("waiting_for")).isEqualTo("minute");
        assertThat((long) second.get("wait_ms")).isBetween(1L, 1000L);
        assertThat(take("check", 60, 100).get("call_id")).isNotNull();
        assertThat(take("webhook", 60, 100).get("call_id")).isNotNull();
    }

    @Test
    void oneOrganisationsBlockIsNotTheOthers() {
        saddlebag.database().update("INSERT INTO organisations (org_id) VALUES ('other')");
        saddlebag.database().update("UPDATE organisations SET blocked_until = now() + interval '1 minute', blocked_for = 'minute' WHERE is_default");

        assertThat(take("check", 90, 10).get("waiting_for")).isEqualTo("minute");
        assertThat(take("other", "check", 90, 10, null).get("call_id")).isNotNull();
    }

    @Test
    void theDaysBudgetIsTheSettingOrWhatZohoSaid() {
        assertThat(take(SaddlebagServer.ORG, "check", 90, 10, 1).get("call_id")).isNotNull();
        assertThat(take(SaddlebagServer.ORG, "check", 90, 10, 1).get("waiting_for")).isEqualTo("day");

        saddlebag.database().update("UPDATE organisations SET day_remaining = 0, day_resets_at = now() + interval '2 hours'");
        Map<String, Object> refused = take("check", 90, 10);
        assertThat(refused.get("waiting_for")).isEqualTo("day");
        assertThat((long) refused.get("wait_ms")).isBetween(7_190_000L, 7_200_000L);
        saddlebag.database().update("UPDATE organisations SET day_resets_at = now()");
        assertThat(take("check", 90, 10).get("call_id")).isNotNull();
    }

    @Test
    void callsOfTheDayThatWereCountedBeforeAreNotForgottenAndThoseOfTheDayBeforeAre() {
        saddlebag.database().update("UPDATE organisations SET day_remaining = 9999, day_resets_at = now() + interval '12 hours'");
        saddlebag.database().update("INSERT INTO zoho_calls (org_id, at, answered_at, released_at, method, path, purpose)"
                + " SELECT ?, at, at, at + interval '1 minute', 'GET', '/x', 'pull' FROM generate_series(1, 700) i, LATERAL (SELECT now() - (i - 0.5) * interval '1 minute' AS at) c",
                SaddlebagServer.ORG);
        for (int call = 701; call <= 705; call++) {
            saddlebag.database().update("UPDATE organisations SET day_resets_at = day_resets_at + interval '1 second'"); // as Zoho's answers have it
            assertThat(take(SaddlebagServer.ORG, "check", 90, 10, 705).get("call_id")).as("call %s", call).isNotNull();
        }
        assertThat(saddlebag.count("organisations WHERE day_counted = 700")).isEqualTo(1);
        assertThat(take(SaddlebagServer.ORG, "check", 90, 10, 705).get("waiting_for")).isEqualTo("day");

        saddlebag.database().update("UPDATE organisations SET day_resets_at = now() + interval '23 hours'"); // an hour of the new day
        assertThat(take(SaddlebagServer.ORG, "check", 90, 10, 66).get("call_id")).as("60 calls in this hour, and 5 just now").isNotNull();
        assertThat(take(SaddlebagServer.ORG, "check", 90, 10, 66).get("waiting_for")).isEqualTo("day");
    }

    private static Map<String, Object> take(String purpose, int perMinute, int inFlight) {
        return take(SaddlebagServer.ORG, purpose, perMinute, inFlight, null);
    }

    private static Map<String, Object> take(String org, String purpose, int perMinute, int inFlight, Integer perDay) {
        return saddlebag.database().queryForMap(
                "SELECT * FROM zoho_take_slot(?, 'GET', '/x', ?, NULL, ?, ?::integer, ?, interval '30 seconds')",
                org, purpose, perMinute, perDay, inFlight);
    }
}
