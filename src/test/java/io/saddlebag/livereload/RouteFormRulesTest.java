package io.saddlebag.livereload;

import static io.saddlebag.livereload.RouteSamples.FOLDER;
import static io.saddlebag.livereload.RouteSamples.apiAnswer;
import static io.saddlebag.livereload.RouteSamples.check;
import static io.saddlebag.livereload.RouteSamples.parse;
import static io.saddlebag.livereload.RouteSamples.refused;
import static io.saddlebag.livereload.RouteSamples.route;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A file holds one flow that one can read, and none of the options that lose messages. */
class RouteFormRulesTest {

    @Test
    void aFileHoldsRoutesAndNothingThatMakesOthers() {
        refused("from does not belong here", route("- log: one\n") + "- from: {uri: \"timer:x\", steps: [{log: two}]} #!\n");
        refused(1, "holds no route", "- beans: []\n");
        refused("routeTemplate does not belong here", """
            - routeTemplate: #!
                id: bad
                route: {from: {uri: "timer:x", steps: [{log: x}]}}
            """);
    }

    @Test
    void aFileHoldsTwelveRoutesAtMost() {
        String twelve = IntStream.rangeClosed(1, 12).mapToObj(RouteFormRulesTest::other).collect(Collectors.joining());
        assertThat(check("bad", twelve)).isEmpty();
        refused("holds 13 routes; over 12", twelve + other(13).replace("route:", "route: #!"));
    }

    @Test
    void theSecondRouteIsHeldAgainstTheRulesAsTheFirst() {
        refused("has no id", other(1) + "- route: #!\n    description: x\n    errorHandler: {noErrorHandler: {}}\n    from: {uri: \"timer:x\", steps: [{log: x}]}\n");
        refused("has no description", other(1) + "- route: #!\n    id: two\n    from: {uri: \"timer:x\", steps: [{log: x}]}\n");
        refused("Camel does not know lag", other(1) + "- route:\n    id: two\n    description: x\n    from:\n      uri: timer:x\n      steps:\n"
            + "        - lag: x #!\n");
    }

    @Test
    void theIdIsThereAndInKebabCase() {
        refused("has no id", "- route: #!\n    description: x\n    errorHandler: {noErrorHandler: {}}\n    from: {uri: \"timer:x\", steps: [{log: x}]}\n");
        assertThat(check("bad", "- route:\n    id: good\n    description: x\n    errorHandler: {noErrorHandler: {}}\n    from: {uri: \"timer:x\", steps: [{log: x}]}\n")).isEmpty();
        Finding finding = check("Bad_Name",
            "- route:\n    id: Bad_Name\n    description: x\n    errorHandler: {noErrorHandler: {}}\n    from: {uri: \"timer:x\", steps: [{log: x}]}\n").get(0);
        assertThat(finding.line()).isEqualTo(2);
        assertThat(finding.reason()).contains("kebab-case");
    }

    @Test
    void theDescriptionIsThere() {
        refused("has no description", "- route: #!\n    id: bad\n    from: {uri: \"timer:x\", steps: [{log: x}]}\n");
    }

    @Test
    void theCamelContextIsNotAskedByAnExpression() {
        refused("${camelContext...} is forbidden", route("""
            - loop:
                doWhile: true
                simple: "${camelContext.isStopping} == false" #!
                steps: [{log: x}]
            """));
        refused("${camelContext...} is forbidden", route("- log: \"of $simple{camelContext.name}\" #!\n"));
        assertThat(check("bad", route("- log: the camelContext of ${camelId}\n"))).isEmpty();
    }

    @Test
    void optionsThatLoseMessagesAreRefused() {
        refused("recordException is forbidden", route("""
            - circuitBreaker:
                resilience4jConfiguration:
                  recordException: [java.io.IOException] #!
                steps: [{log: x}]
            """));
        refused("ignoreException is forbidden", route("""
            - circuitBreaker:
                resilience4jConfiguration: {ignoreException: [java.io.IOException]} #!
                steps: [{log: x}]
            """));
        refused("breakOnShutdown is forbidden", route("""
            - loop:
                constant: "3"
                breakOnShutdown: true #!
                steps: [{log: x}]
            """));
    }

    @Test
    void aLongRouteIsRefusedAndTheCommentAboveTheNextDoesNotCount() {
        String full = route("- log: x\n".repeat(54));
        assertThat(full.lines().count()).isEqualTo(60);
        assertThat(check("bad", full + "\n# two\n# lines\n" + other(1))).isEmpty();
        refused("the route has 61 lines; over 60", full.stripTrailing() + "\n        - log: one too many #!\n\n" + other(1));
        refused("the route has 61 lines; over 60", other(1) + full.stripTrailing() + "\n        - log: one too many #!\n");
    }

    @Test
    void aLongFileIsRefused() {
        String full = "# a line\n".repeat(243) + route("- log: x\n");
        assertThat(full.lines().count()).isEqualTo(250);
        assertThat(check("bad", full)).isEmpty();
        refused("has 251 lines; over 250", full + "# one too many #!\n");
    }

    @Test
    void theGlobalErrorHandlersStandInOneFile() {
        String configuration = """
            - routeConfiguration: #!
                errorHandler:
                  deadLetterChannel:
                    deadLetterUri: direct:api-answer
            """;
        RouteFile errors = parse(FOLDER.resolve("errors.camel.yaml"), configuration + other(1));
        assertThat(new RouteRules().check(errors, List.of(apiAnswer()))).isEmpty();
        assertThat(check("bad", other(2) + configuration.replace("direct:api-answer", "log:x"), errors)).singleElement().satisfies(finding -> {
            assertThat(finding.line()).isEqualTo(6);
            assertThat(finding.reason()).contains("all stand in one file, which is " + errors.path());
        });
    }

    @Test
    void anAddressForTheHttpComponentHasNoPlaceholders() {
        for (String header : List.of("CamelHttpUri", "CamelHttpPath", "CamelHttpQuery", "CamelHttpRawQuery")) {
            refused("is set by {ref: httpAddress", route("- setHeader: {name: " + header + ", simple: \"${variable.url}\"} #!\n"));
            refused("is set by {ref: httpAddress", route("- setHeaders: {headers: [{name: " + header + ", method: {ref: zohoHosts}}]} #!\n"));
            assertThat(check("bad", route("- setHeader: {name: " + header + ", method: {ref: httpAddress, method: literal}}\n"))).isEmpty();
        }
    }

    private static String other(int number) {
        return "- route:\n    id: other-" + number + "\n    description: x\n    errorHandler: {noErrorHandler: {}}\n    from: {uri: \"timer:x\", steps: [{log: x}]}\n";
    }

    @Test
    void metricsAreToldToTheBean() {
        refused("metrics go through the bean counters", route("- to: micrometer:counter:x #!\n"));
        refused("metrics go through the bean counters", route("- to: {uri: \"micrometer:timer:x\"} #!\n"));
    }
}
