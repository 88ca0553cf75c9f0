package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.InflightRepository;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Senders, unsigned too, whose requests do not end. */
@Tag("java25")
@ExtendWith(OutputCaptureExtension.class)
class SlowSendersIT extends WebhookCase {

    /** More than there are threads for routes. */
    private static final int SENDERS = 40;
    private static final String SIGNATURE = "X-Zoho-Webhook-Signature: 00\r\n";

    @Test
    void whoStopsInTheMiddleHoldsUpNobodyAndIsNoLineInTheLog(CapturedOutput log) throws IOException {
        List<Socket> senders = new ArrayList<>();
        try {
            for (int n = 0; n < SENDERS; n++) {
                senders.add(half(n % 2 == 0 ? "POST " + ITEMS : "GET /api/zoho/health", n % 4 == 0 ? SIGNATURE : ""));
            }
            assertAccepted(send(newItem("Lantern")));
            for (Socket gone : List.of(senders.remove(0), senders.remove(0), half("POST /api/zoho/sync-bills", SIGNATURE))) {
                gone.close();
            }
            assertAccepted(send(newItem("Torch")));

            assertThat(answer(senders.get(0))).as("unsigned").startsWith("HTTP/1.1 401").contains("Connection: close");
            assertThat(answer(senders.get(1))).as("where none is read").startsWith("HTTP/1.1 200").contains("Connection: close");
            assertThat(answer(senders.get(2))).startsWith("HTTP/1.1 408").contains("application/problem+json", "body did not arrive in time");
            for (int n = 0; n < SENDERS; n++) {
                assertThat(sendJson(ITEMS, "{}").statusCode()).as("nobody else's answer").isEqualTo(400);
            }
        } finally {
            for (Socket sender : senders) {
                sender.close();
            }
        }
        assertThat(settled()).containsExactly("done", "done");
        assertThat(log).doesNotContain("Exception");
    }

    /** The server has taken its request back by the time its route reads it. */
    @Test
    void whoIsAnsweredBeforeItsRouteEndsIsNoLineInTheLog(CapturedOutput log) throws Exception {
        String[] answer = new String[1];
        try (Connection other = saddlebag().bean(DataSource.class).getConnection(); Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE organisations IN ACCESS EXCLUSIVE MODE");
            answer[0] = answer(half("POST " + ITEMS, ""));
            other.rollback();
            other.setAutoCommit(true);
        }
        InflightRepository routes = saddlebag().bean(CamelContext.class).getInflightRepository();
        await().until(() -> routes.size("webhook-short") == 0);

        assertThat(answer[0]).startsWith("HTTP/1.1 503");
        assertThat(log).doesNotContain("Exception");
    }

    /** A body that comes in pieces is one body. */
    @Test
    void whoIsSlowIsTaken() throws IOException {
        String body = payload("item", item(newItem("Lantern")));
        try (Socket sender = new Socket("localhost", saddlebag().port())) {
            write(sender, "POST " + ITEMS + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + "X-Zoho-Webhook-Signature: " + sign(SECRET, ITEMS, body) + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (String piece : body.split("(?<=,)", 5)) {
                write(sender, Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n");
                assertAccepted(sendJson(ITEMS, "{\"item\":{\"item_id\":\"" + newItem("meanwhile") + "\"}}"));
            }
            write(sender, "0\r\n\r\n");
            assertThat(new String(sender.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 200").contains("accepted");
        }
        settled();
    }

    /** To its end, which is that of the connection. */
    private static String answer(Socket sender) throws IOException {
        return new String(sender.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static Socket half(String request, String signature) throws IOException {
        Socket sender = new Socket("localhost", saddlebag().port());
        sender.setSoTimeout(20_000);
        write(sender, request + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + signature + "Content-Length: 100\r\n\r\n{\"it");
        return sender;
    }

    private static void write(Socket sender, String text) throws IOException {
        sender.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        sender.getOutputStream().flush();
    }
}
