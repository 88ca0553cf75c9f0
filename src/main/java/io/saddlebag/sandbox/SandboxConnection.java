package io.saddlebag.sandbox;

/**
 * The one client, refresh token and organisation that the sandbox knows. All values are made up, so they may be read
 * by anybody: they open nothing but the sandbox.
 *
 * @param clientId       client of the API console
 * @param clientSecret   its secret
 * @param refreshToken   the refresh token that lives from the start, with every scope of Zoho Inventory
 * @param organizationId the organisation that owns the items
 */
public record SandboxConnection(String clientId, String clientSecret, String refreshToken, String organizationId) {

    public static final SandboxConnection FIXED = new SandboxConnection(
            "1000.SANDBOX", "sandbox-secret", "1000.sandbox-refresh", "60000000001");
}
