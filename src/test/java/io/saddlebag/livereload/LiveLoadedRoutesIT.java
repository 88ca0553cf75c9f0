package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** In the whole application nothing that runs would be refused if it were saved again. */
class LiveLoadedRoutesIT {

    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() {
        saddlebag = SaddlebagServer.start(SandboxServer.shared(), "--camel.main.name=live-house");
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
    }

    @Test
    void everyRouteFileWouldBeTakenOver() throws Exception {
        LoadedRoutes routes = new LoadedRoutes(new TrialLoad(saddlebag.bean(CamelContext.class)),
            new SqlFileCheck(saddlebag.bean(DataSource.class)));
        for (Path path : files(RouteFile.SUFFIX)) {
            routes.put(RouteFile.read(path));
        }
        List<Finding> refused = routes.files().stream().flatMap(file -> routes.check(List.of(file)).values().stream())
            .flatMap(List::stream).toList();
        assertThat(refused).isEmpty();
    }

    @Test
    void everyStatementWouldBeTakenOver() throws IOException {
        SqlFileCheck sql = new SqlFileCheck(saddlebag.bean(DataSource.class));
        assertThat(files(RouteFolder.SQL)).isNotEmpty().allSatisfy(file -> assertThat(sql.check(file)).isEmpty());
    }

    private static List<Path> files(String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            return files.filter(file -> file.toString().endsWith(suffix)).toList();
        }
    }
}
