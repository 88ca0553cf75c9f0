package io.saddlebag.pull;

import io.saddlebag.zoho.ZohoException;

/** Zoho answers that a record does not exist, but no control was found: Zoho may give the same answer for a record that does exist. */
public class UnconfirmedDeletionException extends ZohoException {

    UnconfirmedDeletionException(String zohoId) {
        super("Zoho answered that " + zohoId + " does not exist, but did not find a control (a record known to exist) at the same address"
                + " either, so the answer proves nothing", null);
    }
}
