package io.saddlebag.zoho;

import java.util.Map;

/**
 * One answer of Zoho, read and understood; or, with a {@code fault}, that none came.
 *
 * @param status  the HTTP status; null when the exchange broke before it came
 * @param shape   of its body; null with a fault
 * @param json    the object in the body, with decimals as they were sent; null for every other shape
 * @param code    Zoho's code as text that PostgreSQL can hold; null where there is none
 * @param message Zoho's words for people, at most 200 characters; empty where there are none
 * @param target  the host that a redirect names; null where there is none
 * @param file    the body where it is the file that was asked for; null for every other shape
 * @param limits  what the answer says of Zoho's limits
 * @param date    the header {@code Date}; null where it is missing
 * @param fault   what happened on the way, for a person; null when an answer came
 */
public record ZohoAnswer(Integer status, BodyShape shape, Map<String, Object> json, String code, String message, String target, byte[] file,
                         Limits limits, String date, String fault) {

    /**
     * What an answer says of limits; each is null where the answer says nothing of it.
     *
     * @param dayLimit     calls that the organisation has a day ({@code x-rate-limit-limit})
     * @param dayRemaining calls that are left of them ({@code x-rate-limit-remaining})
     * @param dayReset     seconds until the day's calls renew ({@code x-rate-limit-reset})
     * @param retryAfter   seconds for which Zoho asks to be left alone ({@code Retry-After})
     */
    public record Limits(Integer dayLimit, Integer dayRemaining, Integer dayReset, Integer retryAfter) {

        static final Limits NONE = new Limits(null, null, null, null);
    }

    /** An answer that says nothing of limits. */
    static ZohoAnswer of(int status, BodyShape shape, Map<String, Object> json, String code, String message, String target) {
        return new ZohoAnswer(status, shape, json, code, message, target, null, Limits.NONE, null, null);
    }

    /** @param status null when the exchange broke before it came */
    static ZohoAnswer none(Integer status, String fault) {
        return new ZohoAnswer(status, null, null, null, "", null, null, Limits.NONE, null, fault);
    }

    ZohoAnswer withFile(byte[] body) {
        return new ZohoAnswer(status, BodyShape.FILE, null, null, "", target, body, limits, date, null);
    }

    ZohoAnswer with(Limits said, String sentAt) {
        return new ZohoAnswer(status, shape, json, code, message, target, file, said, sentAt, fault);
    }

    /** @return null with a fault */
    AnswerMeaning meaning() {
        return fault != null ? null : AnswerTable.meaning(status, code, shape);
    }

    /** @return the word for what came of the call in metrics and in the ledger's statement: none with a fault */
    public String outcome() {
        return fault != null ? "none" : meaning().outcome();
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
        return "ZohoAnswer[status=" + status + ", shape=" + shape + ", code=" + code + ", fault=" + fault + "]";
    }
}
