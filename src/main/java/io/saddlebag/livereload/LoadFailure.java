package io.saddlebag.livereload;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.util.ObjectHelper;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Turns what Camel throws at loading into a line and a reason. Camel names the failing step but not its line, so the line is that
 * of the longest text of the failing route which the message quotes.
 */
final class LoadFailure {

    private LoadFailure() {
    }

    static Finding of(RouteFile file, Exception failure) {
        List<Throwable> chain = new ArrayList<>();
        ObjectHelper.createExceptionIterable(failure).forEach(cause -> chain.add(0, cause)); // it begins at the root
        Throwable told = told(chain);
        String message = String.valueOf(told.getMessage());
        int line = told instanceof MarkedYamlEngineException marked && marked.getProblemMark().isPresent()
            ? marked.getProblemMark().get().getLine() + 1 : quotedLine(file, routeOf(file, chain), message);
        String reason = told.getClass().getSimpleName() + ": " + message.replaceAll("\\s+", " ").strip();
        return new Finding(file.path(), line, reason);
    }

    /** The one that says most: below it stand conversions and class names without their place, above it the whole route. */
    private static Throwable told(List<Throwable> chain) {
        return Stream.<Predicate<Throwable>>of(
                MarkedYamlEngineException.class::isInstance,
                ResolveEndpointFailedException.class::isInstance,
                e -> !(e instanceof FailedToCreateRouteException))
            .flatMap(kind -> chain.stream().filter(kind).reduce(
                (outer, inner) -> inner instanceof ResolveEndpointFailedException ? inner : outer).stream())
            .findFirst().orElse(chain.get(0));
    }

    /** The route that could not be created or started: the same text may stand in others of the file. */
    private static Optional<RouteItem> routeOf(RouteFile file, List<Throwable> chain) {
        return chain.stream().map(cause -> cause instanceof FailedToCreateRouteException create ? create.getRouteId()
            : cause instanceof FailedToStartRouteException start ? start.getRouteId() : null)
            .filter(Objects::nonNull).findFirst().flatMap(file::route);
    }

    private static int quotedLine(RouteFile file, Optional<RouteItem> route, String message) {
        List<YamlEntry> entries = route.map(item -> file.entries().stream().filter(item::holds).toList()).orElse(file.entries());
        String normal = message.replace("://", ":");
        // What follows the last "due to" is the cause itself, before it stands the endpoint with all its options.
        return mostQuoted(entries, normal.substring(normal.lastIndexOf("due to:") + 1))
            .or(() -> mostQuoted(entries, normal))
            .or(() -> route.map(RouteItem::at))
            .or(() -> file.topLevel("route").stream().findFirst())
            .map(YamlEntry::line).orElse(1);
    }

    private static Optional<YamlEntry> mostQuoted(List<YamlEntry> entries, String message) {
        return entries.stream().filter(entry -> weight(entry, message) > 0)
            .reduce((first, next) -> weight(next, message) > weight(first, message) ? next : first);
    }

    private static int weight(YamlEntry entry, String message) {
        boolean routeId = entry.path().size() == 3 && entry.key().equals("id"); // named in nearly every message
        if (entry.value() == null || entry.value().isEmpty() || routeId) {
            return 0;
        }
        String option = entry.key() + "=" + entry.value();
        if (quotes(message, option)) {
            return message.length() + option.length(); // a named option says more than the endpoint it stands in
        }
        return quotes(message, entry.value()) ? entry.value().length() : 0;
    }

    private static boolean quotes(String message, String text) {
        return Pattern.compile("(?<![\\w-])" + Pattern.quote(text) + "(?![\\w-])").matcher(message).find();
    }
}
