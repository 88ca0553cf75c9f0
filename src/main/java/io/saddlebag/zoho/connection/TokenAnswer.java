package io.saddlebag.zoho.connection;

/**
 * The result of a request for an access token, for the connection's row.
 *
 * @param outcome             {@code ok}; {@code throttled}: Zoho gives none for some minutes; {@code person}: the
 *                            connection is refused; {@code unavailable}: the request can be repeated
 * @param accessToken         encrypted; null unless ok
 * @param refreshAfterSeconds seconds until the next token is requested; null unless ok
 * @param lifeSeconds         seconds for which the token is valid; null unless ok
 * @param apiUrl              the API server that Zoho named, if it is one of Zoho's; may be null
 * @param scopes              the scopes that were agreed to, separated by spaces; null if Zoho does not name them
 * @param error               Zoho's error, or the failure of the request; null if ok
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
