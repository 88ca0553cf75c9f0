package io.saddlebag.testkit;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** The packaged application extracted, as the production image has it: a process of it starts in half the time. */
public final class ExtractedJar {

    private static final Path JAR = Path.of("target/saddlebag.jar").toAbsolutePath();
    private static final Path SLIM = Path.of("target/saddlebag-slim.jar").toAbsolutePath();
    private static final Path FOLDERS = Path.of("target/extracted").toAbsolutePath();

    private ExtractedJar() {
    }

    /** @return the jar to run; extracted by the first who asks after a build, also of several processes of tests */
    static Path shared() throws IOException {
        return alone(ExtractedJar::extracted);
    }

    /**
     * The option of java for a start from an archive of the classes that it loads. The archive is made by the first who asks on this
     * Java after a build. A start from it takes 5.9 s of processor time instead of 7.6 s. Java 25 keeps classes linked in an archive of
     * another kind, and a start from that takes 6.5 s instead of 7.7 s from one of the first kind.
     */
    static String fromArchive() throws IOException {
        Runtime.Version java = AppProcess.java();
        boolean linked = java.feature() >= 25;
        return (linked ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + alone(() -> {
            Path archive = extracted().resolveSibling("classes-" + java + ".jsa");
            if (!Files.exists(archive)) {
                Path unfinished = archive.resolveSibling("unfinished.jsa");
                AppProcess.startOnce(extracted(), (linked ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + unfinished);
                Files.move(unfinished, archive);
            }
            return archive;
        });
    }

    private interface Making {
        Path make() throws IOException;
    }

    /** One at a time, of the threads here and of all processes of tests. */
    private static synchronized Path alone(Making making) throws IOException {
        Files.createDirectories(FOLDERS);
        try (FileChannel channel = FileChannel.open(FOLDERS.resolveSibling("extracted.lock"), CREATE, WRITE); FileLock ours = channel.lock()) {
            return making.make();
        }
    }

    private static Path extracted() throws IOException {
        Path folder = FOLDERS.resolve(String.valueOf(Files.getLastModifiedTime(JAR).toMillis()));
        if (!Files.exists(folder)) {
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
        return extract(JAR, folder);
    }

    /** As above, of the jar that brings no database server, as the production image has it. */
    public static Path slim(Path folder) throws IOException {
        return extract(SLIM, folder);
    }

    /**
     * Starts an application once as the image's build does, for what java then records.
     *
     * @param folder    where it works, with routes/ and config/
     * @param arguments of java: what to record, and what to start
     */
    public static void train(Path folder, List<String> arguments) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin");
        ProcessBuilder train = new ProcessBuilder(Stream.concat(Stream.of("bash", Path.of("src/main/image/train").toAbsolutePath().toString(),
            JAR.toString(), "java"), arguments.stream()).toList()).directory(folder.toFile()).inheritIO();
        train.environment().compute("PATH", (name, path) -> java + File.pathSeparator + path);
        if (train.start().waitFor() != 0) {
            throw new IllegalStateException("no start was recorded");
        }
    }

    private static Path extract(Path jar, Path folder) throws IOException {
        Process java = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Djarmode=tools", "-jar",
            jar.toString(), "extract", "--force", "--destination", folder.toString(), "--application-filename", "saddlebag.jar").inheritIO().start();
        try {
            if (!java.waitFor(2, TimeUnit.MINUTES) || java.exitValue() != 0) {
                throw new IllegalStateException(jar + " was not extracted");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            java.destroyForcibly();
        }
        return folder.resolve("saddlebag.jar");
    }
}
