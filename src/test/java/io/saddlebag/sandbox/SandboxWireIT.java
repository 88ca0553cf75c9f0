package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.CallLog;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes over the wire: packed, in pieces, of any size, and how a connection ends. */
class SandboxWireIT {

    private static final String ITEMS = "/inventory/v1/items?" + SandboxClient.ORG;

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        zoho.withToken();
    }

    @Test
    void aClientThatTakesGzipGetsIt() throws IOException {
        HttpResponse<byte[]> packed = zoho.packed(ITEMS, "gzip, deflate");
        assertThat(packed.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(packed.headers().firstValue("Content-Type")).hasValue("application/json;charset=UTF-8");
        String plain = zoho.get("/items").body();
        assertThat(packed.body().length).isLessThan(plain.length() / 3);
        assertThat(unpacked(packed.body())).isEqualTo(plain);
    }

    @ParameterizedTest
    @CsvSource({"identity", "x-gzip", "gzip;q=0", "'gzip; q=0.000, br'", "deflate"})
    void aClientThatDoesNotTakeGzipGetsNone(String accepts) {
        HttpResponse<byte[]> plain = zoho.packed(ITEMS, accepts);
        assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(plain.body()[0]).isEqualTo((byte) '{');
    }

    @ParameterizedTest
    @CsvSource({"gzip;q=0.5", "'deflate,gzip'", "'gzip;q=1.0, *;q=0'"})
    void gzipMayBeWeighed(String accepts) {
        assertThat(zoho.packed(ITEMS, accepts).headers().firstValue("Content-Encoding")).hasValue("gzip");
    }

    @Test
    void errorsArePackedTooAndWhatIsForPeopleIsNot() throws IOException {
        HttpResponse<byte[]> error = zoho.packed("/inventory/v1/items/1?" + SandboxClient.ORG, "gzip");
        assertThat(error.statusCode()).isEqualTo(404);
        assertThat(json(unpacked(error.body())).get("code").intValue()).isEqualTo(5);
        assertThat(zoho.packed("/control", "gzip").headers().firstValue("Content-Encoding")).isEmpty();
    }

    @Test
    void brokenGzipCannotBeUnpacked() {
        server.faults().add(Fault.of(Fault.Kind.GZIP_BROKEN).next(1));
        HttpResponse<byte[]> answer = zoho.packed(ITEMS, "gzip");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThatThrownBy(() -> unpacked(answer.body())).isInstanceOfAny(ZipException.class, EOFException.class);
    }

    @Test
    void halfOfTheJsonIsACompleteGzip() throws IOException {
        server.faults().add(Fault.of(Fault.Kind.TRUNCATE).next(1));
        String half = unpacked(zoho.packed(ITEMS, "gzip").body());
        assertThatThrownBy(() -> json(half)).isInstanceOf(AssertionError.class);
    }

    @Test
    void aHugeAnswerIsValidAndOfTheSizeAskedFor() throws IOException {
        server.faults().add(Fault.huge(25_000_000).next(2));
        HttpResponse<byte[]> plain = zoho.packed(ITEMS, "identity");
        assertThat(plain.body().length).isEqualTo(25_000_000);
        assertThat(plain.body()[25_000_000 - 1]).isEqualTo((byte) '}');
        JsonNode page = json(new String(plain.body(), StandardCharsets.UTF_8));
        assertThat(page.get("items")).hasSize(200);
        HttpResponse<byte[]> packed = zoho.packed(ITEMS, "gzip");
        assertThat(packed.body().length).isGreaterThan(10_000_000);
        assertThat(unpacked(packed.body()).equals(new String(plain.body(), StandardCharsets.UTF_8))).isTrue();
        assertThat(zoho.get("/items").body().length()).isLessThan(1_000_000);
    }

    @Test
    void anAnswerSmallerThanAskedForGrowsToTheByte() {
        server.faults().add(Fault.huge(1000).next(1));
        assertThat(zoho.packed("/inventory/v1/items?per_page=1&page=9999&" + SandboxClient.ORG, "identity").body())
                .hasSize(1000);
    }

    @Test
    void aDripSendsItsHeadAtOnceAndThenPieceByPiece() throws IOException {
        zoho.control("POST", "/faults", "{\"kind\":\"drip\",\"ms\":100,\"bytes\":10,\"count\":1}");
        long start = System.nanoTime();
        try (Socket socket = zoho.open("/inventory/v1/items?per_page=1&page=9999&" + SandboxClient.ORG)) {
            // A longer pause than between two pieces would end this.
            socket.setSoTimeout(1000);
            InputStream in = socket.getInputStream();
            String head = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
            assertThat(head).isEqualTo("HTTP/1.1 200");
            assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(System.nanoTime() - start).isGreaterThan(2_000_000_000L);
            assertThat(answer).contains("\r\nx-rate-limit-remaining: ", "Content-Type: application/json")
                    .endsWith("}}");
        }
    }

    @Test
    void aDripTakesPlaceUntilItsEnd() {
        server.faults().add(Fault.drip(20, 1).next(1));
        HttpResponse<String> answer = zoho.get("/items?per_page=1&page=9999");
        assertThat(json(answer).get("items")).isEmpty();
        CallLog.Call call = server.calls().list().get(1);
        assertThat(call.ms()).isGreaterThanOrEqualTo(20L * answer.body().length());
        assertThat(call.status()).isEqualTo(200);
    }

    @Test
    void aDripIsPackedForWhoTakesGzip() throws IOException {
        server.faults().add(Fault.drip(1, 50).next(1));
        HttpResponse<byte[]> answer = zoho.packed("/inventory/v1/items?per_page=5&" + SandboxClient.ORG, "gzip");
        assertThat(json(unpacked(answer.body())).get("items")).hasSize(5);
    }

    @Test
    void aDripEndsSoonAfterItsClientHasGone() throws IOException {
        server.faults().add(Fault.drip(50, 1).next(1));
        try (Socket socket = zoho.open(ITEMS)) {
            socket.getInputStream().readNBytes(12);
        }
        // 200 items a byte at a time would take hours.
        Awaitility.await().until(() -> server.calls().list().size() == 2);
        assertThat(zoho.get("/items").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"RESET, true", "DROP, false"})
    void aResetIsTcpsAndADropEndsInOrder(Fault.Kind kind, boolean isReset) throws IOException {
        server.faults().add(Fault.of(kind).next(1));
        try (Socket socket = zoho.open(ITEMS)) {
            socket.setSoTimeout(5000);
            InputStream in = socket.getInputStream();
            if (isReset) {
                assertThatThrownBy(in::read).isInstanceOf(SocketException.class).hasMessageContaining("reset")
                        .isNotInstanceOf(SocketTimeoutException.class);
            } else {
                assertThat(in.read()).isEqualTo(-1);
            }
        }
        assertThat(server.calls().list().get(1).status()).isZero();
        assertThat(zoho.get("/items").statusCode()).isEqualTo(200);
    }

    private static String unpacked(byte[] gzip) throws IOException {
        return new String(new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes(), StandardCharsets.UTF_8);
    }
}
