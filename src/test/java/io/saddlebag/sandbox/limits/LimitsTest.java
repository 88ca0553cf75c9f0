package io.saddlebag.sandbox.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.sandbox.wire.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LimitsTest {

    private static final String ORG = "60000000001";
    private static final Quotas QUOTAS = new Quotas(3, 5, 2, 2, 600, 10, 3600);

    private Instant now = Instant.parse("2024-05-01T18:00:00Z");
    private final InstantSource clock = () -> now;
    private final Limits limits = new Limits(QUOTAS, clock);

    @Test
    void theWindowRollsAndDoesNotStartAfreshOnTheMinute() {
        assertThat(call()).isEmpty();
        later(30);
        assertThat(call()).isEmpty();
        assertThat(call()).isEmpty();
        later(29);
        assertThat(call()).hasValue(44);
        later(1);
        assertThat(call()).isEmpty();
        assertThat(call()).hasValue(44);
    }

    @Test
    void theDayEndsAtMidnightInIndia() {
        for (int i = 0; i < 5; i++) {
            assertThat(call()).isEmpty();
            later(60);
        }
        assertThat(call()).hasValue(45);
        assertThat(limits.day(ORG)).isEqualTo(new Limits.Day(5, 0, 25 * 60));
        later(25 * 60);
        assertThat(call()).isEmpty();
        assertThat(limits.day(ORG)).isEqualTo(new Limits.Day(5, 4, 86_400));
    }

    @Test
    void aPlaceIsFreeAgainWhenItsCallLeaves() {
        assertThat(limits.admit(ORG)).isEmpty();
        assertThat(limits.admit(ORG)).isEmpty();
        assertThat(limits.admit(ORG).map(Answer::code)).hasValue(1070);
        limits.leave(ORG);
        assertThat(limits.admit(ORG)).isEmpty();
    }

    @Test
    void everyOrganisationHasItsOwnLimits() {
        call();
        call();
        call();
        assertThat(call()).hasValue(44);
        assertThat(limits.admit("60000000002")).isEmpty();
        assertThat(limits.day("60000000002").remaining()).isEqualTo(4);
        assertThat(limits.day(ORG).remaining()).isEqualTo(2);
    }

    @Test
    void aCallForNoOrganisationHasNoLimit() {
        for (int i = 0; i < 10; i++) {
            assertThat(limits.admit(null)).isEmpty();
        }
        assertThat(limits.day(null)).isNull();
    }

    private Optional<Integer> call() {
        Optional<Integer> refusal = limits.admit(ORG).map(Answer::code);
        if (refusal.isEmpty()) {
            limits.leave(ORG);
        }
        return refusal;
    }

    private void later(long seconds) {
        now = now.plus(Duration.ofSeconds(seconds));
    }
}
