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

/** Between route files names are unique, and what is called is there. */
class RouteHouseRulesTest {

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
        assertThat(check("bad", "- route:\n    id: bad\n    group: kind\n    description: x\n"
            + "    from: {uri: \"direct:items\", steps: [{log: x}]}\n")).isEmpty();
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
            tuple(2, "the id bad is also that of " + elsewhere.path()),
            tuple(5, "another route is also called direct:bad"));
    }
}
