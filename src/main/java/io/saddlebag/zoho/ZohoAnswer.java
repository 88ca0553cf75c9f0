package io.saddlebag.zoho;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One answer of Zoho after it was read. If no answer came, {@code fault} says why.
 *
 * @param status  the HTTP status; null if the exchange failed before a status arrived
 * @param shape   form of the body; null with a fault
 * @param json    the object in the body, with decimals as they were sent; null for every other shape
 * @param code    Zoho's code as text that PostgreSQL can store; null if there is none
 * @param message Zoho's message for people, at most 200 characters; empty if there is none
 * @param target  the host that a redirect names; null if there is none
 * @param file    the body if it is the requested file; null for every other shape
 * @param limits  the limits of Zoho that the answer names
 * @param date    the header {@code Date}; null if it is missing
 * @param fault   why no answer came, for a person to read; null if one came
 * @param left    whether the request may have reached Zoho: false only for a fault that came before
 */
public record ZohoAnswer(Integer status, BodyShape shape, Map<String, Object> json, String code, String message, String target, byte[] file,
                         Limits limits, String date, String fault, boolean left) {

    private static final int LONGEST_WORDS = 10_000;
    /** Zoho CRM has one code for three limits and does not document the messages. These words are its pages' names for the limits. */
    private static final Pattern CREDITS = Pattern.compile("(?i)credit|daily|24 hours|per day");
    private static final Pattern CONCURRENCY = Pattern.compile("(?i)concurren|simultaneous|parallel");
    /** "The item name already exist": elsewhere 1000 is an internal error (error codes of items, Zoho Billing). */
    private static final Pattern DUPLICATE = Pattern.compile("(?i)already exist");

    /**
     * The limits that an answer names; each is null if the answer does not name it.
     *
     * @param dayLimit     calls that the organisation has a day ({@code x-rate-limit-limit})
     * @param dayRemaining calls that are left of them ({@code x-rate-limit-remaining})
     * @param dayReset     seconds until the day's calls renew ({@code x-rate-limit-reset})
     * @param retryAfter   seconds for which Zoho wants no further call ({@code Retry-After})
     * @param creditsRemaining credits that Zoho CRM has left for the organisation ({@code X-API-CREDITS-REMAINING})
     */
    public record Limits(Integer dayLimit, Integer dayRemaining, Integer dayReset, Integer retryAfter, Integer creditsRemaining) {

        static final Limits NONE = new Limits(null, null, null, null, null);

        Limits withRetryAfter(Integer seconds) {
            return new Limits(dayLimit, dayRemaining, dayReset, seconds, creditsRemaining);
        }
    }

    /** The limits of an answer that names none. */
    static ZohoAnswer of(int status, BodyShape shape, Map<String, Object> json, String code, String message, String target) {
        return new ZohoAnswer(status, shape, json, code, message, target, null, Limits.NONE, null, null, true);
    }

    /**
     * @param status null if the exchange failed before a status arrived
     * @param left whether the request may have reached Zoho
     */
    static ZohoAnswer none(Integer status, String fault, boolean left) {
        return new ZohoAnswer(status, null, null, null, "", null, null, Limits.NONE, null, fault, left);
    }

    ZohoAnswer withFile(byte[] body) {
        return new ZohoAnswer(status, BodyShape.FILE, null, null, "", target, body, limits, date, null, left);
    }

    ZohoAnswer with(Limits limits, String sentAt) {
        return new ZohoAnswer(status, shape, json, code, message, target, file, limits, sentAt, fault, left);
    }

    /** @return null with a fault */
    AnswerMeaning meaning() {
        if (fault != null) {
            return null;
        }
        AnswerMeaning meaning = AnswerTable.meaning(status, code, shape);
        if ("TOO_MANY_REQUESTS".equals(code) && meaning == AnswerMeaning.MINUTE) {
            return Integer.valueOf(0).equals(limits.creditsRemaining()) || CREDITS.matcher(message).find() ? AnswerMeaning.DAY
                : CONCURRENCY.matcher(message).find() ? AnswerMeaning.IN_PROCESS : meaning;
        }
        return "1000".equals(code) && meaning == AnswerMeaning.RETRY && DUPLICATE.matcher(message).find() ? AnswerMeaning.REFUSED : meaning;
    }

    /** Whether Zoho takes no more calls for a while: of the minute, of the day, or at the same time. */
    public boolean isLimit() {
        return fault == null && Set.of(AnswerMeaning.MINUTE, AnswerMeaning.DAY, AnswerMeaning.IN_PROCESS).contains(meaning());
    }

    /** Whether Zoho refuses the request with a code of its own. Any other refusal may be a proxy's, or a moment's. */
    boolean isDefinite() {
        return meaning() == AnswerMeaning.REFUSED && code != null && !code.equals("0");
    }

    /** Whether Zoho may have carried out the call, as far as this answer shows. */
    public boolean isUncertain() {
        if (fault != null) {
            return left;
        }
        return switch (meaning()) {
            case RETRY, FAILURE -> true;
            case TOO_LONG -> status < 300;
            case REFUSED -> status < 300 && code == null;
            default -> false;
        };
    }

    /** @return Zoho's message for people without characters that PostgreSQL cannot store; null if there is none */
    String words() {
        Object words = json == null ? null : json.get("message");
        return words == null ? null : words.toString().codePoints().limit(LONGEST_WORDS)
            .filter(c -> c != 0 && Character.getType(c) != Character.SURROGATE)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    /** @return the key of the record that Zoho CRM refuses; null if the answer names none */
    String refusedKey() {
        Object key = json != null && json.get("details") instanceof Map<?, ?> details ? details.get("api_name") : null;
        return key == null ? null : key.toString();
    }

    /** @return the name of the outcome in metrics and in the statement of the ledger; "none" with a fault */
    public String outcome() {
        return fault != null ? "none" : meaning().outcome();
    }

    /** Whether Zoho refuses the requested record with a code that it does not document, and not the caller or the form of the request. */
    boolean mayBeNotThere() {
        return meaning() == AnswerMeaning.REFUSED && json != null
                && (status == 404 || status == 410 || code != null && (status == 400 || status < 300));
    }

    /** @return status, code and message of the answer, with the remedy for an operator */
    String description() {
        String description = "Zoho answered " + status + switch (shape) {
            case JSON, RESULT -> (code == null ? " without a code" : ", code " + code) + (message.isEmpty() ? "" : ": " + message);
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

    /**
     * Without the content. Camel puts an object whose property a route reads into a hash key each time: the hash of a page's records took a third of
     * the processor time of the thread that pulled them.
     */
    @Override
    public int hashCode() {
        return Objects.hash(status, shape, code, message, date, fault);
    }

    /** Without the data: it may end up in a log. */
    @Override
    public String toString() {
        return "ZohoAnswer[status=" + status + ", shape=" + shape + ", code=" + code + ", fault=" + fault + "]";
    }
}
