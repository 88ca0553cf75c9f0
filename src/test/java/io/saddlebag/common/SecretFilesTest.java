package io.saddlebag.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class SecretFilesTest {

    @TempDir
    Path home;

    @Test
    void aSecretIsMadeOnceForItsOwnerOnlyAndTheLogNamesTheFileAndNotTheSecret(CapturedOutput output) throws Exception {
        SecretFiles files = new SecretFiles(home.resolve("data"));
        Path file = home.resolve("data/admin.password");

        assertThat(files.readOrMake("admin.password", () -> "first")).isEqualTo("first");
        assertThat(files.readOrMake("admin.password", () -> "second")).isEqualTo("first");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(Files.list(file.getParent())).containsExactly(file);
        assertThat(output).contains(file.toString()).doesNotContain("first");
    }

    @Test
    void aSecretThatAnotherProcessMadeInTheSameMomentIsTheOneInForce() {
        SecretFiles files = new SecretFiles(home);

        String secret = files.readOrMake("master.key", () -> files.readOrMake("master.key", () -> "the other's") + " not");

        assertThat(secret).isEqualTo("the other's");
        assertThat(home).isDirectoryContaining("glob:**master.key").isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void anEmptyFileIsNoSecret() throws Exception {
        Files.createFile(home.resolve("admin.password"));

        assertThatThrownBy(() -> new SecretFiles(home).readOrMake("admin.password", () -> "new"))
            .isInstanceOf(BadSettingException.class).hasMessageContaining("admin.password: the file is empty");
    }

    @Test
    void aFolderThatCannotBeMadeIsASettingToCorrect() throws Exception {
        Path noFolder = Files.createFile(home.resolve("data"));

        assertThatThrownBy(() -> new SecretFiles(noFolder).readOrMake("master.key", () -> "new"))
            .isInstanceOf(BadSettingException.class).hasMessageContaining("saddlebag.data-directory: cannot read or make " + noFolder.resolve("master.key")).hasMessageNotContaining("new");
    }
}
