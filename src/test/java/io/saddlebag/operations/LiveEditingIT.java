package io.saddlebag.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.management.ObjectName;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** With SADDLEBAG_DEV=true a good save is in force at once, and a bad one costs no running route anything. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {
    "saddlebag.dev=true", "spring.flyway.enabled=false", "camel.main.shutdown-timeout=2",
    "spring.autoconfigure.exclude=org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration,"
        + "org.springframework.boot.actuate.autoconfigure.security.servlet.ManagementWebSecurityAutoConfiguration"})
class LiveEditingIT {

    private static final LiveFolder FOLDER = new LiveFolder(temporaryFolder());
    private static final String COMMON = "common/error-handling.camel.yaml";

    @Autowired CamelContext camel;
    @Autowired ProducerTemplate template;
    @Autowired LiveEditingReport report;
    @Autowired TestRestTemplate http;
    @Autowired Gate gate;

    private Map<String, Route> before;

    @DynamicPropertySource
    static void routesOfTheTest(DynamicPropertyRegistry properties) {
        properties.add("camel.main.routes-include-pattern", () -> "file:" + FOLDER.root() + "/**/*.camel.yaml");
        properties.add("camel.main.routes-exclude-pattern", () -> "**/sandbox/**");
        FOLDER.save(COMMON, handler("sorry"));
        for (String id : List.of("greet", "other", "stopped", "suspended", "called", "gone", "clash")) {
            FOLDER.saveAnswer(id, "old");
        }
        FOLDER.saveRoute("caller", "direct:caller", "        - to: direct:called\n");
        FOLDER.saveRoute("busy", "direct:busy", "        - bean: {ref: gate, method: pass}\n        - setBody: {constant: old}\n");
        FOLDER.saveRoute("fails", "direct:fails",
            "        - throwException: {exceptionType: java.lang.IllegalStateException, message: no}\n");
        FOLDER.saveRoute("web", "platform-http:/web", page("old"));
        FOLDER.saveRoute("ticks", "timer:ticks?period=50", "        - log: {loggingLevel: DEBUG, message: tick}\n");
        FOLDER.save("ask.sql", "SELECT 'old' AS answer\n");
        FOLDER.saveRoute("ask", "direct:ask", "        - to: {uri: \"sql:file:" + FOLDER.path("ask.sql")
            + "\", parameters: {outputType: SelectOne}}\n");
        FOLDER.saveRoute("ask-any", "direct:ask-any", "        - toD: {uri: \"sql:file:${header.file}?outputType=SelectOne\"}\n");
    }

    @BeforeEach
    void rememberWhatRuns() {
        before = running();
    }

