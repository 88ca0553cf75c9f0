package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.OwnServer;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The server and the master key of our own: what becomes of the application when it loses one of them. */
@ExtendWith(OutputCaptureExtension.class)
class OwnDatabaseIT {

    private static final String ITEM = "/api/sync/items/6000000000010000001";

    @TempDir
    Path folder;

    /** Other classes remove items from the shared sandbox. */
    @BeforeEach
    void asNew() {
        SandboxServer.shared().reset();
    }

    @Test
    void aServerThatIsKilledAloneIsStartedAgainAndAKeyThatIsLostIsNotMadeAnew(CapturedOutput output) throws Exception {
        OwnServer server = new OwnServer(folder);
        try (SaddlebagServer saddlebag = start()) {
            for (int kill = 0; kill < 2; kill++) {
                ProcessHandle killed = server.process();
                int before = output.getAll().length();
                killed.destroyForcibly();
                await().until(() -> output.getAll().substring(before).contains("runs again"));
                await().until(() -> saddlebag.call("GET", "/api/zoho/health").statusCode() == 200);
                assertThat(server.process().pid()).isNotEqualTo(killed.pid());
                assertThat(saddlebag.call("POST", ITEM).statusCode()).isEqualTo(200);
                assertThat(output.getAll().substring(before)).doesNotContain("\tat ");
            }
        }

        Path key = server.data().resolve("master.key");
        String lost = Files.readString(key);
        Files.delete(key);
        int before = output.getAll().length();
        assertThatThrownBy(() -> start()).isNotNull();
        assertThat(key).doesNotExist();
        assertThat(output.getAll().substring(before).lines().filter(line -> line.contains("ERROR"))).singleElement().asString().contains(
            key + ": it is missing, and the database holds secrets", "Put the file back", "SADDLEBAG_FORGET_SECRETS=true");
        assertThat(output.getAll().substring(before)).doesNotContain("\tat ");

        try (SaddlebagServer saddlebag = start("--saddlebag.forget-secrets=true")) {
            assertThat(output.getAll().substring(before)).contains("forgot the secrets that no key can decrypt: [connections/1]. Remove the variable");
            assertThat(saddlebag.call("POST", ITEM).statusCode()).as("the settings gave their connection again").isEqualTo(200);
            assertThat(saddlebag.count("products")).isEqualTo(1);
        }
        assertThat(Files.readString(key)).isNotEqualTo(lost);
        start().close();

        Files.delete(server.data().resolve("postgres.password"));
        assertThatThrownBy(() -> EmbeddedServer.start(server.data())).hasMessageContaining("postgres.password: it is missing, and holds the password");
        assertThat(server.data().resolve("postgres.password")).doesNotExist();
    }

    @Test
    void aServerThatDoesNotStartAgainEndsTheProcess(CapturedOutput output) throws Exception {
        OwnServer server = new OwnServer(folder);
        CountDownLatch end = new CountDownLatch(1);
        try (EmbeddedServer running = EmbeddedServer.start(server.data()).keepRunning(end::countDown)) {
            ProcessHandle killed = server.process();
            Files.delete(server.data().resolve("postgres/PG_VERSION"));
            killed.destroyForcibly();

            assertThat(end.await(2, TimeUnit.MINUTES)).isTrue();
            assertThat(output).containsPattern("PostgreSQL in .* does not stay .*Saddlebag ends");
        }
    }

    /** The pool knows one port: a server on another one would run for nobody. */
    @Test
    void aServerWhosePortIsTakenMeanwhileEndsTheProcessInPlaceOfMoving(CapturedOutput output) throws Exception {
        OwnServer server = new OwnServer(folder);
        CountDownLatch end = new CountDownLatch(1);
        try (EmbeddedServer running = EmbeddedServer.start(server.data()).keepRunning(end::countDown)) {
            int port = server.port();
            Path version = server.data().resolve("postgres/PG_VERSION");
            Path aside = folder.resolve("PG_VERSION");
            Files.move(version, aside); // without it no server starts before the port is taken
            server.process().destroyForcibly();
            try (ServerSocket other = taken(port)) {
                Files.move(aside, version);
                assertThat(end.await(2, TimeUnit.MINUTES)).isTrue();
            }
            assertThat(output).contains("another program took port " + port);
            assertThat(output).doesNotContain("runs again");
            assertThat(server.port()).isEqualTo(port);
            assertThat(running.getJdbcUrl()).contains(":" + port + "/");
        }
    }

    /** @return another program's, which has the port as soon as the killed server is gone */
    private static ServerSocket taken(int port) {
        return await().ignoreExceptions().pollInterval(Duration.ofMillis(5))
            .until(() -> new ServerSocket(port, 1, InetAddress.getLoopbackAddress()), socket -> true);
    }

    private SaddlebagServer start(String... more) {
        String[] settings = new String[more.length + 3];
        System.arraycopy(new String[] {"--DATABASE_URL=", "--saddlebag.data-directory=" + folder.resolve("data"), "--saddlebag.master-key="}, 0,
            settings, 0, 3);
        System.arraycopy(more, 0, settings, 3, more.length);
        return SaddlebagServer.start(SandboxServer.shared(), settings);
    }
}
