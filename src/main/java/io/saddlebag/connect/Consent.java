package io.saddlebag.connect;

import io.saddlebag.zoho.connection.Connections.Given;
import java.util.Map;

/**
 * What somebody agreed to at Zoho, before it is stored.
 *
 * @param org          the key of the organisation for which the browser was sent there
 * @param connection   whose client asked
 * @param regionBefore of that connection
 * @param region       in which the person agreed
 * @param accountsUrl  the accounts server that Zoho named, where it is not that of the region; may be null
 * @param refreshToken of the answer
 * @param scopes       that were agreed to, separated by spaces; null where Zoho does not say
 * @param answer       of the token endpoint, with an access token; null when the choice took its time
 */
record Consent(String org, long connection, String regionBefore, String region, String accountsUrl, String refreshToken,
               String scopes, Map<String, Object> answer) {

    /** @param client the connection whose client it is */
    Given with(Given client) {
        return new Given(region, accountsUrl, client.clientId(), client.clientSecret(), refreshToken, scopes, null);
    }

    /** Without the tokens: variables end up in logs. */
    @Override
    public String toString() {
        return "Consent[org=" + org + ", region=" + region + "]";
    }
}
