package io.saddlebag.livereload;

import java.util.Map;

/**
 * One route of a route file.
 *
 * @param id   null when the file does not say one
 * @param at   the entry {@code route}; its line is where the route begins
 * @param tree the route as plain lists, maps and scalars: two routes with equal trees are the same route, whatever their comments say
 */
record RouteItem(String id, YamlEntry at, Object tree) {

    static RouteItem of(YamlEntry at, Object tree) {
        Object id = tree instanceof Map<?, ?> route ? route.get("id") : null;
        return new RouteItem(id == null ? null : id.toString(), at, tree);
    }

    /** Whether the entry is part of this route. */
    boolean holds(YamlEntry entry) {
        return entry.isUnder(at.path());
    }

    /** Whether an {@code onException} of the file may reach this route: without an error handler it does nothing. */
    boolean hasErrorHandler() {
        return tree instanceof Map<?, ?> route && (route.containsKey("routeConfigurationId")
            || route.get("errorHandler") instanceof Map<?, ?> handler && !handler.containsKey("noErrorHandler"));
    }
}
