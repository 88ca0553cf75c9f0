package io.saddlebag.sandbox;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Which scope a call needs: {@code ZohoBooks.<area>.<operation>}, its {@code .ALL}, or full access to the product.
 */
final class SandboxScopes {

    private static final Map<String, String> OPERATIONS = Map.of(
            "GET", "READ", "POST", "CREATE", "PUT", "UPDATE", "DELETE", "DELETE");
    private static final Map<String, List<String>> AREAS = Map.of(
            "/inventory/v1/items", List.of("ZohoInventory.items"),
            "/inventory/v1/itemdetails", List.of("ZohoInventory.items"),
            "/inventory/v1/organizations", List.of("ZohoInventory.settings"),
            "/inventory/v1/settings", List.of("ZohoInventory.settings"),
            "/books/v3/settings", List.of("ZohoBooks.settings"));

    private final SandboxKinds kinds;

    SandboxScopes(SandboxKinds kinds) {
        this.kinds = kinds;
    }

    /** Whether the path leads anywhere; where it does not, Zoho asks for no token. */
    boolean know(SandboxRequest request) {
        return !areas(request).isEmpty();
    }

    /** @param scopes the scopes that were agreed to, separated by commas */
    boolean allow(String scopes, SandboxRequest request) {
        String operation = OPERATIONS.getOrDefault(request.method(), "READ");
        List<String> enough = areas(request).stream()
                .flatMap(area -> Stream.of(area.split("\\.")[0] + ".FullAccess.all", area + "." + operation, area + ".ALL"))
                .map(scope -> scope.toLowerCase(Locale.ROOT)).toList();
        return Arrays.stream(scopes.toLowerCase(Locale.ROOT).split("[, ]+")).anyMatch(enough::contains);
    }

    private List<String> areas(SandboxRequest request) {
        return kinds.at(request).map(place -> place.address().scopes())
                .orElseGet(() -> AREAS.getOrDefault(request.collection(), List.of()));
    }
}
