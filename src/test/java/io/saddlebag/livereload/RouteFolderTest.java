package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.DefaultRoutesCollector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;

class RouteFolderTest {

    /** Relative to the working directory, as the product's own pattern is. */
    private final LiveFolder files = new LiveFolder(Path.of("target/route-folder-test"));
    private final RouteFolder folder = new RouteFolder(new DefaultCamelContext(), new DefaultRoutesCollector(),
        "file:target/route-folder-test/**/*.camel.yaml", "**/sandbox/**");

    @BeforeEach
    void saveSome() throws IOException {
        FileSystemUtils.deleteRecursively(files.root());
        files.saveAnswer("greet", "x");
        files.save("deep/down/there.camel.yaml", "x");
        files.save("sandbox/fake.camel.yaml", "x");
        files.save("deep/notes.txt", "x");
        files.save("deep/ask.sql", "SELECT 1");
    }

    @AfterEach
    void clear() throws IOException {
        FileSystemUtils.deleteRecursively(files.root());
    }

    @Test
    void theRouteFilesAreThoseThatCamelLoadsAtAStart() {
        assertThat(folder.routeFiles()).containsExactly(files.path("deep/down/there.camel.yaml"), files.path("greet.camel.yaml"));
        assertThat(folder.roots()).containsExactly(files.root());
    }

    @Test
    void onlyWhatHasAnotherContentIsChanged() {
        assertThat(folder.changed()).containsExactly(
            files.path("deep/ask.sql"), files.path("deep/down/there.camel.yaml"), files.path("greet.camel.yaml"));
        files.saveAnswer("greet", "x");
        assertThat(folder.changed()).isEmpty();
        files.saveAnswer("greet", "y");
        files.save("deep/new.sql", "SELECT 2");
        assertThat(folder.changed()).containsExactly(files.path("deep/new.sql"), files.path("greet.camel.yaml"));
        files.delete("greet.camel.yaml");
        assertThat(folder.changed()).isEmpty();
        files.saveAnswer("greet", "y");
        assertThat(folder.changed()).containsExactly(files.path("greet.camel.yaml"));
    }
}
