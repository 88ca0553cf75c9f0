package io.saddlebag.zoho;

/** Zoho refused the access token (401, codes 57 and 14): it has expired, or lacks the scope that the call needs. */
public class ZohoUnauthorizedException extends ZohoException {

    public ZohoUnauthorizedException(String message) {
        super(message, null);
    }
}
