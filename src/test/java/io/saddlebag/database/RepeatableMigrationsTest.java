package io.saddlebag.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;

/** Functions, views and triggers have one place each; and a version tells an older Saddlebag that they have changed. */
class RepeatableMigrationsTest {

    private static final Path FOLDER = Path.of("src/main/resources/db");
    private static final Pattern DEFINITION = Pattern.compile("(?mi)^\\s*CREATE\\s+(?:OR REPLACE\\s+)?(?:FUNCTION|PROCEDURE|VIEW|TRIGGER)\\s+(\\w+)");
    /** Views that an installation replaces by its own: a repeatable migration would put the default back. */
    private static final Pattern TO_BRING = Pattern.compile("push_(products|addons|service_items|sales_orders|invoices|bills)");
    private static final Pattern DIGEST = Pattern.compile("(?m)^-- (\\w+\\.sql) ([0-9a-f]{16})$");

    @Test
    void aRepeatableMigrationChangesTogetherWithAVersion() {
        List<Path> versioned = versioned();
        List<MatchResult> named = versioned.stream().flatMap(file -> DIGEST.matcher(text(file)).results()).toList();
        Path newest = versioned.get(versioned.size() - 1);

        assertThat(repeatable()).isNotEmpty().allSatisfy(file -> {
            String digest = digest(file);
            assertThat(named.stream().filter(line -> line.group(1).equals(name(file))).reduce((before, last) -> last).map(line -> line.group(2)))
                .as("%s has changed. An older Saddlebag sees only versions: write the line%n-- %s %s%ninto a new migration in %s (a comment alone "
                    + "will do; DROP what CREATE OR REPLACE cannot change), or into %s if that was not released yet",
                    file, name(file), digest, newest.getParent(), newest.getFileName())
                .contains(digest);
        });
    }

    @Test
    void eachFunctionViewAndTriggerIsDefinedOnceAndInNoVersionedMigration() {
        assertThat(repeatable().stream().flatMap(RepeatableMigrationsTest::definitions).collect(groupingBy(name -> name, counting())))
            .as("change the definition that is there, and add no second one").allSatisfy((name, times) -> assertThat(times).isEqualTo(1));
        assertThat(versioned()).allSatisfy(file -> assertThat(definitions(file).filter(name -> !TO_BRING.matcher(name).matches()))
            .as("%s: define it in db/functions/R__*.sql", file).isEmpty());
    }

    /** A trigger may have the name of its function, and triggers of several tables one name. */
    private static Stream<String> definitions(Path file) {
        return DEFINITION.matcher(text(file)).results().map(found -> found.group().toUpperCase().contains("TRIGGER")
            ? "trigger " + text(file).substring(found.start(1)).replaceFirst("(?s)^(\\w+).*? ON (\\w+).*", "$1 on $2") : found.group(1));
    }

    private static List<Path> versioned() {
        return files("migration").filter(file -> name(file).startsWith("V")).sorted(Comparator.comparing(RepeatableMigrationsTest::version)).toList();
    }

    private static List<Path> repeatable() {
        return Stream.concat(files("functions"), files("migration").filter(file -> !name(file).startsWith("V"))).toList();
    }

    private static Stream<Path> files(String folder) {
        try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MigrationVersion version(Path file) {
        return MigrationVersion.fromVersion(name(file).replaceFirst("^V(.*?)__.*", "$1"));
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static String digest(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text(file).getBytes(UTF_8)), 0, 8);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
