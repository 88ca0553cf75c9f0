package io.saddlebag.zoho.connection;

/**
 * What came of a request for an access token; written into the connection's row.
 *
 * @param outcome             {@code ok}; {@code throttled}: Zoho gives none for some minutes; {@code person}: the
 *                            connection is refused; {@code unavailable}: worth another try
 * @param accessToken         encrypted; null unless ok
 * @param refreshAfterSeconds when the next one is asked for; null unless ok
 * @param lifeSeconds         how long it lives; null unless ok
 * @param apiUrl              the API server that Zoho named, if it is one of Zoho's; may be null
 * @param scopes              what was agreed to, separated by spaces; null where Zoho does not say
 * @param error               what Zoho called it, or what happened on the way; null when ok
 * @param toDo                what a person has to do; null unless person
 */
public record TokenAnswer(String outcome, byte[] accessToken, Long refreshAfterSeconds, Long lifeSeconds,
                          String apiUrl, String scopes, String error, String toDo) {

    static TokenAnswer without(String outcome, String error, String toDo) {
        return new TokenAnswer(outcome, null, null, null, null, null, error, toDo);
    }

    /** Without the token: variables end up in logs. */
    @Override
    public String toString() {
        return "TokenAnswer[" + outcome + "]";
    }
}
