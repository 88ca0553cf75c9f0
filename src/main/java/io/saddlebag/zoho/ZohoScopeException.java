package io.saddlebag.zoho;

/** Zoho refuses the call although the token is valid, because nobody agreed to the scope that the call needs. A person has to agree again. */
public class ZohoScopeException extends ZohoException {

    public ZohoScopeException(String message) {
        super(message, null);
    }
}
