package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.testkit.OwnServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash leaves in the folder, and the next start on it. One folder for all: any start follows any crash. */
class LeftoverServerIT {

    @TempDir
    static Path folder;
    private OwnServer server;
    private EmbeddedServer running;

    @BeforeEach
    void crashAfterACommit() throws Exception {
        server = new OwnServer(folder);
        running = EmbeddedServer.start(server.data());
        server.execute("DROP TABLE IF EXISTS kept");
        server.execute("CREATE TABLE kept AS SELECT 'before the crash' AS at");
        ProcessHandle killed = server.process();
        killed.destroyForcibly();
        killed.onExit().join();
        running.close();
    }

    @AfterEach
    void stop() throws IOException {
        running.close();
    }

    @Test
    void aRecycledProcessIdIsLeftAlone() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "600").start();
        try {
            List<String> lines = Files.readAllLines(server.pidFile());
            lines.set(0, Long.toString(stranger.pid()));
            Files.write(server.pidFile(), lines);

            running = EmbeddedServer.start(server.data());

            assertThat(stranger.isAlive()).isTrue();
            assertThat(server.ask("SELECT at FROM kept")).isEqualTo("before the crash");
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void anotherListenerOnThePortIsLeftAlone() throws Exception {
        try (ServerSocket stranger = new ServerSocket(server.port(), 1, InetAddress.getLoopbackAddress())) {
            running = EmbeddedServer.start(server.data());

            assertThat(server.port()).isNotEqualTo(stranger.getLocalPort());
            assertThat(server.ask("SELECT at FROM kept")).isEqualTo("before the crash");
        }
    }

    @Test
    void aRecoveryLongerThanTheLibraryWaitsForIsLetFinish() throws Exception {
        Path postgres = server.data().resolve("postgres");
        Files.createFile(postgres.resolve("recovery.signal"));
        Files.writeString(postgres.resolve("postgresql.auto.conf"),
            "hot_standby = off\nrestore_command = 'sleep 3; false'\n");
        Instant before = Instant.now();

        running = EmbeddedServer.start(server.data());

        assertThat(before.plusSeconds(10)).as("the library gave up").isBefore(Instant.now());
        assertThat(server.ask("SELECT at FROM kept")).isEqualTo("before the crash");
    }

    @Test
    void aCrashOverTheProcessIdFileIsNoHindrance() throws Exception {
        Files.writeString(server.pidFile(), "");

        running = EmbeddedServer.start(server.data());

        assertThat(server.ask("SELECT at FROM kept")).isEqualTo("before the crash");
    }

    @Test
    void anotherPasswordFileThanTheServersIsNamed() throws Exception {
        Path file = server.data().resolve("postgres.password");
        String password = Files.readString(file);
        Files.writeString(file, "another");

        assertThatThrownBy(() -> EmbeddedServer.start(server.data())).isInstanceOf(BadSettingException.class)
            .hasMessageContaining("postgres.password does not hold the password");

        Files.writeString(file, password);
        running = EmbeddedServer.start(server.data());
        assertThat(server.ask("SELECT at FROM kept")).isEqualTo("before the crash");
    }
}
