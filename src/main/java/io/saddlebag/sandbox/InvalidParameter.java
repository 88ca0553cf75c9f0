package io.saddlebag.sandbox;

/** A parameter has a value that Zoho refuses with its code 2; the message is the parameter's name. */
class InvalidParameter extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    InvalidParameter(String parameter) {
        super(parameter);
    }
}
