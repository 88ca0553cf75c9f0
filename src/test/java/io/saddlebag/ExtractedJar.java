package io.saddlebag;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.springframework.util.FileSystemUtils;

/** The packaged application extracted, as the production image has it: a process of it starts in half the time. */
public final class ExtractedJar {

    private static final Path JAR = Path.of("target/saddlebag.jar").toAbsolutePath();
    private static final Path FOLDERS = Path.of("target/extracted").toAbsolutePath();

    private ExtractedJar() {
    }

    /** @return the jar to run; extracted by the first who asks after a build */
    static synchronized Path shared() throws IOException {
        Path folder = FOLDERS.resolve(String.valueOf(Files.getLastModifiedTime(JAR).toMillis()));
        if (!Files.exists(folder)) {
            Files.createDirectories(FOLDERS);
            try (DirectoryStream<Path> before = Files.newDirectoryStream(FOLDERS)) {
                for (Path old : before) {
                    FileSystemUtils.deleteRecursively(old);
                }
            }
            Path unfinished = Files.createTempDirectory(FOLDERS.getParent(), "extracting");
            in(unfinished);
            Files.move(unfinished, folder);
        }
        return folder.resolve("saddlebag.jar");
    }

    /** @return the jar to run, in a folder of its own that the caller may change */
    public static Path in(Path folder) throws IOException {
        Process java = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Djarmode=tools",
            "-jar", JAR.toString(), "extract", "--force", "--destination", folder.toString()).inheritIO().start();
        try {
            if (!java.waitFor(2, TimeUnit.MINUTES) || java.exitValue() != 0) {
                throw new IllegalStateException(JAR + " was not extracted");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            java.destroyForcibly();
        }
        return folder.resolve("saddlebag.jar");
    }
}
