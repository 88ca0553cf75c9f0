package io.saddlebag.livereload;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.ShutdownStrategy;
import org.apache.camel.support.PluginHelper;

/** Swaps and removes routes of the running context, each when its exchanges are done, and leaves the others alone. */
class RunningRoutes {

    private final CamelContext camel;

    RunningRoutes(CamelContext camel) {
        this.camel = camel;
    }

    boolean areIdle(Collection<String> ids) {
        return ids.stream().allMatch(id -> camel.getInflightRepository().size(id) == 0);
    }

    /**
     * Replaces the changed routes by their ids and removes those that are gone: all of them or none. A route that an operator stopped or
     * suspended stays so.
     *
     * @return false if a route still has exchanges after the time that a shutdown may take; all routes then run on as before
     * @throws Exception Camel's exception about a changed route; a failure to restore the former route is added as suppressed
     */
    boolean swap(RouteChange change) throws Exception {
        Map<String, ServiceStatus> held = heldByAnOperator(change.stopped());
        if (!areDone(change.stopped())) {
            return false;
        }
        try {
            for (String id : change.gone()) {
                camel.removeRoute(id);
            }
            load(change.fresh(), change.changed(), held);
        } catch (Exception e) {
            loadBack(change, held, e);
            throw e;
        }
        return true;
    }

    /**
     * Replaces the global error handling. A route uses it from its next load on.
     *
     * @throws Exception Camel's exception about a configuration; the former configurations then stay
     */
    void configure(List<RouteFile> configurations) throws Exception {
        List<RouteConfigurationDefinition> inForce =
            camel.getCamelContextExtension().getContextPlugin(Model.class).getRouteConfigurationDefinitions();
        List<RouteConfigurationDefinition> last = List.copyOf(inForce);
        // Camel replaces a configuration by its id. The global one has none, so the old one would stay beside the new one.
        inForce.clear();
        try {
            for (RouteFile file : configurations) {
                for (RoutesBuilder builder : builders(file)) {
                    ((RouteConfigurationsBuilder) builder).updateRouteConfigurationsToCamelContext(camel);
                }
            }
        } catch (Exception e) {
            inForce.clear();
            inForce.addAll(last);
            throw e;
        }
    }

    private boolean areDone(List<String> ids) throws Exception {
        List<String> stopped = new ArrayList<>();
        for (String id : ids) {
            boolean started = isStarted(id);
            if (!isDone(id)) {
                for (String before : stopped) {
                    camel.getRouteController().startRoute(before);
                }
                return false;
            }
            if (started) {
                stopped.add(id);
            }
        }
        return true;
    }

    private boolean isDone(String id) throws Exception {
        if (!isStarted(id)) {
            camel.getRouteController().stopRoute(id);
            return true;
        }
        ShutdownStrategy shutdown = camel.getShutdownStrategy();
        return camel.getRouteController().stopRoute(id, shutdown.getTimeout(), shutdown.getTimeUnit(), true);
    }

    private boolean isStarted(String id) {
        return camel.getRoute(id) != null && camel.getRouteController().getRouteStatus(id).isStarted();
    }

    private Map<String, ServiceStatus> heldByAnOperator(Collection<String> ids) {
        Map<String, ServiceStatus> held = new HashMap<>();
        for (String id : ids) {
            Route route = camel.getRoute(id);
            if (route != null && route.isAutoStartup() && !isStarted(id)) {
                held.put(id, camel.getRouteController().getRouteStatus(id));
            }
        }
        return held;
    }

    private void loadBack(RouteChange change, Map<String, ServiceStatus> held, Exception failure) {
        try {
            for (String id : change.stopped()) {
                camel.getRouteController().stopRoute(id); // Camel keeps a route that it could not start
                camel.removeRoute(id);
            }
            load(change.last(), change.stopped(), held);
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
    }

    /** Camel parses the whole file, so that messages name its lines, and gets only the requested routes. */
    private void load(List<RouteFile> files, Collection<String> ids, Map<String, ServiceStatus> held) throws Exception {
        for (RouteFile file : files) {
            if (Collections.disjoint(file.ids(), ids)) {
                continue;
            }
            for (RoutesBuilder builder : builders(file)) {
                List<RouteDefinition> routes = ((RouteBuilder) builder).configureRoutes(camel).getRoutes();
                routes.removeIf(route -> !ids.contains(route.getId()));
                routes.stream().filter(route -> held.containsKey(route.getId())).forEach(RouteDefinition::noAutoStartup);
                builder.updateRoutesToCamelContext(camel);
            }
        }
        for (Map.Entry<String, ServiceStatus> before : held.entrySet()) {
            Route route = camel.getRoute(before.getKey());
            if (route != null && ids.contains(before.getKey())) {
                route.setAutoStartup(true); // the value of the text; it does not run because an operator stopped it
                if (before.getValue().isSuspended()) {
                    camel.getRouteController().suspendRoute(before.getKey());
                }
            }
        }
    }

    private Iterable<RoutesBuilder> builders(RouteFile file) throws Exception {
        return PluginHelper.getRoutesLoader(camel).findRoutesBuilders(List.of(TrialLoad.resource(file)));
    }
}
