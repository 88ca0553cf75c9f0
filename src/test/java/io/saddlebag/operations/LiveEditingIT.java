package io.saddlebag.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
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
import org.apache.camel.model.Model;
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
    "saddlebag.dev=true", "spring.jmx.enabled=true", "spring.flyway.enabled=false", "camel.main.shutdown-timeout=2",
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

    private static int rounds;
    private Map<String, Route> before;

    @DynamicPropertySource
    static void routesOfTheTest(DynamicPropertyRegistry properties) {
        properties.add("camel.main.routes-include-pattern", () -> "file:" + FOLDER.root() + "/**/*.camel.yaml");
        properties.add("camel.main.routes-exclude-pattern", () -> "**/sandbox/**");
        FOLDER.save(COMMON, handler("sorry"));
        for (String id : List.of("greet", "other", "stopped", "suspended", "called", "clash")) {
            FOLDER.saveAnswer(id, "old");
        }
        FOLDER.saveRoute("caller", "direct:caller", "        - to: direct:called\n");
        FOLDER.saveRoute("busy", "direct:busy", "        - bean: {ref: gate, method: pass}\n        - setBody: {constant: old}\n");
        FOLDER.saveRoute("fails", "direct:fails",
            "        - throwException: {exceptionType: java.lang.IllegalStateException, message: no}\n");
        FOLDER.saveRoute("web", "platform-http:/web", page("old"));
        FOLDER.save("ticks.camel.yaml", LiveFolder.route("ticks", "timer:ticks?period=50",
            "        - log: {loggingLevel: DEBUG, message: tick}\n").replace("    from:", "    startupOrder: 77\n    from:"));
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
        String last = "z-marker-" + ++rounds;
        FOLDER.saveAnswer(last, "all saves before are done with");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(camel.getRoute(last)).isNotNull();
            assertThat(report.getRefused()).isEmpty();
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
        FOLDER.save("greet.camel.yaml", """
            - route:
                id: greet
                  description: wrong indent
            """);
        refusedAt("greet.camel.yaml", 3, "is not YAML");
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
        FOLDER.save("greet.camel.yaml", LiveFolder.route("greet", "direct:greet", "        - log: one\n")
            + LiveFolder.route("second", "direct:second", "        - log: two\n"));
        refusedAt("greet.camel.yaml", 8, "a second route");
        assertThat(camel.getRoute("second")).isNull();
    }

    @Test
    void aRenamedRouteIsRefused() {
        FOLDER.save("greet.camel.yaml", LiveFolder.route("welcome", "direct:greet", "        - log: one\n"));
        refusedAt("greet.camel.yaml", 2, "is not the file's name");
    }

    @Test
    void aFileWithATemplateOnlyIsRefused() {
        FOLDER.save("greet.camel.yaml", """
            - routeTemplate:
                id: greet
                route:
                  from: {uri: "direct:greet", steps: [{log: hello}]}
            """);
        refusedAt("greet.camel.yaml", 1, "routeTemplate does not belong here");
    }

    @Test
    void theIdOfAnotherFileIsRefused() {
        FOLDER.save("again/other.camel.yaml",
            LiveFolder.route("other", "direct:other", "        - setBody: {constant: stolen}\n"));
        refusedAt("again/other.camel.yaml", 2, "the id other is also that of");
        assertThat(ask("other")).isEqualTo("old");
        FOLDER.delete("again/other.camel.yaml");
    }

    @Test
    void aFileThatIsEmptyForAMomentCostsNothing() {
        FOLDER.save("greet.camel.yaml", "");
        refusedAt("greet.camel.yaml", 1, "is empty");
        FOLDER.saveAnswer("greet", "written twice");
        await().untilAsserted(() -> assertThat(ask("greet")).isEqualTo("written twice"));
    }

    @Test
    void aRouteThatLoadsButDoesNotStartIsPutBack() {
        String taken = LiveFolder.route("clash", "direct:clash", "        - log: x\n")
            .replace("    from:", "    startupOrder: 77\n    from:");
        FOLDER.save("clash.camel.yaml", taken);
        await().untilAsserted(() -> assertThat(report.getRefused()).anySatisfy(refused ->
            assertThat(refused).startsWith(FOLDER.path("clash.camel.yaml") + ":").contains("startup order clash")));
        assertThat(ask("clash")).isEqualTo("old");
        assertUntouched("clash");
        FOLDER.saveAnswer("clash", "old");
    }

    @Test
    void aNewFileIsANewRouteAndADeletedOneIsNone() {
        FOLDER.save("fresh/newcomer.camel.yaml",
            LiveFolder.route("newcomer", "direct:newcomer", "        - setBody: {constant: here}\n"));
        await().untilAsserted(() -> assertThat(camel.getRoute("newcomer")).isNotNull());
        assertThat(ask("newcomer")).isEqualTo("here");
        FOLDER.delete("fresh/newcomer.camel.yaml");
        await().untilAsserted(() -> assertThat(camel.getRoute("newcomer")).isNull());
        assertUntouched();
    }

    @Test
    void aDeletedRouteThatOthersCallGoesOn() {
        FOLDER.delete("called.camel.yaml");
        refusedAt("caller.camel.yaml", 7, "no route is called direct:called");
        assertThat(ask("caller")).isEqualTo("old");
        FOLDER.saveAnswer("called", "old");
    }

    @Test
    void aFileThatMovesIsTheSameRoute() {
        FOLDER.save("elsewhere/called.camel.yaml",
            LiveFolder.route("called", "direct:called", "        - setBody: {constant: old}\n"));
        FOLDER.delete("called.camel.yaml");
        FOLDER.save("elsewhere/called.camel.yaml",
            LiveFolder.route("called", "direct:called", "        - setBody: {constant: moved}\n"));
        await().untilAsserted(() -> assertThat(ask("caller")).isEqualTo("moved"));
        FOLDER.delete("elsewhere/called.camel.yaml");
        FOLDER.saveAnswer("called", "old");
        await().untilAsserted(() -> assertThat(ask("caller")).isEqualTo("old"));
        assertUntouched("called");
    }

    @Test
    void filesThatNeedEachOtherAreTakenTogether() {
        FOLDER.saveRoute("a-first", "direct:a-first", "        - to: direct:z-last\n");
        FOLDER.saveAnswer("z-last", "found");
        await().untilAsserted(() -> assertThat(camel.getRoute("a-first")).isNotNull());
        assertThat(ask("a-first")).isEqualTo("found");
        FOLDER.delete("a-first.camel.yaml");
        FOLDER.delete("z-last.camel.yaml");
        await().untilAsserted(() -> assertThat(camel.getRoute("z-last")).isNull());
        assertUntouched();
    }

    @Test
    void aRouteFileThatWouldNotBeLoadedAtAStartIsNotLoadedLater() {
        FOLDER.save("sandbox/fake.camel.yaml", LiveFolder.route("fake", "direct:fake", "        - log: x\n"));
        FOLDER.saveAnswer("greet", "after the sandbox file");
        await().untilAsserted(() -> assertThat(ask("greet")).isEqualTo("after the sandbox file"));
        assertThat(camel.getRoute("fake")).isNull();
    }

    @Test
    void aRouteThatAnOperatorStoppedOrSuspendedStaysSo() throws Exception {
        camel.getRouteController().stopRoute("stopped");
        camel.getRouteController().suspendRoute("suspended");
        FOLDER.saveAnswer("stopped", "new");
        FOLDER.saveAnswer("suspended", "new");
        await().untilAsserted(() -> assertThat(before.get("stopped")).isNotSameAs(camel.getRoute("stopped")));
        assertThat(camel.getRouteController().getRouteStatus("stopped")).isEqualTo(ServiceStatus.Stopped);
        await().untilAsserted(() -> assertThat(before.get("suspended")).isNotSameAs(camel.getRoute("suspended")));
        await().untilAsserted(() -> assertThat(camel.getRouteController().getRouteStatus("suspended"))
            .isEqualTo(ServiceStatus.Suspended));
        camel.getRouteController().startRoute("stopped");
        camel.getRouteController().resumeRoute("suspended");
        assertThat(ask("stopped")).isEqualTo("new");
        assertThat(ask("suspended")).isEqualTo("new");
    }

    @Test
    void anExchangeInFlightEndsOnTheOldRouteFirst() throws Exception {
        gate.close();
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> ask("busy"));
        await().until(() -> camel.getInflightRepository().size("busy") == 1);
        FOLDER.saveAnswer("busy", "new");
        await().untilAsserted(() -> assertThat(report.getWaiting()).containsExactly(FOLDER.path("busy.camel.yaml").toString()));
        assertThat(camel.getRouteController().getRouteStatus("busy")).isEqualTo(ServiceStatus.Started);
        gate.open();
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("old");
        await().untilAsserted(() -> assertThat(ask("busy")).isEqualTo("new"));
        assertThat(report.getWaiting()).isEmpty();
    }

    @Test
    void theGlobalErrorHandlerChangesForEveryRoute() {
        assertThat(ask("fails")).isEqualTo("sorry");
        FOLDER.save(COMMON, handler("pardon"));
        await().untilAsserted(() -> assertThat(ask("fails")).isEqualTo("pardon"));
        FOLDER.save(COMMON, handler("sorry").replace("setBody", "setBodi"));
        awaitRefused(COMMON, 6, "Camel does not know setBodi");
        assertThat(ask("fails")).isEqualTo("pardon");
        assertThat(camel.getCamelContextExtension().getContextPlugin(Model.class).getRouteConfigurationDefinitions()).hasSize(1);
        FOLDER.save(COMMON, handler("sorry"));
        await().untilAsserted(() -> assertThat(ask("fails")).isEqualTo("sorry"));
    }

    @Test
    void anHttpAddressAnswersAnewAndKeepsAnsweringWhenItsFileIsBad() {
        assertThat(http.getForObject("/web", String.class)).isEqualTo("old");
        FOLDER.saveRoute("web", "platform-http:/web", page("new"));
        await().untilAsserted(() -> assertThat(http.getForObject("/web", String.class)).isEqualTo("new"));
        FOLDER.saveRoute("web", "platform-http:/web", page("bad").replace("*", "*\", nosuch: \"1"));
        awaitRefused("web.camel.yaml", 8, "Camel does not know nosuch");
        assertThat(http.getForObject("/web", String.class)).isEqualTo("new");
        FOLDER.saveRoute("web", "platform-http:/web", page("old"));
        await().untilAsserted(() -> assertThat(http.getForObject("/web", String.class)).isEqualTo("old"));
    }

    @Test
    void aChangedStatementIsUsedByTheNextExchange() {
        String any = "direct:ask-any";
        String file = FOLDER.path("ask.sql").toString();
        assertThat(ask("ask")).isEqualTo("old");
        assertThat(template.requestBodyAndHeader(any, null, "file", file)).isEqualTo("old");
        FOLDER.save("ask.sql", "-- said anew\nSELECT 'very new' AS answer\n");
        await().untilAsserted(() -> assertThat(ask("ask")).isEqualTo("very new"));
        assertThat(template.requestBodyAndHeader(any, null, "file", file)).isEqualTo("very new");
        assertUntouched("ask", "ask-any");
    }

    @Test
    void aBrokenStatementIsRefusedWithItsLine() {
        FOLDER.save("ask.sql", """
            -- two lines :?here that are not sent

            SELECT CAST(:#${body} AS text) AS answer,
                   :?other::text
              FROM nowhere
            """);
        awaitRefused("ask.sql", 5, "relation \"nowhere\" does not exist");
        assertThat(ask("ask")).isEqualTo("old");
        assertUntouched();
        FOLDER.save("ask.sql", "SELECT 'old' AS answer\n FROM (SELECT 1) x\n WHER true\n");
        awaitRefused("ask.sql", 3, "syntax error");
    }

    @Test
    void aRouteThatWouldReadABrokenStatementIsRefusedToo() {
        FOLDER.save("ask.sql", "SELECT broken");
        FOLDER.saveRoute("ask", "direct:ask", "        - log: changed\n        - to: {uri: \"sql:file:" + FOLDER.path("ask.sql")
            + "\", parameters: {outputType: SelectOne}}\n");
        awaitRefused("ask.sql", 1, "column \"broken\" does not exist");
        await().untilAsserted(() -> assertThat(report.getRefused()).hasSize(2)); // the statement, and the route because of it
        assertThat(ask("ask")).isEqualTo("old");
        assertUntouched();
        saveAsk();
    }

    @Test
    void jmxTellsWhatIsRefusedAndWhatWasTakenOver() throws Exception {
        ObjectName name = new ObjectName("io.saddlebag:type=LiveEditing");
        FOLDER.saveAnswer("greet", "by jmx");
        await().untilAsserted(() -> assertThat((String[]) ManagementFactory.getPlatformMBeanServer().getAttribute(name, "TakenOver"))
            .contains("Taken over " + FOLDER.path("greet.camel.yaml")));
        FOLDER.save("greet.camel.yaml", "");
        await().untilAsserted(() -> assertThat((String[]) ManagementFactory.getPlatformMBeanServer().getAttribute(name, "Refused"))
            .containsExactly(FOLDER.path("greet.camel.yaml") + ":1: is empty; a route file holds one route"));
        assertThat((String[]) ManagementFactory.getPlatformMBeanServer().getAttribute(name, "Waiting")).isEmpty();
    }

    private void awaitRefused(String file, int line, String reason) {
        await().untilAsserted(() -> assertThat(report.getRefused()).anySatisfy(refused ->
            assertThat(refused).startsWith(FOLDER.path(file) + ":" + line + ": ").contains(reason)));
    }

    private void refusedStep(int line, String reason, String steps) {
        FOLDER.saveRoute("greet", "direct:greet", steps);
        refusedAt("greet.camel.yaml", line, reason);
    }

    private void refusedAt(String file, int line, String reason) {
        awaitRefused(file, line, reason);
        assertThat(ask("greet")).isEqualTo("old");
        assertUntouched();
    }

    /** Every route but those named is the very one that ran before, in the state it had. */
    private void assertUntouched(String... except) {
        Map<String, Route> now = running();
        now.keySet().removeAll(Arrays.asList(except));
        Map<String, Route> then = new HashMap<>(before);
        then.keySet().removeAll(Arrays.asList(except));
        assertThat(now).isEqualTo(then);
        now.keySet().forEach(id -> assertThat(camel.getRouteController().getRouteStatus(id)).isEqualTo(ServiceStatus.Started));
    }

    private Map<String, Route> running() {
        return camel.getRoutes().stream().collect(Collectors.toMap(Route::getId, Function.identity()));
    }

    private String ask(String id) {
        return template.requestBody("direct:" + id, null, String.class);
    }

    private static void saveAsk() {
        FOLDER.saveRoute("ask", "direct:ask", "        - to: {uri: \"sql:file:" + FOLDER.path("ask.sql")
            + "\", parameters: {outputType: SelectOne}}\n");
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
            throw new UncheckedIOException(e);
        }
    }

    /** Holds an exchange in flight until it is opened. */
    static class Gate {
        private volatile CountDownLatch closed = new CountDownLatch(0);

        void close() {
            closed = new CountDownLatch(1);
        }

        void open() {
            closed.countDown();
        }

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
