package io.saddlebag.sandbox.accounts;

import io.saddlebag.sandbox.data.Kinds;
import io.saddlebag.sandbox.wire.Request;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Which scope a call needs: {@code ZohoBooks.<area>.<operation>}, its {@code .ALL}, or full access to the product.
 */
public final class Scopes {

    private static final Map<String, String> OPERATIONS = Map.of(
            "GET", "READ", "POST", "CREATE", "PUT", "UPDATE", "DELETE", "DELETE");
    private static final Map<String, List<String>> AREAS = Map.of(
            "/inventory/v1/items", List.of("ZohoInventory.items"),
            "/inventory/v1/itemdetails", List.of("ZohoInventory.items"),
            "/inventory/v1/organizations", List.of("ZohoInventory.settings"),
            "/inventory/v1/settings", List.of("ZohoInventory.settings"),
            "/books/v3/settings", List.of("ZohoBooks.settings"));

    private final Kinds kinds;

    public Scopes(Kinds kinds) {
        this.kinds = kinds;
    }

    /** Whether an API has the path. Where none has it, Zoho asks for no token. */
    public boolean know(Request request) {
        return !areas(request).isEmpty();
    }

    /** @param scopes the granted scopes, separated by commas */
    public boolean allow(String scopes, Request request) {
        String operation = OPERATIONS.getOrDefault(request.method(), "READ");
        List<String> enough = areas(request).stream()
                .flatMap(area -> Stream.of(area.split("\\.")[0] + ".FullAccess.all", area + "." + operation, area + ".ALL"))
                .map(scope -> scope.toLowerCase(Locale.ROOT)).toList();
        return Arrays.stream(scopes.toLowerCase(Locale.ROOT).split("[, ]+")).anyMatch(enough::contains);
    }

    private List<String> areas(Request request) {
        return kinds.at(request).map(place -> place.address().scopes())
                .orElseGet(() -> AREAS.getOrDefault(request.collection(), List.of()));
    }
}
