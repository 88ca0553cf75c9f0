package io.saddlebag.livereload;

import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.ShutdownStrategy;
import org.apache.camel.support.PluginHelper;

/** Replaces and removes routes of the running context, each when its exchanges are done, and leaves the others alone. */
class RunningRoutes {

    private final CamelContext camel;

    RunningRoutes(CamelContext camel) {
        this.camel = camel;
    }

    boolean isIdle(RouteFile file) {
        return camel.getInflightRepository().size(file.expectedId()) == 0;
    }

    /**
     * Puts a route in the place of the one with its id, if there is one. A route that an operator stopped or suspended stays so.
     *
     * @param last what runs now and is loaded back when {@code fresh} does not start; null for a new route
     * @return false when the route is still at work after the time a shutdown may take; it then goes on as before
     * @throws Exception what Camel said to {@code fresh}; with the failure to load {@code last} back, if any, as suppressed
     */
    boolean replace(RouteFile last, RouteFile fresh) throws Exception {
        Optional<ServiceStatus> held = heldByAnOperator(fresh.expectedId());
        if (!isDone(fresh.expectedId())) {
            return false;
        }
        try {
            load(fresh, held);
        } catch (Exception e) {
            loadBack(fresh, last, held, e);
            throw e;
        }
        return true;
    }

    /** @return false when the route is still at work, as for {@link #replace} */
    boolean remove(RouteFile file) throws Exception {
        if (!isDone(file.expectedId())) {
            return false;
        }
        camel.removeRoute(file.expectedId());
        return true;
    }

    /** Replaces the global error handling; a route works by it from when it is loaded next. */
    void configure(List<RouteFile> configurations) throws Exception {
        // Camel finds a configuration to replace by its id, and the global one has none: the old would stay beside the new.
        camel.getCamelContextExtension().getContextPlugin(Model.class).getRouteConfigurationDefinitions().clear();
        for (RouteFile file : configurations) {
            for (RoutesBuilder builder : builders(file)) {
                ((RouteConfigurationsBuilder) builder).updateRouteConfigurationsToCamelContext(camel);
            }
        }
    }

    private boolean isDone(String id) throws Exception {
        Route route = camel.getRoute(id);
        if (route == null || !camel.getRouteController().getRouteStatus(id).isStarted()) {
            camel.getRouteController().stopRoute(id);
            return true;
        }
        ShutdownStrategy shutdown = camel.getShutdownStrategy();
        return camel.getRouteController().stopRoute(id, shutdown.getTimeout(), shutdown.getTimeUnit(), true);
    }

    private Optional<ServiceStatus> heldByAnOperator(String id) {
        Route route = camel.getRoute(id);
        ServiceStatus status = camel.getRouteController().getRouteStatus(id);
        boolean held = route != null && route.isAutoStartup() && !status.isStarted();
        return held ? Optional.of(status) : Optional.empty();
    }

    private void loadBack(RouteFile failed, RouteFile last, Optional<ServiceStatus> held, Exception failure) {
        try {
            camel.getRouteController().stopRoute(failed.expectedId()); // Camel keeps what it could not start
            camel.removeRoute(failed.expectedId());
            if (last != null) {
                load(last, held);
            }
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
    }

    private void load(RouteFile file, Optional<ServiceStatus> held) throws Exception {
        for (RoutesBuilder builder : builders(file)) {
            if (held.isPresent()) {
                ((RouteBuilder) builder).configureRoutes(camel).getRoutes().forEach(RouteDefinition::noAutoStartup);
            }
            builder.updateRoutesToCamelContext(camel);
        }
        Route route = camel.getRoute(file.expectedId());
        if (held.isPresent() && route != null) {
            route.setAutoStartup(true); // what the text says; that it is not running is the operator's doing
            if (held.get().isSuspended()) {
                camel.getRouteController().suspendRoute(file.expectedId());
            }
        }
    }

    private Iterable<RoutesBuilder> builders(RouteFile file) throws Exception {
        return PluginHelper.getRoutesLoader(camel).findRoutesBuilders(List.of(RouteRehearsal.resource(file)));
    }
}
