package io.saddlebag.zoho;

import static io.saddlebag.testkit.WireServer.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.WireServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers as they come over the wire: packed, too long, from elsewhere, with a limit in them. */
class AnswersIT {

    private static final int MB = 1024 * 1024;

    private static WireServer wire;
    private static SaddlebagServer saddlebag;
    private static ZohoCalls client;

    @BeforeAll
    static void start() throws IOException {
        wire = WireServer.start();
        saddlebag = SaddlebagServer.start(SandboxServer.shared().reset(), "--zoho.api-url=" + wire.url());
        client = new ZohoCalls(saddlebag);
    }

    @AfterAll
    static void stop() throws IOException {
        wire.close();
        saddlebag.close();
    }

    @BeforeEach
    void asNew() {
        saddlebag.database().update("DELETE FROM zoho_calls");
        saddlebag.database().update("UPDATE organisations SET blocked_until = NULL, blocked_for = NULL, day_resets_at = NULL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: ", "Transfer-Encoding: chunked"})
    void aPackedAnswerIsAskedForUnpackedAndItsConnectionKept(String framing) throws IOException {
        byte[] packed = gzip("{\"code\":0,\"name\":\"Bügel – 袋\"}");
        byte[] body = framing.startsWith("Content") ? packed : chunk(packed);
        String header = framing.startsWith("Content") ? framing + packed.length : framing;
        wire.does(w -> w.send(head(200, "Content-Encoding: gzip", header)).send(body));

        for (int i = 0; i < 3; i++) {
            Exchange call = client.call("/packed");
            assertThat(call.getException()).isNull();
            assertThat(call.getMessage().getBody(Map.class)).containsEntry("name", "Bügel – 袋");
        }
        assertThat(wire.requests()).hasSize(3).allSatisfy(request -> assertThat(request).containsIgnoringCase("Accept-Encoding: gzip"));
        assertThat(wire.connections()).isLessThanOrEqualTo(1);
    }

    @Test
    void anAnswerOf50MegabytesIsCutOffAndRefusedAndNotAskedForAgain() {
        wire.does(w -> {
            w.send(head(200, "Content-Length: " + 50 * MB) + "{\"code\":0,\"items\":\"");
            for (int i = 0; i < 50; i++) {
                w.send("x".repeat(MB));
            }
        });

        ZohoException failure = ZohoCalls.failure(client.call("/huge"));

        assertThat(failure).isInstanceOf(ZohoRejectedException.class).hasMessageContaining("zoho.longest-answer");
        assertThat(wire.requests()).hasSize(1);
        assertThat(wire.sent()).isLessThan(30L * MB); // what fits into the buffers on the way, and not all of it
        assertThat(saddlebag.count("zoho_calls WHERE status = 200")).isEqualTo(1);
    }

    @Test
    void aSmallAnswerThatUnpacksTo50MegabytesIsRefusedToo() throws IOException {
        byte[] bomb = gzip("{\"code\":0,\"items\":\"" + "x".repeat(50 * MB) + "\"}");
        assertThat(bomb.length).isLessThan(MB);
        wire.does(w -> w.send(head(200, "Content-Encoding: gzip", "Content-Length: " + bomb.length)).send(bomb));

        assertThat(ZohoCalls.failure(client.call("/bomb")))
                .isInstanceOf(ZohoRejectedException.class).hasMessageContaining("zoho.longest-answer");
    }

