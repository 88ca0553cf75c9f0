package io.saddlebag.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of metrics names every metric that beans, routes and statements make, and no other. */
class MetricsPageTest {

    private static final Path PAGE = Path.of("docs/reference/health-metrics.md");
    /** count('saddlebag.x', ...), counter("saddlebag.x", ...), Counter.builder("saddlebag.x"): Prometheus adds _total. */
    private static final Pattern COUNTED = Pattern.compile("(?:\\bcount(?:er)?|\\bCounter\\.builder)\\(\\s*[\"'](saddlebag\\.[a-z.]+[a-z])[\"']");
    /** SELECT 'saddlebag.x' AS metric, ('saddlebag.x', 'Help text', ...), summary("saddlebag.x"), Gauge.builder("saddlebag.x").baseUnit("bytes") */
    private static final Pattern MEASURED = Pattern.compile("'(saddlebag\\.[a-z.]+)'(?: AS metric|, '[A-Z])|\\b(?:summary|timer|Gauge\\.builder)\\(\\s*"
        + "\"(saddlebag\\.[a-z.]+)\"(?:[^;\"]*\\.baseUnit\\(\"([a-z]+)\"\\))?");
    /** counter("failed", group), which LoginPauses makes saddlebag.logins.failed of. */
    private static final Pattern LOGINS = Pattern.compile("\\bcounter\\(\"([a-z]+)\", group\\)");
    private static final Pattern NAMED = Pattern.compile("`(saddlebag_[a-z_]+)`");

    @Test
    void thePageNamesEveryMetricAndNoOther() throws IOException {
        assertThat(named()).isEqualTo(made()).hasSizeGreaterThan(15);
    }

    private static Set<String> named() {
        return NAMED.matcher(Pages.read(PAGE)).results().map(match -> match.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    /** As Prometheus writes them. */
    private static Set<String> made() throws IOException {
        try (Stream<Path> main = Files.walk(Path.of("src/main")); Stream<Path> routes = Files.walk(Path.of("routes"))) {
            return Stream.concat(main, routes).filter(path -> path.toString().matches(".*\\.(java|sql|yaml)")).map(Pages::read)
                .flatMap(MetricsPageTest::made).map(metric -> metric.replace('.', '_')).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Stream<String> made(String text) {
        return Stream.of(COUNTED.matcher(text).results().map(match -> match.group(1) + ".total"),
            MEASURED.matcher(text).results().map(match -> match.group(1) != null ? match.group(1)
                : match.group(2) + (match.group(3) == null ? "" : "." + match.group(3))),
            LOGINS.matcher(text).results().map(match -> "saddlebag.logins." + match.group(1) + ".total")).flatMap(metrics -> metrics);
    }
}
