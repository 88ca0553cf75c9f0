package io.saddlebag.sandbox.query;

/** A parameter has a value that Zoho refuses with its code 2; the message is the parameter's name. */
public class InvalidParameter extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    InvalidParameter(String parameter) {
        super(parameter);
    }
}
