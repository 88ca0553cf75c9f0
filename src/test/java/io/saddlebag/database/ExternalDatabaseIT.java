package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.ExtractedJar;
import io.saddlebag.testkit.OwnServer;
import io.saddlebag.testkit.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application as the production image has it: the jar without the embedded server, unpacked. */
class ExternalDatabaseIT {

    private static final Map<String, String> SANDBOX_IN_IT = Map.of("SADDLEBAG_SANDBOX", "true",
        "SADDLEBAG_MASTER_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");

    @TempDir
    static Path image;
    @TempDir
    Path folder;

    @BeforeAll
    static void unpack() throws Exception {
        ExtractedJar.slim(image);
    }

    @Test
    void aGivenDatabaseNeedsNothingOfTheEmbeddedServerAndItsSecretsStayUnsaid() throws Exception {
        String databaseUrl = TestDatabase.fresh();
        String jdbcUrl = DatabaseUrl.parse(databaseUrl).getJdbcUrl() + "?user=postgres&password=hush&sslpassword=hush";

        try (AppProcess app = start(Map.of("DATABASE_URL", jdbcUrl)).awaitReady();
                Connection connection = TestDatabase.connect(databaseUrl)) {
            assertThat(connection.createStatement().executeQuery("SELECT FROM qrtz_triggers")).isNotNull();
            assertThat(app.log()).doesNotContain("ERROR", "hush");
        }
        assertThat(folder.resolve("data/postgres")).doesNotExist();
    }

    @Test
    void withNeitherADatabaseNorAServerTheStartSaysWhatToSet() throws Exception {
        assertThat(errorOf(start(Map.of()))).contains("DATABASE_URL: not set, and this build carries no PostgreSQL");
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsWaitedForAndThenNamedWithoutItsPassword() throws Exception {
        AppProcess app = start(Map.of("SADDLEBAG_DATABASE_WAIT", "6s",
            "DATABASE_URL", "postgresql://u:hush@localhost:" + unusedPort() + "/shop"));

        assertThat(errorOf(app)).contains("DATABASE_URL: no PostgreSQL to work with at localhost:", "6 s", "refused");
        assertThat(app.log()).contains("Waiting up to 6 s for the database at localhost").doesNotContain("hush");
    }

    private AppProcess start(Map<String, String> settings) throws IOException {
        Files.createDirectories(folder.resolve("routes"));
        Map<String, String> environment = new TreeMap<>(OwnServer.QUIET);
        environment.putAll(SANDBOX_IN_IT);
        environment.putAll(settings);
        return AppProcess.start(folder, environment, List.of("-XX:TieredStopAtLevel=1", "-jar", image.resolve("saddlebag.jar").toString()));
    }

    private static String errorOf(AppProcess app) throws InterruptedException {
        assertThat(app.awaitExit()).isNotZero();
        assertThat(app.log()).doesNotContain("\tat ");
        List<String> errors = app.log().lines().filter(line -> line.contains("ERROR")).toList();
        assertThat(errors).hasSize(1);
        return errors.get(0);
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
