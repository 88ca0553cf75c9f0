package io.saddlebag.livereload;

import static io.saddlebag.livereload.RouteSamples.FOLDER;
import static io.saddlebag.livereload.RouteSamples.apiAnswer;
import static io.saddlebag.livereload.RouteSamples.check;
import static io.saddlebag.livereload.RouteSamples.parse;
import static io.saddlebag.livereload.RouteSamples.refused;
import static io.saddlebag.livereload.RouteSamples.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import org.junit.jupiter.api.Test;

/** Between routes names are unique, and what is called is there. */
class RouteReferenceRulesTest {

    @Test
    void aDirectRouteIsCalledAsItsIdUnlessItIsAKind() {
        refused("is not the route's id", """
            - route:
                id: bad
                description: x
                from:
                  uri: direct:items #!
                  steps: [{log: x}]
            """);
    }

    @Test
    void whatIsCalledIsThere() {
        refused("no route is called direct:nobody", route("- to: direct:nobody #!\n"));
        refused("no route is called direct:nobody", route("- enrich: {constant: \"direct:nobody\"} #!\n"));
        refused("no route is called direct:nobody", """
            - route:
                id: bad
                description: x
                errorHandler:
                  deadLetterChannel:
                    deadLetterUri: direct:nobody #!
                from: {uri: "timer:x", steps: [{log: x}]}
            """);
        assertThat(check("bad", route("- to: direct:api-answer\n"), apiAnswer())).isEmpty();
    }

    @Test
    void namesAreTakenOnce() {
        RouteFile elsewhere = parse(FOLDER.resolve("other/bad.camel.yaml"), route("- log: x\n"));
        assertThat(check("bad", route("- log: x\n"), elsewhere)).extracting(Finding::line, Finding::reason).containsExactly(
            tuple(2, "the id bad is also that of a route of " + elsewhere.path()),
            tuple(5, "another route is also called direct:bad"));
        assertThat(check("flow", route("- log: x\n") + route("- log: y\n"))).extracting(Finding::line, Finding::reason).containsExactly(
            tuple(9, "the id bad is also that of another route of this file"),
            tuple(12, "another route is also called direct:bad"));
    }

    @Test
    void routesOfOneFileCallEachOther() {
        String first = route("- to: direct:second\n");
        String second = route("- to: direct:third #!\n").replace("bad", "second");
        refused("no route is called direct:third", first + second);
        assertThat(check("bad", first + second, parse(FOLDER.resolve("other.camel.yaml"), route("- log: x\n").replace("bad", "third"))))
            .isEmpty();
    }
}
