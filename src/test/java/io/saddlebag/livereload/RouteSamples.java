package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Route files as texts: the rules must refuse a bad one on the line that carries {@code #!}. Their name is {@code bad}. */
final class RouteSamples {

    static final Path FOLDER = Path.of("routes");
    private static final RouteRules RULES = new RouteRules();

    private RouteSamples() {
    }

    static void refused(String reason, String text) {
        List<String> lines = text.lines().toList();
        int line = IntStream.range(0, lines.size()).filter(i -> lines.get(i).contains("#!")).findFirst().orElseThrow() + 1;
        refused(line, reason, text);
    }

    static void refused(int line, String reason, String text) {
        assertThat(check("bad", text)).as(text).anySatisfy(finding -> {
            assertThat(finding.file()).isEqualTo(FOLDER.resolve("bad.camel.yaml"));
            assertThat(finding.line()).isEqualTo(line);
            assertThat(finding.reason()).contains(reason);
        });
    }

    static List<Finding> check(String name, String text, RouteFile... others) {
        List<RouteFile> routes = new ArrayList<>(List.of(others));
        try {
            RouteFile file = RouteFile.parse(FOLDER.resolve(name + ".camel.yaml"), text);
            routes.add(file);
            return RULES.check(file, routes);
        } catch (UnreadableFile e) {
            return List.of(e.finding());
        }
    }

    static RouteFile parse(Path path, String text) {
        try {
            return RouteFile.parse(path, text);
        } catch (UnreadableFile e) {
            throw new AssertionError(e);
        }
    }

    /** The common route that HTTP routes end with. */
    static RouteFile apiAnswer() {
        return parse(FOLDER.resolve("api-answer.camel.yaml"),
            route("- removeHeaders: {pattern: \"*\"}\n").replace("bad", "api-answer"));
    }

    /** A good route but for its steps, of which the first stands on line 7. */
    static String route(String steps) {
        return """
            - route:
                id: bad
                description: x
                from:
                  uri: direct:bad
                  steps:
            """ + steps.lines().map(line -> "        " + line + "\n").collect(Collectors.joining());
    }

    static String http(String parameter, String lastStep) {
        return """
            - route:
                id: bad
                description: x
                errorHandler: {noErrorHandler: {}}
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
