package io.saddlebag.zoho;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * What a process makes of the ledger's answers: it tells a wait worth sleeping through from one that is put off (no
 * thread sleeps for hours), and a slot that may be used from one that has aged.
 */
@Component("zohoQuota")
public class ZohoQuota {

    private final Duration longestWait;
    private final int perMinute;
    private final Duration longestAge;
    private final InstantSource clock;
    private final Map<String, Integer> perMinuteOf = new ConcurrentHashMap<>();

    /**
     * @param callTimeout from taking a slot to the last byte: its slot is held until a minute after that
     * @param httpTimeout the part of it that belongs to the HTTP exchange
     */
    @Autowired
    ZohoQuota(@Value("${zoho.longest-wait}") Duration longestWait, @Value("${zoho.calls-per-minute}") int perMinute,
            @Value("${zoho.call-timeout}") Duration callTimeout, @Value("${zoho.http-timeout}") Duration httpTimeout) {
        this(longestWait, perMinute, callTimeout.minus(httpTimeout), InstantSource.system());
    }

    ZohoQuota(Duration longestWait, int perMinute, Duration longestAge, InstantSource clock) {
        this.longestWait = longestWait;
        this.perMinute = perMinute;
        this.longestAge = longestAge;
        this.clock = clock;
    }

    /** @return the moment before a slot is asked for: it is not older than that */
    public Instant now() {
        return clock.instant();
    }

    /** @param answer a row of zoho_take_slot: it says per_minute, which may be the organisation's own */
    public void heard(String org, Map<String, Object> answer) {
        perMinuteOf.put(org, ((Number) answer.get("per_minute")).intValue());
    }

    /** @return calls a minute of an organisation: as the ledger said last, before that as the settings say */
    public int perMinute(String org) {
        return perMinuteOf.getOrDefault(org, perMinute);
    }

    /**
     * @param refusal a row of zoho_take_slot without a slot: wait_ms, waiting_for and per_minute
     * @param turn of a call that may be withdrawn; null for one that is always wanted
     * @throws ZohoLimitException when the wait is longer than {@code zoho.longest-wait} and than the pace of calls:
     *         a slow pace would put a run off for ever
     */
    public void shortWait(Map<String, Object> refusal, CallTicket turn) {
        if (turn != null && turn.isWithdrawn()) {
            throw new ZohoRejectedException("The call was withdrawn before it was sent");
        }
        Duration wait = Duration.ofMillis(((Number) refusal.get("wait_ms")).longValue());
        Duration pace = Duration.ofMinutes(1).dividedBy(((Number) refusal.get("per_minute")).intValue()).plusSeconds(1);
        if (wait.compareTo(longestWait) > 0 && wait.compareTo(pace) > 0) {
            throw new ZohoLimitException(clock.instant().plus(wait), (String) refusal.get("waiting_for"));
        }
    }

    /** Lets the caller's next call queue. @param turn may be null */
    public void taken(CallTicket turn) {
        if (turn != null) {
            turn.taken().complete(null);
        }
    }

    /**
     * A process that was paused must not send what its slot no longer covers. By this machine's clock at both ends:
     * it goes on while a process or a whole machine sleeps.
     *
     * @param askedAt what {@link #now} gave before the slot was asked for
     * @throws ZohoUnavailableException when an exchange that begins now could outlast the slot: it is given back
     */
    public void checkAge(Instant askedAt) {
        Duration age = Duration.between(askedAt, clock.instant());
        if (age.compareTo(longestAge) > 0) {
            throw new ZohoUnavailableException("The call was not sent: its slot was taken " + age.toSeconds()
                    + " s before; this process was paused, or its token came late");
        }
    }
}
