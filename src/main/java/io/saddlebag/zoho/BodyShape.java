package io.saddlebag.zoho;

/** What the body of an answer looks like. Zoho's APIs answer with a JSON object or a file, so any other shape tells something by itself. */
public enum BodyShape {
    /** A whole JSON object. */
    JSON,
    /**
     * A whole JSON object that is a result by its shape, where a product has no code for success: of Zoho CRM with a list of results or
     * of records ({@code data}), of Zoho CRM and Desk with a good status and without a code, or nothing with 204.
     */
    RESULT,
    /** Begins as a JSON object and does not end as one. */
    TRUNCATED,
    /** Anything else: a page for people, a line of text, JSON that is no object. */
    TEXT,
    /** The file that was asked for, by its media type: a picture. */
    FILE,
    /** Nothing, or nothing but blanks. */
    EMPTY,
    /** Longer than {@code zoho.longest-answer}: cut off, and not looked at. */
    TOO_LONG
}
