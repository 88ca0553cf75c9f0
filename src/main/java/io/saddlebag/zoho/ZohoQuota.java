package io.saddlebag.zoho;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Judges the ledger's answers for this process: whether a wait is slept through or the work is postponed (no thread sleeps for hours), and whether a
 * slot can still be used or is too old.
 */
@Component("zohoQuota")
public class ZohoQuota {

    private final Duration longestWait;
    private final int perMinute;
    private final Duration longestAge;
    private final InstantSource clock;
    private final WaitingCalls waiting;
    private final Map<String, Integer> perMinuteOf = new ConcurrentHashMap<>();

    /**
     * @param callTimeout time from taking a slot to the last byte; the slot is held until a minute after that
     * @param httpTimeout the part of it for the HTTP exchange
     */
    @Autowired
    ZohoQuota(@Value("${zoho.longest-wait}") Duration longestWait, @Value("${zoho.calls-per-minute}") int perMinute,
            @Value("${zoho.call-timeout}") Duration callTimeout, @Value("${zoho.http-timeout}") Duration httpTimeout,
            WaitingCalls waiting) {
        this(longestWait, perMinute, callTimeout.minus(httpTimeout), InstantSource.system(), waiting);
    }

    ZohoQuota(Duration longestWait, int perMinute, Duration longestAge, InstantSource clock, WaitingCalls waiting) {
        this.longestWait = longestWait;
        this.perMinute = perMinute;
        this.longestAge = longestAge;
        this.clock = clock;
        this.waiting = waiting;
    }

    /** @return calls a minute of an organisation: the number in the ledger's last answer, before the first answer that of the settings */
    public int perMinute(String org) {
        return perMinuteOf.getOrDefault(org, perMinute);
    }

    /**
     * Judges the ledger's answer to a request for a slot. If there is a slot, the caller's next call may wait for one.
     *
     * @param exchangeId id of the call, which waits for its token after it has a slot
     * @param slot a row of zoho_take_slot: call_id, or wait_ms and waiting_for; and per_minute, which may be the organisation's own
     * @param ticket ticket of a call that may be withdrawn; null for a call that cannot be withdrawn
     * @throws ZohoLimitException when the wait is longer than {@code zoho.longest-wait} and longer than the pause between two calls: otherwise a small
     *         quota, with its long pauses, would postpone a run for ever
     */
    public void checkSlot(String exchangeId, String org, Map<String, Object> slot, CallTicket ticket) {
        int allowed = ((Number) slot.get("per_minute")).intValue();
        perMinuteOf.put(org, allowed);
        if (slot.get("call_id") != null) {
            waiting.waitFor(exchangeId, "token");
            if (ticket != null) {
                ticket.taken().complete(null);
            }
            return;
        }
        if (ticket != null && ticket.isWithdrawn()) {
            throw new ZohoRejectedException("The call was withdrawn before it was sent");
        }
        Duration wait = Duration.ofMillis(((Number) slot.get("wait_ms")).longValue());
        Duration pace = Duration.ofMinutes(1).dividedBy(allowed).plusSeconds(1);
        if (wait.compareTo(longestWait) > 0 && wait.compareTo(pace) > 0) {
            throw new ZohoLimitException(clock.instant().plus(wait), (String) slot.get("waiting_for"));
        }
        waiting.waitFor(exchangeId, (String) slot.get("waiting_for"));
    }

    /**
     * Refuses a slot that is too old, because the process was paused after it took the slot. Both times are of this machine's clock, which goes on while
     * a process or the whole machine sleeps.
     *
     * @param askedAt the time just before the slot was requested: the slot is not older than that
     * @throws ZohoUnavailableException when an exchange that begins now could outlast the slot; the slot is given back
     */
    public void checkAge(Date askedAt) {
        Duration age = Duration.between(askedAt.toInstant(), clock.instant());
        if (age.compareTo(longestAge) > 0) {
            throw new ZohoUnavailableException("The call was not sent: its slot was taken " + age.toSeconds()
                    + " s before; this process was paused, or its token came late");
        }
    }
}
