package io.saddlebag.sandbox.limits;

import io.saddlebag.sandbox.limits.CallLog.OrganisationCounts;
import java.util.ArrayDeque;
import java.util.Deque;

/** The API calls for one organisation. Not safe for threads: {@link CallLog} holds the lock. */
public final class OrganisationCalls {

    private static final long WINDOW_MS = 60_000;

    private final Deque<Long> window = new ArrayDeque<>();
    private long api;
    private int mostIn60s;
    private int inFlight;
    private int mostInFlight;

    /** @param at in milliseconds */
    void arrived(long at) {
        api++;
        while (!window.isEmpty() && window.peekFirst() <= at - WINDOW_MS) {
            window.removeFirst();
        }
        window.addLast(at);
        mostIn60s = Math.max(mostIn60s, window.size());
        inFlight++;
        mostInFlight = Math.max(mostInFlight, inFlight);
    }

    void answered() {
        inFlight--;
    }

    OrganisationCounts counts() {
        return new OrganisationCounts(api, mostIn60s, mostInFlight);
    }

    /** Forgets all; calls in work stay counted as such. */
    void reset() {
        window.clear();
        api = 0;
        mostIn60s = 0;
        mostInFlight = inFlight;
    }
}
