package io.saddlebag.zoho;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The place of one call among those that a caller sends ahead: the next may queue for its slot only when this one has
 * its own, so that calls leave in the caller's order; and what still waits can be withdrawn together.
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
