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
     * Puts the changed routes in the place of those with their ids and removes those that are gone: all of them or none. A route
     * that an operator stopped or suspended stays so.
     *
     * @return false when a route is still at work after the time that a shutdown may take; all then go on as before
     * @throws Exception what Camel said to a changed route; with the failure to load the last one back, if any, as suppressed
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
     * Replaces the global error handling; a route uses the new one from its next load on.
     *
     * @throws Exception what Camel reported about a configuration; the ones before then stay
     */
    void configure(List<RouteFile> configurations) throws Exception {
        List<RouteConfigurationDefinition> inForce =
            camel.getCamelContextExtension().getContextPlugin(Model.class).getRouteConfigurationDefinitions();
        List<RouteConfigurationDefinition> last = List.copyOf(inForce);
        // Camel finds a configuration to replace by its id, and the global one has none: the old would stay beside the new.
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
                camel.getRouteController().stopRoute(id); // Camel keeps what it could not start
                camel.removeRoute(id);
            }
            load(change.last(), change.stopped(), held);
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
    }

    /** Camel reads a file as a whole, so that messages name its lines, and is handed only the routes asked for. */
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
                route.setAutoStartup(true); // what the text says; that it is not running is the operator's doing
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
