package io.saddlebag.livereload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of small routes that tests save files in, as an engineer does. */
record LiveFolder(Path root) {

    /** A route that answers with {@code text}. */
    void saveAnswer(String id, String text) {
        saveRoute(id, "direct:" + id, "        - setBody: {constant: \"" + text + "\"}\n");
    }

    void saveRoute(String id, String from, String steps) {
        save(id + ".camel.yaml", route(id, from, steps));
    }

    static String route(String id, String from, String steps) {
        return """
            - route:
                id: %s
                description: For a test.
            %s    from:
                  uri: "%s"
                  steps:
            %s""".formatted(id, from.startsWith("direct:") ? "" : "    errorHandler: {noErrorHandler: {}}\n", from, steps);
    }

    Path save(String name, String text) {
        try {
            Path file = path(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String name) {
        try {
            Files.delete(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void deleteIfThere(String name) {
        if (Files.exists(path(name))) {
            delete(name);
        }
    }

    Path path(String name) {
        return root.resolve(name);
    }
}
