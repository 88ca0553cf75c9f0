package io.saddlebag.meta;

import java.util.Map;
import java.util.Set;

/**
 * One answer of Meta's Graph API, or the {@code fault} that prevented an answer. The code in {@code error} tells what an answer means. The HTTP status does not:
 * it is 400 for most refusals and for a limit, and 500 for a batch that is too large.
 *
 * <p>Sources: error handling of the Graph API (1, 2, 10, 100, 190, 200 to 299), its rate limits (4, 17, 32, 613, 80014 of catalogues).
 *
 * @param status  the HTTP status; null if there is a fault
 * @param code    Meta's code; null if the answer has none
 * @param type    the type of the error, such as OAuthException; null if the answer has none
 * @param message Meta's message; empty if the answer has none
 * @param json    the JSON object in the body; null if the body is no complete JSON object
 * @param fault   why no answer came, in words for a person; null if an answer came
 */
public record MetaAnswer(Integer status, Integer code, String type, String message, Map<String, Object> json, String fault) {

    private static final Set<Integer> LIMITS = Set.of(4, 17, 32, 613);
    private static final int FIRST_LIMIT_OF_USE_CASES = 80000;
    private static final int LAST_LIMIT_OF_USE_CASES = 80014;
    private static final int TOO_LARGE = 413;

    /** Whether Meta accepts no more calls for a while. */
    public boolean isLimit() {
        return code != null && (LIMITS.contains(code) || code >= FIRST_LIMIT_OF_USE_CASES && code <= LAST_LIMIT_OF_USE_CASES) || Integer.valueOf(429).equals(status);
    }

    /** Whether Meta refused the batch for its size, so that a smaller batch may be accepted. */
    boolean isTooLarge() {
        return code != null && code == 1 && message.contains("reduce the amount of data") || Integer.valueOf(TOO_LARGE).equals(status);
    }

    /** Whether Meta or the network failed, so that a repeated call may succeed. An answer 2xx without a JSON object is a failure too. */
    public boolean isFailure() {
        return fault != null || !isLimit() && !isTooLarge() && (status >= 500 || code != null && (code == 1 || code == 2) || status < 300 && json == null);
    }

    /** Whether Meta may have carried out the call, as far as this answer shows. */
    public boolean isUncertain() {
        return isFailure();
    }

    /** Whether Meta refused the token or the catalogue, so that a person has to correct the settings. */
    boolean isRefusedAccess() {
        return code != null && (code == 190 || code == 10 || code == 3 || code >= 200 && code < 300 || code == 100 && "GraphMethodException".equals(type))
            || code == null && (status == 401 || status == 403);
    }

    /** @return status, code and message, or the fault, in words for a person */
    public String description() {
        return fault != null ? fault : "Meta answered " + status + (code == null ? json == null ? " without JSON" : "" : ", code " + code) + (message.isEmpty() ? "" : ": " + message);
    }

    /** Leaves the data out, because the text may reach a log. */
    @Override
    public String toString() {
        return "MetaAnswer[status=" + status + ", code=" + code + ", fault=" + fault + "]";
    }
}
