package io.saddlebag;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.ExtractedJar;
import io.saddlebag.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** What the image's build records of a start serves the starts of the image. */
@Tag("java25")
@EnabledForJreRange(minVersion = 25) // JEP 514
class TrainedStartIT {

    @TempDir
    static Path image;
    @TempDir
    Path folder;

    @Test
    void aStartOfTheWholeApplicationFindsItsClassesInTheCache() throws Exception {
        String jar = ExtractedJar.slim(image).toString();
        for (String part : List.of("routes", "config")) {
            FileSystemUtils.copyRecursively(Path.of(part), folder.resolve(part));
        }
        Path cache = image.resolve("saddlebag.cache");
        Path loaded = folder.resolve("loaded");
        List<String> command = List.of("@config/java.options", "-jar", jar);

        ExtractedJar.train(folder, Stream.concat(
            Stream.of("-XX:AOTCacheOutput=" + cache), command.stream()).toList());
        try (AppProcess app = AppProcess.start(folder, Map.of("DATABASE_URL", TestDatabase.fresh(), "SADDLEBAG_SANDBOX", "true",
                "SADDLEBAG_PULL_AT_START", "false", "SADDLEBAG_MASTER_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
                Stream.concat(Stream.of("-XX:AOTCache=" + cache, "-Xlog:class+load:file=" + loaded),
                    command.stream()).toList())) {
            app.awaitReady();
        }

        for (String part : List.of(" io.saddlebag.pull.", " io.saddlebag.webhook.", " org.apache.camel.", " org.springframework.")) {
            Predicate<String> found = line -> line.contains("shared objects file");
            List<String> classes = Files.readAllLines(loaded).stream()
                .filter(line -> line.contains(part) && !line.contains("Lambda") && !line.contains("$$")).toList();
            assertThat(classes.stream().filter(found).count()).as("of %d classes%s*", classes.size(), part)
                .isGreaterThan(classes.size() * 2L / 3).isGreaterThan(9); // a slow start also loads classes of timers that came due
        }
    }
}
