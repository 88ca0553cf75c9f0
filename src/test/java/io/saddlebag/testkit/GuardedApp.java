package io.saddlebag.testkit;

import io.saddlebag.Saddlebag;
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
import java.util.Base64;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.apache.camel.test.spring.junit5.DisableJmx;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.autoconfigure.actuate.observability.AutoConfigureObservability;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The application with stand-ins for its routes, asked over HTTP as the world asks it. */
@CamelSpringBootTest
@DisableJmx(false)
@AutoConfigureObservability(tracing = false)
@SpringBootTest(classes = Saddlebag.class, webEnvironment = WebEnvironment.RANDOM_PORT, properties = {
    "camel.main.routes-include-pattern=file:src/test/resources/access/*.camel.yaml", "saddlebag.sandbox=true",
    "saddlebag.master-key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "saddlebag.admin-password=pass word of staff", "saddlebag.cron-secret=tick-tock-tick"})
public abstract class GuardedApp {

    public static final String STAFF = "Basic " + base64("admin:pass word of staff");
    public static final String SCHEDULER = "Bearer tick-tock-tick";

    @TempDir
    public static Path data;

    @LocalServerPort
    public int port;

    public final HttpClient http = HttpClient.newHttpClient();

    @DynamicPropertySource
    public static void settings(DynamicPropertyRegistry registry) throws Exception {
        String database = TestDatabase.migrated();
        registry.add("saddlebag.database.url", () -> database);
        registry.add("saddlebag.data-directory", data::toString);
    }

    protected HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send(request(path, headers).GET());
    }

    protected HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
        return send(request(path, headers).POST(BodyPublishers.ofString(body)));
    }

    protected HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** @param head lines as they are sent, without their end. @return the whole answer */
    public static String raw(int port, String head) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((head + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    protected static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
