package io.saddlebag.zoho;

import java.time.Duration;
import java.time.Instant;

/**
 * Zoho has too many calls of the organisation in work (1070), those of other programs among them. Worth repeating soon;
 * where that did not help, the work is postponed for a while, as for any other limit.
 */
public class ZohoInProcessException extends ZohoUnavailableException {

    /** How long others keep the places is nowhere said. */
    private static final Duration PAUSE = Duration.ofSeconds(30);

    public ZohoInProcessException(String message) {
        super(message);
    }

    /** @return the same as a limit to wait for, from now on */
    public ZohoLimitException asLimit() {
        return new ZohoLimitException(Instant.now().plus(PAUSE), "in-flight");
    }
}
