package io.saddlebag.livereload;

import static io.saddlebag.livereload.RouteSamples.apiAnswer;
import static io.saddlebag.livereload.RouteSamples.check;
import static io.saddlebag.livereload.RouteSamples.http;
import static io.saddlebag.livereload.RouteSamples.refused;
import static io.saddlebag.livereload.RouteSamples.route;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a route names endpoints it reveals no secret and opens no address. */
class RouteEndpointRulesTest {

    @TempDir Path folder;

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
    void eachRouteOfAFileIsAskedForItself() {
        String timer = "- route:\n    id: ticks\n    description: x\n    errorHandler: {noErrorHandler: {}}\n    from: {uri: \"timer:x\", steps: [{to: \"seda:x\"}]}\n";
        refused("would wait in a queue", timer + route("- to: seda:x #!\n"));
        refused("end with removeHeaders", timer + http("httpMethodRestrict: GET", "- setBody: {constant: hello} #!"));
        assertThat(check("bad", timer + route("- log: x\n"))).isEmpty();
    }

    @Test
    void methodsWithASpaceAreRefused() {
        refused("lets every method in", http("httpMethodRestrict: \"GET, POST\" #!", "- removeHeaders: {pattern: \"*\"}"));
        assertThat(check("bad", http("httpMethodRestrict: \"GET,HEAD\"", "- removeHeaders: {pattern: \"*\"}"))).isEmpty();
    }

    @Test
    void anHttpRouteThatAnswersWithTheRequestsHeadersIsRefused() {
        refused("end with removeHeaders", http("httpMethodRestrict: GET", "- setBody: {constant: hello} #!"));
        refused("end with removeHeaders", http("httpMethodRestrict: GET",
            "- choice: {when: [{simple: \"${body} == 1\", steps: [{removeHeaders: {pattern: \"*\"}}]}]} #!"));
        assertThat(check("bad", http("httpMethodRestrict: GET", "- to: direct:api-answer"), apiAnswer())).isEmpty();
        assertThat(check("bad", http("httpMethodRestrict: GET", "- to: {uri: \"direct:api-answer\"}"), apiAnswer())).isEmpty();
    }

    @Test
    void longSqlBelongsInAFile() {
        assertThat(check("bad", route(statement("| ", 6)))).isEmpty();
        refused("SQL of more than 6 lines belongs in a file", route(statement("| #!", 7)));
        assertThat(check("bad", route("- to: \"sql:SELECT 1 FROM x\"\n"))).isEmpty();
    }

    @Test
    void sqlThatWouldLoseItsLinesOrItsEndIsRefused() {
        refused("write it as a block", route(statement("> #!", 3)));
        refused("write it as a block", route("- to: \"sql:SELECT 1 #!\n   FROM x\"\n"));
        refused("what follows a question mark", route("- to: {uri: sql, parameters: {query: \"SELECT source ? 'name' FROM x\"}} #!\n"));
    }

    private static String statement(String style, int lines) {
        return "- to:\n    uri: sql\n    parameters:\n      query: " + style + "\n" + "        SELECT 1,\n".repeat(lines - 1) + "        2\n";
    }

    @Test
    void theHeadersOfARequestEndBeforeAQueueOrAFork() {
        String reason = "would wait in a queue or go on in other threads";
        refused(reason, route("- to: seda:later #!\n"));
        refused(reason, route("- to:\n    uri: seda:later #!\n    pattern: InOnly\n"));
        refused(reason, route("- removeHeaders: {pattern: \"*\"}\n- log: x\n- to: seda:later #!\n"));
        refused(reason, route("- removeHeaders: {pattern: \"Camel*\"}\n- to: seda:later #!\n"));
        refused(reason, route("- removeHeaders: {pattern: \"*\", excludePattern: \"org\"}\n- toD: \"seda:${variable.x}\" #!\n"));
        refused(reason, route("- filter:\n    simple: \"${body}\"\n    steps:\n      - to: kafka:things #!\n"));
        refused(reason, route("- wireTap: #!\n    uri: log:x\n"));
        refused(reason, route("- threads: {poolSize: 2} #!\n"));
        refused(reason, route("- split:\n    simple: \"${body}\"\n    parallelProcessing: true #!\n    steps: [{log: x}]\n"));

        assertThat(check("bad", route("- removeHeaders: {pattern: \"*\"}\n- to: seda:later\n- to: seda:sooner\n"))).isEmpty();
        assertThat(check("bad", route("- removeHeaders: {pattern: \"*\"}\n- split:\n    simple: \"${body}\"\n    parallelProcessing: true\n    steps: [{log: x}]\n"))).isEmpty();
        assertThat(check("bad", route("- to: seda:later\n").replace("direct:bad", "timer:bad")
            .replace("description: x", "description: x\n    errorHandler: {noErrorHandler: {}}"))).isEmpty();
    }

    @Test
    void anSqlFileThatIsNotThereIsRefused() throws Exception {
        refused("there is no SQL file", route("- to: \"sql:file:" + folder + "/none.sql?outputType=SelectOne\" #!\n"));
        Files.writeString(folder.resolve("some.sql"), "SELECT 1");
        assertThat(check("bad", route("- to: \"sql:file:" + folder + "/some.sql?outputType=SelectOne\"\n"))).isEmpty();
        assertThat(check("bad", route("- toD: \"sql:file:${variable.sql}\"\n"))).isEmpty();
    }
}
