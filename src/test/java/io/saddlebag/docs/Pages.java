package io.saddlebag.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The pages that people read: the Markdown files of the top folder and of docs. */
final class Pages {

    private static final Path DOCS = Path.of("docs");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

    private Pages() {
    }

    static List<Path> all() throws IOException {
        try (Stream<Path> top = Files.list(Path.of("")); Stream<Path> docs = Files.walk(DOCS)) {
            return Stream.concat(top, docs).filter(path -> path.toString().endsWith(".md")).sorted().toList();
        }
    }

    static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without blocks of code. */
    static String prose(Path path) {
        return read(path).replaceAll("(?ms)^```.*?^```$", "");
    }

    /** The anchors of a page's headings, as GitHub makes them. */
    static Set<String> anchors(Path page) {
        Map<String, Integer> seen = new HashMap<>();
        return HEADING.matcher(prose(page)).results()
            .map(heading -> heading.group(1).strip().toLowerCase().replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
            .map(anchor -> seen.merge(anchor, 1, Integer::sum) == 1 ? anchor : anchor + "-" + (seen.get(anchor) - 1))
            .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Compares a generated page with its file; with {@code -Dsaddlebag.docs=write} writes the file instead.
     *
     * @param test the class that generates it
     */
    static void assertUpToDate(Path path, String text, Class<?> test) throws IOException {
        if ("write".equals(System.getProperty("saddlebag.docs"))) {
            Files.writeString(path, text);
        }
        assertThat(Files.exists(path) ? read(path) : "").as("%s is generated. Write it anew: mvn test -Dtest=%s -Dsaddlebag.docs=write",
            path, test.getSimpleName()).isEqualTo(text);
    }
}
