package io.saddlebag.operations;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a route file may say where it names endpoints, seen by itself. */
class RouteEndpointRules {

    /** The common routes that take the request's headers off the answer: api-answer, sandbox-answer. */
    private static final Pattern ANSWER = Pattern.compile("direct:[a-z]+-answer");

    private static final Pattern SECRET =
        Pattern.compile("\\{\\{[^}]*(secret|password|token)[^}]*}}", Pattern.CASE_INSENSITIVE);
    private static final Pattern SPACED_METHODS = Pattern.compile(".*httpMethodRestrict=[^&]*\\s.*", Pattern.DOTALL);

    List<Finding> check(RouteFile file) {
        List<Finding> findings = new ArrayList<>();
        for (EndpointUse use : EndpointUse.of(file)) {
            findings.addAll(checkSecrets(file, use));
            findings.addAll(checkSql(file, use));
            checkMethods(file, use).ifPresent(findings::add);
            if (use.isFrom() && use.isOf("platform-http")) {
                checkCleanUp(file, use).ifPresent(findings::add);
            }
        }
        return findings;
    }

    private List<Finding> checkSecrets(RouteFile file, EndpointUse use) {
        List<YamlEntry> texts = new ArrayList<>(use.parameters());
        texts.add(use.at());
        return texts.stream()
            .filter(text -> text.value() != null && SECRET.matcher(text.value()).find())
            .map(text -> file.finding(text, "a secret in an endpoint shows in JMX, logs and dumps; use a header or a bean"))
            .toList();
    }

    private List<Finding> checkSql(RouteFile file, EndpointUse use) {
        List<Finding> findings = new ArrayList<>();
        use.sqlFile().filter(sql -> !Files.isRegularFile(sql)).ifPresent(sql ->
            findings.add(file.finding(use.at(), "there is no SQL file " + sql)));
        if (use.isOf("sql")) {
            YamlEntry query = use.parameter("query").orElse(use.at());
            if (query.multiline()) {
                findings.add(file.finding(query, "SQL of more than one line belongs in a file beside the route (sql:file:…)"));
            }
        }
        return findings;
    }

    private Optional<Finding> checkMethods(RouteFile file, EndpointUse use) {
        Optional<YamlEntry> spaced = use.parameter("httpMethodRestrict")
            .filter(methods -> methods.value() != null && methods.value().matches("(?s).*\\s.*"));
        if (SPACED_METHODS.matcher(use.uri()).matches()) {
            spaced = Optional.of(use.at());
        }
        return spaced.map(methods -> file.finding(methods,
            "httpMethodRestrict with a space lets every method in; write GET,POST"));
    }

    private Optional<Finding> checkCleanUp(RouteFile file, EndpointUse from) {
        List<String> steps = new ArrayList<>(from.at().parent());
        steps.add("steps");
        Optional<YamlEntry> last = file.entries().stream().filter(entry -> entry.parent().equals(steps))
            .max(Comparator.comparingInt(entry -> Integer.parseInt(entry.key())));
        boolean cleans = last.isPresent() && file.entries().stream().anyMatch(entry -> isCleanUp(last.get().path(), entry));
        return cleans ? Optional.empty() : Optional.of(file.finding(last.orElse(from.at()),
            "all request headers come back in the answer: end with removeHeaders or to: direct:api-answer"));
    }

    private static boolean isCleanUp(List<String> step, YamlEntry entry) {
        if (!entry.isUnder(step)) {
            return false;
        }
        String within = String.join("/", entry.path().subList(step.size(), entry.path().size()));
        return within.equals("removeHeaders")
            || ANSWER.matcher(String.valueOf(entry.value())).matches() && (within.equals("to") || within.equals("to/uri"));
    }
}
