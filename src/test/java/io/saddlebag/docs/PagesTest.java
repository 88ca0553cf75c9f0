package io.saddlebag.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a program can check in the pages: links, anchors, paths, environment variables, settings. */
class PagesTest {

    private static final Path SETTINGS_PAGE = Path.of("docs/reference/settings.md");
    private static final int README_LINES = 200;

    private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)\\s]+)\\)");
    /** `routes/pull/run.camel.yaml`, not `routes/pull/*`. */
    private static final Pattern PATH = Pattern.compile("`((?:routes|config|src|docs)/[^`*<>{} ]*)`");
    private static final Pattern VARIABLE = Pattern.compile("\\b(?:ZOHO|SADDLEBAG|DATABASE|SERVER|CRON|POSTGRES)_[A-Z][A-Z_]*");
    /** In a configuration file: ${ZOHO_REGION:us} */
    private static final Pattern READ = Pattern.compile("\\$\\{([A-Z_]+):([^}]*)}");
    /** In the table of environment variables: | `ZOHO_REGION` | `us` | ... */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| (?:`([^`]*)`|unset) \\|");
    /** A key of a configuration file in a page: `zoho.calls-in-flight`, `saddlebag.pull.details-...`. */
    private static final Pattern KEY = Pattern.compile("`((?:zoho|saddlebag)\\.(?!example)[a-z][a-z.-]*)");

    @Test
    void everyLinkLeadsToAPageAndAHeadingThatExist() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : Pages.all()) {
            for (MatchResult link : LINK.matcher(Pages.prose(page)).results().toList()) {
                String target = link.group(1);
                if (target.contains("://")) {
                    continue;
                }
                links++;
                String file = target.replaceFirst("#.*", "");
                Path to = file.isEmpty() ? page : page.resolveSibling(file).normalize();
                if (!Files.exists(to)) {
                    broken.add(page + ": " + target + " does not exist");
                } else if (target.contains("#") && !Pages.anchors(to).contains(target.replaceFirst(".*#", ""))) {
                    broken.add(page + ": " + to + " has no heading for #" + target.replaceFirst(".*#", "") + ", only " + Pages.anchors(to));
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(links).isGreaterThan(50);
    }

    @Test
    void everyPageIsReachedFromTheReadme() throws IOException {
        Set<Path> reached = new HashSet<>();
        reach(Path.of("README.md"), reached);
        assertThat(reached).containsAll(Pages.all());
    }

    @Test
    void everyPathExists() throws IOException {
        assertThat(found(PATH, 1)).isNotEmpty().allSatisfy((path, pages) -> assertThat(Path.of(path)).as("named in %s", pages).exists());
    }

    @Test
    void everyEnvironmentVariableIsReadSomewhere() throws IOException {
        String configuration = files("config", "src/main/resources").filter(path -> path.toString().endsWith(".yaml"))
            .map(Pages::read).collect(Collectors.joining()) + Pages.read(Path.of("docker-compose.yml"));
        assertThat(found(VARIABLE, 0)).isNotEmpty().allSatisfy((variable, pages) ->
            assertThat(configuration).as("named in %s", pages).containsPattern("\\b" + variable + "\\b"));
    }

    @Test
    void theTableOfEnvironmentVariablesIsCompleteAndHasTheirDefaults() throws IOException {
        Map<String, String> read = new TreeMap<>();
        for (Path file : files("config", "src/main/resources").filter(path -> path.toString().endsWith("application.yaml")).toList()) {
            read.putAll(pairs(READ, file));
        }
        assertThat(pairs(ROW, SETTINGS_PAGE)).isNotEmpty().isEqualTo(read);
    }

    @Test
    void everySettingIsInTheConfiguration() throws IOException {
        Set<String> keys = new TreeSet<>();
        for (Path file : files("config", "src/main/resources").filter(path -> path.toString().endsWith("application.yaml")).toList()) {
            SettingsFile.read(file).forEach(setting -> keys.add(setting.key()));
        }
        assertThat(found(KEY, 1)).isNotEmpty().allSatisfy((named, pages) -> assertThat(keys).as("%s, named in %s", named, pages)
            .anyMatch(key -> key.startsWith(named.replaceFirst("[.-]+$", ""))));
    }

    @Test
    void theReadmeIsShort() {
        assertThat(Pages.read(Path.of("README.md")).lines().count()).isLessThanOrEqualTo(README_LINES);
    }

    /** What a pattern finds in all pages, and where. */
    private static Map<String, Set<Path>> found(Pattern pattern, int group) throws IOException {
        Map<String, Set<Path>> found = new TreeMap<>();
        for (Path page : Pages.all()) {
            pattern.matcher(Pages.read(page)).results().forEach(match -> found.computeIfAbsent(match.group(group), any -> new TreeSet<>()).add(page));
        }
        return found;
    }

    private static void reach(Path page, Set<Path> reached) {
        if (reached.add(page)) {
            LINK.matcher(Pages.prose(page)).results().map(link -> link.group(1).replaceFirst("#.*", "")).filter(link -> link.endsWith(".md"))
                .forEach(link -> reach(page.resolveSibling(link).normalize(), reached));
        }
    }

    private static Stream<Path> files(String... folders) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder : folders) {
            try (Stream<Path> in = Files.walk(Path.of(folder))) {
                in.filter(Files::isRegularFile).forEach(files::add);
            }
        }
        return files.stream();
    }

    private static Map<String, String> pairs(Pattern pattern, Path file) {
        return pattern.matcher(Pages.read(file)).results().collect(Collectors.toMap(match -> match.group(1),
            match -> match.group(2) == null ? "" : match.group(2), (first, second) -> first, TreeMap::new));
    }
}