    @AfterEach
    void bringBack() {
        for (String id : List.of("greet", "other")) {
            FOLDER.saveAnswer(id, "old");
        }
        FOLDER.save("ask.sql", "SELECT 'old' AS answer\n");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(report.getRefused()).isEmpty();
            assertThat(ask("greet")).isEqualTo("old");
            assertThat(ask("ask")).isEqualTo("old");
        });
    }

    @Test
    void aGoodChangeIsInForceWithoutARestart() {
        FOLDER.saveAnswer("greet", "new");
        await().untilAsserted(() -> assertThat(ask("greet")).isEqualTo("new"));
        assertUntouched("greet");
    }

    @Test
    void aSyntaxErrorIsRefusedWithItsLine() {
        refusedAt("greet.camel.yaml", 3, "is not YAML", FOLDER.save("greet.camel.yaml", """
            - route:
                id: greet
                  description: wrong indent
            """));
    }

    @Test
    void anUnknownComponentIsRefused() {
        refusedStep(8, "nosuch", "        - log: hello\n        - to: nosuch:thing\n");
    }

    @Test
    void anUnknownOptionIsRefused() {
        refusedStep(7, "Unknown parameters=[{shwAll=true}]", "        - to: {uri: \"log:x\", parameters: {shwAll: true}}\n");
    }

    @Test
    void anUnknownBeanIsRefused() {
        refusedStep(7, "No bean could be found in the registry for: nobody", "        - bean: {ref: nobody, method: go}\n");
    }

    @Test
    void anUnknownSettingIsRefused() {
        refusedStep(7, "Property with key [saddlebag.nowhere] not found", "        - log: \"{{saddlebag.nowhere}}\"\n");
    }

    @Test
    void aSecondRouteInTheFileIsRefused() {
        refusedAt("greet.camel.yaml", 8, "a second route", FOLDER.save("greet.camel.yaml",
            LiveFolder.route("greet", "direct:greet", "        - log: one\n")
                + LiveFolder.route("second", "direct:second", "        - log: two\n")));
        assertThat(camel.getRoute("second")).isNull();
    }

    @Test
    void aRenamedRouteIsRefused() {
        refusedAt("greet.camel.yaml", 2, "is not the file's name",
            FOLDER.save("greet.camel.yaml", LiveFolder.route("welcome", "direct:greet", "        - log: one\n")));
    }

    @Test
    void aFileWithATemplateOnlyIsRefused() {
        refusedAt("greet.camel.yaml", 1, "routeTemplate does not belong here", FOLDER.save("greet.camel.yaml", """
            - routeTemplate:
                id: greet
                route:
                  from: {uri: "direct:greet", steps: [{log: hello}]}
            """));
    }

    @Test
    void theIdOfAnotherFileIsRefused() {
        refusedAt("again/other.camel.yaml", 2, "the id other is also that of", FOLDER.save("again/other.camel.yaml",
            LiveFolder.route("other", "direct:other", "        - setBody: {constant: stolen}\n")));
        assertThat(ask("other")).isEqualTo("old");
        FOLDER.delete("again/other.camel.yaml");
    }

    @Test
    void aFileThatIsEmptyForAMomentCostsNothing() {
        refusedAt("greet.camel.yaml", 1, "is empty", FOLDER.save("greet.camel.yaml", ""));
        FOLDER.saveAnswer("greet", "written twice");
        await().untilAsserted(() -> assertThat(ask("greet")).isEqualTo("written twice"));
    }

    @Test
    void aRouteThatLoadsButDoesNotStartIsPutBack() {
        refusedAt("clash.camel.yaml", 0, "", FOLDER.save("clash.camel.yaml",
            LiveFolder.route("clash", "timer:clash?period=-5&delay=abc", "        - log: x\n")));
        assertThat(ask("clash")).isEqualTo("old");
        FOLDER.saveAnswer("clash", "old");
    }

    private void refusedStep(int line, String reason, String steps) {
        FOLDER.saveRoute("greet", "direct:greet", steps);
        refusedAt("greet.camel.yaml", line, reason, null);
    }

    private void refusedAt(String file, int line, String reason, Path saved) {
        String place = FOLDER.path(file) + (line == 0 ? "" : ":" + line + ":");
        await().untilAsserted(() -> assertThat(report.getRefused())
            .anySatisfy(refused -> assertThat(refused).startsWith(place).contains(reason)));
        assertThat(ask("greet")).isEqualTo("old");
        assertUntouched();
    }

    /** Every route but those named is the very one that ran before, in the state it had. */
    private void assertUntouched(String... except) {
        Map<String, Route> now = running();
        now.keySet().removeAll(Arrays.asList(except));
        Map<String, Route> then = new java.util.HashMap<>(before);
        then.keySet().removeAll(Arrays.asList(except));
        assertThat(now).isEqualTo(then);
        now.keySet().forEach(id -> assertThat(camel.getRouteController().getRouteStatus(id)).isEqualTo(ServiceStatus.Started));
    }

    private Map<String, Route> running() {
        return camel.getRoutes().stream().collect(Collectors.toMap(Route::getId, Function.identity()));
    }

    private String ask(String id) {
        Object answer = template.requestBody("direct:" + id, (Object) null);
        return answer instanceof Map<?, ?> row ? String.valueOf(row.get("answer")) : String.valueOf(answer);
    }

    private static String handler(String text) {
        return """
            - routeConfiguration:
                onException:
                  - onException:
                      exception: [java.lang.Exception]
                      handled: {constant: "true"}
                      steps: [{setBody: {constant: "%s"}}]
            """.formatted(text);
    }

    private static String page(String text) {
        return "        - setBody: {constant: \"" + text + "\"}\n        - removeHeaders: {pattern: \"*\"}\n";
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("live-editing").toRealPath();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Holds an exchange in flight until it is opened. */
    static class Gate {
        private volatile CountDownLatch closed = new CountDownLatch(0);

        public void pass() throws InterruptedException {
            closed.await(30, TimeUnit.SECONDS);
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(LiveEditingConfiguration.class)
    static class Application {

        @Bean(destroyMethod = "close")
        EmbeddedPostgres postgres() throws IOException {
            return EmbeddedPostgres.builder().start();
        }

        @Bean
        DataSource dataSource(EmbeddedPostgres postgres) {
            return postgres.getPostgresDatabase();
        }

        @Bean
        Gate gate() {
            return new Gate();
        }
    }
}
