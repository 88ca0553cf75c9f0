package io.saddlebag.sandbox;

import io.saddlebag.zoho.ZohoConnection;

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
            ZohoConnection.SANDBOX.clientId(), ZohoConnection.SANDBOX.clientSecret(),
            ZohoConnection.SANDBOX.refreshToken(), ZohoConnection.SANDBOX.orgId());
}
