package io.saddlebag.connect;

import io.saddlebag.kinds.Kinds;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** The scopes that this installation needs, and those that a consent lacks. The names are those of Zoho's API documentation. */
@Component("consentScopes")
public class ConsentScopes {

    /** Needed to list the organisations of the person who agrees. */
    public static final String ORGANISATIONS = "ZohoInventory.settings.READ";

    private final Kinds kinds;

    ConsentScopes(Kinds kinds) {
        this.kinds = kinds;
    }

    /** @return the scopes of the kinds and of listing organisations, each once, in alphabetical order */
    public List<String> needed() {
        TreeSet<String> needed = new TreeSet<>(kinds.scopes());
        needed.add(ORGANISATIONS);
        return List.copyOf(needed);
    }

    /** @return the scopes and those of registering webhooks, which write settings and are therefore requested only on demand */
    public List<String> withWebhooks(List<String> scopes) {
        TreeSet<String> all = new TreeSet<>(scopes);
        Stream.of("Inventory", "Books").forEach(product -> all.addAll(List.of(ofWebhooks(product).split(", "))));
        return List.copyOf(all);
    }

    /** @param product of Zoho, as its scopes name it. Source: zoho.com/books/api/v3/webhooks and .../workflows */
    public static String ofWebhooks(String product) {
        return Stream.of("READ", "CREATE", "UPDATE").map(operation -> "Zoho" + product + ".settings." + operation)
            .collect(Collectors.joining(", "));
    }

    /**
     * @param agreed the granted scopes as Zoho lists them, separated by spaces; null where Zoho does not list them
     * @return the needed scopes that are not granted; none where Zoho does not list them
     */
    List<String> missing(List<String> needed, String agreed) {
        if (agreed == null) {
            return List.of();
        }
        List<String> held = Arrays.asList(agreed.toLowerCase(Locale.ROOT).split("[ ,]+"));
        return needed.stream().filter(scope -> wider(scope.toLowerCase(Locale.ROOT)).stream().noneMatch(held::contains)).toList();
    }

    /** @return product.area.operation and the scopes that include it: product.area.all and product.fullaccess.all */
    private static List<String> wider(String scope) {
        String[] parts = scope.split("\\.");
        return parts.length != 3 ? List.of(scope)
            : List.of(scope, parts[0] + "." + parts[1] + ".all", parts[0] + ".fullaccess.all");
    }
}
