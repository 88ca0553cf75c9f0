package io.saddlebag.health;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.saddlebag.zoho.WaitingCalls;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.springframework.stereotype.Component;

/** What is left of each organisation's token, day and slots, what waits, and which details it lacks, as gauges with the tag org: for alerts. */
@Component("healthGauges")
public class HealthGauges {

    private final MultiGauge seconds;
    private final MultiGauge day;
    private final MultiGauge slots;
    private final MultiGauge details;
    private final MultiGauge waitingRun;
    private final MultiGauge waitingCall;
    private final WaitingCalls waiting;

    HealthGauges(MeterRegistry meters, WaitingCalls waiting) {
        this.waiting = waiting;
        seconds = MultiGauge.builder("saddlebag.zoho.token.seconds.left")
                .description("Until the access token ends; 0: the next call asks for one").register(meters);
        day = MultiGauge.builder("saddlebag.zoho.day.remaining")
                .description("Calls left of the day's budget, where one is known").register(meters);
        slots = MultiGauge.builder("saddlebag.zoho.slots.held")
                .description("Slots in use of those that a minute has").register(meters);
        details = MultiGauge.builder("saddlebag.details.lacking")
                .description("Records that came from a list and were not completed yet").register(meters);
        waitingRun = MultiGauge.builder("saddlebag.runs.waiting.seconds")
                .description("For how long a run has waited and brought nothing; 0: none waits").register(meters);
        waitingCall = MultiGauge.builder("saddlebag.zoho.calls.waiting.seconds")
                .description("For how long a call of this process has waited to be sent; 0: none waits").register(meters);
    }

    /** @param organisations rows of health-gauges.sql; a null has no gauge */
    public void set(@Body List<Map<String, Object>> organisations) {
        set(seconds, organisations, "token_seconds");
        set(day, organisations, "day_remaining");
        set(slots, organisations, "slots_held");
        set(waitingRun, organisations, "run_waiting_seconds");
        waitingCall.register(organisations.stream().map(row -> (String) row.get("org")).map(org -> MultiGauge.Row.of(Tags.of("org", org),
                waiting.oldest(org).map(call -> Duration.between(call.since(), Instant.now()).toSeconds()).orElse(0L))).toList(), true);
    }

    /** @param kinds rows of health-details.sql, one for each organisation and kind that has details */
    public void setDetails(@Body List<Map<String, Object>> kinds) {
        details.register(kinds.stream().map(row -> MultiGauge.Row.of(Tags.of("org", (String) row.get("org"), "entity",
                (String) row.get("entity")), (Number) row.get("lacking"))).toList(), true);
    }

    private static void set(MultiGauge gauge, List<Map<String, Object>> organisations, String column) {
        gauge.register(organisations.stream().filter(row -> row.get(column) != null)
                .map(row -> MultiGauge.Row.of(Tags.of("org", (String) row.get("org")), (Number) row.get(column))).toList(), true);
    }
}
