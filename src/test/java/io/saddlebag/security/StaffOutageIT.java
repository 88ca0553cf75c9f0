package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.StoppableServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins and browsers while the database is away. */
class StaffOutageIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String LISA = "Basic " + Base64.getEncoder().encodeToString("lisa:a long enough password".getBytes());

    @TempDir
    private static Path folder;

    @Test
    void adminEntersByPasswordAndOthersAreToldWhy() throws Exception {
        try (StoppableServer database = StoppableServer.in(folder);
             SaddlebagServer server = SaddlebagServer.start(SandboxServer.shared().reset(), "--DATABASE_URL=" + database.url(), "--spring.datasource.hikari.connection-timeout=500")) {
            // half a second is short for a connection on a busy machine
            await().until(() -> Set.of(201, 409).contains(server.send("POST", "/api/staff",
                "{\"name\":\"lisa\",\"role\":\"viewer\",\"password\":\"a long enough password\"}").statusCode()));
            String session = await().until(() -> form(server, "staff-password").headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("SESSION=")).findFirst(), Optional::isPresent).orElseThrow().replaceFirst(";.*", "");
            await().until(() -> page(server, session, "/actuator/prometheus").statusCode() == 200);

            database.crash();
            assertThat(server.call("GET", "/actuator/prometheus").statusCode()).as("admin by Basic").isEqualTo(200);
            HttpResponse<String> unknown = server.call("GET", "/actuator/prometheus", LISA);
            assertThat(unknown.statusCode()).as(unknown.body()).isEqualTo(503);
            assertThat(unknown.headers().firstValue("Retry-After")).isPresent();
            assertThat(page(server, session, "/actuator/prometheus").statusCode()).as("a browser is not sent to the login page").isEqualTo(503);
            assertThat(form(server, "staff-password").headers().firstValue("Location")).as("no session can be stored").hasValue("/login?away");
            assertThat(page(server, session, "/login").statusCode()).isEqualTo(200);
            assertThat(page(server, session, "/api/zoho/health").statusCode()).as("health says so").isEqualTo(503);

            database.start();
            await().until(() -> page(server, session, "/actuator/prometheus").statusCode() == 200);
            await().until(() -> server.call("GET", "/actuator/prometheus", LISA).statusCode() == 200);
        }
    }

    private static HttpResponse<String> form(SaddlebagServer server, String password) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/login")).header("Accept", "text/html")
            .header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString("username=admin&password=" + password)).build(),
            BodyHandlers.ofString());
    }

    private static HttpResponse<String> page(SaddlebagServer server, String session, String path) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path)).header("Accept", "text/html, */*;q=0.1")
            .header("Cookie", session).build(), BodyHandlers.ofString());
    }
}
