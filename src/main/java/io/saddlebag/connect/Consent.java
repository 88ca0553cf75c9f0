package io.saddlebag.connect;

import io.saddlebag.zoho.connection.Connections.Given;
import java.util.Map;

/**
 * A consent that a person gave at Zoho, before it is stored.
 *
 * @param org          the key of the organisation for which the consent was requested
 * @param connection   whose client asked
 * @param regionBefore of that connection
 * @param region       in which the person agreed
 * @param accountsUrl  the accounts server that Zoho named, if it differs from that of the region; may be null
 * @param refreshToken of the answer
 * @param scopes       granted scopes, separated by spaces; null where Zoho does not list them
 * @param answer       of the token endpoint, with an access token; null after a choice of organisation
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
