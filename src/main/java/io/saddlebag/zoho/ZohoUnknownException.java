package io.saddlebag.zoho;

/**
 * A call that must not be repeated left, and no usable answer came: Zoho may have carried it out. Its caller has to look before it sends
 * anything again.
 */
public class ZohoUnknownException extends ZohoException {

    ZohoUnknownException(ZohoAnswer answer) {
        super(answer, "Zoho may have carried out the call, which is therefore not repeated: "
            + (answer.fault() != null ? "no answer, " + answer.fault() : answer.description()));
    }

    /** @param loss that kept the answer from the caller */
    ZohoUnknownException(ZohoAnswer answer, Exception loss) {
        this(answer);
        initCause(loss);
    }
}
