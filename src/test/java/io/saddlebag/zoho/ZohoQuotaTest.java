package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What is slept through, what is postponed, and what must not be sent any more. */
class ZohoQuotaTest {

    private Instant now = Instant.parse("2026-01-01T12:00:00Z");
    private final ZohoQuota quota = new ZohoQuota(Duration.ofSeconds(10), 90, Duration.ofSeconds(15), () -> now, new WaitingCalls());

    @Test
    void aWaitLongerThanTheLongestIsPutOff() {
        assertThatCode(() -> quota.checkSlot("call", "1", refusal(10_000, 90), null)).doesNotThrowAnyException();
        assertThatThrownBy(() -> quota.checkSlot("call", "1", refusal(10_001, 90), null)).isInstanceOfSatisfying(ZohoLimitException.class,
                limit -> {
                    assertThat(limit.until()).isEqualTo(now.plusMillis(10_001));
                    assertThat(limit.waitingFor()).isEqualTo("minute");
                });
    }

    @Test
    void aPaceSlowerThanTheLongestWaitPutsNothingOff() {
        assertThatCode(() -> quota.checkSlot("call", "1", refusal(20_000, 3), null)).doesNotThrowAnyException();
        assertThatThrownBy(() -> quota.checkSlot("call", "1", refusal(22_000, 3), null)).isInstanceOf(ZohoLimitException.class);
    }

    @Test
    void aCallThatWasWithdrawnStopsWaiting() {
        CallTicket ticket = new CallTicket(new AtomicBoolean(true));
        assertThatThrownBy(() -> quota.checkSlot("call", "1", refusal(1, 90), ticket)).isInstanceOf(ZohoRejectedException.class);
    }

    @Test
    void aSlotThatTheCallCouldOutlastIsNotUsed() {
        Date asked = Date.from(now);
        now = now.plusSeconds(15);
        assertThatCode(() -> quota.checkAge(asked)).doesNotThrowAnyException();
        now = now.plusMillis(1);
        assertThatThrownBy(() -> quota.checkAge(asked)).isInstanceOf(ZohoUnavailableException.class)
                .hasMessageContaining("15 s before");
    }

    @Test
    void theThrottleFollowsWhatTheLedgerSaysOfAnOrganisation() {
        assertThat(quota.perMinute("1")).isEqualTo(90);
        quota.checkSlot("call", "1", refusal(0, 120), null);
        assertThat(quota.perMinute("1")).isEqualTo(120);
        assertThat(quota.perMinute("2")).isEqualTo(90);
    }

    private static Map<String, Object> refusal(long milliseconds, int perMinute) {
        return Map.of("wait_ms", milliseconds, "waiting_for", "minute", "per_minute", perMinute);
    }
}
