package io.saddlebag.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/reference/audit.md lists the actions that the routes and classes name, and no others. */
class AuditPageTest {

    private static final Path PAGE = Path.of("docs/reference/audit.md");
    private static final Pattern LISTED = Pattern.compile("`([a-z-]+(?:\\.[a-z-]+)?)`");
    /** In a route: the variable audit. In a class: the first argument of AuditLog.ofSettings, the constants with AUDIT in their names, the key action of a map. */
    private static final List<Pattern> NAMED = List.of(Pattern.compile("name: audit, constant: ([a-z.-]+)"), Pattern.compile("map\\('action',\\s*'([a-z.-]+)'"),
        Pattern.compile("ofSettings\\(\"([a-z.-]+)\""), Pattern.compile("AUDIT_\\w+ = \"([a-z.-]+)\""), Pattern.compile("Map\\.of\\(\"action\", \"([a-z.-]+)\""));

    @Test
    void thePageListsEveryActionAndNoOther() throws IOException {
        assertThat(listed()).as("the first column under \"Actions\" of %s, and the names in routes/ and src/main/java", PAGE).isEqualTo(named());
        assertThat(named()).hasSizeGreaterThan(20);
    }

    private static Set<String> listed() {
        return Pages.read(PAGE).split("\n## Actions\n")[1].lines().filter(line -> line.startsWith("| `"))
            .flatMap(line -> LISTED.matcher(line.split("\\|")[1]).results().map(name -> name.group(1))).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> named() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String folder : new String[] {"routes", "src/main/java"}) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                for (Path file : files.filter(path -> path.toString().matches(".*\\.(yaml|java)")).toList()) {
                    String text = Pages.read(file);
                    NAMED.forEach(pattern -> pattern.matcher(text).results().forEach(name -> names.add(name.group(1))));
                }
            }
        }
        return names;
    }
}
