package io.saddlebag.zoho;

import static io.saddlebag.testkit.WireServer.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.WireServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A call is over within its time, whatever becomes of its connection, and leaves nothing behind. */
@Tag("alone")
class SlowAnswersIT {

    private static final Duration TIMEOUT = Duration.ofMillis(1000);
    private static final Duration GENEROUS = TIMEOUT.plusMillis(1500);
    private static final String BODY = "{\"code\":0,\"items\":[" + "1,".repeat(5000) + "1]}";

    private static WireServer wire;
    private static SaddlebagServer saddlebag;
    private static ZohoCalls client;

    @BeforeAll
    static void start() throws IOException {
        wire = WireServer.start();
        saddlebag = SaddlebagServer.start(SandboxServer.shared().reset(), "--zoho.api-url=" + wire.url(),
                "--zoho.http-timeout=" + TIMEOUT.toMillis() + "ms", "--zoho.token-timeout=3s", "--zoho.call-timeout=5s",
                "--camel.component.http.connections-per-route=2");
        client = new ZohoCalls(saddlebag);
        wire.does(w -> w.answer(200, "{\"code\":0}"));
        await().until(() -> client.call("/first").getException() == null); // has the token, and Java quick enough
    }

    @AfterAll
    static void stop() throws IOException {
        wire.close();
        saddlebag.close();
    }

    @BeforeEach
    void emptyLedger() {
        saddlebag.database().update("DELETE FROM zoho_calls");
    }

    static Stream<Arguments> troubles() {
        return Stream.of(
                trouble("silence before the answer", WireServer.Wire::silence),
                trouble("headers that drip", w -> w.drip(head(200, "X-Long: " + "x".repeat(5000)))),
                trouble("silence in the headers", w -> w.send("HTTP/1.1 200 OK\r\nContent-").silence()),
                trouble("silence after the headers", w -> w.send(head(200, "Content-Length: 100")).silence()),
                trouble("a body that drips", w -> w.send(head(200, "Content-Length: " + BODY.length())).drip(BODY)),
                trouble("chunks that drip", w -> w.send(head(200, "Transfer-Encoding: chunked")).drip("1\r\n{\r\n".repeat(5000))),
                trouble("a body without an end that drips", w -> w.send(head(200)).drip(BODY)),
                trouble("silence in the body", w -> w.send(head(200, "Content-Length: 100") + "{\"code\":").silence()),
                trouble("interim answers without an end", w -> {
                    while (true) {
                        w.send("HTTP/1.1 100 Continue\r\n\r\n").pause(20);
                    }
                }),
                trouble("a reset before the answer", WireServer.Wire::reset),
                trouble("a reset in the body", w -> w.send(head(200, "Content-Length: 100") + "{\"code\":0,").reset()),
                trouble("an end before the answer", w -> w.socket.close()),
                trouble("an end in the body", w -> {
                    w.send(head(200, "Content-Length: 100") + "{\"code\":0,").socket.close();
                }),
                trouble("no HTTP", w -> w.send("SSH-2.0-OpenSSH_9.2\r\n").silence()),
                trouble("no gzip", w -> w.send(head(200, "Content-Encoding: gzip", "Content-Length: 10") + "0123456789")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("troubles")
    void aCallEndsWithinItsTime(String name, WireServer.Behaviour trouble) {
        wire.does(trouble);
        long start = System.nanoTime();

        Exchange call = client.call("/slow");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(GENEROUS);
        assertThat(ZohoCalls.failure(call)).isInstanceOf(ZohoUnavailableException.class).hasMessageStartingWith("No answer from Zoho: ");
        assertThat(wire.requests()).as("not repeated by itself").hasSize(1);
        assertThat(saddlebag.count("zoho_calls WHERE answered_at IS NOT NULL AND status IS NULL")).isEqualTo(1);
        aGoodCallGoesThrough();
    }

    @Test
    void theTimeAndNotTheEndOfTheConnectionIsNamed() {
        wire.does(WireServer.Wire::silence);
        assertThat(ZohoCalls.failure(client.call("/slow"))).hasMessageContaining("not over within 1000 ms");
    }

    @Test
    void callsThatFailedLeaveTheirPlacesInThePoolToOthers() {
        for (int i = 0; i < 3; i++) { // one more than the pool has
            wire.does(w -> w.send(head(200, "Content-Encoding: gzip", "Content-Length: 10") + "0123456789"));
            assertThat(ZohoCalls.failure(client.call("/no-gzip"))).isInstanceOf(ZohoUnavailableException.class);
            wire.does(w -> w.send(head(200, "Content-Length: 100")).silence());
            assertThat(ZohoCalls.failure(client.call("/slow"))).isInstanceOf(ZohoUnavailableException.class);
        }
        aGoodCallGoesThrough();
    }

    @Test
    void aTokenRequestHasItsOwnTime() {
        wire.does(WireServer.Wire::silence);

        Exchange request = client.send("direct:zoho-token-request",
                Map.of("tokenUrl", wire.url() + "/oauth/v2/token"));

        assertThat(request.getVariable("tokenFault", String.class)).contains("not over within 3000 ms");
    }

    @Test
    void aServerThatTakesTheConnectionAndSpeaksNoTlsIsWaitedForNoLonger() {
        wire.does(WireServer.Wire::silence);

        runsOutOfTime(wire.url().replace("http:", "https:"));

        assertThat(wire.requests()).as("nothing is said in the clear").isEmpty();
    }

    @Test
    void aConnectionThatIsNeverMadeIsWaitedForNoLonger() throws IOException {
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> {
                while (waiting.size() < 100) {
                    waiting.add(new Socket());
                    waiting.get(waiting.size() - 1).connect(full.getLocalSocketAddress(), 200);
                }
            }).as("its queue is full").isInstanceOf(SocketTimeoutException.class);

            runsOutOfTime("http://127.0.0.1:" + full.getLocalPort());
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    private static void runsOutOfTime(String server) {
        long start = System.nanoTime();
        Exchange request = client.send("direct:zoho-http", Map.of("url", server + "/x", "authorization", "none",
                "org", "1", "method", "GET", "path", "/x", "query", "page=1", "slotAskedAt", new Date()));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(GENEROUS);
        assertThat(request.getVariable("answer", ZohoAnswer.class).fault()).contains("not over within 1000 ms");
    }

    private static void aGoodCallGoesThrough() {
        wire.does(w -> w.answer(200, "{\"code\":0,\"items\":[]}"));
        assertThat(client.call("/good").getException()).isNull();
    }

    private static Arguments trouble(String name, WireServer.Behaviour behaviour) {
        return Arguments.of(name, behaviour);
    }
}
