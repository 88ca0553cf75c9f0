package io.saddlebag.zoho;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The place of one call in the row of calls that a caller prefetches. A call may wait for a slot only after the call before it has its slot, so that
 * calls are sent in the caller's order. All calls that still wait can be withdrawn together.
 */
public class CallTicket {

    private final CompletableFuture<Void> taken = new CompletableFuture<>();
    private final AtomicBoolean withdrawn;

    /** @param withdrawn shared by the calls that are withdrawn together */
    public CallTicket(AtomicBoolean withdrawn) {
        this.withdrawn = withdrawn;
    }

    /** @return completes when the call has its slot, or has ended without one */
    public CompletableFuture<Void> taken() {
        return taken;
    }

    public boolean isWithdrawn() {
        return withdrawn.get();
    }
}
