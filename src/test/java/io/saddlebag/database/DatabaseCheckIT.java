package io.saddlebag.database;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.testkit.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class DatabaseCheckIT {

    private static final Pattern VERSION = Pattern.compile("S\0\0\0.server_version\0[^\0]*\0", Pattern.DOTALL);

    private final DatabaseCheck check = new DatabaseCheck("db.example:5432", Duration.ofSeconds(5), false);

    @Test
    void anOldPostgresqlIsRefusedAndTheOldestThatWorksIsNamed() throws Exception {
        assertThatThrownBy(() -> check.await(serverThatCallsItself("13.22"))).isInstanceOf(BadSettingException.class)
            .hasMessage("DATABASE_URL: the PostgreSQL at db.example:5432 is version 13.22. Use 14 or newer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"14.0", "17.11", "18.2 (Debian 18.2-1)"})
    void fromFourteenOnItIsTaken(String version) {
        assertThatCode(() -> check.await(serverThatCallsItself(version))).doesNotThrowAnyException();
    }

    /** The tests' server behind a relay that changes what it says of its version. */
    private static PGSimpleDataSource serverThatCallsItself(String version) throws Exception {
        URI real = URI.create(TestDatabase.fresh());
        ServerSocket relay = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CompletableFuture.runAsync(() -> {
            try (relay; Socket client = relay.accept(); Socket server = new Socket(real.getHost(), real.getPort())) {
                CompletableFuture<Void> asked = CompletableFuture.runAsync(() -> copy(client, server, null));
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
                String said = version == null ? heard : VERSION.matcher(heard).replaceFirst(Matcher.quoteReplacement(parameter(version)));
                to.getOutputStream().write(said.getBytes(ISO_8859_1));
            }
            to.shutdownOutput();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A message of PostgreSQL's protocol: S, the length of what follows with its own four bytes, name and value. */
    private static String parameter(String version) {
        String content = "server_version\0" + version + "\0";
        return "S\0\0\0" + (char) (4 + content.length()) + content;
    }
}
