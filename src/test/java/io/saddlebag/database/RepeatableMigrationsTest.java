package io.saddlebag.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A version tells an older Saddlebag that the tables are of a newer one. A file without a version that changes alone would tell it
 * nothing, and the older one would put its own in that place. So each such file is named by a versioned one, with its digest.
 */
class RepeatableMigrationsTest {

    private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");

    @Test
    void aRepeatableMigrationChangesTogetherWithAVersion() throws Exception {
        String versioned = String.join("", files("V*.sql").stream().map(RepeatableMigrationsTest::text).toList());
        List<Path> repeatable = files("[!V]*.sql");

        assertThat(repeatable).isNotEmpty().allSatisfy(file -> assertThat(versioned).as("%s changed: write the line below into a new "
            + "versioned migration, or into the one of this change", file.getFileName()).contains("-- " + file.getFileName() + " " + digest(file) + "\n"));
    }

    private static List<Path> files(String pattern) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(MIGRATIONS, pattern)) {
            files.forEach(found::add);
        }
        return found;
    }

    private static String digest(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text(file).getBytes(UTF_8)), 0, 8);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
