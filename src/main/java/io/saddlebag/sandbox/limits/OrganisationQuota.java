package io.saddlebag.sandbox.limits;

import io.saddlebag.sandbox.limits.Limits.Day;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.ZohoErrors;
import io.saddlebag.sandbox.wire.ZohoTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** What one organisation has used of its quotas. Not safe for threads: {@link Limits} holds the lock. */
public final class OrganisationQuota {

    private static final Duration MINUTE = Duration.ofSeconds(60);

    private final Deque<Instant> admitted = new ArrayDeque<>();
    private LocalDate today;
    private int usedToday;
    private int inFlight;

    /** Takes a place for one call; or says why there is none. */
    Optional<Answer> admit(Quotas quotas, Instant now) {
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

    void leave() {
        inFlight--;
    }

    Day day(Quotas quotas, Instant now) {
        startDay(now);
        Instant midnight = today.plusDays(1).atStartOfDay(ZohoTime.ZONE).toInstant();
        return new Day(quotas.perDay(), Math.max(0, quotas.perDay() - usedToday),
                Duration.between(now, midnight).toSeconds());
    }

    /** Nothing used; calls in work keep their places. */
    void reset() {
        admitted.clear();
        usedToday = 0;
    }

    private void startDay(Instant now) {
        LocalDate date = now.atZone(ZohoTime.ZONE).toLocalDate();
        if (!date.equals(today)) {
            today = date;
            usedToday = 0;
        }
    }
}
