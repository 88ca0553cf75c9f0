package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.GuardedApp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The places for forms that are read before it is known whose they are. A form is given 5 s. */
@Tag("alone")
class StarvedLoginIT extends GuardedApp {

    private static final String FORM = "username=nobody&password=wrong";
    private static final String HEAD = "POST /login HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n"
        + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + FORM.length() + "\r\n\r\n";

    @Test
    void slowFormsOfOneAddressLeavePlacesForAnother() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int one = 0; one < 40; one++) {
                slow.add(sent("127.0.0.1", HEAD + "user"));
            }
            await("the others of this address are refused at once").atMost(Duration.ofSeconds(4))
                .until(() -> slow.stream().filter(StarvedLoginIT::isAnswered).count() == 40 - LoginFormFilter.AT_ONCE_OF_AN_ADDRESS);

            assertThat(answer(sent("127.0.0.2", HEAD + FORM))).startsWith("HTTP/1.1 302").contains("/login?error");
        } finally {
            for (Socket one : slow) {
                one.close();
            }
        }
        await("their places are free again").atMost(Duration.ofSeconds(20)).until(() -> answer(sent("127.0.0.1", HEAD + FORM)).startsWith("HTTP/1.1 302"));
    }

    private static boolean isAnswered(Socket socket) {
        try {
            return socket.getInputStream().available() > 0;
        } catch (IOException closed) {
            return true;
        }
    }

    private Socket sent(String from, String text) throws IOException {
        Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port, InetAddress.getByName(from), 0);
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static String answer(Socket socket) throws IOException {
        try (socket) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
