package io.saddlebag.livereload;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What one or several saved files change in the running routes. Unchanged routes are not part of it: they are not restarted and
 * keep their statistics, throttles and exchanges in flight.
 *
 * @param last    the files in force that hold these routes now
 * @param fresh   the saved files that are to take their place
 * @param changed the ids of the routes to load from {@code fresh}, in the order of the files: callers come before the called
 * @param gone    the ids of running routes that are in none of the saved files any more
 */
record RouteChange(List<RouteFile> last, List<RouteFile> fresh, Set<String> changed, Set<String> gone) {

    private static final Set<String> NOT_FILE_WIDE = Set.of("route", "routeConfiguration", "onException");

    /** @param stale ids of routes to load again although their text is the same: a statement or the global error handling changed */
    static RouteChange of(Collection<RouteFile> last, Collection<RouteFile> fresh, Set<String> stale) {
        Set<String> changed = new LinkedHashSet<>();
        Set<String> gone = new LinkedHashSet<>();
        last.forEach(file -> gone.addAll(file.ids()));
        for (RouteFile file : fresh) {
            gone.removeAll(file.ids());
            for (RouteItem route : file.routes()) {
                boolean same = last.stream().anyMatch(before -> isSame(before, file, route));
                if (!same || stale.contains(route.id())) {
                    changed.add(route.id());
                }
            }
        }
        return new RouteChange(List.copyOf(last), List.copyOf(fresh), changed, gone);
    }

    /** The routes to stop, callers first. */
    List<String> stopped() {
        return Stream.concat(changed.stream(), gone.stream()).toList();
    }

    private static boolean isSame(RouteFile last, RouteFile fresh, RouteItem route) {
        Optional<RouteItem> running = last.route(route.id());
        return running.isPresent() && running.get().tree().equals(route.tree())
            && last.itemsOtherThan(NOT_FILE_WIDE).equals(fresh.itemsOtherThan(NOT_FILE_WIDE))
            && (!route.hasErrorHandler() || last.items("onException").equals(fresh.items("onException")));
    }
}
