package io.saddlebag.zoho;

/**
 * A call that must not be repeated was sent, and no usable answer came: Zoho may have carried it out. The caller has to find that out before it sends
 * anything again.
 */
public class ZohoUnknownException extends ZohoException {

    ZohoUnknownException(ZohoAnswer answer) {
        super(answer, "Zoho may have carried out the call, which is therefore not repeated: "
            + (answer.fault() != null ? "no answer, " + answer.fault() : answer.description()));
    }

    /** @param loss the failure because of which the answer was lost */
    ZohoUnknownException(ZohoAnswer answer, Exception loss) {
        this(answer);
        initCause(loss);
    }
}
