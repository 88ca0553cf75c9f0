package io.saddlebag.livereload;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A route file as it was read once, with the parser that Camel itself uses. The same text is checked, tried and loaded,
 * however often the file is saved meanwhile.
 *
 * @param tree the same as plain lists, maps and scalars
 */
record RouteFile(Path path, String text, Object tree, List<YamlEntry> entries) {

    static final String SUFFIX = ".camel.yaml";

    /** @throws UnreadableFile when the file is not there, not UTF-8, empty or not YAML */
    static RouteFile read(Path path) throws UnreadableFile {
        try {
            return parse(path, Files.readString(path));
        } catch (CharacterCodingException e) {
            throw new UnreadableFile(new Finding(path, 1, "is not UTF-8; save it in that encoding"));
        } catch (IOException e) {
            throw new UnreadableFile(new Finding(path, 1, "cannot be read: " + e));
        }
    }

    /** @throws UnreadableFile when the text is empty or not YAML */
    static RouteFile parse(Path path, String text) throws UnreadableFile {
        LoadSettings settings = LoadSettings.builder().setLabel(path.toString()).build();
        try {
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                throw new UnreadableFile(new Finding(path, 1, "is empty; a route file holds one flow, 1 to 12 routes"));
            }
            Object tree = new StandardConstructor(settings).constructSingleDocument(root);
            return new RouteFile(path, text, tree, YamlEntries.of(root.get()));
        } catch (MarkedYamlEngineException e) {
            String context = e.getContext() == null ? "" : " " + e.getContext();
            throw new UnreadableFile(new Finding(path, line(e), "is not YAML: " + e.getProblem() + context));
        } catch (YamlEngineException e) {
            throw new UnreadableFile(new Finding(path, 1, "is not YAML: " + e.getMessage()));
        }
    }

    /** A deleted file: no route is written in it. */
    static RouteFile gone(Path path) {
        return new RouteFile(path, "", List.of(), List.of());
    }

    boolean isGone() {
        return text.isEmpty();
    }

    List<RouteItem> routes() {
        return topLevel("route").stream().map(at -> RouteItem.of(at, item(at).get("route"))).toList();
    }

    Optional<RouteItem> route(String id) {
        return routes().stream().filter(route -> id.equals(route.id())).findFirst();
    }

    Set<String> ids() {
        return routes().stream().map(RouteItem::id).filter(Objects::nonNull).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The route that an entry is part of. */
    Optional<RouteItem> routeOf(YamlEntry entry) {
        return routes().stream().filter(route -> route.holds(entry)).findFirst();
    }

    /** The last line of a route, without the comments and empty lines before the next one. */
    int lastLine(RouteItem route) {
        List<String> lines = text.lines().toList();
        int end = entries.stream().filter(entry -> entry.path().size() == 1 && entry.line() > route.at().line())
            .mapToInt(entry -> entry.line() - 1).min().orElse(lines.size());
        while (end > route.at().line() && (lines.get(end - 1).isBlank() || lines.get(end - 1).startsWith("#"))) {
            end--;
        }
        return end;
    }

    /** The top-level items of this name, such as {@code onException}, as plain lists, maps and scalars. */
    List<Object> items(String name) {
        return items().filter(item -> item.containsKey(name)).collect(Collectors.toList());
    }

    /** The top-level items of any other name. */
    List<Object> itemsOtherThan(Set<String> names) {
        return items().filter(item -> item.keySet().stream().noneMatch(names::contains)).collect(Collectors.toList());
    }

    private Stream<Map<?, ?>> items() {
        return tree instanceof List<?> list ? list.stream().filter(Map.class::isInstance).map(item -> (Map<?, ?>) item) : Stream.empty();
    }

    private Map<?, ?> item(YamlEntry topLevel) {
        return (Map<?, ?>) ((List<?>) tree).get(Integer.parseInt(topLevel.path().get(0)));
    }

    /** The entry at this place, if there is one. */
    Optional<YamlEntry> entry(List<String> place) {
        return entries.stream().filter(entry -> entry.path().equals(place)).findFirst();
    }

    /** The entry of this key of a route, if there is one. */
    Optional<YamlEntry> entry(RouteItem route, String... keys) {
        return entry(Stream.concat(route.at().path().stream(), Stream.of(keys)).toList());
    }

    /** The places of all top-level items of this name, such as {@code 0, route}. */
    List<YamlEntry> topLevel(String name) {
        return entries.stream().filter(entry -> entry.path().size() == 2 && entry.key().equals(name)).toList();
    }

    boolean holdsConfiguration() {
        return !topLevel("routeConfiguration").isEmpty();
    }

    Finding finding(YamlEntry at, String reason) {
        return new Finding(path, at.line(), reason);
    }

    private static int line(MarkedYamlEngineException e) {
        // What is open at the end of the file is missing where it began.
        boolean unfinished = String.valueOf(e.getProblem()).contains("end of stream");
        Optional<Mark> mark = unfinished && e.getContextMark().isPresent() ? e.getContextMark() : e.getProblemMark();
        return mark.map(found -> found.getLine() + 1).orElse(1);
    }
}
