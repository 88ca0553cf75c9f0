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
 * What a process makes of the ledger's answers: it tells a wait worth sleeping through from one that is postponed (no
 * thread sleeps for hours), and a slot that may be used from one that has aged.
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
     * @param callTimeout from taking a slot to the last byte: its slot is held until a minute after that
     * @param httpTimeout the part of it that belongs to the HTTP exchange
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

    /** @return calls a minute of an organisation: as the ledger said last, before that as the settings say */
    public int perMinute(String org) {
        return perMinuteOf.getOrDefault(org, perMinute);
    }

    /**
     * Takes note of what the ledger answered to a request for a slot. With a slot, the caller's next call may queue.
     *
     * @param exchangeId of the call, which waits for its token once it has a slot
     * @param slot a row of zoho_take_slot: call_id, or wait_ms and waiting_for; and per_minute, which may be the organisation's own
     * @param ticket of a call that may be withdrawn; null for one that is always wanted
     * @throws ZohoLimitException when the wait is longer than {@code zoho.longest-wait} and than the pace of calls:
     *         a slow pace would put a run off for ever
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
     * A process that was paused must not send what its slot no longer covers. By this machine's clock at both ends:
     * it goes on while a process or a whole machine sleeps.
     *
     * @param askedAt the moment before the slot was asked for: the slot is not older than that
     * @throws ZohoUnavailableException when an exchange that begins now could outlast the slot: it is given back
     */
    public void checkAge(Date askedAt) {
        Duration age = Duration.between(askedAt.toInstant(), clock.instant());
        if (age.compareTo(longestAge) > 0) {
            throw new ZohoUnavailableException("The call was not sent: its slot was taken " + age.toSeconds()
                    + " s before; this process was paused, or its token came late");
        }
    }
}
