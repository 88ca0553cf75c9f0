package io.saddlebag.sandbox.accounts;

import java.util.List;

/**
 * An OAuth client that the sandbox knows, and the organisations of the person who agreed. All values are made up and open
 * nothing but the sandbox, so anybody may read them.
 *
 * @param clientId        client of the API console
 * @param clientSecret    its secret
 * @param refreshToken    the refresh token that lives from the start, with every scope that the sandbox knows
 * @param organizationIds the organisations that its tokens may see; may be empty
 */
public record Client(String clientId, String clientSecret, String refreshToken, List<String> organizationIds) {

    /** The first client with the first organisation: what the product uses when no credentials are given. */
    public static final Client FIXED =
            new Client("1000.SANDBOX", "sandbox-secret", "1000.sandbox-refresh", List.of("60000000001"));

    /** The first of its organisations. */
    public String organizationId() {
        return organizationIds.get(0);
    }

    public boolean sees(String organisation) {
        return organizationIds.contains(organisation);
    }
}
