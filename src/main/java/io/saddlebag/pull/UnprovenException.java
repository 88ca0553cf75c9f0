package io.saddlebag.pull;

import io.saddlebag.zoho.ZohoException;

/** Zoho says that a record is gone, and nothing shows that it would say otherwise of a living one. */
public class UnprovenException extends ZohoException {

    UnprovenException(String zohoId) {
        super("Zoho says that " + zohoId + " is gone, but no record that is known to live could be found on the same path, so"
                + " that proves nothing", null);
    }
}
