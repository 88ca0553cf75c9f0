package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets the next slot: a lone pull loses nothing, and yet a webhook or a person hardly waits for it. */
class PriorityIT {

    private static final long MINUTE = 60_000;

    private static SimulatedLedger shared;

    private final SimulatedLedger ledger = shared.asNew();
    private final SimulatedZoho zoho = new SimulatedZoho(ledger);
    private final Random dice = new Random(1319);
    private final List<Long> waits = new ArrayList<>();

    @BeforeAll
    static void open() {
        shared = new SimulatedLedger();
    }

    @AfterAll
    static void close() throws Exception {
        shared.close();
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

    /** Also with slow answers, where places and not slots are what both want. */
    @ParameterizedTest
    @CsvSource({"900,1", "900,4", "300,1", "3000,4", "10000,4"})
    void aPushGetsTwoFifthsOfWhatAFullPullWouldTakeAndThePullTheRest(int latency, int ahead) {
        SimulatedPull.start(ledger, zoho, latency, dice);
        ledger.pass(2 * MINUTE);
        SimulatedPull.startPush(ahead, ledger, zoho, latency, dice);
        ledger.pass(2 * MINUTE);
        long since = ledger.now();
        int before = zoho.arrived();
        ledger.pass(5 * MINUTE);

        long all = zoho.arrived() - before;
        assertThat(all).as("nothing is left unused").isGreaterThan((long) (0.95 * 5 * Math.min(89, 4 * MINUTE / latency)));
        assertThat(took("push", since)).as("two fifths").isBetween((long) (0.35 * all), (long) (0.45 * all));
        assertThat(took("pull", since)).isEqualTo(all - took("push", since));
        assertThat(zoho.mostInAMinute()).isLessThanOrEqualTo(90);
    }

    @Test
    void aPushThatBeginsBesideAFullPullHasItsShareInTheFirstMinute() {
        SimulatedPull.start(ledger, zoho, 900, dice);
        ledger.pass(2 * MINUTE);
        long since = ledger.now();
        SimulatedPull.startPush(1, ledger, zoho, 900, dice);
        ledger.pass(MINUTE);
        assertThat(took("push", since)).isGreaterThanOrEqualTo(34);
    }

    @Test
    void aPullBesidePushesWithoutEndHasThreeFifths() {
        for (int i = 0; i < 5; i++) {
            SimulatedPull.startPush(4, ledger, zoho, 900, dice);
        }
        ledger.pass(2 * MINUTE);
        assertThat(took("push", ledger.now() - MINUTE)).as("alone").isGreaterThanOrEqualTo(88);
        SimulatedPull.start(ledger, zoho, 900, dice);
        ledger.pass(2 * MINUTE);
        long since = ledger.now();
        ledger.pass(5 * MINUTE);
        assertThat(took("pull", since)).isGreaterThan(5 * 51);
        assertThat(took("push", since)).isGreaterThan(5 * 34);
    }

    @Test
    void pushesMayHaveALimitOfTheirOwnWhichLeavesTheRestToThePull() {
        ledger.withPushLimit(10);
        SimulatedPull.startPush(4, ledger, zoho, 900, dice);
        ledger.pass(2 * MINUTE);
        assertThat(took("push", ledger.now() - MINUTE)).as("alone").isBetween(9L, 10L);
        SimulatedPull.start(ledger, zoho, 900, dice);
        ledger.pass(2 * MINUTE);
        long since = ledger.now();
        ledger.pass(5 * MINUTE);
        assertThat(took("push", since)).isBetween(45L, 51L);
        assertThat(took("push", since) + took("pull", since)).isGreaterThan(5 * 87);
    }

    @Test
    void personsAndWebhooksPassAPullAndAPushTogether() {
        SimulatedPull.start(ledger, zoho, 900, dice);
        SimulatedPull.startPush(4, ledger, zoho, 900, dice);
        ledger.pass(2 * MINUTE);
        persons(60, 8_000, 900);
        ledger.pass(8 * MINUTE);
        assertShortWaits();
    }

    @Test
    void aPushThatDiedWaitingHoldsThePullUpForAMomentOnly() {
        for (int i = 0; i < 90; i++) {
            ledger.answered(ledger.take("check"), Map.of("status", 200, "code", "0"));
        }
        ledger.answered(ledger.take("pull"), Map.of());
        ledger.pass(MINUTE - 400);
        ledger.database().update("UPDATE zoho_calls SET purpose = 'pull' WHERE id = (SELECT max(id) FROM zoho_calls)");
        assertThat(ledger.take("push").get("wait_ms")).isEqualTo(400L); // and never comes back

        ledger.pass(400);
        long waited = 0;
        for (Map<String, Object> slot = ledger.take("pull"); slot.get("call_id") == null; slot = ledger.take("pull")) {
            waited += (long) slot.get("wait_ms");
            ledger.pass((long) slot.get("wait_ms"));
        }
        assertThat(waited).isLessThanOrEqualTo(300);
    }

    @Test
    void aPushLeavesTheReserveOfTheDayAsAPullDoes() {
        ledger.with("calls-per-day", 100).with("calls-per-minute", 1000).with("day-reserve-percent", 10);
        for (int i = 0; i < 90; i++) {
            ledger.answered(ledger.take("check"), Map.of("status", 200, "code", "0"));
        }
        for (String bulk : List.of("push", "pull")) {
            assertThat(ledger.take(bulk)).as(bulk).containsEntry("waiting_for", "day");
        }
        assertThat(ledger.take("check").get("call_id")).isNotNull();
    }

    private long took(String purpose, long since) {
        return count("purpose = '" + purpose + "' AND at > to_timestamp(" + since + " / 1000.0)");
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
