package io.saddlebag.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Zoho's limits on API calls of one organisation: any 60 seconds, the day, and calls in work. A refused call is not
 * counted; that is the kinder reading of what Zoho leaves open.
 */
public class SandboxLimits {

    /** The organisation's time zone, in which its day ends and its times are written; the offset is +0530 all year. */
    static final ZoneId ZONE = ZoneId.of("Asia/Kolkata");

    private static final Duration MINUTE = Duration.ofSeconds(60);

    /** The day's quota as its headers tell it; {@code reset} in seconds. */
    public record Day(int limit, int remaining, long reset) {
    }

    private final SandboxQuotas defaults;
    private final InstantSource clock;
    private final Deque<Instant> admitted = new ArrayDeque<>();
    private SandboxQuotas quotas;
    private LocalDate today;
    private int usedToday;
    private int inFlight;

    public SandboxLimits(SandboxQuotas defaults, InstantSource clock) {
        this.defaults = defaults;
        this.clock = clock;
        this.quotas = defaults;
    }

    public synchronized SandboxQuotas quotas() {
        return quotas;
    }

    public synchronized void change(SandboxQuotas changed) {
        quotas = changed;
    }

    /** Takes a place for one call, to be given back by {@link #leave}; or says why there is none. */
    synchronized Optional<SandboxAnswer> admit() {
        Instant now = clock.instant();
        startDay(now);
        while (!admitted.isEmpty() && !admitted.peekFirst().plus(MINUTE).isAfter(now)) {
            admitted.removeFirst();
        }
        if (quotas.inFlight() > 0 && inFlight >= quotas.inFlight()) {
            return Optional.of(ZohoErrors.inFlight());
        }
        if (quotas.perMinute() > 0 && admitted.size() >= quotas.perMinute()) {
            return Optional.of(ZohoErrors.minute());
        }
        if (quotas.perDay() > 0 && usedToday >= quotas.perDay()) {
            return Optional.of(ZohoErrors.day(quotas.perDay()));
        }
        admitted.addLast(now);
        usedToday++;
        inFlight++;
        return Optional.empty();
    }

    synchronized void leave() {
        inFlight--;
    }

    /** The day's quota; null while it is switched off. */
    synchronized Day day() {
        if (quotas.perDay() == 0) {
            return null;
        }
        Instant now = clock.instant();
        startDay(now);
        Instant midnight = today.plusDays(1).atStartOfDay(ZONE).toInstant();
        return new Day(quotas.perDay(), Math.max(0, quotas.perDay() - usedToday),
                Duration.between(now, midnight).toSeconds());
    }

    /** Back to the quotas of the start with nothing used; calls in work keep their places. */
    public synchronized void reset() {
        quotas = defaults;
        admitted.clear();
        usedToday = 0;
    }

    private void startDay(Instant now) {
        LocalDate date = now.atZone(ZONE).toLocalDate();
        if (!date.equals(today)) {
            today = date;
            usedToday = 0;
        }
    }
}
