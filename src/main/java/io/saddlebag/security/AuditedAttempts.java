package io.saddlebag.security;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits the rows of the audit about failed attempts: each caller gets some rows at once and then one a minute, so that no caller fills the table. All callers together
 * get ten times as many, so that one caller never uses up the rows of the others.
 */
class AuditedAttempts {

    /** So many rows of one caller may be written at once. */
    static final int AT_ONCE = 30;

    private static final int CALLERS = 10;
    private static final Duration A_ROW = Duration.ofMinutes(1);
    /** If there are more callers, the caller that came first is forgotten. */
    private static final int MAX_CALLERS = 10_000;

    private final InstantSource clock;
    private final Map<String, Rows> callers = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Rows> eldest) {
            return size() > MAX_CALLERS;
        }
    };
    private final Rows all;

    AuditedAttempts(InstantSource clock) {
        this.clock = clock;
        this.all = new Rows(AT_ONCE * CALLERS, A_ROW.dividedBy(CALLERS), clock.instant());
    }

    /**
     * @param caller an address or a user
     * @return how many attempts of the caller got no row since its last row; null if this attempt gets no row either
     */
    synchronized Integer place(String caller) {
        Instant now = clock.instant();
        Rows own = callers.computeIfAbsent(caller, first -> new Rows(AT_ONCE, A_ROW, now));
        if (own.left(now) == 0 || all.left(now) == 0) {
            own.unnoted++;
            return null;
        }
        own.left--;
        all.left--;
        int before = own.unnoted;
        own.unnoted = 0;
        return before;
    }

    private static final class Rows {

        private final int most;
        private final Duration each;
        private Instant counted;
        private int left;
        private int unnoted;

        private Rows(int most, Duration each, Instant now) {
            this.most = most;
            this.each = each;
            this.counted = now;
            this.left = most;
        }

        private int left(Instant now) {
            long more = Math.max(0, Duration.between(counted, now).dividedBy(each));
            counted = counted.plus(each.multipliedBy(more));
            left = (int) Math.min(most, left + more);
            return left;
        }
    }
}
