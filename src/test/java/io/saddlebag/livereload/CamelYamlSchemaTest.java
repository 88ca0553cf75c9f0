package io.saddlebag.livereload;

import static io.saddlebag.livereload.RouteSamples.check;
import static io.saddlebag.livereload.RouteSamples.refused;
import static io.saddlebag.livereload.RouteSamples.route;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is not YAML, or not what Camel knows, is told with its line. */
class CamelYamlSchemaTest {

    @Test
    void aGoodRoutePasses() {
        assertThat(check("pull-items", """
            # Why it is so.
            - route:
                id: pull-items
                description: Pulls items.
                autoStartup: "{{pull.enabled:true}}"
                from:
                  uri: direct:pull-items
                  steps:
                    - circuitBreaker:
                        inheritErrorHandler: true
                        resilience4jConfiguration: {slidingWindowSize: "{{zoho.breaker-calls}}"}
                        steps: [{to: "http:zoho"}]
                    - loop:
                        doWhile: true
                        simple: "${variable.more} == 'true'"
                        steps:
                          - toD: "direct:${variable.next}"
                          - to: direct:pull-items
            """)).isEmpty();
    }

    @Test
    void whatIsNotYamlIsRefusedWhereItBegins() {
        refused(3, "is not YAML: found unexpected end of stream", """
            - route:
                id: bad
                description: 'never closed
                from: {uri: "timer:x"}
            """);
        refused(4, "is not YAML", """
            - route:
                id: bad
                description: x
               from: {uri: "timer:x"}
            """);
        refused(4, "is not YAML", """
            - route:
                id: bad
                description: x
                id: bad
            """);
        refused(1, "is empty", "");
        refused(1, "is empty", "# nothing yet\n");
        refused("expected a single document", route("- log: hello\n") + "--- #!\n- from: {uri: \"timer:x\"}\n");
    }

    @Test
    void whatCamelDoesNotKnowIsRefused() {
        refused("does not know logg", route("""
            - log: hello
            - logg: hello #!
            """));
        refused("does not know messag", route("""
            - log:
                id: hello
                messag: hello #!
            """));
        refused("does not know parms", route("- to: {uri: \"log:x\", parms: {showAll: true}} #!\n"));
        refused("does not know expresion", route("""
            - split:
                simple: "${body}"
                steps:
                  - setBody:
                      expresion: x #!
            """));
        refused("uri", """
            - route:
                id: bad
                description: x
                from: #!
                  steps: [{log: hello}]
            """);
        refused("in quotes", route("""
            - throttle:
                constant: "1"
                timePeriodMillis: 1000 #!
            """));
        refused("{{placeholder}}", route("""
            - loop:
                doWhile: maybe #!
                simple: "${variable.more} == 'true'"
                steps: [{log: x}]
            """));
        refused("does not know rout", """
            - rout: #!
                id: bad
            """);
    }
}
