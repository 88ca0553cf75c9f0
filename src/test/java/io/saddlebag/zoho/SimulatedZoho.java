package io.saddlebag.zoho;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Zoho's side of a simulation: when calls arrive and how long they are in work. Counts there, where limits hold. */
final class SimulatedZoho {

    private final SimulatedLedger ledger;
    private final List<Long> arrivals = new ArrayList<>();
    private int inFlight;
    private int mostInFlight;

    SimulatedZoho(SimulatedLedger ledger) {
        this.ledger = ledger;
    }

    /** A call that arrives now and is in work for so long. */
    void arrives(long milliseconds) {
        arrivals.add(ledger.now());
        inFlight++;
        mostInFlight = Math.max(mostInFlight, inFlight);
        ledger.in(milliseconds, () -> inFlight--);
    }

    /** Sends a call that has its slot: it arrives at once, and its answer after so long. */
    void call(Map<String, Object> slot, long milliseconds, Runnable then) {
        arrives(milliseconds);
        ledger.in(milliseconds, () -> {
            ledger.answered(slot, Map.of("status", 200, "code", "0"));
            then.run();
        });
    }

    int arrived() {
        return arrivals.size();
    }

    int mostInFlight() {
        return mostInFlight;
    }

    /** The most that arrived in any 60 seconds. */
    int mostInAMinute() {
        int most = 0;
        int first = 0;
        for (int last = 0; last < arrivals.size(); last++) {
            while (arrivals.get(first) <= arrivals.get(last) - 60_000) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }

    /** Arrivals in the n-th minute after a moment; the first is 0. */
    long inMinute(long after, int n) {
        return arrivals.stream().filter(at -> at >= after + n * 60_000L && at < after + (n + 1) * 60_000L).count();
    }
}
