package io.saddlebag.connect;

import io.saddlebag.kinds.Kinds;
import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import io.saddlebag.push.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/** The scopes that this installation needs, and those that a consent lacks. The names are those of Zoho's API documentation. */
@Component("consentScopes")
public class ConsentScopes {

    /** Needed to list the organisations of the person who agrees. */
    public static final String ORGANISATIONS = "ZohoInventory.settings.READ";

    /** What for= may ask: only to read, to register webhooks too, to write for planned push targets too. */
    private static final Set<String> PURPOSES = Set.of("read", "webhooks", "push");

    private final Kinds kinds;
    private final Targets targets;

    ConsentScopes(Kinds kinds, Targets targets) {
        this.kinds = kinds;
        this.targets = targets;
    }

    /** @return the scopes of the kinds and of listing organisations, each once, in alphabetical order */
    public List<String> needed() {
        TreeSet<String> needed = new TreeSet<>(kinds.scopes());
        needed.add(ORGANISATIONS);
        return List.copyOf(needed);
    }

    /**
     * Checks the parameters for and targets of a request for a consent.
     *
     * @throws ApiException 400 for another word in for, 404 for a push target that does not exist
     */
    public void checkWanted(Exchange exchange) {
        RequestParameter.oneOf(exchange.getMessage(), "for", null, PURPOSES);
        String names = exchange.getMessage().getHeader("targets", String.class);
        Arrays.stream(names == null ? new String[0] : names.split(",")).filter(name -> !targets.has(name)).findFirst().ifPresent(name -> {
            throw new ApiException(404, "There is no push target \"" + name + "\"; there are " + String.join(", ", targets.names()), Map.of("targets", targets.names()));
        });
    }

    /** @return the scopes and those of registering webhooks, which write settings and are therefore requested only on demand */
    public List<String> withWebhooks(List<String> scopes) {
        TreeSet<String> all = new TreeSet<>(scopes);
        Stream.of("Inventory", "Books").forEach(product -> all.addAll(List.of(ofWebhooks(product).split(", "))));
        return List.copyOf(all);
    }

    /**
     * @param names of push targets, separated by commas; null: none
     * @return the scopes and those of these targets. A scope of another service than Zoho has no dots
     */
    public List<String> withTargets(List<String> scopes, String names) {
        TreeSet<String> all = new TreeSet<>(scopes);
        targets.scopes(names == null ? List.of() : List.of(names.split(","))).stream().filter(scope -> scope.contains(".")).forEach(all::add);
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
    public List<String> missing(List<String> needed, String agreed) {
        if (agreed == null) {
            return List.of();
        }
        List<String> held = Arrays.asList(agreed.toLowerCase(Locale.ROOT).split("[ ,]+"));
        return needed.stream().filter(scope -> !isHeld(scope.toLowerCase(Locale.ROOT), held)).toList();
    }

    /**
     * @param scope product.area.operation; an area of Zoho CRM has parts, as ZohoCRM.modules.products.READ has
     * @return whether it is held itself or in a wider area, with all operations or with each that a write takes
     */
    private static boolean isHeld(String scope, List<String> held) {
        List<String> parts = List.of(scope.split("\\."));
        String operation = parts.get(parts.size() - 1);
        if (held.contains(scope) || held.contains(parts.get(0) + ".fullaccess.all")) {
            return true;
        }
        return IntStream.range(2, parts.size()).mapToObj(length -> String.join(".", parts.subList(0, length)))
            .anyMatch(area -> held.contains(area + ".all") || held.contains(area + "." + operation)
                || operation.equals("all") && Stream.of(".read", ".create", ".update").map(area::concat).allMatch(held::contains));
    }
}
