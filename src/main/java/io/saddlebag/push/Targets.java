package io.saddlebag.push;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.declarations.DeclarationFault;
import io.saddlebag.declarations.DeclarationFile;
import io.saddlebag.declarations.Declarations;
import io.saddlebag.kinds.Kinds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The push targets that this installation has: each is declared by a file {@code routes/push/<target>.yaml} and the SQL file beside it. They
 * are read at the start and held in an immutable map. Live editing replaces the map.
 */
@Component("targets")
public class Targets implements Declarations<Target> {

    private static final String ROUTES = ".camel.yaml";

    private final TargetFile reader;
    private final Path folder;
    private volatile Map<String, Target> targets;

    /** @throws BadSettingException if a declaration is invalid; only the first one is reported */
    @Autowired
    Targets(@Value("${saddlebag.push.change-share}") double changeShare, @Value("${saddlebag.images.public}") boolean imagesArePublic,
            @Value("${saddlebag.public-url}") String publicUrl, Kinds kinds) {
        this(Path.of("routes", "push"), Map.of("changeShare", changeShare, "images", imagesArePublic ? publicUrl.replaceAll("/+$", "") : ""), kinds::has);
    }

    /**
     * @param folder of the declarations; if it does not exist, there are no targets
     * @param isKind whether a kind has this name
     */
    public Targets(Path folder, Map<String, Object> defaults, Predicate<String> isKind) {
        this.folder = folder;
        this.reader = new TargetFile(defaults, isKind);
        Map<String, Target> read = new TreeMap<>();
        for (Path file : files()) {
            try {
                Target target = reader.read(file);
                read.put(target.name(), target);
            } catch (DeclarationFault e) {
                throw new BadSettingException(e.file() + ":" + e.places().get(0).line(), e.places().get(0).reason(), e.places().get(0).remedy());
            }
        }
        targets = Collections.unmodifiableMap(read);
    }

    /** @return the names, in alphabetical order */
    public List<String> names() {
        return List.copyOf(targets.keySet());
    }

    /** @return the names, separated by commas */
    public String list() {
        return String.join(",", names());
    }

    @Override
    public List<Target> all() {
        return List.copyOf(targets.values());
    }

    /** @return a JSON object with the digest of each target's present declaration and SQL file, by name */
    public String mappings() {
        return targets.values().stream().map(target -> "\"" + target.name() + "\":\"" + target.mapping() + "\"").collect(Collectors.joining(",", "{", "}"));
    }

    /** @return whether a target has this name; false for null */
    public boolean has(String name) {
        return name != null && targets.containsKey(name);
    }

    /** @throws IllegalArgumentException if no target has this name */
    public Target of(String name) {
        Target target = name == null ? null : targets.get(name);
        if (target == null) {
            throw new IllegalArgumentException("There is no push target \"" + name + "\" here; there are " + String.join(", ", names()));
        }
        return target;
    }

    /** @return the names in such an order that each target stands behind the targets in its after */
    public List<String> inOrder() {
        Set<String> ordered = new LinkedHashSet<>();
        names().forEach(name -> place(name, ordered, new ArrayList<>()));
        return List.copyOf(ordered);
    }

    /** @return the names of the targets whose batches get their results later, separated by commas */
    public String withLaterResults() {
        return all().stream().filter(target -> target.judge() != null).map(Target::name).collect(Collectors.joining(","));
    }

    /**
     * @param full true: all rows are compared; false: if the target has a changedColumn, only the rows that were touched since the last run
     * @return the request of a run that a timer starts, see run-enter
     */
    public Map<String, Object> timed(boolean full) {
        return Map.of("mode", "push", "trigger", "timer", "dry_run", false, "wanted", full ? "{}" : "{\"changed\": true}");
    }

    /** @return the names as inOrder returns them, separated by commas */
    public String orderList() {
        return String.join(",", inOrder());
    }

    private void place(String name, Set<String> ordered, List<String> above) {
        if (has(name) && !ordered.contains(name) && !above.contains(name)) {
            above.add(name);
            of(name).after().forEach(earlier -> place(earlier, ordered, above));
            ordered.add(name);
        }
    }

    /** @return the distinct scopes that these targets declare, in alphabetical order. Names without a target are ignored. */
    public List<String> scopes(Collection<String> names) {
        return all().stream().filter(target -> names.contains(target.name())).flatMap(target -> Stream.of(target, target.withoutBooks()))
            .filter(Objects::nonNull).flatMap(way -> way.scopes().stream()).distinct().sorted().toList();
    }

    @Override
    public Set<Path> files() {
        if (!Files.isDirectory(folder)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(DeclarationFile.SUFFIX) && !file.toString().endsWith(ROUTES))
                .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Path file(Target target) {
        return folder.resolve(target.name() + DeclarationFile.SUFFIX);
    }

    @Override
    public Target read(Path file) throws DeclarationFault {
        return reader.read(file);
    }

    @Override
    public synchronized void put(Target target) {
        Map<String, Target> next = new TreeMap<>(targets);
        next.put(target.name(), target);
        targets = Collections.unmodifiableMap(next);
    }

    @Override
    public synchronized void remove(String name) {
        Map<String, Target> next = new TreeMap<>(targets);
        next.remove(name);
        targets = Collections.unmodifiableMap(next);
    }
}
