package io.saddlebag.sandbox.data;

import java.time.Instant;
import java.time.InstantSource;

/**
 * Numbers for the ids of new records. Zoho gives no id twice. A sandbox that starts again has lost its records, and must not give
 * their ids to others: the numbers follow the clock, in milliseconds, and go up by at least one.
 */
final class NewNumbers {

    private static final long SINCE = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

    private final InstantSource clock;
    private long last;

    NewNumbers(InstantSource clock) {
        this.clock = clock;
    }

    synchronized long next() {
        last = Math.max(last + 1, clock.millis() - SINCE);
        return last;
    }
}
