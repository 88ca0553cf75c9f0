package io.saddlebag.zoho;

/** An answer was longer than {@code zoho.longest-answer} and was cut off. The next answer would be as long. */
public class ZohoTooLongException extends ZohoRejectedException {

    public ZohoTooLongException(String message) {
        super(message);
    }
}
