package io.saddlebag.sandbox.accounts;

import io.saddlebag.sandbox.data.Kinds;
import io.saddlebag.sandbox.wire.Request;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
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
            "/books/v3/items", List.of("ZohoBooks.settings"),
            "/books/v3/settings", List.of("ZohoBooks.settings"));

    /** The query of CRM only reads, whatever its method. */
    private static final String QUERY = "/coql";
    /** What a search of CRM needs beside the scope of its module. */
    private static final String SEARCH = "zohosearch.securesearch.read";

    private final Function<Request, List<String>> areas;

    /** @param more the areas that open an address beside the fixed ones; none where it has no such address */
    public Scopes(Kinds kinds, List<Function<Request, List<String>>> more) {
        areas = request -> Stream.concat(
                        Stream.of(kinds.at(request).map(place -> place.address().scopes())
                                .orElseGet(() -> AREAS.getOrDefault(request.collection(), List.of()))),
                        more.stream().map(product -> product.apply(request)))
                .filter(found -> !found.isEmpty()).findFirst().orElse(List.of());
    }

    /** Whether an API has the path. Where none has it, Zoho asks for no token. */
    public boolean know(Request request) {
        return !areas.apply(request).isEmpty();
    }

    /** @param scopes the granted scopes, separated by commas */
    public boolean allow(String scopes, Request request) {
        String operation = request.path().endsWith(QUERY) ? "READ" : OPERATIONS.getOrDefault(request.method(), "READ");
        List<String> enough = areas.apply(request).stream()
                .flatMap(area -> Stream.of(area.split("\\.")[0] + ".FullAccess.all", area + "." + operation, area + ".ALL"))
                .map(scope -> scope.toLowerCase(Locale.ROOT)).toList();
        List<String> granted = List.of(scopes.toLowerCase(Locale.ROOT).split("[, ]+"));
        return granted.stream().anyMatch(enough::contains)
                && (!request.path().endsWith("/search") || granted.contains(SEARCH));
    }
}
