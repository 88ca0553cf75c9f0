package io.saddlebag.zoho;

/** An answer was longer than {@code zoho.longest-answer}: it was cut off, and would be as long the next time. */
public class ZohoTooLongException extends ZohoRejectedException {

    public ZohoTooLongException(String message) {
        super(message);
    }
}
