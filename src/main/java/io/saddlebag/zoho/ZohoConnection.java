package io.saddlebag.zoho;

/**
 * One organisation at Zoho and the client that may read it.
 *
 * @param orgId        Zoho's id of the organisation
 * @param clientId     of the client in Zoho's API console
 * @param clientSecret of that client
 * @param refreshToken lives until it is revoked
 * @param accountsUrl  where tokens are had, without a slash at its end
 * @param apiUrl       where the APIs are, without a slash at its end
 * @param apiUrlGiven  whether apiUrl was set and so wins over the api_domain of token answers
 */
public record ZohoConnection(String orgId, String clientId, String clientSecret, String refreshToken,
                             String accountsUrl, String apiUrl, boolean apiUrlGiven) {

    /** What the sandbox knows and the product uses when no credentials are given; no secret, it opens nothing else. */
    public static final ZohoConnection SANDBOX = new ZohoConnection("60000000001", "1000.SANDBOX", "sandbox-secret",
        "1000.sandbox-refresh", "http://localhost:8080/sandbox", "http://localhost:8080/sandbox", true);

    /** The same organisation and client, at a Zoho that answers elsewhere. */
    public ZohoConnection at(String accountsUrl, String apiUrl) {
        return new ZohoConnection(orgId, clientId, clientSecret, refreshToken, accountsUrl, apiUrl, apiUrlGiven);
    }

    /** Without the secrets: records end up in logs. */
    @Override
    public String toString() {
        return "ZohoConnection[orgId=" + orgId + ", accountsUrl=" + accountsUrl + ", apiUrl=" + apiUrl + "]";
    }
}
