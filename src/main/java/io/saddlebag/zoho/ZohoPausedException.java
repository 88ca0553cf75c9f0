package io.saddlebag.zoho;

import java.time.Instant;

/** A circuit breaker of the organisation is open: no call was made to its server, and none will be for a while. */
public class ZohoPausedException extends ZohoUnavailableException {

    private final Instant until;
    private final String waitingFor;

    /**
     * @param until      time of the next attempt
     * @param waitingFor value of sync_runs.waiting_for: circuit, or meta-circuit for calls to Meta
     */
    public ZohoPausedException(String message, Throwable cause, Instant until, String waitingFor) {
        super(message, cause);
        this.until = until;
        this.waitingFor = waitingFor;
    }

    /** @return the same as a limit to wait for */
    public ZohoLimitException asLimit() {
        return new ZohoLimitException(until, waitingFor);
    }
}
