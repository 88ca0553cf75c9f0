package io.saddlebag.livereload;

import static io.saddlebag.livereload.RouteSamples.FOLDER;
import static io.saddlebag.livereload.RouteSamples.check;
import static io.saddlebag.livereload.RouteSamples.parse;
import static io.saddlebag.livereload.RouteSamples.refused;
import static io.saddlebag.livereload.RouteSamples.route;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Where a flow begins its errors end; a called route hands them to its caller. */
class RouteErrorRulesTest {

    private static final RouteFile ERRORS = parse(FOLDER.resolve("errors.camel.yaml"), """
        - routeConfiguration:
            errorHandler: {noErrorHandler: {}}
        - routeConfiguration:
            id: entrance
            errorHandler: {deadLetterChannel: {deadLetterUri: "log:x"}}
        """);
    private static final String EXCEPTION = "- onException: {exception: [java.io.IOException], handled: {constant: \"true\"}}\n";

    @Test
    void anEntranceHasAnErrorHandler() {
        refused("nobody would hear of an error here", entrance("timer:x", "group: x").replace("route:", "route: #!"));
        refused("nobody would hear of an error here", entrance("seda:x", "group: x").replace("route:", "route: #!"));
        refused("nobody would hear of an error here", entrance("quartz:x", "group: x").replace("route:", "route: #!"));
        assertThat(check("bad", entrance("timer:x", "routeConfigurationId: entrance"), ERRORS)).isEmpty();
        assertThat(check("bad", entrance("timer:x", "errorHandler: {noErrorHandler: {}}"))).isEmpty();
        refused("no routeConfiguration has the id other", entrance("timer:x", "routeConfigurationId: other #!"));
    }

    @Test
    void aCalledRouteHandsItsErrorsToItsCaller() {
        refused("belongs to the route where the flow begins", entrance("direct:bad", "routeConfigurationId: entrance #!"));
        refused("needs no errorHandler", entrance("direct:bad", "errorHandler: {noErrorHandler: {}} #!"));
        refused("needs no errorHandler", entrance("direct:bad", "errorHandler: {deadLetterChannel: {deadLetterUri: \"log:x\"}} #!"));
        refused("needs no errorHandler", entrance("direct:bad", "errorHandler: {defaultErrorHandler: {}} #!"));
        assertThat(check("bad", route("- log: x\n"))).isEmpty();
        assertThat(check("bad", EXCEPTION + entrance("direct:bad", "errorHandler: {defaultErrorHandler: {}}"))).isEmpty();
        assertThat(check("bad", entrance("direct:bad",
            "errorHandler: {defaultErrorHandler: {redeliveryPolicy: {maximumRedeliveries: \"{{saddlebag.redelivery.attempts}}\"}}}"))).isEmpty();
    }

    @Test
    void anOnExceptionReachesNoEntranceUnsaid() {
        refused("would reach the route", EXCEPTION + entrance("timer:x", "routeConfigurationId: entrance #!"));
        assertThat(check("bad", EXCEPTION + entrance("timer:x", "errorHandler: {noErrorHandler: {}}"))).isEmpty();
    }

    @Test
    void anErrorHandlerOfAFileIsRefused() {
        refused("changes that of every file", "- errorHandler: {noErrorHandler: {}} #!\n" + route("- log: x\n"));
    }

    private static String entrance(String from, String handler) {
        return "- route:\n    id: bad\n    description: x\n    " + handler + "\n    from: {uri: \"" + from + "\", steps: [{log: x}]}\n";
    }
}
