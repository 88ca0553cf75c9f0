package io.saddlebag.zoho;

/** Zoho refused the request for what it is: repeating it unchanged cannot help. */
public class ZohoRejectedException extends ZohoException {

    public ZohoRejectedException(String message) {
        super(message, null);
    }

    ZohoRejectedException(ZohoAnswer answer) {
        super(answer, answer.description());
    }
}
