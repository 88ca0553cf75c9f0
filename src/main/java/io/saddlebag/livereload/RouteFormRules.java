package io.saddlebag.livereload;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a route file must look like by itself: one route, named as the file, and none of the options that lose messages. */
class RouteFormRules {

    static final int MOST_LINES = 80;

    private static final Pattern KEBAB_CASE = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final List<String> OTHER_ROUTES = List.of("from", "routeTemplate", "templatedRoute", "rest");
    /** Each was seen to lose messages or handlers without a word in Camel 4.17. */
    private static final Map<String, String> FORBIDDEN = Map.of(
        "recordException", "the circuit breaker swallows every exception it does not name; decide by throwing inside it",
        "ignoreException", "the circuit breaker swallows the exceptions it names; decide by throwing inside it",
        "breakOnShutdown", "after a stop or suspend the loop does nothing for ever (CAMEL-26633)",
        "routeConfigurationId", "a route that names one loses the global error handler");

    /** Camel resolves placeholders in them, whoever wrote them: see HttpAddress. */
    private static final Set<String> ADDRESSES = Set.of("CamelHttpUri", "CamelHttpPath", "CamelHttpQuery", "CamelHttpRawQuery");

    List<Finding> check(RouteFile file) {
        List<Finding> findings = new ArrayList<>();
        long lines = file.text().lines().count();
        if (lines > MOST_LINES) {
            findings.add(new Finding(file.path(), MOST_LINES + 1,
                "has " + lines + " lines; over " + MOST_LINES + " a step deserves its own direct: route"));
        }
        for (YamlEntry entry : file.entries()) {
            if (FORBIDDEN.containsKey(entry.key())) {
                findings.add(file.finding(entry, entry.key() + " is forbidden: " + FORBIDDEN.get(entry.key())));
            }
            if (entry.value() != null && entry.value().startsWith("micrometer:")) {
                findings.add(file.finding(entry, "what is counted is told to the bean counters, which alone knows the library of metrics"));
            }
            if (isUncheckedAddress(file, entry)) {
                findings.add(file.finding(entry, entry.value() + " is set by {ref: httpAddress, method: literal}: Camel would put settings in the "
                    + "place of {{...}} in it"));
            }
        }
        if (file.holdsConfiguration()) {
            findings.addAll(checkConfiguration(file));
        } else {
            findings.addAll(checkRoute(file));
        }
        return findings;
    }

    private static boolean isUncheckedAddress(RouteFile file, YamlEntry entry) {
        List<String> header = entry.path().subList(0, entry.path().size() - 1);
        return entry.key().equals("name") && ADDRESSES.contains(entry.value()) && (header.contains("setHeader") || header.contains("setHeaders"))
            && file.entry(Stream.concat(header.stream(), Stream.of("method", "ref")).toList()).map(YamlEntry::value)
                .filter("httpAddress"::equals).isEmpty();
    }

    private List<Finding> checkConfiguration(RouteFile file) {
        YamlEntry configuration = file.topLevel("routeConfiguration").get(0);
        if (!file.path().toAbsolutePath().getParent().endsWith("common")) {
            return List.of(file.finding(configuration,
                "a routeConfiguration holds for every route: it belongs in routes/common"));
        }
        return file.topLevel("route").stream()
            .map(route -> file.finding(route, "a file with a routeConfiguration holds nothing else")).toList();
    }

    private List<Finding> checkRoute(RouteFile file) {
        List<Finding> findings = new ArrayList<>();
        for (String other : OTHER_ROUTES) {
            file.topLevel(other).forEach(entry -> findings.add(file.finding(entry,
                other + " does not belong here: a file holds one route, under the key route")));
        }
        List<YamlEntry> routes = file.topLevel("route");
        if (routes.isEmpty()) {
            findings.add(new Finding(file.path(), 1, "holds no route"));
        }
        routes.stream().skip(1).forEach(second ->
            findings.add(file.finding(second, "a second route; give it a file of its own")));
        routes.stream().limit(1).forEach(route -> findings.addAll(checkNames(file, route)));
        return findings;
    }

    private List<Finding> checkNames(RouteFile file, YamlEntry route) {
        List<Finding> findings = new ArrayList<>();
        Optional<YamlEntry> id = file.entry(List.of(route.path().get(0), "route", "id"));
        if (id.isEmpty()) {
            findings.add(file.finding(route, "the route has no id; it is called as its file, " + file.expectedId()));
        } else if (!file.expectedId().equals(id.get().value())) {
            findings.add(file.finding(id.get(), "the id " + id.get().value() + " is not the file's name, " + file.expectedId()));
        } else if (!KEBAB_CASE.matcher(file.expectedId()).matches()) {
            findings.add(file.finding(id.get(), "the id is not kebab-case, as in pull-products"));
        }
        Optional<YamlEntry> description = file.entry(List.of(route.path().get(0), "route", "description"));
        if (description.map(YamlEntry::value).filter(text -> !text.isBlank()).isEmpty()) {
            findings.add(file.finding(route, "the route has no description: one line that says what it does"));
        }
        return findings;
    }
}
