package io.saddlebag.zoho;

import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** A process of a simulation, whose callers do what the Zoho client's routes do, and which can be killed and started again. */
final class SimulatedProcess {

    static final long HTTP_TIMEOUT = 30_000;

    /**
     * A caller and its calls, one after the other; times in milliseconds.
     *
     * @param beforeSending how long the process is paused between slot and call
     * @param onTheWay      until the call arrives
     * @param inWork        until Zoho has its answer, which may be never for a client that gives up after a time
     * @param beforeNoting  how long the process is paused before it notes the answer
     */
    record Caller(String purpose, int starts, int calls, int between, int beforeSending, int onTheWay, int inWork, int beforeNoting) { }

    private final SimulatedLedger ledger;
    private final SimulatedZoho zoho;
    private final ZohoQuota quota;
    private final List<Caller> callers;
    private final int[] done;
    private int life;

    SimulatedProcess(SimulatedLedger ledger, SimulatedZoho zoho, int perMinute, List<Caller> callers) {
        this.ledger = ledger;
        this.zoho = zoho;
        this.callers = callers;
        this.done = new int[callers.size()];
        this.quota = new ZohoQuota(Duration.ofSeconds(10), perMinute, Duration.ofSeconds(15), ledger.clock(), new WaitingCalls());
    }

    void start() {
        for (int i = 0; i < callers.size(); i++) {
            next(i, callers.get(i).starts);
        }
    }

    /** SIGKILL: nothing of it happens any more; what was sent is on its way. */
    void kill() {
        life++;
    }

    boolean isDone() {
        for (int i = 0; i < done.length; i++) {
            if (done[i] < callers.get(i).calls) {
                return false;
            }
        }
        return true;
    }

    private void later(long milliseconds, Runnable step) {
        int planned = life;
        ledger.in(milliseconds, () -> {
            if (planned == life) {
                step.run();
            }
        });
    }

    private void next(int caller, long wait) {
        if (done[caller] < callers.get(caller).calls) {
            later(wait, () -> ask(caller));
        }
    }

    private void ask(int caller) {
        Date askedAt = Date.from(ledger.clock().instant());
        Map<String, Object> slot = ledger.take(callers.get(caller).purpose);
        if (slot.get("call_id") != null) {
            later(callers.get(caller).beforeSending, () -> send(caller, slot, askedAt));
            return;
        }
        long wait = (long) slot.get("wait_ms");
        try {
            quota.checkSlot("call", SimulatedLedger.ORG, slot, null);
        } catch (ZohoLimitException putOff) {
            wait = putOff.until().toEpochMilli() - ledger.now() + 500;
        }
        next(caller, wait);
    }

    private void send(int caller, Map<String, Object> slot, Date askedAt) {
        Caller call = callers.get(caller);
        try {
            quota.checkAge(askedAt);
        } catch (ZohoUnavailableException aged) {
            ledger.answered(slot, Map.of());
            done[caller]++; // or it would be paused in the same place for ever
            next(caller, 2_000);
            return;
        }
        ledger.in(call.onTheWay, () -> zoho.arrives(Math.min(call.inWork, HTTP_TIMEOUT - call.onTheWay)));
        boolean givesUp = call.onTheWay + call.inWork > HTTP_TIMEOUT;
        later(givesUp ? HTTP_TIMEOUT : call.onTheWay + call.inWork, () -> later(call.beforeNoting, () -> {
            ledger.answered(slot, givesUp ? Map.of("fault", "no answer") : Map.of("status", 200, "code", "0"));
            done[caller]++;
            next(caller, call.between);
        }));
    }
}
