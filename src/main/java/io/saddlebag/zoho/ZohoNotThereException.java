package io.saddlebag.zoho;

/**
 * Zoho refused a request as it refuses what it does not have, but not in its words for that. It may be a record that is gone: nobody but
 * a person can say so.
 */
public class ZohoNotThereException extends ZohoRejectedException {

    ZohoNotThereException(ZohoAnswer answer) {
        super(answer);
    }
}
