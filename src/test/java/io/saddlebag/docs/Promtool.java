package io.saddlebag.docs;

import io.saddlebag.testkit.DebianPackage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The distribution's promtool. */
final class Promtool {

    private Promtool() {
    }

    /**
     * @return what it printed, if it succeeded
     */
    static String run(Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(Stream.of(DebianPackage.program("/usr/bin/promtool", "prometheus").toString()), Stream.of(arguments)).toList();
        Path printed = Files.createTempFile("promtool", ".log");
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(printed.toFile()).start();
            boolean ended = process.waitFor(1, TimeUnit.MINUTES);
            process.destroyForcibly();
            String text = Files.readString(printed, StandardCharsets.UTF_8);
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError(command + " in " + folder + ":\n" + text);
            }
            return text;
        } finally {
            Files.delete(printed);
        }
    }
}
