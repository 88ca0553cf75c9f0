package io.saddlebag.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.AppProcess;
import io.saddlebag.database.TestDatabase;
import io.saddlebag.sandbox.SandboxServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What strangers may ask of the packaged application with the options of production, which ends when its 256 MB do not suffice. */
@Tag("alone")
class StrangersIT {

    private static final String SIGNED = "X-Zoho-Webhook-Signature: 00\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
    private static final int SENDERS = 300;
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    static Path folder;
    private static AppProcess saddlebag;
    private static URI address;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    @BeforeAll
    static void start() throws Exception {
        Map<String, String> settings = new HashMap<>(AppProcess.connected(SandboxServer.shared(), TestDatabase.fresh()));
        settings.put("SADDLEBAG_PULL_AT_START", "false");
        settings.put("ZOHO_WEBHOOK_SECRET", "SampleSecret1234");
        saddlebag = AppProcess.inProduction(folder, settings).awaitReady();
        address = saddlebag.uri("/");
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
        of the general address        | POST /api/zoho/webhooks/items     | signed json
        a form                        | POST /api/zoho/sync-bills         | signed form
        too long                      | POST /api/zoho/sync-invoices      | signed json
        where none is read            | GET /api/zoho/health              | json
        where nobody is let in        | POST /api/organisations           | json
        of a page of another site     | POST /api/organisations           | form origin
        of an address that is not     | POST /nowhere                     | form origin
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
                senders.begin(lines, what.equals("too long") ? 2 * MEGABYTE : MEGABYTE);
            }
            assertThat(get("/api/zoho/health").statusCode()).as("others are answered").isEqualTo(200);
            assertThat(webhook().statusCode()).as("webhooks too").isEqualTo(401);

            assertThat(senders.answers()).as(what).isSubsetOf(0, 200, 401, 403, 404, 408, 413, 503);
        }
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
