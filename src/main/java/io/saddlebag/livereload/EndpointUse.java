package io.saddlebag.livereload;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A place in a route file that names an endpoint.
 *
 * @param at         the entry that holds the URI
 * @param step       what is done with it: {@code from}, {@code to}, {@code toD}, {@code enrich} and so on
 * @param parameters the entries under {@code parameters}, none where the URI stands alone
 */
record EndpointUse(YamlEntry at, String step, List<YamlEntry> parameters) {

    private static final Set<String> STEPS_WITH_A_URI = Set.of("to", "toD", "wireTap", "poll", "deadLetterUri");
    private static final Set<String> STEPS_WITH_AN_EXPRESSION = Set.of("enrich", "pollEnrich");

    static List<EndpointUse> of(RouteFile file) {
        List<EndpointUse> uses = new ArrayList<>();
        for (YamlEntry entry : file.entries()) {
            if (entry.value() == null || entry.path().size() < 2) {
                continue;
            }
            String parent = entry.path().get(entry.path().size() - 2);
            if (entry.key().equals("uri")) {
                List<String> parameters = new ArrayList<>(entry.parent());
                parameters.add("parameters");
                uses.add(new EndpointUse(entry, parent,
                    file.entries().stream().filter(other -> other.parent().equals(parameters)).toList()));
            } else if (STEPS_WITH_A_URI.contains(entry.key())) {
                uses.add(new EndpointUse(entry, entry.key(), List.of()));
            } else if (STEPS_WITH_AN_EXPRESSION.contains(parent)
                && (entry.key().equals("constant") || entry.key().equals("simple"))) {
                uses.add(new EndpointUse(entry, parent, List.of()));
            }
        }
        return uses;
    }

    String uri() {
        return at.value();
    }

    boolean isFrom() {
        return step.equals("from");
    }

    /** Whether the URI is known before the route runs. */
    boolean isConstant() {
        return !isOpen(uri());
    }

    boolean isOf(String component) {
        return uri().startsWith(component + ":") || uri().equals(component);
    }

    /** What stands between the component's name and the options. */
    String name() {
        return uri().substring(uri().indexOf(':') + 1).replaceFirst("\\?.*", "");
    }

    Optional<YamlEntry> parameter(String name) {
        return parameters.stream().filter(parameter -> parameter.key().equals(name)).findFirst();
    }

    /** The SQL file that is read for it: empty for other endpoints and where only an exchange can tell. */
    Optional<Path> sqlFile() {
        boolean known = isOf("sql") && query().startsWith("file:") && !isOpen(query());
        return known ? Optional.of(Path.of(query().substring("file:".length()))) : Optional.empty();
    }

    /** Whether it may read this SQL file: it says so, or only an exchange can tell which it reads. */
    boolean mayRead(Path file) {
        return sqlFile().map(used -> used.toAbsolutePath().normalize().equals(file.toAbsolutePath().normalize()))
            .orElse(isOf("sql") && statement().isEmpty() && isOpen(query()));
    }

    /** The entry that holds the statement itself: empty for other endpoints, for SQL files, and where only an exchange can tell. */
    Optional<YamlEntry> statement() {
        boolean written = isOf("sql") && !step.equals("toD") && !query().matches("(?s)(file|classpath):.*|.*\\{\\{.*");
        return written ? Optional.of(parameter("query").orElse(at)) : Optional.empty();
    }

    /** The statement's text; its parameters stand after it where it is part of a URI. */
    String query() {
        return parameter("query").map(YamlEntry::value).orElse(name());
    }

    private static boolean isOpen(String text) {
        return text.contains("${") || text.contains("{{");
    }
}
