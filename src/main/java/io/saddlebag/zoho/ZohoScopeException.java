package io.saddlebag.zoho;

/** Nobody agreed to what the call needs: Zoho refuses it although the token is valid. A person has to agree again. */
public class ZohoScopeException extends ZohoException {

    public ZohoScopeException(String message) {
        super(message, null);
    }
}
