package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.OwnServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The jar as it is packaged, in a folder with nothing but routes and config. */
@Tag("java25")
class EmbeddedServerIT {

    @TempDir
    static Path folder;
    private static AppProcess app;
    private static OwnServer server;

    @BeforeAll
    static void start() throws Exception {
        Files.createDirectories(folder.resolve("routes"));
        app = AppProcess.start(folder, OwnServer.QUIET, List.of("-XX:TieredStopAtLevel=1", "-Xmx512m", "-jar",
            Path.of("target/saddlebag.jar").toAbsolutePath().toString())).awaitReady();
        server = new OwnServer(folder);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        app.close();
    }

    @ParameterizedTest
    @CsvSource({"fsync, on", "synchronous_commit, on", "full_page_writes, on", "listen_addresses, 127.0.0.1",
        "unix_socket_directories, ''", "server_encoding, UTF8"})
    void theServerSaysItIsDurableAndForThisMachineOnly(String setting, String value) throws Exception {
        assertThat(server.ask("SHOW " + setting)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "postgres", "wrong"})
    void nobodyGetsInWithoutThePassword(String password) {
        assertThatThrownBy(() -> server.connect(password)).isInstanceOf(SQLException.class)
            .hasMessageContaining("password");
    }

    @Test
    void everyWayInAsksForThePasswordWhichOnlyItsOwnerReads() throws Exception {
        assertThat(server.ask("SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules"))
            .isEqualTo("scram-sha-256");
        assertThat(Files.getPosixFilePermissions(server.data().resolve("postgres.password")))
            .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aSecondProcessOnTheFolderGetsAClearError() throws Exception {
        AppProcess second = AppProcess.start(folder, OwnServer.QUIET);

        assertThat(second.awaitExit()).isNotZero();

        assertThat(second.log().lines().filter(line -> line.contains("ERROR"))).singleElement().asString()
            .contains("saddlebag.data-directory: process " + app.pid() + " already works on " + server.data())
            .contains("Stop that process first");
        assertThat(second.log()).doesNotContain("\tat ");
        assertThat(server.ask("SELECT 1")).isEqualTo("1");
    }
}
