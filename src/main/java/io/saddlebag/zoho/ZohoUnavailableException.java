package io.saddlebag.zoho;

/** Worth repeating soon: Zoho or the way to it failed (5xx, time-out, cut or truncated answer, open circuit). */
public class ZohoUnavailableException extends ZohoException {

    public ZohoUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    public ZohoUnavailableException(String message) {
        this(message, null);
    }
}
