package io.saddlebag.zoho;

/** Zoho or the connection to it failed (5xx, time-out, truncated answer, open circuit breaker). The call can be repeated soon. */
public class ZohoUnavailableException extends ZohoException {

    public ZohoUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    public ZohoUnavailableException(String message) {
        this(message, null);
    }
}
