package io.saddlebag.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers may ask of the packaged application with the options of production, which ends when its 256 MB do not suffice. */
@Tag("alone")
class StrangersIT {

    private static final String SIGNED = "X-Zoho-Webhook-Signature: 00\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
    private static final String STAFF = "Basic " + Base64.getEncoder().encodeToString("admin:staff-password".getBytes(StandardCharsets.US_ASCII));
    private static final int SENDERS = 300;
    private static final int MEGABYTE = 1 << 20;
    private static final int READERS = 24;
    private static final String PICTURE = "/images/items/1";
    private static final int PICTURE_BYTES = 6_900_000;

    @TempDir
    static Path folder;
    private static AppProcess saddlebag;
    private static String database;
    private static URI address;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.fresh();
        Map<String, String> settings = new HashMap<>(AppProcess.connected(SandboxServer.shared(), database));
        settings.put("SADDLEBAG_IMAGES_PUBLIC", "true");
        settings.put("SADDLEBAG_PULL_AT_START", "false");
        settings.put("SADDLEBAG_DEV", "true"); // Camel's schema is in memory as well
        settings.put("ZOHO_WEBHOOK_SECRET", "SampleSecret1234");
        saddlebag = AppProcess.inProduction(folder, settings).awaitReady();
        address = saddlebag.uri("/");
        storePicture();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        saddlebag.close();
    }

    @AfterEach
    void lives() throws Exception {
        assertThat(get("/api/zoho/health").statusCode()).isEqualTo(200);
        assertThat(saddlebag.log()).doesNotContain("OutOfMemoryError", "Servlet.service() for servlet");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        signed, one byte short        | POST /api/zoho/sync-products      | signed json
        unsigned                      | POST /api/zoho/sync-products      | json
        of an organisation not here   | POST /api/zoho/sync-products?org=9 | signed json
        of the general address        | POST /api/zoho/webhooks/items     | signed json
        a form                        | POST /api/zoho/sync-bills         | signed form
        too long                      | POST /api/zoho/sync-invoices      | signed json
        where none is read            | GET /api/zoho/health              | json
        where nobody is let in        | POST /api/organisations           | json
        of a page of another site     | POST /api/organisations           | form origin
        of an address that is not     | POST /nowhere                     | form origin
        a long login                  | POST /login                       | form origin
        a login                       | POST /login                       | form origin
        a login's page                | GET /login                        | form
        a file                        | POST /api/sync/items              | multipart
        """)
    void threeHundredHalfBodies(String what, String request, String head) throws Exception {
        String lines = request + "\r\n" + (head.contains("signed") ? SIGNED : "") + (head.contains("json") ? JSON : "")
            + (head.contains("form") ? FORM : "") + (head.contains("origin") ? "Origin: http://elsewhere.example\r\n" : "")
            + (head.contains("multipart") ? "Content-Type: multipart/form-data; boundary=x\r\n" : "");
        try (HalfRequests senders = new HalfRequests(address)) {
            for (int n = 0; n < SENDERS; n++) {
                senders.begin(lines, what.equals("too long") ? 2 * MEGABYTE : what.equals("a login") ? 4000 : MEGABYTE);
            }
            assertThat(get("/api/zoho/health").statusCode()).as("others are answered").isEqualTo(200);
            assertThat(webhook().statusCode()).as("webhooks too").isEqualTo(401);

            assertThat(senders.answers()).as(what).isSubsetOf(what.equals("a login") ? List.of(0, 408, 500, 503) : List.of(0, 200, 401, 403, 408, 413, 503));
        }
    }

    /** A pair costs many times its two bytes once it is split off. */
    @Test
    void formsOfHalfAMillionPairs() {
        HttpRequest form = HttpRequest.newBuilder(address.resolve("/api/zoho/sync-products")).header("Content-Type", "application/x-www-form-urlencoded")
            .header("X-Zoho-Webhook-Signature", "00").timeout(Duration.ofMinutes(1)).POST(BodyPublishers.ofString("a&".repeat(MEGABYTE / 2 - 1))).build();
        List<HttpResponse<String>> answers = IntStream.range(0, 12).mapToObj(n -> http.sendAsync(form, BodyHandlers.ofString())).toList().stream()
            .map(CompletableFuture::join).toList();

        assertThat(answers).extracting(HttpResponse::statusCode).contains(413).isSubsetOf(413, 503);
        assertThat(answers).filteredOn(answer -> answer.statusCode() == 413).allSatisfy(answer -> assertThat(answer.body()).contains("more than 200 fields"));
    }

    /** More than there may be connections. */
    @Test
    void headsThatDoNotEnd() throws Exception {
        List<Socket> senders = new ArrayList<>();
        try {
            for (int n = 0; n < 1200; n++) {
                Socket sender = new Socket(address.getHost(), address.getPort());
                senders.add(sender);
                sender.getOutputStream().write(("GET / HTTP/1.1\r\nX: " + "x".repeat(7000)).getBytes(StandardCharsets.US_ASCII));
            }
        } finally {
            for (Socket sender : senders) {
                sender.close();
            }
        }
        await().ignoreExceptions().until(() -> get("/api/zoho/health").statusCode() == 200);
    }

    @Test
    void namesThatAnybodyMakesUpAreNoMeters() throws Exception {
        for (int n = 0; n < 50; n++) {
            get("/madeup-" + n + "?madeup-" + n + "=1");
            http.send(HttpRequest.newBuilder(address.resolve("/api/zoho/webhooks/madeup-" + n + "?org=madeup-" + n + "&event=madeup-" + n))
                .header("Content-Type", "application/json").POST(BodyPublishers.ofString("{}")).build(), BodyHandlers.discarding());
            http.send(HttpRequest.newBuilder(address).method("MADEUP" + n, BodyPublishers.noBody()).build(), BodyHandlers.discarding());
        }
        HttpResponse<String> meters = http.send(HttpRequest.newBuilder(address.resolve("/actuator/prometheus")).header("Authorization", STAFF)
            .build(), BodyHandlers.ofString());

        assertThat(meters.statusCode()).isEqualTo(200);
        assertThat(meters.body()).contains("saddlebag_requests_bodies_bytes", "saddlebag_requests_refused_total").doesNotContainIgnoringCase("madeup");
    }

    /** Pages and wrong passwords of browsers that keep no cookie. */
    @Test
    void anonymousRequestsForPagesMakeNoSessions() throws Exception {
        for (int n = 0; n < 200; n++) {
            HttpResponse<String> answer = http.send(HttpRequest.newBuilder(address.resolve("/actuator/hawtio/?" + n)).header("Accept", "text/html").build(),
                BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(302);
            assertThat(answer.headers().allValues("Set-Cookie")).noneMatch(cookie -> cookie.startsWith("JSESSIONID"));
        }
    }

    @Test
    void listingsOfTheConsole() {
        List<HttpResponse<String>> answers = IntStream.range(0, 6).mapToObj(n -> http.sendAsync(console("{\"type\":\"list\"}"), BodyHandlers.ofString()))
            .toList().stream().map(CompletableFuture::join).toList();

        assertThat(answers).extracting(HttpResponse::statusCode).contains(200).isSubsetOf(200, 503);
        for (HttpResponse<String> answer : answers) {
            assertThat(answer.headers().firstValue("Retry-After").isPresent()).isEqualTo(answer.statusCode() == 503);
            assertThat(answer.body().length()).isLessThan(6 * MEGABYTE);
        }
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 200).findFirst().orElseThrow().body())
            .contains("type=routes", "pull-timer-full", "type=processors", "zoho-call-throttle");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"list\"}", "{\"type\":\"search\",\"mbean\":\"*:*\"}",
        "{\"type\":\"read\",\"mbean\":\"org.apache.camel:*\"}", "{\"type\":\"read\",\"mbean\":\"java.lang:type=Memory\"}"})
    void oneRequestForThousandsOfThings(String one) throws Exception {
        String body = IntStream.range(0, 2000).mapToObj(n -> one).collect(Collectors.joining(",", "[", "]"));

        assertThat(http.send(console(body), BodyHandlers.discarding()).statusCode()).isEqualTo(400);
    }

    @Test
    void twentyFourReadersOfOnePicture() {
        List<HttpResponse<byte[]>> answers = IntStream.range(0, READERS).mapToObj(n ->
            http.sendAsync(HttpRequest.newBuilder(address.resolve(PICTURE)).timeout(Duration.ofMinutes(1)).build(), BodyHandlers.ofByteArray()))
            .toList().stream().map(CompletableFuture::join).toList();

        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(PICTURE_BYTES);
            assertThat(answer.body()).isEqualTo(picture());
        });
    }

    /** Half of them leave in the middle. */
    @Test
    void readersThatStopHoldUpNobody() throws Exception {
        List<Socket> readers = new ArrayList<>();
        try {
            for (int n = 0; n < 2 * READERS; n++) {
                Socket reader = new Socket(address.getHost(), address.getPort());
                readers.add(reader);
                reader.setReceiveBufferSize(4096);
                reader.getOutputStream().write(("GET " + PICTURE + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            }
            List<String> statuses = new ArrayList<>();
            for (Socket reader : readers) {
                reader.setSoTimeout(10_000);
                statuses.add(new String(reader.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).substring(9));
            }
            assertThat(statuses).contains("200", "503").containsOnly("200", "503");
            assertThat(webhook().statusCode()).isEqualTo(401);
            for (Socket gone : readers.subList(0, READERS)) {
                gone.close();
            }
        } finally {
            for (Socket reader : readers) {
                reader.close();
            }
        }
        await().ignoreExceptions().untilAsserted(() -> twentyFourReadersOfOnePicture());
    }

    private static void storePicture() throws SQLException {
        try (Connection connection = TestDatabase.connect(database);
                PreparedStatement image = connection.prepareStatement("INSERT INTO images (digest, content, media_type, bytes) VALUES ('d', ?, 'image/png', ?)");
                Statement item = connection.createStatement()) {
            image.setBytes(1, picture());
            image.setInt(2, PICTURE_BYTES);
            image.executeUpdate();
            item.execute("INSERT INTO products (org_id, zoho_item_id, name) SELECT org_id, '1', 'Lantern' FROM organisations WHERE is_default;"
                + "INSERT INTO item_images (org_id, zoho_item_id, wanted_key, image_key, digest, fetched_at) SELECT org_id, '1', 'k', 'k', 'd', now() "
                + "FROM organisations WHERE is_default");
        }
    }

    private static byte[] picture() {
        byte[] picture = new byte[PICTURE_BYTES];
        new Random(1).nextBytes(picture);
        return picture;
    }

    private static HttpRequest console(String body) {
        return HttpRequest.newBuilder(address.resolve("/actuator/jolokia")).header("Authorization", STAFF).header("Content-Type", "application/json")
            .timeout(Duration.ofMinutes(1)).POST(BodyPublishers.ofString(body)).build();
    }

    private HttpResponse<String> webhook() throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(address.resolve("/api/zoho/sync-products")).header("Content-Type", "application/json")
            .header("X-Zoho-Webhook-Signature", "00").timeout(Duration.ofSeconds(10)).POST(BodyPublishers.ofString("{\"item\":{\"item_id\":\"1\"}}"))
            .build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
    }
}
