package io.saddlebag.zoho;

/** Zoho refused the content of the request: to repeat it unchanged cannot help. */
public class ZohoRejectedException extends ZohoException {

    public ZohoRejectedException(String message) {
        super(message, null);
    }

    ZohoRejectedException(ZohoAnswer answer) {
        super(answer, answer.description());
    }
}
