package io.saddlebag.sandbox;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which scope a call needs: {@code ZohoInventory.<area>.<operation>}, its {@code .ALL}, or full access. */
final class SandboxScopes {

    private static final Map<String, String> OPERATIONS = Map.of(
            "GET", "READ", "POST", "CREATE", "PUT", "UPDATE", "DELETE", "DELETE");
    private static final Map<String, String> AREAS = Map.of(
            "items", "items", "itemdetails", "items", "organizations", "settings");

    private SandboxScopes() {
    }

    /** Whether the path leads anywhere; where it does not, Zoho asks for no token. */
    static boolean know(SandboxRequest request) {
        return !request.resource().isEmpty() && AREAS.containsKey(request.resource().get(0));
    }

    /** @param scopes the scopes that were agreed to, separated by commas */
    static boolean allow(String scopes, SandboxRequest request) {
        String area = "zohoinventory." + AREAS.get(request.resource().get(0)) + ".";
        String operation = OPERATIONS.getOrDefault(request.method(), "READ");
        List<String> enough = List.of(SandboxTokens.EVERYTHING.toLowerCase(Locale.ROOT),
                area + operation.toLowerCase(Locale.ROOT), area + "all");
        return Arrays.stream(scopes.toLowerCase(Locale.ROOT).split("[, ]+")).anyMatch(enough::contains);
    }
}
