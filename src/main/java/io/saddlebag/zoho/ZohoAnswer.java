package io.saddlebag.zoho;

import java.util.Map;

/**
 * One answer of Zoho, read and understood.
 *
 * @param status  the HTTP status
 * @param shape   of its body
 * @param json    the object in the body, with decimals as they were sent; null for every other shape
 * @param code    Zoho's code as text that PostgreSQL can hold; null where there is none
 * @param message Zoho's words for people, at most 200 characters; empty where there are none
 * @param target  the host that a redirect names; null where there is none
 * @param file    the body where it is the file that was asked for; null for every other shape
 */
record ZohoAnswer(int status, BodyShape shape, Map<String, Object> json, String code, String message, String target, byte[] file) {

    ZohoAnswer(int status, BodyShape shape, Map<String, Object> json, String code, String message, String target) {
        this(status, shape, json, code, message, target, null);
    }

    AnswerMeaning meaning() {
        return AnswerTable.meaning(status, code, shape);
    }

    /** Whether it is a refusal of what was asked for, in a code that Zoho documents nowhere, rather than of who asks or how. */
    boolean mayBeNotThere() {
        return meaning() == AnswerMeaning.REFUSED && json != null
                && (status == 404 || status == 410 || code != null && (status == 400 || status < 300));
    }

    /** @return status, code and message of the answer, and what an operator can do about it */
    String description() {
        String description = "Zoho answered " + status + switch (shape) {
            case JSON -> (code == null ? " without a code" : ", code " + code) + (message.isEmpty() ? "" : ": " + message);
            case TRUNCATED -> " with JSON that breaks off";
            case TEXT -> " without JSON";
            case FILE -> " with a file";
            case EMPTY -> " without a body";
            case TOO_LONG -> " with more than zoho.longest-answer allows";
        };
        if (status >= 300 && status < 400) {
            description += ", a redirect to " + (target == null ? "another path" : target)
                    + " that is not followed: the token must not go elsewhere";
        }
        String hint = meaning().hint();
        return hint.isEmpty() ? description : description + (description.endsWith(".") ? " " : ". ") + hint;
    }

    /** Without the data: it may end up in a log. */
    @Override
    public String toString() {
        return "ZohoAnswer[status=" + status + ", shape=" + shape + ", code=" + code + "]";
    }
}
