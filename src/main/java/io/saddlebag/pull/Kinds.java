package io.saddlebag.pull;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** The kinds of record that this installation has: each is a route of the group {@code kind}, from {@code direct:<entity>}. */
@Component("kinds")
@Profile("!sandbox")
public class Kinds extends EventNotifierSupport {

    /** To ask all routes was a thirtieth of what a webhook costs. Made anew when a route comes or goes. */
    private static final class Known {
        private volatile List<String> names;
    }

    private final CamelContext camel;
    private volatile Known known = new Known();

    Kinds(CamelContext camel) {
        this.camel = camel;
        setIgnoreExchangeEvents(true);
        setIgnoreStepEvents(true);
    }

    /** @return the entities, in alphabetical order */
    public List<String> names() {
        Known now = known;
        if (now.names == null) {
            now.names = camel.getRoutes().stream().filter(route -> "kind".equals(route.getGroup()))
                .map(Kinds::entity).sorted().toList();
        }
        return now.names;
    }

    /** @return the entities, separated by commas */
    public String list() {
        return String.join(",", names());
    }

    /** @return whether there is such a kind; null is none */
    public boolean has(String entity) {
        return names().contains(entity);
    }

    @Override
    public void notify(CamelEvent event) {
        if (event instanceof CamelEvent.RouteEvent) {
            known = new Known();
        }
    }

    private static String entity(Route route) {
        return route.getEndpoint().getEndpointKey().substring("direct://".length());
    }
}
