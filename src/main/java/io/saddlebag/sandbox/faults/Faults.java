package io.saddlebag.sandbox.faults;

import io.saddlebag.sandbox.wire.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The faults that are switched on, and which of them hit a call. */
public class Faults {

    /**
     * The faults that hit one call.
     *
     * @param latencyMs how long its answer is held back, in milliseconds
     * @param other     the first fault of another kind; null when there is none
     */
    public record Hit(long latencyMs, Fault other) {
    }

    private static final long SEED = 1319;

    private final List<Active> faults = new ArrayList<>();
    private Random dice = new Random(SEED);

    public synchronized void add(Fault fault) {
        faults.add(new Active(fault));
    }

    /** The faults that can still hit a call. */
    public synchronized List<Fault> list() {
        return faults.stream().map(active -> active.fault).toList();
    }

    public synchronized void clear() {
        faults.clear();
        dice = new Random(SEED);
    }

    public synchronized Hit meet(Request request) {
        long latency = 0;
        Fault other = null;
        for (Active active : faults) {
            boolean isLatency = active.fault.kind() == Fault.Kind.LATENCY;
            if ((isLatency || other == null) && active.hits(request)) {
                latency += isLatency ? milliseconds(active.fault) : 0;
                other = isLatency ? other : active.fault;
            }
        }
        faults.removeIf(Active::isOver);
        return new Hit(latency, other);
    }

    private long milliseconds(Fault latency) {
        int most = latency.maxMs() == null ? latency.ms() : latency.maxMs();
        return latency.ms() + dice.nextInt(most - latency.ms() + 1);
    }

    private final class Active {
        private final Fault fault;
        private int passed;
        private int seen;
        private int hit;

        private Active(Fault fault) {
            this.fault = fault;
        }

        private boolean hits(Request request) {
            if (!FaultEffects.isAbout(fault, request)) {
                return false;
            }
            if (fault.after() != null && passed < fault.after()) {
                passed++;
                return false;
            }
            seen++;
            boolean turn = fault.every() == null || seen % fault.every() == 0;
            boolean luck = fault.probability() == null || dice.nextDouble() < fault.probability();
            hit += turn && luck ? 1 : 0;
            return turn && luck;
        }

        private boolean isOver() {
            return fault.count() != null && hit >= fault.count();
        }
    }
}
