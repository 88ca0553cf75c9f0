package io.saddlebag.zoho;

import java.time.Duration;
import java.time.Instant;

/**
 * Zoho has too many calls of the organisation in process (1070), including those of other programs. The call is repeated soon; if that does not help,
 * the work is postponed for a while, as for any other limit.
 */
public class ZohoInProcessException extends ZohoUnavailableException {

    /** A guess: nothing says how long the other calls take. */
    private static final Duration PAUSE = Duration.ofSeconds(30);

    public ZohoInProcessException(String message) {
        super(message);
    }

    /** @return the same as a limit to wait for, from now on */
    public ZohoLimitException asLimit() {
        return new ZohoLimitException(Instant.now().plus(PAUSE), "in-flight");
    }
}
