package io.saddlebag.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each rule refuses its bad sample on the line that carries {@code #!}, and lets the good form pass. */
class RouteRulesTest {

    private static final RouteRules RULES = new RouteRules();

    @TempDir Path folder;

    @Test
    void aGoodRoutePasses() {
        assertThat(check("pull-items", """
            # Why it is so.
            - route:
                id: pull-items
                description: Pulls items.
                autoStartup: "{{pull.enabled:true}}"
                errorHandler: {noErrorHandler: {}}
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
    void aSecretInAnEndpointIsRefused() {
        refused("a secret in an endpoint", route("- to: \"http:zoho?key={{zoho.client-secret}}\" #!\n"));
        refused("a secret in an endpoint", route("""
            - to:
                uri: http:zoho
                parameters:
                  authUsername: admin
                  authPassword: "{{admin.PASSWORD}}" #!
            """));
        assertThat(check("bad", route("- setHeader: {name: Authorization, simple: \"{{cron-secret}}\"}\n"))).isEmpty();
    }

    @Test
    void methodsWithASpaceAreRefused() {
        refused("lets every method in", http("httpMethodRestrict: \"GET, POST\" #!", "- removeHeaders: {pattern: \"*\"}"));
        assertThat(check("bad", http("httpMethodRestrict: \"GET,POST\"", "- removeHeaders: {pattern: \"*\"}"))).isEmpty();
    }

    @Test
    void anHttpRouteThatAnswersWithTheRequestsHeadersIsRefused() {
        refused("end with removeHeaders", http("httpMethodRestrict: GET", "- setBody: {constant: hello} #!"));
        refused("end with removeHeaders", http("httpMethodRestrict: GET",
            "- choice: {when: [{simple: \"${body} == 1\", steps: [{removeHeaders: {pattern: \"*\"}}]}]} #!"));
        assertThat(check("bad", http("httpMethodRestrict: GET", "- to: direct:api-answer"), answer())).isEmpty();
        assertThat(check("bad", http("httpMethodRestrict: GET", "- to: {uri: \"direct:api-answer\"}"), answer())).isEmpty();
    }

    @Test
    void sqlOfMoreThanOneLineBelongsInAFile() {
        refused("SQL of more than one line", route("""
            - to:
                uri: sql
                parameters:
                  query: | #!
                    SELECT 1
                      FROM x
            """));
        refused("SQL of more than one line", route("- to: \"sql:SELECT 1 #!\n   FROM x\"\n"));
        assertThat(check("bad", route("- to: \"sql:SELECT 1 FROM x\"\n"))).isEmpty();
    }

    @Test
    void anSqlFileThatIsNotThereIsRefused() throws Exception {
        refused("there is no SQL file", route("- to: \"sql:file:" + folder + "/none.sql?outputType=SelectOne\" #!\n"));
        Files.writeString(folder.resolve("some.sql"), "SELECT 1");
        assertThat(check("bad", route("- to: \"sql:file:" + folder + "/some.sql?outputType=SelectOne\"\n"))).isEmpty();
        assertThat(check("bad", route("- toD: \"sql:file:${variable.sql}\"\n"))).isEmpty();
    }

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
        assertThat(check("bad", route("- to: direct:api-answer\n"), answer())).isEmpty();
    }

    @Test
    void namesAreTakenOnce() {
        RouteFile elsewhere = parse(folder.resolve("other/bad.camel.yaml"), route("- log: x\n"));
        assertThat(check("bad", route("- log: x\n"), elsewhere)).extracting(Finding::line, Finding::reason).containsExactly(
            org.assertj.core.groups.Tuple.tuple(2, "the id bad is also that of " + elsewhere.path()),
            org.assertj.core.groups.Tuple.tuple(5, "another route is also called direct:bad"));
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
        RouteFile common = parse(folder.resolve("common/error-handling.camel.yaml"), configuration);
        assertThat(RULES.check(common, List.of(answer()))).isEmpty();
        refused("belongs in routes/common", configuration.replace("direct:api-answer", "log:x"));
    }

    private void refused(String reason, String text) {
        List<String> lines = text.lines().toList();
        int line = IntStream.range(0, lines.size()).filter(i -> lines.get(i).contains("#!")).findFirst().orElseThrow() + 1;
        refused(line, reason, text);
    }

    private void refused(int line, String reason, String text) {
        List<Finding> findings = check("bad", text);
        assertThat(findings).as(text).anySatisfy(finding -> {
            assertThat(finding.file()).isEqualTo(folder.resolve("bad.camel.yaml"));
            assertThat(finding.line()).isEqualTo(line);
            assertThat(finding.reason()).contains(reason);
        });
    }

    private List<Finding> check(String name, String text, RouteFile... others) {
        List<RouteFile> house = new ArrayList<>(List.of(others));
        try {
            RouteFile file = RouteFile.parse(folder.resolve(name + ".camel.yaml"), text);
            house.add(file);
            return RULES.check(file, house);
        } catch (UnreadableFile e) {
            return List.of(e.finding());
        }
    }

    private RouteFile answer() {
        return parse(folder.resolve("api-answer.camel.yaml"), route("- removeHeaders: {pattern: \"*\"}\n").replace("bad", "api-answer"));
    }

    private static RouteFile parse(Path path, String text) {
        try {
            return RouteFile.parse(path, text);
        } catch (UnreadableFile e) {
            throw new AssertionError(e);
        }
    }

    private static String route(String steps) {
        return """
            - route:
                id: bad
                description: x
                from:
                  uri: direct:bad
                  steps:
            """ + steps.lines().map(line -> "        " + line + "\n").collect(Collectors.joining());
    }

    private static String http(String parameter, String lastStep) {
        return """
            - route:
                id: bad
                description: x
                from:
                  uri: platform-http:/bad
                  parameters:
                    %s
                  steps:
                    - log: hello
                    %s
            """.formatted(parameter, lastStep);
    }
}
