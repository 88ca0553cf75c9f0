package io.saddlebag.zoho;

import java.time.Instant;

/** The organisation's circuit breaker is open: no call was made, and none will be for a while. */
public class ZohoPausedException extends ZohoUnavailableException {

    private final Instant until;

    /** @param until time of the next attempt */
    public ZohoPausedException(String message, Throwable cause, Instant until) {
        super(message, cause);
        this.until = until;
    }

    /** @return the same as a limit to wait for */
    public ZohoLimitException asLimit() {
        return new ZohoLimitException(until, "circuit");
    }
}
