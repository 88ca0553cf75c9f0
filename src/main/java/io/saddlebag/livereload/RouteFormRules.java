package io.saddlebag.livereload;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a route file must look like by itself: one flow of a few routes that one can read, and none of the options that lose messages. */
class RouteFormRules {

    static final int MOST_ROUTES = 12;
    static final int MOST_LINES = 250;
    static final int MOST_LINES_OF_A_ROUTE = 60;

    private static final Pattern KEBAB_CASE = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    /** Its cost was 15 % of the processor time of eleven starts: see Shutdown. */
    private static final Pattern CAMEL_CONTEXT = Pattern.compile("\\$(?:simple)?\\{\\s*camelContext\\b");
    private static final List<String> OTHER_ROUTES = List.of("from", "routeTemplate", "templatedRoute", "rest");
    /** Each was seen to lose messages or handlers without a word in Camel 4.17. */
    private static final Map<String, String> FORBIDDEN = Map.of(
        "recordException", "the circuit breaker swallows every exception it does not name; decide by throwing inside it",
        "ignoreException", "the circuit breaker swallows the exceptions it names; decide by throwing inside it",
        "breakOnShutdown", "after a stop or suspend the loop does nothing for ever (CAMEL-26633)");

    /** Camel resolves placeholders in them, whoever wrote them: see HttpAddress. */
    private static final Set<String> ADDRESSES = Set.of("CamelHttpUri", "CamelHttpPath", "CamelHttpQuery", "CamelHttpRawQuery");

    List<Finding> check(RouteFile file) {
        List<Finding> findings = new ArrayList<>();
        long lines = file.text().lines().count();
        if (lines > MOST_LINES) {
            findings.add(new Finding(file.path(), MOST_LINES + 1,
                "has " + lines + " lines; over " + MOST_LINES + " a part of the flow deserves a file of its own"));
        }
        for (YamlEntry entry : file.entries()) {
            if (FORBIDDEN.containsKey(entry.key())) {
                findings.add(file.finding(entry, entry.key() + " is forbidden: " + FORBIDDEN.get(entry.key())));
            }
            if (entry.value() != null && entry.value().startsWith("micrometer:")) {
                findings.add(file.finding(entry, "metrics go through the bean counters, which alone knows the library of metrics"));
            }
            if (entry.value() != null && CAMEL_CONTEXT.matcher(entry.value()).find()) {
                findings.add(file.finding(entry, "${camelContext...} is forbidden: Camel reads every method of the context's class again for each "
                    + "message; ask a bean, such as ${bean:shutdown?method=began}"));
            }
            if (isUncheckedAddress(file, entry)) {
                findings.add(file.finding(entry, entry.value() + " is set by {ref: httpAddress, method: literal}: Camel would put settings in the "
                    + "place of {{...}} in it"));
            }
        }
        findings.addAll(checkItems(file));
        file.routes().forEach(route -> findings.addAll(checkRoute(file, route)));
        return findings;
    }

    private static boolean isUncheckedAddress(RouteFile file, YamlEntry entry) {
        List<String> header = entry.path().subList(0, entry.path().size() - 1);
        return entry.key().equals("name") && ADDRESSES.contains(entry.value()) && (header.contains("setHeader") || header.contains("setHeaders"))
            && file.entry(Stream.concat(header.stream(), Stream.of("method", "ref")).toList()).map(YamlEntry::value)
                .filter("httpAddress"::equals).isEmpty();
    }

    private static List<Finding> checkItems(RouteFile file) {
        List<Finding> findings = new ArrayList<>();
        for (String other : OTHER_ROUTES) {
            file.topLevel(other).forEach(entry -> findings.add(file.finding(entry,
                other + " does not belong here: each route of a file stands under a key route of its own")));
        }
        List<RouteItem> routes = file.routes();
        if (routes.isEmpty() && !file.holdsConfiguration()) {
            findings.add(new Finding(file.path(), 1, "holds no route"));
        }
        routes.stream().skip(MOST_ROUTES).limit(1).forEach(route -> findings.add(file.finding(route.at(),
            "the file holds " + routes.size() + " routes; over " + MOST_ROUTES + " a part of the flow deserves a file of its own")));
        return findings;
    }

    private static List<Finding> checkRoute(RouteFile file, RouteItem route) {
        List<Finding> findings = new ArrayList<>();
        Optional<YamlEntry> id = file.entry(route, "id");
        if (id.isEmpty()) {
            findings.add(file.finding(route.at(), "the route has no id"));
        } else if (!KEBAB_CASE.matcher(String.valueOf(id.get().value())).matches()) {
            findings.add(file.finding(id.get(), "the id is not kebab-case, as in pull-products"));
        }
        if (file.entry(route, "description").map(YamlEntry::value).filter(text -> !text.isBlank()).isEmpty()) {
            findings.add(file.finding(route.at(), "the route has no description: one line that says what it does"));
        }
        int lines = file.lastLine(route) - route.at().line() + 1;
        if (lines > MOST_LINES_OF_A_ROUTE) {
            findings.add(new Finding(file.path(), route.at().line() + MOST_LINES_OF_A_ROUTE, "the route has " + lines
                + " lines; over " + MOST_LINES_OF_A_ROUTE + " a step deserves its own direct: route"));
        }
        return findings;
    }
}
