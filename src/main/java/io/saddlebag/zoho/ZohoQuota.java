package io.saddlebag.zoho;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Tells a wait worth sleeping through from one that is put off: no thread sleeps for hours. */
@Component("zohoQuota")
public class ZohoQuota {

    private final Duration longest;

    ZohoQuota(@Value("${zoho.longest-wait}") Duration longest, @Value("${zoho.calls-per-minute}") int perMinute) {
        Duration pace = Duration.ofMinutes(1).dividedBy(perMinute).plusSeconds(1);
        this.longest = longest.compareTo(pace) > 0 ? longest : pace; // or a slow pace would put a run off for ever
    }

    /**
     * @param refusal a row of zoho_take_slot without a slot: wait_ms and waiting_for
     * @param turn of a call that may be withdrawn; null for one that is always wanted
     * @throws ZohoLimitException when the wait is longer than {@code zoho.longest-wait}
     */
    public void shortWait(Map<String, Object> refusal, CallTurn turn) {
        if (turn != null && turn.isWithdrawn()) {
            throw new ZohoRejectedException("The call was withdrawn before it was sent");
        }
        Duration wait = Duration.ofMillis(((Number) refusal.get("wait_ms")).longValue());
        if (wait.compareTo(longest) > 0) {
            throw new ZohoLimitException(Instant.now().plus(wait), (String) refusal.get("waiting_for"));
        }
    }

    /** Lets the caller's next call queue. @param turn may be null */
    public void taken(CallTurn turn) {
        if (turn != null) {
            turn.taken().complete(null);
        }
    }
}
