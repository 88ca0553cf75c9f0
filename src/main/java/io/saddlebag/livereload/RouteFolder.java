package io.saddlebag.livereload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.main.RoutesCollector;

/** The route files that Camel itself would load at a start, the SQL files beside them, and which of them were saved. */
class RouteFolder {

    static final String SQL = ".sql";

    private final CamelContext camel;
    private final RoutesCollector collector;
    private final String include;
    private final String exclude;
    private final Map<Path, String> seen = new HashMap<>();

    /** @param include and exclude as {@code camel.main.routes-include-pattern} and {@code -exclude-pattern} say */
    RouteFolder(CamelContext camel, RoutesCollector collector, String include, String exclude) {
        this.camel = camel;
        this.collector = collector;
        this.include = include;
        this.exclude = exclude;
    }

    /** The folders to watch: of each pattern what stands before its first wildcard. */
    Set<Path> roots() {
        return folders().filter(Files::isDirectory).collect(Collectors.toSet());
    }

    private Stream<Path> folders() {
        return Arrays.stream(include.split(",")).filter(pattern -> pattern.startsWith("file:"))
            .map(pattern -> Path.of(pattern.substring("file:".length()).replaceFirst("/[^/]*\\*.*", "")));
    }

    /** @return whether all folders that Camel would look into are there; it fails without one */
    boolean isThere() {
        return folders().allMatch(Files::isDirectory);
    }

    /** Asks Camel, so that what it would not load at a start (the sandbox beside real credentials) is not loaded later either. */
    Set<Path> routeFiles() {
        return collector.findRouteResourcesFromDirectory(camel, exclude, include).stream()
            .map(resource -> Path.of(resource.getLocation().replaceFirst("^file:", "")))
            .collect(Collectors.toCollection(TreeSet::new));
    }

    /** @return the route and SQL files that are new or whose content is not what it was at the last call */
    List<Path> changed() {
        Set<Path> files = routeFiles();
        roots().forEach(root -> files.addAll(sqlFiles(root)));
        seen.keySet().retainAll(files);
        return files.stream().filter(this::isChanged).toList();
    }

    private boolean isChanged(Path file) {
        try {
            // As bytes, for a file in a wrong encoding is to be told of too.
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            return !text.equals(seen.put(file, text));
        } catch (IOException e) {
            return seen.remove(file) != null; // gone or locked while we looked: the next look sees it again
        }
    }

    private static List<Path> sqlFiles(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(SQL)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
