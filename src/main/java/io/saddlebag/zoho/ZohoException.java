package io.saddlebag.zoho;

import io.saddlebag.common.PlainMessage;

/** A call to Zoho without a usable answer. Each subclass asks its caller for a different reaction. */
public abstract class ZohoException extends RuntimeException implements PlainMessage {

    protected ZohoException(String message, Throwable cause) {
        super(message, cause);
    }
}
