package io.saddlebag.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.Saddlebag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real process, in a folder with the real settings. */
@Tag("java25")
class SettingsStartIT {

    @TempDir
    Path home;

    @Test
    void aStartWithABadSettingEndsWithOneLineAndMakesNothing() throws Exception {
        Files.createDirectory(home.resolve("config"));
        Files.copy(Path.of("config/application.yaml"), home.resolve("config/application.yaml"));
        Path log = Files.createTempFile("start", ".log");
        var builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp", System.getProperty("java.class.path"), Saddlebag.class.getName());
        builder.environment().put("ZOHO_CLIENT_ID", "1000.ABC");
        builder.environment().put("ZOHO_CLIENT_SECRET", "hush");
        Process process = builder.directory(home.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();

        assertThat(process.exitValue()).isNotZero();
        assertThat(Files.readAllLines(log)).singleElement().asString()
            .contains("ERROR", "ZOHO_REFRESH_TOKEN, ZOHO_ORG_ID: missing").doesNotContain("hush");
        assertThat(home).isDirectoryNotContaining("glob:**data");
    }
}
