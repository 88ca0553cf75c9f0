package io.saddlebag.zoho;

import java.util.Map;
import java.util.Random;

/** A pull or a push that never ends: so many calls ahead, one of them in the queue for a slot, each coming back a little late. */
final class SimulatedPull {

    private static final int AHEAD = 4;

    private final String purpose;
    private final int ahead;
    private final SimulatedLedger ledger;
    private final SimulatedZoho zoho;
    private final long latency;
    private final Random late;
    private int asked;
    private boolean queues;

    private SimulatedPull(String purpose, int ahead, SimulatedLedger ledger, SimulatedZoho zoho, long latency, Random late) {
        this.purpose = purpose;
        this.ahead = ahead;
        this.ledger = ledger;
        this.zoho = zoho;
        this.latency = latency;
        this.late = late;
    }

    static void start(SimulatedLedger ledger, SimulatedZoho zoho, long latency, Random late) {
        new SimulatedPull("pull", AHEAD, ledger, zoho, latency, late).ask();
    }

    static void startPush(int ahead, SimulatedLedger ledger, SimulatedZoho zoho, long latency, Random late) {
        new SimulatedPull("push", ahead, ledger, zoho, latency, late).ask();
    }

    private void ask() {
        if (asked < ahead && !queues) {
            queues = true;
            asked++;
            queue();
        }
    }

    private void queue() {
        Map<String, Object> slot = ledger.take(purpose);
        if (slot.get("call_id") == null) {
            ledger.in((long) slot.get("wait_ms") + late.nextInt(15), this::queue);
            return;
        }
        queues = false;
        zoho.call(slot, latency, () -> {
            asked--;
            ask();
        });
        ask();
    }
}
