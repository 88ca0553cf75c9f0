package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Attempts by a clock of the test's own. */
class AuditedAttemptsTest {

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final AuditedAttempts attempts = new AuditedAttempts(() -> now);

    @Test
    void someAreNotedAtOnceAndThenOneAMinuteWithTheNumberOfTheOthers() {
        exhaust("192.0.2.1");
        assertThat(attempts.place("192.0.2.1")).isNull();
        assertThat(attempts.place("192.0.2.1")).isNull();

        now = now.plus(Duration.ofSeconds(61));
        assertThat(attempts.place("192.0.2.1")).isEqualTo(2);
        assertThat(attempts.place("192.0.2.1")).isNull();
    }

    @Test
    void oneCallerDoesNotTakeTheRowsOfAnother() {
        exhaust("192.0.2.1");
        for (int more = 0; more < 10_000; more++) {
            assertThat(attempts.place("192.0.2.1")).isNull();
        }

        assertThat(attempts.place("192.0.2.2")).isZero();
    }

    @Test
    void manyCallersDoNotFillTheTable() {
        for (int caller = 0; caller < 10; caller++) {
            exhaust("192.0.2." + caller);
        }
        assertThat(attempts.place("192.0.2.200")).isNull();

        now = now.plus(Duration.ofSeconds(7));
        assertThat(attempts.place("192.0.2.200")).isEqualTo(1);
        assertThat(attempts.place("192.0.2.201")).isNull();
    }

    @Test
    void aClockThatIsSetBackTakesNoRows() {
        assertThat(attempts.place("192.0.2.1")).isZero();
        now = now.minus(Duration.ofHours(1));

        assertThat(attempts.place("192.0.2.1")).isZero();
    }

    private void exhaust(String caller) {
        for (int one = 0; one < AuditedAttempts.AT_ONCE; one++) {
            assertThat(attempts.place(caller)).isZero();
        }
    }
}
