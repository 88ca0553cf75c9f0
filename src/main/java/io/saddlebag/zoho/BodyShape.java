package io.saddlebag.zoho;

/** The form of an answer's body. Zoho's APIs answer with a JSON object or a file, so every other form shows that something is wrong. */
public enum BodyShape {
    /** A whole JSON object. */
    JSON,
    /**
     * A result of a product that has no code for success: from Zoho CRM a whole JSON object with a list of results or of records ({@code data}); from
     * Zoho CRM and Desk a whole JSON object with a status of success and without a code, or an empty body with 204.
     */
    RESULT,
    /** A JSON object without its end. */
    TRUNCATED,
    /** Anything else: a web page, a line of text, JSON that is no object. */
    TEXT,
    /** The requested file, recognised by its media type: a picture. */
    FILE,
    /** No body, or only white space. */
    EMPTY,
    /** Longer than {@code zoho.longest-answer}: cut off, and not read. */
    TOO_LONG
}
