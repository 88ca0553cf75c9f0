package io.saddlebag.livereload;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where an error of a route may end. An entrance, such as a timer, a queue or an HTTP address, has an error handler: the
 * configuration {@code entrance} with its dead letter channel, or one of its own. A called route has none, so that an error reaches
 * its caller; a dead letter channel inside it would end the caller's route as if it had succeeded.
 */
class RouteErrorRules {

    private static final String ON_EXCEPTION = "onException";
    private static final String HANDLER = "errorHandler";
    private static final String CONFIGURATION = "routeConfigurationId";

    List<Finding> check(RouteFile file) {
        List<Finding> findings = new ArrayList<>();
        file.topLevel(HANDLER).forEach(entry -> findings.add(file.finding(entry,
            "an errorHandler at the top of a file changes that of every file loaded after it: put it into the route")));
        for (RouteItem route : file.routes()) {
            boolean called = EndpointUse.of(file).stream().anyMatch(use -> use.isFrom() && use.isOf("direct") && route.holds(use.at()));
            (called ? checkCalled(file, route) : checkEntrance(file, route)).ifPresent(findings::add);
        }
        return findings;
    }

    private static Optional<Finding> checkEntrance(RouteFile file, RouteItem route) {
        Optional<YamlEntry> configuration = file.entry(route, CONFIGURATION);
        if (configuration.isPresent() && !file.topLevel(ON_EXCEPTION).isEmpty()) {
            return Optional.of(file.finding(configuration.get(),
                "the onException of this file would reach the route: give it an errorHandler of its own, or a file of its own"));
        }
        return configuration.isPresent() || file.entry(route, HANDLER).isPresent() ? Optional.empty() : Optional.of(file.finding(route.at(),
            "nobody would hear of an error here, where a flow begins: add routeConfigurationId: entrance, or an errorHandler of its own"));
    }

    private static Optional<Finding> checkCalled(RouteFile file, RouteItem route) {
        Optional<YamlEntry> configuration = file.entry(route, CONFIGURATION);
        if (configuration.isPresent()) {
            return Optional.of(file.finding(configuration.get(),
                "a called route hands its errors to its caller: a routeConfigurationId belongs to the route where the flow begins"));
        }
        Optional<YamlEntry> handler = file.entry(route, HANDLER);
        boolean repeats = file.entry(route, HANDLER, "defaultErrorHandler").isPresent() && (!file.topLevel(ON_EXCEPTION).isEmpty()
            || file.entry(route, HANDLER, "defaultErrorHandler", "redeliveryPolicy", "maximumRedeliveries").isPresent());
        return handler.isEmpty() || repeats ? Optional.empty() : Optional.of(file.finding(handler.get(),
            "a called route hands its errors to its caller and needs no errorHandler, unless it is a defaultErrorHandler with"
                + " maximumRedeliveries, or with an onException of the file"));
    }
}
