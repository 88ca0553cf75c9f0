package io.saddlebag.livereload;

import static io.saddlebag.livereload.RouteSamples.FOLDER;
import static io.saddlebag.livereload.RouteSamples.apiAnswer;
import static io.saddlebag.livereload.RouteSamples.check;
import static io.saddlebag.livereload.RouteSamples.parse;
import static io.saddlebag.livereload.RouteSamples.refused;
import static io.saddlebag.livereload.RouteSamples.route;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A file holds one route, named as the file, and none of the options that lose messages. */
class RouteFormRulesTest {

    @Test
    void aFileHoldsOneRouteAndNothingThatMakesAnother() {
        refused("a second route", route("- log: one\n") + """
            - route: #!
                id: other
                description: x
                from: {uri: "timer:x", steps: [{log: two}]}
            """);
        refused("from does not belong here", route("- log: one\n") + "- from: {uri: \"timer:x\", steps: [{log: two}]} #!\n");
        refused(1, "holds no route", "- beans: []\n");
        refused("routeTemplate does not belong here", """
            - routeTemplate: #!
                id: bad
                route: {from: {uri: "timer:x", steps: [{log: x}]}}
            """);
    }

    @Test
    void theIdIsThereAndIsTheNameOfTheFile() {
        refused("has no id", "- route: #!\n    description: x\n    from: {uri: \"timer:x\", steps: [{log: x}]}\n");
        refused("is not the file's name, bad",
            "- route:\n    id: good #!\n    description: x\n    from: {uri: \"timer:x\", steps: [{log: x}]}\n");
        Finding finding = check("Bad_Name",
            "- route:\n    id: Bad_Name\n    description: x\n    from: {uri: \"timer:x\", steps: [{log: x}]}\n").get(0);
        assertThat(finding.line()).isEqualTo(2);
        assertThat(finding.reason()).contains("kebab-case");
    }

    @Test
    void theDescriptionIsThere() {
        refused("has no description", "- route: #!\n    id: bad\n    from: {uri: \"timer:x\", steps: [{log: x}]}\n");
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
        refused("routeConfigurationId is forbidden", """
            - route:
                id: bad
                description: x
                routeConfigurationId: other #!
                from: {uri: "timer:x", steps: [{log: x}]}
            """);
    }

    @Test
    void aLongFileIsRefused() {
        String full = route("- log: x\n".repeat(RouteFormRules.MOST_LINES - 6));
        assertThat(full.lines().count()).isEqualTo(80);
        assertThat(check("bad", full)).isEmpty();
        refused("over 80", full.stripTrailing() + "\n        - log: one too many #!\n");
    }

    @Test
    void theGlobalErrorHandlerStandsInCommonAndAlone() {
        String configuration = """
            - routeConfiguration: #!
                errorHandler:
                  deadLetterChannel:
                    deadLetterUri: direct:api-answer
            """;
        RouteFile common = parse(FOLDER.resolve("common/error-handling.camel.yaml"), configuration);
        assertThat(new RouteRules().check(common, List.of(apiAnswer()))).isEmpty();
        refused("belongs in routes/common", configuration.replace("direct:api-answer", "log:x"));
    }

    @Test
    void anAddressForTheHttpComponentHasNoPlaceholders() {
        for (String header : List.of("CamelHttpUri", "CamelHttpPath", "CamelHttpQuery", "CamelHttpRawQuery")) {
            refused("is set by {ref: httpAddress", route("- setHeader: {name: " + header + ", simple: \"${variable.url}\"} #!\n"));
            refused("is set by {ref: httpAddress", route("- setHeaders: {headers: [{name: " + header + ", method: {ref: zohoHosts}}]} #!\n"));
            assertThat(check("bad", route("- setHeader: {name: " + header + ", method: {ref: httpAddress, method: literal}}\n"))).isEmpty();
        }
    }

    @Test
    void metricsAreToldToTheBean() {
        refused("is told to the bean counters", route("- to: micrometer:counter:x #!\n"));
        refused("is told to the bean counters", route("- to: {uri: \"micrometer:timer:x\"} #!\n"));
    }
}
