package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.AppProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledServerIT {

    @TempDir
    Path folder;
    private OwnServer server;
    private AppProcess app;

    @BeforeEach
    void onlyTheDatabase() throws IOException {
        Files.createDirectories(folder.resolve("routes"));
        server = new OwnServer(folder);
    }

    @AfterEach
    void stop() throws InterruptedException {
        app.close();
    }

    @Test
    void noCommittedRowIsLostWhenOnlyTheApplicationIsKilled() throws Exception {
        app = AppProcess.start(folder, Map.of()).awaitReady();
        int port = server.port();
        server.execute("CREATE TABLE kept AS SELECT 'before the kill' AS at");
        app.kill();
        ProcessHandle orphan = server.process();
        server.execute("INSERT INTO kept VALUES ('after the kill')");

        app = AppProcess.start(folder, Map.of()).awaitReady();

        assertThat(server.ask("SELECT string_agg(at, ', ' ORDER BY at DESC) FROM kept"))
            .isEqualTo("before the kill, after the kill");
        assertThat(orphan.isAlive()).isFalse();
        assertThat(server.port()).isEqualTo(port);
        ProcessHandle last = server.process();
        app.stop();
        assertThat(last.isAlive()).isFalse();
    }

    @Test
    void aRecycledProcessIdAndATakenPortAreLeftAloneAndNoRowIsLost() throws Exception {
        app = AppProcess.start(folder, Map.of()).awaitReady();
        server.execute("CREATE TABLE kept AS SELECT 'before the kill' AS at");
        app.kill();
        ProcessHandle killed = server.process();
        killed.destroyForcibly();
        killed.onExit().join();
        Process stranger = new ProcessBuilder("sleep", "600").start();
        List<String> lines = Files.readAllLines(server.pidFile());
        lines.set(0, Long.toString(stranger.pid()));
        Files.write(server.pidFile(), lines);
        int port = server.port();

        try (ServerSocket listener = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            app = AppProcess.start(folder, Map.of()).awaitReady();

            assertThat(stranger.isAlive()).isTrue();
            assertThat(server.port()).isNotEqualTo(listener.getLocalPort());
            assertThat(server.ask("SELECT at FROM kept")).isEqualTo("before the kill");
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void aServerThatWasKilledWhileItWasMadeIsMadeAnew() throws Exception {
        app = AppProcess.start(folder, Map.of());
        await().until(() -> app.log().contains("Making a PostgreSQL server"));
        app.kill();
        assertThat(server.data().resolve("postgres")).doesNotExist();

        app = AppProcess.start(folder, Map.of()).awaitReady();

        assertThat(server.ask("SELECT count(*) FROM qrtz_locks")).isNotNull();
    }
}
