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
    /** Gauge.builder("saddlebag.x"), count('saddlebag.x', ...), SELECT 'saddlebag.x' AS metric, ('saddlebag.x', 'Help text', ...) */
    private static final Pattern MADE = Pattern.compile(
        "(?:builder|counter|count|record|gauge|timer)\\(\\s*[\"'](saddlebag\\.[a-z.]+)[\"']|'(saddlebag\\.[a-z.]+)'(?: AS metric|, '[A-Z])|\"(saddlebag\\.logins)\\.\" \\+");
    private static final Pattern NAMED = Pattern.compile("`(saddlebag_[a-z_]+)`");

    @Test
    void everyMetricIsOnThePage() throws IOException {
        Set<String> named = named();
        assertThat(made()).hasSizeGreaterThan(15).allSatisfy(metric -> assertThat(named).anyMatch(name -> name.startsWith(metric)));
    }

    @Test
    void everyMetricOnThePageIsMade() throws IOException {
        Set<String> made = made();
        assertThat(named()).allSatisfy(name -> assertThat(made).anyMatch(name::startsWith));
    }

    private static Set<String> named() {
        return NAMED.matcher(Pages.read(PAGE)).results().map(match -> match.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    /** As Prometheus writes them, without the endings that it adds. */
    private static Set<String> made() throws IOException {
        try (Stream<Path> main = Files.walk(Path.of("src/main")); Stream<Path> routes = Files.walk(Path.of("routes"))) {
            return Stream.concat(main, routes).filter(path -> path.toString().matches(".*\\.(java|sql|yaml)"))
                .flatMap(path -> MADE.matcher(Pages.read(path)).results())
                .map(match -> match.group(1) != null ? match.group(1) : match.group(2) != null ? match.group(2) : match.group(3))
                .map(metric -> metric.replace('.', '_')).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
