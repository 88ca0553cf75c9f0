package io.saddlebag.pull;

import io.saddlebag.zoho.ZohoException;

/** Zoho answers that a record does not exist, but no control was found, or there is none: Zoho may give the same answer for a record that does exist. */
public class UnconfirmedDeletionException extends ZohoException {

    UnconfirmedDeletionException(String zohoId) {
        this(zohoId, "did not find a control (a record known to exist) at the same address either");
    }

    private UnconfirmedDeletionException(String zohoId, String but) {
        super("Zoho answered that " + zohoId + " does not exist, but " + but + ", so the answer proves nothing", null);
    }

    static UnconfirmedDeletionException withoutControls(String zohoId) {
        return new UnconfirmedDeletionException(zohoId, "no other row of its kind is known to exist that could be the control");
    }
}
