package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.env.StandardEnvironment;

/** Every file of {@code routes/} is held against the rules, Camel's catalog of options, and Camel itself. */
class RouteFilesTest {

    private static final Path ROUTES = Path.of("routes");

    private final RouteRules rules = new RouteRules();
    private final EndpointCatalog catalog = new EndpointCatalog();

    @TestFactory
    Stream<DynamicTest> everyRouteFileKeepsTheRules() throws Exception {
        List<RouteFile> routes = routeFiles();
        return routes.stream().map(file -> DynamicTest.dynamicTest(file.path().toString(),
            () -> assertThat(rules.check(file, routes)).isEmpty()));
    }

    /** A route is called by its name: in a route, or in the one bean that sends to it. A name put together while it runs is found by nobody. */
    @Test
    void everyRouteThatOthersCallHasACallerThatASearchFinds() throws Exception {
        List<RouteFile> house = routeFiles();
        StringBuilder java = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                java.append(Files.readString(file));
            }
        }
        List<EndpointUse> uses = house.stream().flatMap(file -> EndpointUse.of(file).stream()).filter(use -> use.isOf("direct")).toList();
        assertThat(uses).allSatisfy(use -> assertThat(use.isConstant()).as(use.uri()).isTrue());
        assertThat(uses.stream().filter(EndpointUse::isFrom)).hasSizeGreaterThan(60).allSatisfy(called -> assertThat(
            java.toString().contains("\"" + called.uri() + "\"")
                || uses.stream().anyMatch(use -> !use.isFrom() && use.name().equals(called.name()))).as(called.uri()).isTrue());
    }

    /** Three lines on top tell a reader what comes in, what goes out and who calls. */
    @Test
    void everyRouteFileBeginsWithAComment() throws Exception {
        assertThat(routeFiles()).isNotEmpty().allSatisfy(file -> assertThat(file.text()).as(file.path().toString()).startsWith("#"));
    }

    @TestFactory
    Stream<DynamicTest> everyEndpointHasOnlyOptionsOfItsComponent() throws Exception {
        return routeFiles().stream().map(file -> DynamicTest.dynamicTest(file.path().toString(),
            () -> assertThat(catalog.check(file)).isEmpty()));
    }

    @TestFactory
    Stream<DynamicTest> everyRouteFileLoads() throws Exception {
        List<RouteFile> routes = routeFiles();
        List<RouteFile> configurations = routes.stream().filter(RouteFile::holdsConfiguration).toList();
        TrialLoad trial = new TrialLoad(application());
        return routes.stream().map(file -> DynamicTest.dynamicTest(file.path().toString(), () -> assertThat(trial.load(file,
            configurations.stream().filter(other -> other != file).toList())).isEmpty()));
    }

    @Test
    void anOptionThatTheComponentDoesNotHaveIsFoundWithItsLine() throws Exception {
        RouteFile file = RouteFile.parse(ROUTES.resolve("bad.camel.yaml"), """
            - route:
                id: bad
                description: x
                from:
                  uri: quartz:pull/bad
                  parameters:
                    cron: "0 0/15 * * * ?"
                    cronn: "0 0/15 * * * ?"
                  steps:
                    - to: "log:x?showAll={{a.b:true}}&level=INFO"
                    - to: {uri: "seda:x", parameters: {size: many}}
                    - to: {uri: "micrometer:counter:runs", parameters: {tags: "status=${body[status]}"}}
                    - to: {uri: "sql:file:x.sql", parameters: {outputType: SelectOne, outputHeader: "a b"}}
            """);
        assertThat(catalog.check(file)).extracting(Finding::line).containsExactly(5, 11);
        assertThat(catalog.check(file)).extracting(Finding::reason)
            .satisfiesExactly(reason -> assertThat(reason).contains("cronn"), reason -> assertThat(reason).contains("many"));
    }

    /** The application's settings as it reads them itself, and stand-ins of its beans. */
    private static CamelContext application() {
        StandardEnvironment environment = new StandardEnvironment();
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        DefaultCamelContext application = new DefaultCamelContext(new StandInBeans());
        application.getPropertiesComponent().addPropertiesSource(new EnvironmentSettings(environment));
        application.build();
        return application;
    }

    private static List<RouteFile> routeFiles() throws IOException, UnreadableFile {
        List<RouteFile> files = new ArrayList<>();
        if (Files.isDirectory(ROUTES)) {
            try (Stream<Path> all = Files.walk(ROUTES)) {
                for (Path path : all.filter(path -> path.toString().endsWith(RouteFile.SUFFIX)).sorted().toList()) {
                    files.add(RouteFile.read(path));
                }
            }
        }
        return files;
    }

    private record EnvironmentSettings(StandardEnvironment environment) implements org.apache.camel.spi.PropertiesSource {

        @Override
        public String getName() {
            return "config/application.yaml";
        }

        @Override
        public String getProperty(String name) {
            return environment.getProperty(name);
        }
    }
}
