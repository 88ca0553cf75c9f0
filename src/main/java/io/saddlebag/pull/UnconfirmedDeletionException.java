package io.saddlebag.pull;

import io.saddlebag.zoho.ZohoException;

/** Zoho answers that a record does not exist, and no control shows that it would answer otherwise for one that does. */
public class UnconfirmedDeletionException extends ZohoException {

    UnconfirmedDeletionException(String zohoId) {
        super("Zoho says that " + zohoId + " is gone, but no record that is known to live could be found on the same path, so"
                + " that proves nothing", null);
    }
}
