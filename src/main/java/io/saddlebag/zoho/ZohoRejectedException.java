package io.saddlebag.zoho;

/** Zoho refused the content of the request, or its answer cannot be used: to repeat it soon cannot help. */
public class ZohoRejectedException extends ZohoException {

    private final boolean definite;

    public ZohoRejectedException(String message) {
        super(message, null);
        this.definite = false;
    }

    ZohoRejectedException(ZohoAnswer answer) {
        super(answer, answer.description());
        this.definite = answer.isDefinite();
    }

    /** @return whether Zoho refused the request with a code of its own, so that to repeat it later cannot help either */
    public boolean isDefinite() {
        return definite;
    }
}
