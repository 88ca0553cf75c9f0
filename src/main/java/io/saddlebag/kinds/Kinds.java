package io.saddlebag.kinds;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** The kinds of record that this installation has: each is a route of the group {@code kind}, from {@code direct:<entity>}. */
@Component("kinds")
@Profile("!sandbox")
public class Kinds {

    private final CamelContext camel;

    Kinds(CamelContext camel) {
        this.camel = camel;
    }

    /** @return the entities, in alphabetical order */
    public List<String> names() {
        return camel.getRoutes().stream().filter(route -> "kind".equals(route.getGroup()))
                .map(Kinds::entity).sorted().toList();
    }

    /** @return the entities, separated by commas */
    public String list() {
        return String.join(",", names());
    }

    /** @return whether there is such a kind; null is none */
    public boolean has(String entity) {
        return names().contains(entity);
    }

    private static String entity(Route route) {
        return route.getEndpoint().getEndpointKey().substring("direct://".length());
    }
}
