package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.component.log.LogComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only Camel can tell is found before a running route is touched, and nothing of the running context changes by it. */
class TrialLoadTest {

    private final CamelContext running = new DefaultCamelContext();
    private final TrialLoad trial = new TrialLoad(running);

    @BeforeEach
    void startTheApplication() {
        running.getRegistry().bind("clock", java.time.Clock.systemUTC());
        Properties settings = new Properties();
        settings.put("zoho.api", "https://zoho.example");
        running.getPropertiesComponent().setInitialProperties(settings);
        running.start();
    }

    @AfterEach
    void stopTheApplication() {
        running.stop();
    }

    @Test
    void whatLoadsPasses() {
        assertThat(load("""
            - to: "http:{{zoho.api}}"
            - bean: {ref: clock, method: millis}
            - setBody: {simple: "{{zoho.none:${bean:clock}}}"}
            """)).isEmpty();
    }

    @Test
    void whatDoesNotLoadIsToldWithItsLine() {
        refused(8, "No endpoint could be found for: nosuch", "- log: hello\n- to: nosuch:thing\n");
        refused(11, "Unknown parameters=[{foo=3}]", """
            - to:
                uri: log:x
                parameters:
                  showAll: true
                  foo: 3
            """);
        refused(8, "showAll=maybe", "- to: \"log:x\"\n- to: {uri: \"log:x\", parameters: {showAll: maybe}}\n");
        refused(11, "No bean could be found in the registry for: nosuch", """
            - choice:
                when:
                  - simple: "${body} == 1"
                    steps:
                      - bean: {ref: nosuch, method: go}
            """);
        refused(7, "Method with name: nosuch not found", "- bean: {ref: clock, method: nosuch}\n");
        refused(8, "Unknown function: nosuch(", "- log: hello\n- setBody: {simple: \"a ${nosuch(} b\"}\n");
        refused(8, "Property with key [no.such] not found", "- log: hello\n- setBody: {simple: \"{{no.such}}\"}\n");
        refused(8, "no.such.Ex", "- log: hello\n- throwException: {exceptionType: no.such.Ex, message: y}\n");
        refused(8, "Duplicate id detected: twice", """
            - log: {id: once, message: y}
            - log: {id: twice, message: y}
            - log: {id: twice, message: y}
            """);
        refused(8, "Unknown node id: nosuch", "- log: hello\n- nosuch: {simple: y}\n");
    }

    @Test
    void ofEqualStepsInTwoRoutesTheOneThatDoesNotLoadIsTold() {
        String step = "        - to: {uri: \"log:%s\", parameters: {level: \"{{zoho.level:%s}}\"}}\n";
        String text = route("one", step.formatted("x", "INFO")) + route("two", step.formatted("x", "LOUD")) + route("three", step.formatted("x", "WARN"));
        assertThat(rehearseFile(text)).hasValueSatisfying(finding -> assertThat(finding.line()).as(finding.toString()).isEqualTo(14));
        text = route("one", "        - bean: {ref: clock, method: millis}\n") + route("two", "        - bean: {ref: clock, method: nosuch}\n");
        assertThat(rehearseFile(text)).hasValueSatisfying(finding -> assertThat(finding.line()).as(finding.toString()).isEqualTo(14));
    }

    @Test
    void theRunningContextIsLeftAsItWas() {
        LogComponent log = new LogComponent();
        running.getRegistry().bind("log", log);
        log.setCamelContext(running);
        assertThat(load("- to: \"log:x?showAll=true\"\n")).isEmpty();
        assertThat(log.getCamelContext()).isSameAs(running);
        assertThat(running.getRoutes()).isEmpty();
        assertThat(running.getEndpoints()).isEmpty();
        assertThat(running.isStarted()).isTrue();
    }

    private void refused(int line, String reason, String steps) {
        assertThat(load(steps)).as(steps).hasValueSatisfying(finding -> {
            assertThat(finding.reason()).contains(reason);
            assertThat(finding.line()).as(finding.toString()).isEqualTo(line);
        });
    }

    private Optional<Finding> load(String steps) {
        return rehearseFile(route("tried", steps.lines().map(line -> "        " + line + "\n").collect(Collectors.joining())));
    }

    private static String route(String id, String steps) {
        return """
            - route:
                id: %1$s
                description: x
                from:
                  uri: direct:%1$s
                  steps:
            """.formatted(id) + steps;
    }

    private Optional<Finding> rehearseFile(String text) {
        try {
            return trial.load(RouteFile.parse(Path.of("routes/tried.camel.yaml"), text), List.of());
        } catch (UnreadableFile e) {
            throw new AssertionError(e);
        }
    }
}
