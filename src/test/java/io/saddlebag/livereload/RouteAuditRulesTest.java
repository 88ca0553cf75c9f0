package io.saddlebag.livereload;

import static io.saddlebag.livereload.RouteSamples.FOLDER;
import static io.saddlebag.livereload.RouteSamples.apiAnswer;
import static io.saddlebag.livereload.RouteSamples.check;
import static io.saddlebag.livereload.RouteSamples.parse;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A request that acts is in the audit. */
class RouteAuditRulesTest {

    private static final RouteFile AUDIT = parse(FOLDER.resolve("audit.camel.yaml"), called("audit", "- log: x"));
    private static final String NAMED = "- setVariable: {name: audit, constant: thing.do}";
    private static final String NOTED = "- to: direct:audit";

    @Test
    void anAddressThatActsNamesItsActionFirst() {
        assertThat(found("POST", NOTED)).singleElement().satisfies(finding -> {
            assertThat(finding.line()).isEqualTo(6);
            assertThat(finding.reason()).contains("name the action in the first step, setVariable: {name: audit, constant: <what>.<does>}");
        });
        assertThat(found("PATCH", "- log: x", NAMED, NOTED)).hasSize(1);
        assertThat(found("DELETE", NAMED, NOTED)).isEmpty();
    }

    @Test
    void anAddressThatActsComesToTheAudit() {
        assertThat(found("POST", NAMED, "- log: x")).singleElement()
            .satisfies(finding -> assertThat(finding.reason()).contains("put to: direct:audit behind what the route changes, in the same transaction"));
        assertThat(found("POST", NAMED, "- to: direct:between")).as("by a route that it calls").isEmpty();
        assertThat(found("POST", NAMED, "- to: direct:aside")).as("the failures alone").hasSize(1);
        assertThat(found("GET,POST", NAMED)).as("one of its methods acts").hasSize(1);
    }

    @Test
    void readingAndWebhooksAreNoActions() {
        assertThat(found("GET", "- log: x")).isEmpty();
        assertThat(found("GET,HEAD", "- log: x")).isEmpty();
        assertThat(check("bad", entrance("/api/zoho/webhooks/{entity}", "POST", "- log: x"), apiAnswer(), AUDIT)).isEmpty();
        assertThat(check("bad", entrance("/api/zoho/sync-{name}", "POST", "- log: x"), apiAnswer(), AUDIT)).isEmpty();
        assertThat(check("bad", entrance("/api/zoho/check", "POST", "- log: x"), apiAnswer(), AUDIT)).hasSize(1);
    }

    private static List<Finding> found(String methods, String... steps) {
        return check("bad", entrance("/api/things/{id}", methods, steps), apiAnswer(), AUDIT,
            parse(FOLDER.resolve("between.camel.yaml"), called("between", "- to: direct:audit")),
            parse(FOLDER.resolve("aside.camel.yaml"), called("aside", "- log: x")));
    }

    private static String entrance(String path, String methods, String... steps) {
        return "- route:\n    id: bad\n    description: x\n    errorHandler: {deadLetterChannel: {deadLetterUri: \"direct:audit\"}}\n    from:\n      uri: platform-http:" + path
            + "\n      parameters: {httpMethodRestrict: \"" + methods + "\"}\n      steps:\n        " + String.join("\n        ", steps) + "\n        - to: direct:api-answer\n";
    }

    private static String called(String id, String step) {
        return "- route:\n    id: " + id + "\n    description: x\n    from:\n      uri: direct:" + id + "\n      steps:\n        " + step + "\n";
    }
}
