package io.saddlebag.connect;

import io.saddlebag.kinds.Kinds;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Which scopes this installation needs, and which of them nobody agreed to. Names are those of Zoho's API documents. */
@Component("consentScopes")
public class ConsentScopes {

    /** To list the organisations of whoever agrees. */
    public static final String ORGANISATIONS = "ZohoInventory.settings.READ";

    private final Kinds kinds;

    ConsentScopes(Kinds kinds) {
        this.kinds = kinds;
    }

    /** @return the scopes of the kinds and what listing organisations needs, each once, in alphabetical order */
    public List<String> needed() {
        TreeSet<String> needed = new TreeSet<>(kinds.scopes());
        needed.add(ORGANISATIONS);
        return List.copyOf(needed);
    }

    /** @return the scopes with what registering webhooks needs, which is more than reading: only for whoever asks for it */
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
     * @param agreed as Zoho says it, separated by spaces; null where it does not say
     * @return the needed ones that it does not cover; none where Zoho does not say
     */
    List<String> missing(List<String> needed, String agreed) {
        if (agreed == null) {
            return List.of();
        }
        List<String> held = Arrays.asList(agreed.toLowerCase(Locale.ROOT).split("[ ,]+"));
        return needed.stream().filter(scope -> wider(scope.toLowerCase(Locale.ROOT)).stream().noneMatch(held::contains)).toList();
    }

    /** @return product.area.operation and what covers it: product.area.all and product.fullaccess.all */
    private static List<String> wider(String scope) {
        String[] parts = scope.split("\\.");
        return parts.length != 3 ? List.of(scope)
            : List.of(scope, parts[0] + "." + parts[1] + ".all", parts[0] + ".fullaccess.all");
    }
}