    @Test
    void anAnswerWithoutAnEndIsRefusedAsSoonAsItIsTooLong() {
        wire.does(w -> {
            w.send(head(200, "Transfer-Encoding: chunked"));
            while (true) {
                w.send("10000\r\n" + "x".repeat(65536) + "\r\n");
            }
        });

        assertThat(ZohoCalls.failure(client.call("/endless"))).isInstanceOf(ZohoRejectedException.class);
        await().until(() -> wire.open() == 0); // what would write for ever has met the closed connection
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectIsNotFollowedAndNoOtherHostSeesTheToken(int status) throws IOException {
        try (WireServer elsewhere = WireServer.start()) {
            elsewhere.does(w -> w.answer(200, "{\"code\":0}"));
            wire.does(w -> w.send(head(status, "Content-Length: 0", "Location: " + elsewhere.url() + "/inventory?hush=1")));

            ZohoException failure = ZohoCalls.failure(client.call("/moved"));

            assertThat(failure).isInstanceOf(ZohoRejectedException.class)
                    .hasMessageContaining("redirect to 127.0.0.1 ").hasMessageNotContaining("hush");
            assertThat(wire.requests()).singleElement().asString().contains("Authorization: Zoho-oauthtoken ");
            assertThat(elsewhere.connections()).isZero();
        }
    }

    @Test
    void aRedirectOnTheSameHostIsNotFollowedEither() {
        wire.does(w -> w.send(head(302, "Content-Length: 0", "Location: /signin")));
        assertThat(ZohoCalls.failure(client.call("/moved"))).isInstanceOf(ZohoRejectedException.class).hasMessageContaining("another path");
        assertThat(wire.requests()).hasSize(1);
    }

    @Test
    void aCookieOfOneAnswerIsNotSentWithTheNextCall() {
        wire.does(w -> w.send(head(200, "Content-Length: 10", "Set-Cookie: session=one; Path=/") + "{\"code\":0}"));
        client.call("/first");
        client.call("/second");
        assertThat(wire.requests()).hasSize(2).allSatisfy(request -> assertThat(request).doesNotContainIgnoringCase("cookie"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            429 | {"code":44,"message":"blocked"}  | minute | 60
            200 | {"code":44,"message":"blocked"}  | minute | 60
            429 | slow down                        | minute | 60
            429 | {"code":45,"message":"exceeded"} | day    | 7200
            """)
    void aLimitHoldsForTheWholeOrganisation(int status, String body, String waitingFor, int seconds) {
        wire.does(w -> w.send(head(status, "x-rate-limit-reset: 7200", "Content-Length: " + body.length()) + body));

        assertThat(ZohoCalls.failure(client.call("/limit"))).isInstanceOfSatisfying(ZohoLimitException.class,
                limit -> assertThat(limit.waitingFor()).isEqualTo(waitingFor));

        assertThat(saddlebag.count("organisations WHERE is_default AND blocked_for = '" + waitingFor + "' AND blocked_until "
                + "BETWEEN now() + interval '" + (seconds - 10) + " s' AND now() + interval '" + seconds + " s'")).isEqualTo(1);
        assertThat(ZohoCalls.failure(client.call("/limit"))).isInstanceOf(ZohoLimitException.class);
        assertThat(wire.requests()).hasSize(1);
    }

    @Test
    void aHeaderThatComesTwiceSpoilsNoAnswer() {
        wire.does(w -> w.send(head(200, "Content-Type: application/json", "Date: Tue, 01 Dec 2026 10:00:00 GMT", "Date: Tue, 01 Dec 2026 10:00:01 GMT",
            "Location: /one", "Location: /two", "Content-Length: 10") + "{\"code\":0}"));

        Exchange call = client.call("/twice");

        assertThat(call.getException()).isNull();
        assertThat(call.getMessage().getBody(Map.class)).containsEntry("code", 0);
        assertThat(saddlebag.count("zoho_calls WHERE status = 200")).isEqualTo(1);
    }

    @Test
    void tooManyInProcessIsWorthRepeatingAndBlocksNobody() {
        wire.does(w -> w.answer(429, "{\"code\":1070,\"message\":\"in process\"}"));
        assertThat(ZohoCalls.failure(client.call("/busy"))).isInstanceOf(ZohoUnavailableException.class).hasMessageContaining("1070");
        assertThat(saddlebag.count("organisations WHERE blocked_until IS NOT NULL")).isZero();
        assertThat(saddlebag.count("zoho_calls WHERE zoho_code = '1070'")).isEqualTo(1);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }

    private static byte[] chunk(byte[] body) throws IOException {
        ByteArrayOutputStream chunked = new ByteArrayOutputStream();
        chunked.write((Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunked.write(body);
        chunked.write("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return chunked.toByteArray();
    }
}
