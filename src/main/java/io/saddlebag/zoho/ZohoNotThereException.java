package io.saddlebag.zoho;

/**
 * Zoho refused the request for a record, but not with its usual answer for a record that does not exist. The record may be gone; only a person can
 * decide that.
 */
public class ZohoNotThereException extends ZohoRejectedException {

    ZohoNotThereException(ZohoAnswer answer) {
        super(answer);
    }
}
