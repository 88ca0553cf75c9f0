package io.saddlebag.database;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.common.BadSettingException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class DatabaseCheckIT {

    private final DatabaseCheck check = new DatabaseCheck("db.example:5432", Duration.ofSeconds(5), false);

    @Test
    void anOldPostgresqlIsRefusedAndTheOldestThatWorksIsNamed() throws Exception {
        assertThatThrownBy(() -> check.await(serverThatCallsItself("13.22"))).isInstanceOf(BadSettingException.class)
            .hasMessage("DATABASE_URL: the PostgreSQL at db.example:5432 is version 13.22. Use 14 or newer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"14.00", "17.11", "18.02"})
    void fromFourteenOnItIsTaken(String version) {
        assertThatCode(() -> check.await(serverThatCallsItself(version))).doesNotThrowAnyException();
    }

    /** The tests' server behind a relay that changes one word of it; the word must be as long as "17.11". */
    private static PGSimpleDataSource serverThatCallsItself(String version) throws Exception {
        URI real = URI.create(TestDatabase.fresh());
        ServerSocket relay = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CompletableFuture.runAsync(() -> {
            try (relay; Socket client = relay.accept(); Socket server = new Socket(real.getHost(), real.getPort())) {
                CompletableFuture<Void> asked = CompletableFuture.runAsync(() -> copy(client, server, "17.11"));
                copy(server, client, version);
                asked.join();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl("jdbc:postgresql://127.0.0.1:" + relay.getLocalPort() + real.getPath() + "?user=postgres");
        return database;
    }

    private static void copy(Socket from, Socket to, String version) {
        byte[] buffer = new byte[65536];
        try {
            InputStream in = from.getInputStream();
            for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
                String heard = new String(buffer, 0, length, ISO_8859_1);
                String said = heard.replace("server_version\00017.11", "server_version\000" + version);
                to.getOutputStream().write(said.getBytes(ISO_8859_1));
            }
            to.shutdownOutput();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
