package io.saddlebag.zoho;

/** Zoho says, as JSON, that there is no such record (404 with code 1002 or 5). */
public class ZohoGoneException extends ZohoException {

    ZohoGoneException(ZohoAnswer answer) {
        super(answer, answer.description());
    }
}
