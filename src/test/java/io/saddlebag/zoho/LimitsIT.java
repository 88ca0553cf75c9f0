package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a call waits for beside a slot: an organisation's own limits, its day, and each of Zoho's refusals in its way. */
@Tag("sql")
class LimitsIT {

    private static final long HOUR = 3_600_000;

    private final SimulatedLedger ledger = new SimulatedLedger();

    @AfterEach
    void close() throws Exception {
        ledger.close();
    }

    @Test
    void anOrganisationsOwnLimitsComeBeforeTheSettings() {
        ledger.with("calls-per-day", 1).with("calls-in-flight", 1);
        organisation("calls_per_minute = 3, calls_in_flight = 2, calls_per_day = 4");

        Map<String, Object> first = taken("check");
        taken("check");
        assertThat(ledger.take("check")).containsEntry("waiting_for", "in-flight").containsEntry("per_minute", 3);
        ledger.answered(first, Map.of("status", 200));
        taken("check");
        assertThat(ledger.take("check")).containsEntry("waiting_for", "minute").containsEntry("wait_ms", 60_000L);
        ledger.pass(120_000);
        taken("check");
        assertThat(ledger.take("check")).containsEntry("waiting_for", "day");
    }

    @Test
    void bulkWorkLeavesTheReserveOfTheLearntDayToOthers() {
        said(1000, 51, 7200);
        Map<String, Object> call = taken("pull"); // 51: one more than 5 percent
        ledger.pass(10_000);
        assertThat(ledger.take("pull")).as("what is on its way is spent").containsEntry("waiting_for", "day")
                .containsEntry("wait_ms", 7_190_000L);
        assertThat(ledger.take("push")).containsEntry("waiting_for", "day");
        ledger.answered(call, Map.of("status", 200, "dayLimit", 1000, "dayRemaining", 2, "dayReset", 7000));

        taken("webhook");
        taken("check");
        assertThat(ledger.take("check")).containsEntry("waiting_for", "day").containsEntry("wait_ms", 7_000_000L);
        ledger.pass(7_000_000);
        taken("pull"); // what was learnt ends with its day
    }

    @Test
    void theSettingsDayHasAReserveTooAndEndsWhereZohosDoes() {
        ledger.with("calls-per-day", 20).with("calls-in-flight", 100).with("day-reserve-percent", 10);
        organisation("day_resets_at = clock_timestamp() - interval '20 hours'"); // so it ends in four
        for (int i = 0; i < 18; i++) {
            taken("pull");
            ledger.pass(5_000);
        }
        assertThat(ledger.take("pull")).containsEntry("waiting_for", "day").containsEntry("wait_ms", 4 * HOUR - 90_000);
        taken("webhook");
        taken("check");
        assertThat(ledger.take("webhook")).containsEntry("waiting_for", "day");
        ledger.pass(4 * HOUR - 90_000);
        taken("pull");
    }

    @Test
    void aDayOfWhichZohoSaidNothingEndsAtMidnight() {
        ledger.with("calls-per-day", 1); // it is noon
        taken("check");
        assertThat(ledger.take("check")).containsEntry("waiting_for", "day").containsEntry("wait_ms", 12 * HOUR);
    }

    @Test
    void code44StopsAllCallsForAMinute() {
        ledger.answered(taken("pull"), Map.of("status", 429, "code", "44", "outcome", "minute"));
        assertThat(ledger.take("check")).containsEntry("waiting_for", "minute").containsEntry("wait_ms", 60_000L);
        ledger.pass(60_000);
        taken("check");
    }

    @Test
    void code45StopsAllCallsUntilTheDayEnds() {
        ledger.answered(taken("pull"), Map.of("status", 429, "code", "45", "outcome", "day", "dayReset", 7200));
        assertThat(ledger.take("check")).containsEntry("waiting_for", "day").containsEntry("wait_ms", 2 * HOUR);
        ledger.pass(2 * HOUR);
        taken("check");
    }

    @Test
    void aLaterMinuteDoesNotShortenADaysBlock() {
        Map<String, Object> first = taken("pull");
        Map<String, Object> second = taken("check");
        Map<String, Object> third = taken("check");
        ledger.answered(first, Map.of("status", 429, "code", "44", "outcome", "minute"));
        ledger.answered(second, Map.of("status", 429, "code", "45", "outcome", "day", "dayReset", 7200));
        ledger.pass(1_000);
        ledger.answered(third, Map.of("status", 429, "code", "44", "outcome", "minute"));
        assertThat(ledger.take("check")).containsEntry("waiting_for", "day").containsEntry("wait_ms", 2 * HOUR - 1_000);
    }

    @Test
    void aCallThatWasNeverSentIsNoneOfTheDays() {
        ledger.with("calls-per-day", 2);
        for (int i = 0; i < 5; i++) {
            ledger.answered(taken("check"), Map.of());
        }
        taken("check");
        taken("check");
        assertThat(ledger.take("check")).containsEntry("waiting_for", "day");
        assertThat(ledger.database().queryForObject("SELECT sum(calls) FROM zoho_calls_by_run", Long.class)).isEqualTo(2);
    }

    @Test
    void code1070LeavesHalfOfThePlacesForAWhile() {
        ledger.answered(taken("check"), Map.of("status", 429, "code", "1070"));
        taken("check");
        taken("check");
        assertThat(ledger.take("check")).containsEntry("waiting_for", "in-flight");
        ledger.pass(5_000);
        taken("check");
        taken("check");
        assertThat(ledger.take("check")).containsEntry("waiting_for", "in-flight");
    }

    private Map<String, Object> taken(String purpose) {
        Map<String, Object> slot = ledger.take(purpose);
        assertThat(slot.get("call_id")).as("%s", slot).isNotNull();
        return slot;
    }

    private void said(int limit, int remaining, int reset) {
        organisation("day_limit = " + limit + ", day_remaining = " + remaining
                + ", day_resets_at = clock_timestamp() + interval '" + reset + " seconds'");
    }

    private void organisation(String values) {
        ledger.database().update("UPDATE organisations SET " + values);
    }
}
