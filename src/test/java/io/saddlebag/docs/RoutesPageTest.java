package io.saddlebag.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.docs.RouteFlows.Flow;
import io.saddlebag.docs.RouteFlows.Route;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/reference/routes.md and docs/reference/topology.md, drawn from the route files. */
class RoutesPageTest {

    private static final Path PAGE = Path.of("docs/reference/routes.md");
    private static final Path TOPOLOGY = Path.of("docs/reference/topology.md");
    /** A flow that more flows call than this is told of in words: its arrows would hide all others. */
    private static final int MOST_ARROWS = 8;
    /** More callers than this are counted, not named. */
    private static final int MOST_CALLERS = 12;

    private final RouteFlows all = RouteFlows.read();

    RoutesPageTest() throws IOException {
    }

    @Test
    void thePageOfRoutesIsUpToDate() throws IOException {
        Pages.assertUpToDate(PAGE, page(), getClass());
    }

    @Test
    void theTopologyIsUpToDate() throws IOException {
        Pages.assertUpToDate(TOPOLOGY, topology(), getClass());
    }

    @Test
    void everyRouteHasACallerOrIsAnEntrance() {
        assertThat(all.flows()).flatExtracting(Flow::routes).isNotEmpty()
            .allSatisfy(route -> assertThat(route.isEntrance() || !all.callers(route).isEmpty()).as("a caller of %s", route.id()).isTrue());
    }

    private String page() {
        StringBuilder page = new StringBuilder("""
            # Routes

            <!-- Generated from the route files by RoutesPageTest; do not edit. -->

            Each file is one flow. An entrance is what starts a route from outside: a timer, an HTTP request, a queue. Any other route is called by
            the routes in the last column. [Topology](topology.md) draws the same.
            """);
        for (Flow flow : all.flows()) {
            page.append("\n## ").append(flow.name()).append("\n\n").append(flow.comment());
            page.append(flow.routes().isEmpty() ? "\n" : "\n\n| route | does | entrance or callers |\n|---|---|---|\n");
            flow.routes().forEach(route -> page.append("| `").append(route.id()).append("` | ").append(cell(route.description())).append(" | ")
                .append(origin(route)).append(" |\n"));
        }
        return page.toString();
    }

    private String origin(Route route) {
        Set<String> callers = all.callers(route);
        String told = callers.size() > MOST_CALLERS ? callers.size() + " routes" : callers.stream().map(caller -> '`' + caller + '`')
            .collect(Collectors.joining(", ")).replace(" (Java)`", "` (Java)");
        return route.isEntrance() ? "entrance: `" + cell(route.address()) + '`' + (told.isEmpty() ? "" : ", from " + told) : told;
    }

    private static String cell(String text) {
        return text.strip().replaceAll("\\s+", " ").replace("|", "\\|");
    }

    private String topology() {
        Map<String, Set<String>> arrows = arrows();
        Set<String> everywhere = arrows.values().stream().flatMap(Set::stream)
            .filter(flow -> arrows.values().stream().filter(called -> called.contains(flow)).count() > MOST_ARROWS)
            .collect(Collectors.toCollection(TreeSet::new));
        StringBuilder page = new StringBuilder("""
            # Topology

            <!-- Generated from the route files by RoutesPageTest; do not edit. -->

            A box is a flow (a route file), an arrow means that a route of the one calls a route of the other. A box with round ends has an entrance: a
            timer, an HTTP request or a queue. [Routes](routes.md) lists the routes of each.
            """);
        if (!everywhere.isEmpty()) {
            page.append("\nMany flows call these, so their arrows are left out: `").append(String.join("`, `", everywhere)).append("`.\n");
        }
        page.append("\n```mermaid\nflowchart LR\n");
        all.flows().stream().map(Flow::room).distinct().forEach(room -> {
            page.append(room.isEmpty() ? "" : "    subgraph " + room + "\n");
            all.flows().stream().filter(flow -> flow.room().equals(room)).forEach(flow -> page.append(room.isEmpty() ? "    " : "        ")
                .append(box(flow)).append('\n'));
            page.append(room.isEmpty() ? "" : "    end\n");
        });
        arrows.forEach((from, to) -> to.stream().filter(flow -> !everywhere.contains(flow))
            .forEach(flow -> page.append("    ").append(node(from)).append(" --> ").append(node(flow)).append('\n')));
        return page.append("```\n").toString();
    }

    /** Which flows each flow calls, itself excepted. */
    private Map<String, Set<String>> arrows() {
        Map<String, String> flowOf = new TreeMap<>();
        all.flows().forEach(flow -> flow.routes().forEach(route -> flowOf.put(route.address(), flow.name())));
        Map<String, Set<String>> arrows = new TreeMap<>();
        all.flows().forEach(flow -> flow.routes().stream().flatMap(route -> route.calls().stream()).map(flowOf::get)
            .filter(to -> to != null && !to.equals(flow.name()))
            .forEach(to -> arrows.computeIfAbsent(flow.name(), any -> new TreeSet<>()).add(to)));
        return arrows;
    }

    private static String box(Flow flow) {
        String title = flow.name().replaceFirst(".*/", "");
        return node(flow.name()) + (flow.routes().stream().anyMatch(Route::isEntrance) ? "([\"" + title + "\"])" : "[\"" + title + "\"]");
    }

    private static String node(String flow) {
        return flow.replaceAll("[^a-z0-9]", "_");
    }
}
