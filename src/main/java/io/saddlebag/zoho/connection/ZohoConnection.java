package io.saddlebag.zoho.connection;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * One organisation at Zoho and the client that may read it, both from the settings.
 *
 * @param orgId        Zoho's id of the organisation
 * @param region       of {@link ZohoRegion}
 * @param clientId     of the client in Zoho's API console
 * @param clientSecret of that client
 * @param refreshToken lives until it is revoked
 */
public record ZohoConnection(String orgId, String region, String clientId, String clientSecret, String refreshToken) {

    /** The credentials of the sandbox, used if the settings have none. They are no secret, because they work nowhere else. */
    public static final ZohoConnection SANDBOX = new ZohoConnection("60000000001", "us", "1000.SANDBOX", "sandbox-secret",
        "1000.sandbox-refresh");

    /** @return a digest, to compare two connections without showing their secrets */
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
