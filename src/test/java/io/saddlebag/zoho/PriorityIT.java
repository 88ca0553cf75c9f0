package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets the next slot: a lone pull loses nothing, and yet a webhook or a person hardly waits for it. */
@Tag("sql")
class PriorityIT {

    private static final long MINUTE = 60_000;

    private final SimulatedLedger ledger = new SimulatedLedger();
    private final SimulatedZoho zoho = new SimulatedZoho(ledger);
    private final Random dice = new Random(1319);
    private final List<Long> waits = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        ledger.close();
    }

    @Test
    void aLonePullMakesAtLeastEightyEightCallsInEveryMinute() {
        long start = ledger.now();
        SimulatedPull.start(ledger, zoho, 900, dice);
        ledger.pass(5 * MINUTE);
        for (int minute = 0; minute < 5; minute++) {
            assertThat(zoho.inMinute(start, minute)).as("minute " + minute).isBetween(88L, 90L);
        }
        assertThat(zoho.mostInAMinute()).isLessThanOrEqualTo(90);
    }

    /** With slow answers it is the four places that are taken: then 4 calls a latency are all there can be. */
    @ParameterizedTest
    @ValueSource(ints = {900, 3_000, 10_000})
    void aPersonPassesAPullThatSaturatesTheQuota(int latency) {
        SimulatedPull.start(ledger, zoho, latency, dice);
        ledger.pass(MINUTE);
        persons(60, Math.max(8_000, 3 * latency), latency);
        long minutes = 60L * Math.max(8_000, 3 * latency) / MINUTE;
        ledger.pass(minutes * MINUTE);

        assertShortWaits();
        assertThat(zoho.arrived()).as("nothing is left unused for them")
                .isGreaterThan((int) (0.95 * Math.min(88, 4 * MINUTE / latency) * (minutes + 1)));
    }

    @Test
    void aBurstOfWebhooksLeavesNoGapInWhichNothingIsFree() {
        for (int i = 0; i < 50; i++) {
            webhook();
        }
        SimulatedPull.start(ledger, zoho, 900, dice);
        ledger.pass(20_000);
        waits.clear();
        persons(60, 4_000, 900);
        ledger.pass(5 * MINUTE);

        assertShortWaits();
    }

    @Test
    void manyWhoWaitAreServedBeforeThePullAndThenItGoesOn() {
        SimulatedPull.start(ledger, zoho, 900, dice);
        ledger.pass(2 * MINUTE);
        for (int i = 0; i < 20; i++) {
            webhook();
        }
        ledger.pass(20_000);
        assertThat(waits).as("20 slots come home in 13.5 s").hasSize(20).allMatch(wait -> wait < 16_000);
        int before = zoho.arrived();
        ledger.pass(MINUTE);
        assertThat(zoho.arrived() - before).isBetween(87, 90);
    }

    @Test
    void webhooksWithoutEndDoNotStopThePull() {
        SimulatedPull.start(ledger, zoho, 900, dice);
        ledger.pass(MINUTE);
        for (int i = 0; i < 8; i++) {
            webhooksWithoutEnd();
        }
        ledger.pass(3 * MINUTE);
        assertThat(count("released_at > clock_timestamp()")).isEqualTo(90);
        assertThat(count("purpose = 'pull' AND released_at > clock_timestamp()")).as("a tenth, if it comes in time").isBetween(4L, 10L);
    }

    @Test
    void oneWhoDiedWaitingHoldsThePullUpForAMomentOnly() {
        for (int i = 0; i < 90; i++) {
            ledger.answered(ledger.take("check"), Map.of("status", 200, "code", "0"));
        }
        ledger.pass(MINUTE - 400);
        assertThat(ledger.take("webhook").get("wait_ms")).isEqualTo(400L); // and never comes back

        assertThat(ledger.take("pull").get("wait_ms")).isEqualTo(400L);
        ledger.pass(400);
        assertThat(ledger.take("pull").get("wait_ms")).isEqualTo(300L);
        ledger.pass(300);
        assertThat(ledger.take("pull").get("call_id")).isNotNull();
    }

    private void assertShortWaits() {
        List<Long> sorted = waits.stream().sorted().toList();
        assertThat(sorted).hasSizeGreaterThan(40);
        assertThat(sorted.get(sorted.size() / 2)).as("median").isLessThan(3_000);
        assertThat(sorted.get(sorted.size() * 99 / 100)).as("99th percentile").isLessThan(6_000);
    }

    /** One after another, at random moments so many milliseconds apart on average. */
    private void persons(int number, int apart, int latency) {
        if (number > 0) {
            ledger.in(dice.nextInt(2 * apart), () -> {
                urgent("check", ledger.now(), latency, () -> { });
                persons(number - 1, apart, latency);
            });
        }
    }

    private void webhook() {
        urgent("webhook", ledger.now(), 900, () -> { });
    }

    private void webhooksWithoutEnd() {
        urgent("webhook", ledger.now(), 900, this::webhooksWithoutEnd);
    }

    private void urgent(String purpose, long since, int latency, Runnable then) {
        Map<String, Object> slot = ledger.take(purpose);
        if (slot.get("call_id") == null) {
            ledger.in((long) slot.get("wait_ms") + dice.nextInt(15), () -> urgent(purpose, since, latency, then));
        } else {
            waits.add(ledger.now() - since);
            zoho.call(slot, latency, then);
        }
    }

    private long count(String condition) {
        return ledger.database().queryForObject("SELECT count(*) FROM zoho_calls WHERE " + condition, Long.class);
    }
}
