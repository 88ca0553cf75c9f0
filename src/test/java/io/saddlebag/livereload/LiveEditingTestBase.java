package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A running application whose route folder the tests edit; each leaves the folder as it found it. */
@SpringBootTest(classes = LiveApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {
    "saddlebag.dev=true", "spring.jmx.enabled=true", "spring.flyway.enabled=false", "camel.main.shutdown-timeout=2",
    "spring.autoconfigure.exclude=org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration,"
        + "org.springframework.boot.actuate.autoconfigure.security.servlet.ManagementWebSecurityAutoConfiguration"})
abstract class LiveEditingTestBase {

    static final LiveFolder FOLDER = new LiveFolder(temporaryFolder());
    static final String COMMON = "common/error-handling.camel.yaml";

    @Autowired CamelContext camel;
    @Autowired ProducerTemplate template;
    @Autowired LiveEditingReport report;
    private static int rounds;
    Map<String, Route> before;

    @DynamicPropertySource
    static void routesOfTheTest(DynamicPropertyRegistry properties) {
        properties.add("camel.main.routes-include-pattern", () -> "file:" + FOLDER.root() + "/**/*.camel.yaml");
        properties.add("camel.main.routes-exclude-pattern", () -> "**/sandbox/**");
        FOLDER.save(COMMON, handler("sorry"));
        for (String id : List.of("greet", "other", "stopped", "suspended", "called", "clash", "z-marker")) {
            FOLDER.saveAnswer(id, "old");
        }
        FOLDER.saveRoute("caller", "direct:caller", "        - to: direct:called\n");
        FOLDER.saveRoute("busy", "direct:busy", "        - bean: {ref: gate, method: pass}\n        - setBody: {constant: old}\n");
        FOLDER.save("fails.camel.yaml", LiveFolder.route("fails", "platform-http:/fails?httpMethodRestrict=GET",
            "        - throwException: {exceptionType: java.lang.IllegalStateException, message: no}\n        - removeHeaders: {pattern: \"*\"}\n")
            .replace("errorHandler: {noErrorHandler: {}}", "routeConfigurationId: entrance"));
        FOLDER.saveRoute("web", "platform-http:/web?httpMethodRestrict=GET", page("old"));
        FOLDER.save("ticks.camel.yaml", LiveFolder.route("ticks", "timer:ticks?period=50",
            "        - log: {loggingLevel: DEBUG, message: tick}\n").replace("    from:", "    startupOrder: 77\n    from:"));
        FOLDER.save("flow.camel.yaml", flow("old"));
        FOLDER.save("ask.sql", "SELECT 'old' AS answer\n");
        saveAsk();
        FOLDER.saveRoute("ask-any", "direct:ask-any", "        - toD: {uri: \"sql:file:${header.file}?outputType=SelectOne\"}\n");
    }

    @BeforeEach
    void rememberWhatRuns() {
        before = running();
    }

    @AfterEach
    void bringBack() {
        FOLDER.saveAnswer("greet", "old");
        FOLDER.save("ask.sql", "SELECT 'old' AS answer\n");
        String round = "all saves of round " + ++rounds + " are done with";
        FOLDER.saveAnswer("z-marker", round);
        await().untilAsserted(() -> {
            assertThat(ask("z-marker")).isEqualTo(round);
            assertThat(report.getRefused()).isEmpty();
        });
    }

    void awaitRefused(String file, int line, String reason) {
        await().untilAsserted(() -> assertThat(report.getRefused()).anySatisfy(refused ->
            assertThat(refused).startsWith(FOLDER.path(file) + ":" + line + ": ").contains(reason)));
    }

    void refusedAt(String file, int line, String reason, String... except) {
        awaitRefused(file, line, reason);
        assertThat(ask("greet")).isEqualTo("old");
        assertUntouched(except);
    }

    /** Every route but those named is the very one that ran before, in the state it had. */
    void assertUntouched(String... except) {
        Map<String, Route> now = running();
        now.keySet().removeAll(Arrays.asList(except));
        Map<String, Route> then = new HashMap<>(before);
        then.keySet().removeAll(Arrays.asList(except));
        assertThat(now).isEqualTo(then);
        now.keySet().forEach(id -> assertThat(camel.getRouteController().getRouteStatus(id)).isEqualTo(ServiceStatus.Started));
    }

    Map<String, Route> running() {
        return camel.getRoutes().stream().collect(Collectors.toMap(Route::getId, Function.identity()));
    }

    String ask(String id) {
        return template.requestBody("direct:" + id, null, String.class);
    }

    static void saveAsk() {
        FOLDER.saveRoute("ask", "direct:ask", "        - to: {uri: \"sql:file:" + FOLDER.path("ask.sql")
            + "\", parameters: {outputType: SelectOne}}\n");
    }

    /** A file of three routes: two of which the first calls the second, and one that keeps its exchange while the gate is closed. */
    static String flow(String greeting) {
        return "# Three routes.\n" + LiveFolder.route("flow-entrance", "direct:flow-entrance", "        - to: direct:flow-greet\n")
            + LiveFolder.route("flow-greet", "direct:flow-greet", "        - setBody: {constant: \"" + greeting + "\"}\n")
            + LiveFolder.route("flow-busy", "direct:flow-busy", "        - bean: {ref: gate, method: pass}\n        - setBody: {constant: old}\n");
    }

    static String handler(String text) {
        return """
            - routeConfiguration:
                errorHandler: {noErrorHandler: {}}
            - routeConfiguration:
                id: entrance
                onException:
                  - onException:
                      exception: [java.lang.Exception]
                      handled: {constant: "true"}
                      steps: [{setBody: {constant: "%s"}}]
            """.formatted(text);
    }

    static String page(String text) {
        return "        - setBody: {constant: \"" + text + "\"}\n        - removeHeaders: {pattern: \"*\"}\n";
    }

    static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("live-editing").toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
