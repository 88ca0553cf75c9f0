package io.saddlebag.livereload;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A route file as it was read once, with the parser that Camel itself uses: what is checked, rehearsed and loaded is this text,
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
                throw new UnreadableFile(new Finding(path, 1, "is empty; a route file holds one route"));
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

    /** What the route in it must be called. */
    String expectedId() {
        return path.getFileName().toString().replace(SUFFIX, "");
    }

    /** The entry at this place, if there is one. */
    Optional<YamlEntry> entry(List<String> place) {
        return entries.stream().filter(entry -> entry.path().equals(place)).findFirst();
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
