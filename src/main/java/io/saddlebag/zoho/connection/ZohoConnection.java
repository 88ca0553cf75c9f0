package io.saddlebag.zoho.connection;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * One organisation at Zoho and the client that may read it, as the settings give them.
 *
 * @param orgId        Zoho's id of the organisation
 * @param region       of {@link ZohoRegion}
 * @param clientId     of the client in Zoho's API console
 * @param clientSecret of that client
 * @param refreshToken lives until it is revoked
 */
public record ZohoConnection(String orgId, String region, String clientId, String clientSecret, String refreshToken) {

    /** What the sandbox knows and the product uses when no credentials are given; no secret, it opens nothing else. */
    public static final ZohoConnection SANDBOX = new ZohoConnection("60000000001", "us", "1000.SANDBOX", "sandbox-secret",
        "1000.sandbox-refresh");

    /** @return tells whether two are the same without telling what they are */
    byte[] digest() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(String.join("\n", orgId, region, clientId, clientSecret,
                refreshToken).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** Without the secrets: records end up in logs. */
    @Override
    public String toString() {
        return "ZohoConnection[orgId=" + orgId + ", region=" + region + ", clientId=" + clientId + "]";
    }
}
