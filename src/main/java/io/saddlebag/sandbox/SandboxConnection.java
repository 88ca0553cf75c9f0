package io.saddlebag.sandbox;

import io.saddlebag.zoho.ZohoConnection;
import java.util.List;

/**
 * A client that the sandbox knows, and what the person who agreed belongs to. All values are made up, so they may be
 * read by anybody: they open nothing but the sandbox.
 *
 * @param clientId        client of the API console
 * @param clientSecret    its secret
 * @param refreshToken    the refresh token that lives from the start, with every scope of Zoho Inventory and Zoho Books
 * @param organizationIds the organisations that its tokens may see; may be empty
 */
public record SandboxConnection(String clientId, String clientSecret, String refreshToken,
                                List<String> organizationIds) {

    /** What is connected when nobody says otherwise: the first client and the first organisation. */
    public static final SandboxConnection FIXED = new SandboxConnection(
            ZohoConnection.SANDBOX.clientId(), ZohoConnection.SANDBOX.clientSecret(),
            ZohoConnection.SANDBOX.refreshToken(), List.of(ZohoConnection.SANDBOX.orgId()));

    /** The first of its organisations. */
    public String organizationId() {
        return organizationIds.get(0);
    }

    boolean sees(String organisation) {
        return organizationIds.contains(organisation);
    }
}
