package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.OwnServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
        if (app != null) {
            app.close();
        }
    }

    @Test
    void aServerKilledWhileItIsMadeIsMadeAnewAndNoCommittedRowIsLostWhenOnlyTheApplicationIsKilled() throws Exception {
        app = AppProcess.start(folder, OwnServer.QUIET);
        await().atMost(Duration.ofMinutes(1)).until(() -> app.log().contains("Making a PostgreSQL server"));
        app.kill();
        assertThat(server.data().resolve("postgres")).doesNotExist();

        app = AppProcess.start(folder, OwnServer.QUIET).awaitReady();
        assertThat(server.ask("SELECT count(*) FROM qrtz_locks")).isNotNull();
        int port = server.port();
        server.execute("CREATE TABLE kept AS SELECT 'before the kill' AS at");
        app.kill();
        ProcessHandle orphan = server.process();
        server.execute("INSERT INTO kept VALUES ('after the kill')");

        app = AppProcess.start(folder, OwnServer.QUIET).awaitReady();

        assertThat(server.ask("SELECT string_agg(at, ', ' ORDER BY at DESC) FROM kept"))
            .isEqualTo("before the kill, after the kill");
        assertThat(orphan.isAlive()).isFalse();
        assertThat(server.port()).isEqualTo(port);
        ProcessHandle last = server.process();
        app.stop();
        await().until(() -> !last.isAlive());
    }
}
