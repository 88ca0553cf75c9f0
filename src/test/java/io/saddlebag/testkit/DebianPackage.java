package io.saddlebag.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.opentest4j.TestAbortedException;

/** Programs that a test takes from the machine's packages. A test without its program is skipped; with REQUIRE_EVERY_LEG=true in the environment it fails. */
public final class DebianPackage {

    private DebianPackage() {
    }

    /**
     * @param path of the program
     * @param name of the package that brings it
     * @return the path
     * @throws TestAbortedException if it is not installed and not required
     */
    public static Path program(String path, String name) {
        if (!Files.isExecutable(Path.of(path))) {
            throw missing(name);
        }
        return Path.of(path);
    }

    /** @return what ends a test that needs this package: skipped, or failed */
    static RuntimeException missing(String name) {
        String remedy = "The package " + name + " is not installed: apt-get install " + name;
        return "true".equals(System.getenv("REQUIRE_EVERY_LEG")) ? new IllegalStateException(remedy) : new TestAbortedException(remedy);
    }
}
