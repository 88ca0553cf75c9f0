package io.saddlebag.zoho;

/** A call to Zoho that brought no answer to work with; each subclass is one thing that a caller can do about it. */
public abstract class ZohoException extends RuntimeException {

    protected ZohoException(String message, Throwable cause) {
        super(message, cause);
    }
}
