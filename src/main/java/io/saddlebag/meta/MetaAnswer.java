package io.saddlebag.meta;

import java.util.Map;
import java.util.Set;

/**
 * One answer of Meta's Graph API; or, with a {@code fault}, that none came. The code in {@code error} tells what it means: the HTTP status is 400
 * for most refusals, for a limit too, and 500 for a batch that is too large.
 *
 * <p>Sources: error handling of the Graph API (1, 2, 10, 100, 190, 200 to 299), its rate limits (4, 17, 32, 613, 80014 of catalogues).
 *
 * @param status  the HTTP status; null with a fault
 * @param code    Meta's code; null where there is none
 * @param type    of the error, such as OAuthException; null where there is none
 * @param message Meta's words; empty where there are none
 * @param json    the object in the body; null where there is no whole one
 * @param fault   what happened on the way, for a person; null when an answer came
 */
public record MetaAnswer(Integer status, Integer code, String type, String message, Map<String, Object> json, String fault) {

    private static final Set<Integer> LIMITS = Set.of(4, 17, 32, 613);
    private static final int FIRST_LIMIT_OF_USE_CASES = 80000;
    private static final int LAST_LIMIT_OF_USE_CASES = 80014;
    private static final int TOO_LARGE = 413;

    /** Whether Meta takes no more calls for a while. */
    public boolean isLimit() {
        return code != null && (LIMITS.contains(code) || code >= FIRST_LIMIT_OF_USE_CASES && code <= LAST_LIMIT_OF_USE_CASES) || Integer.valueOf(429).equals(status);
    }

    /** Whether a smaller batch would be taken. */
    boolean isTooLarge() {
        return code != null && code == 1 && message.contains("reduce the amount of data") || Integer.valueOf(TOO_LARGE).equals(status);
    }

    /** Whether Meta itself failed, or the way to it: worth repeating. */
    public boolean isFailure() {
        return fault != null || !isLimit() && !isTooLarge() && (status >= 500 || code != null && (code == 1 || code == 2) || status < 300 && json == null);
    }

    /** Whether the token or the catalogue is refused, so that a person has to correct it. */
    boolean isRefusedAccess() {
        return code != null && (code == 190 || code == 10 || code == 3 || code >= 200 && code < 300 || code == 100 && "GraphMethodException".equals(type))
            || code == null && (status == 401 || status == 403);
    }

    /** @return status, code and message, or what happened on the way, for a person */
    public String description() {
        return fault != null ? fault : "Meta answered " + status + (code == null ? json == null ? " without JSON" : "" : ", code " + code) + (message.isEmpty() ? "" : ": " + message);
    }

    /** Without the data: it may end up in a log. */
    @Override
    public String toString() {
        return "MetaAnswer[status=" + status + ", code=" + code + ", fault=" + fault + "]";
    }
}
