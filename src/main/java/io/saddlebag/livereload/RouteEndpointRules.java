package io.saddlebag.livereload;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a route file may say where it names endpoints, seen by itself. */
class RouteEndpointRules {

    /** The common routes that take the request's headers off the answer: api-answer, sandbox-answer. */
    private static final Pattern ANSWER = Pattern.compile("direct:[a-z]+-answer");

    private static final Pattern SECRET =
        Pattern.compile("\\{\\{[^}]*(secret|password|token)[^}]*}}", Pattern.CASE_INSENSITIVE);
    /** Components that keep a message for another thread, or send it out of the process. */
    private static final Set<String> QUEUES = Set.of("seda", "disruptor", "disruptor-vm", "vm", "stub", "jms", "activemq", "amqp", "kafka", "rabbitmq", "spring-rabbitmq");
    /** Steps by which other threads go on with the message, and the options that make one of a step. */
    private static final Set<String> FORKS = Set.of("wireTap", "threads");
    private static final String PARALLEL = "parallelProcessing";
    private static final int LONGEST_STATEMENT = 6;

    private static final Pattern SPACED_METHODS = Pattern.compile(".*httpMethodRestrict=[^&]*\\s.*", Pattern.DOTALL);

    List<Finding> check(RouteFile file) {
        List<Finding> findings = new ArrayList<>(checkHandedOn(file));
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
        use.statement().ifPresent(query -> checkStatement(use, query).forEach(reason -> findings.add(file.finding(query, reason))));
        return findings;
    }

    private static List<String> checkStatement(EndpointUse use, YamlEntry query) {
        List<String> reasons = new ArrayList<>();
        long lines = use.query().strip().lines().count();
        if (lines > LONGEST_STATEMENT) {
            reasons.add("SQL of more than " + LONGEST_STATEMENT + " lines belongs in a file beside the route (sql:file:…)");
        } else if (query.multiline() && lines == 1) {
            reasons.add("SQL of more than one line loses its line ends here: write it as a block (query: |)");
        }
        if (use.parameter("query").isPresent() && use.query().contains("?")) {
            reasons.add("Camel takes what follows a question mark for options: SQL that needs one belongs in a file beside the route (sql:file:…)");
        }
        return reasons;
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

    /** A timer's message and a queue's have no headers of a request; that of any other route may. */
    private List<Finding> checkHandedOn(RouteFile file) {
        return file.routes().stream().filter(route -> mayBeOfARequest(file, route)).flatMap(route -> file.entries().stream()
            .filter(route::holds).filter(entry -> isHandedOn(file, entry) && !isBare(file, step(entry.path())))).map(entry ->
            file.finding(entry, "the headers of a request, its Authorization too, would wait in a queue or go on in other threads: put "
                + "removeHeaders: {pattern: \"*\"} directly before this step")).toList();
    }

    private static boolean mayBeOfARequest(RouteFile file, RouteItem route) {
        return EndpointUse.of(file).stream()
            .anyMatch(use -> route.holds(use.at()) && use.isFrom() && (use.isOf("direct") || use.isOf("platform-http")));
    }

    private static boolean isHandedOn(RouteFile file, YamlEntry entry) {
        List<String> path = entry.path();
        int step = path.lastIndexOf("steps") + 2;
        return step > 1 && (path.size() == step + 1 && FORKS.contains(entry.key()) || entry.key().equals(PARALLEL) && !"false".equals(entry.value())
            || EndpointUse.of(file).stream().anyMatch(use -> use.at() == entry && !use.isFrom() && QUEUES.stream().anyMatch(use::isOf)));
    }

    /** @return whether the step before takes all headers off, or is handed on itself after such a one */
    private static boolean isBare(RouteFile file, List<String> step) {
        int number = Integer.parseInt(step.get(step.size() - 1));
        if (number == 0) {
            return false;
        }
        List<String> before = new ArrayList<>(step.subList(0, step.size() - 1));
        before.add(Integer.toString(number - 1));
        List<YamlEntry> entries = file.entries().stream().filter(entry -> entry.isUnder(before)).toList();
        boolean removes = entries.stream().anyMatch(entry -> entry.parent().equals(under(before, "removeHeaders"))
            && entry.key().equals("pattern") && "*".equals(entry.value()));
        boolean keeps = entries.stream().anyMatch(entry -> entry.key().equals("excludePattern"));
        return removes && !keeps || entries.stream().anyMatch(entry -> step(entry.path()).equals(before) && isHandedOn(file, entry)) && isBare(file, before);
    }

    private static List<String> step(List<String> path) {
        return path.subList(0, path.lastIndexOf("steps") + 2);
    }

    private static List<String> under(List<String> path, String key) {
        List<String> longer = new ArrayList<>(path);
        longer.add(key);
        return longer;
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
