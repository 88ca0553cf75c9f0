package io.saddlebag.zoho;

import java.time.Instant;

/** The quota is used up. The work is postponed until {@link #until()}: it does not fail, and no thread sleeps meanwhile. */
public class ZohoLimitException extends ZohoException {

    private final Instant until;
    private final String waitingFor;

    /**
     * @param until time of the next attempt
     * @param waitingFor {@code minute}, {@code day}, {@code in-flight}, {@code circuit}, {@code token}, {@code retry-after} or {@code meta}
     */
    public ZohoLimitException(Instant until, String waitingFor) {
        super(waitingFor.equals("retry-after") ? "Zoho fails, and asks for no call before " + until + " (Retry-After)"
: waitingFor.equals("meta") ? "Meta takes no more calls to the catalogue until " + until
                : "Zoho's limit (" + waitingFor + ") is reached until " + until, null);
        this.until = until;
        this.waitingFor = waitingFor;
    }

    public Instant until() {
        return until;
    }

    public String waitingFor() {
        return waitingFor;
    }
}
