package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Browsers that are logged in, at two replicas with one database. */
class StaffSessionsIT {

    private static final String PASSWORD = "a long enough password";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static String database;
    private static SaddlebagServer one;
    private static SaddlebagServer other;

    @BeforeAll
    static void start() throws SQLException {
        ZOHO.reset();
        database = TestDatabase.migrated();
        one = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + database);
        other = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + database);
    }

    @AfterAll
    static void stop() {
        other.close();
        one.close();
    }

    @BeforeEach
    void lisa() {
        one.database().update("DELETE FROM staff_sessions");
        one.database().update("DELETE FROM staff");
        assertThat(one.send("POST", "/api/staff", "{\"name\":\"lisa\",\"role\":\"operator\",\"password\":\"" + PASSWORD + "\"}").statusCode()).isEqualTo(201);
    }

    @Test
    void aLoginAtOneReplicaCountsAtTheOtherAndSoDoesALogout() throws Exception {
        String session = login(one, "lisa", PASSWORD);

        assertThat(status(other, session, "/api/sync/runs")).isEqualTo(200);
        assertThat(page(other, session, "/").body()).contains("lisa");
        form(other, "/logout", "", session + "; XSRF-TOKEN=t", "t");
        assertThat(status(one, session, "/api/sync/runs")).isEqualTo(401);
        assertThat(page(one, session, "/runs").headers().firstValue("Location")).hasValue("/login?expired");
    }

    @Test
    void anotherRoleAnotherPasswordAndTheEndOfAUserEndItsSessionsAtOnce() throws Exception {
        for (String change : new String[] {"{\"role\":\"viewer\"}", "{\"disabled\":true}", "{\"password\":\"another password\",\"disabled\":false}"}) {
            one.send("PATCH", "/api/staff/lisa", "{\"disabled\":false,\"password\":\"" + PASSWORD + "\"}");
            String session = login(other, "lisa", PASSWORD);
            assertThat(status(other, session, "/api/sync/runs")).isEqualTo(200);
            one.send("PATCH", "/api/staff/lisa", change);
            assertThat(status(other, session, "/api/sync/runs")).as(change).isEqualTo(401);
        }
        String session = login(other, "lisa", "another password");
        one.call("DELETE", "/api/staff/lisa");
        assertThat(status(other, session, "/api/sync/runs")).isEqualTo(401);
    }

    @Test
    void aSessionEndsWhenNobodyUsesIt() throws Exception {
        String session = login(one, "lisa", PASSWORD);
        one.database().update("UPDATE staff_sessions SET seen_at = clock_timestamp() - interval '7 hours 59 minutes'");
        assertThat(status(one, session, "/api/sync/runs")).isEqualTo(200);
        assertThat(one.count("staff_sessions WHERE seen_at > clock_timestamp() - interval '1 minute'")).isEqualTo(1);

        one.database().update("UPDATE staff_sessions SET seen_at = clock_timestamp() - interval '8 hours 1 minute'");
        assertThat(status(one, session, "/api/sync/runs")).isEqualTo(401);
    }

    @Test
    void whatAnOpenPageAsksForByItselfKeepsNoSessionAlive() throws Exception {
        String session = login(one, "admin", "staff-password");
        one.database().update("UPDATE staff_sessions SET seen_at = clock_timestamp() - interval '2 hours'");

        assertThat(part(one, session, "/runs").statusCode()).isEqualTo(200);
        HttpResponse<InputStream> events = HTTP.send(request(one, "/events", session).header("Accept", "text/event-stream").GET().build(), BodyHandlers.ofInputStream());
        assertThat(events.statusCode()).isEqualTo(200);
        events.body().close();
        assertThat(form(one, "/actuator/hawtio/jolokia", "", session + "; XSRF-TOKEN=t", "t").statusCode()).isNotIn(302, 401, 403);
        assertThat(one.count("staff_sessions WHERE seen_at > clock_timestamp() - interval '1 hour'")).isZero();

        assertThat(page(one, session, "/runs").statusCode()).isEqualTo(200);
        assertThat(one.count("staff_sessions WHERE seen_at > clock_timestamp() - interval '1 hour'")).isEqualTo(1);
    }

    @Test
    void aPageWhoseSessionHasEndedLoadsItselfAgain() throws Exception {
        HttpResponse<String> part = part(one, "SESSION=ended", "/runs");

        assertThat(part.statusCode()).isEqualTo(401);
        assertThat(part.headers().firstValue("HX-Refresh")).as("which leads to the login page").hasValue("true");
        assertThat(page(one, "SESSION=ended", "/runs").headers().firstValue("Location")).hasValue("/login?expired");
    }

    @Test
    void anOwnNewPasswordEndsTheOtherSessionsAndNotTheOneThatSetIt() throws Exception {
        String here = login(one, "lisa", PASSWORD);
        String elsewhere = login(other, "lisa", PASSWORD);
        String admin = login(one, "admin", "staff-password");

        HttpResponse<String> changed = form(one, "/act/api/staff/lisa", "_method=PATCH&_page=/password&body.oldPassword=" + encoded(PASSWORD)
            + "&body.password=" + encoded(" another password "), here + "; XSRF-TOKEN=t", "t");

        assertThat(changed.headers().firstValue("Location")).as(changed.body()).hasValue("/password");
        assertThat(status(one, here, "/api/sync/runs")).isEqualTo(200);
        assertThat(status(one, elsewhere, "/api/sync/runs")).isEqualTo(401);
        assertThat(status(one, admin, "/api/sync/runs")).isEqualTo(200);
        login(other, "lisa", " another password ");
        assertThat(one.database().queryForObject("SELECT who || ' ' || outcome || ' ' || CAST(details AS text) FROM audit_log WHERE action = 'staff.change' ORDER BY id DESC LIMIT 1",
            String.class)).startsWith("lisa done ").contains("password").doesNotContain("another", "session");

        HttpResponse<String> refused = form(one, "/act/api/staff/lisa", "_method=PATCH&_page=/password&body.oldPassword=wrong&body.password=" + encoded("a third password"),
            here + "; XSRF-TOKEN=t", "t");
        assertThat(refused.headers().firstValue("Location")).hasValue("/password");
        assertThat(one.send("PATCH", "/api/staff/lisa", "{\"password\":\"a fourth password\"}").statusCode()).isEqualTo(200);
        assertThat(status(one, here, "/api/sync/runs")).as("set by an admin").isEqualTo(401);
    }

    @Test
    void theTableTellsNobodyASession() throws Exception {
        String session = login(one, "admin", "staff-password");
        String cookie = session.substring(session.indexOf('=') + 1);

        String row = one.database().queryForObject("SELECT CAST(s AS text) FROM staff_sessions s", String.class);
        String stored = one.database().queryForObject("SELECT encode(id, 'base64') FROM staff_sessions", String.class);
        assertThat(row).contains("admin").doesNotContain(cookie);
        assertThat(status(one, "SESSION=" + stored.replace('+', '-').replace('/', '_').replace("=", ""), "/api/sync/runs")).isEqualTo(401);
        assertThat(status(one, session, "/api/staff")).isEqualTo(200);
    }

    @Test
    void aNewPasswordOfAdminEndsAllSessions() throws Exception {
        String session = login(one, "lisa", PASSWORD);
        SaddlebagServer restarted = SaddlebagServer.start(ZOHO, "--saddlebag.admin-password=a new staff password",
            "--DATABASE_URL=" + database);
        try {
            assertThat(status(restarted, session, "/api/sync/runs")).isEqualTo(401);
            assertThat(status(one, session, "/api/sync/runs")).as("a replica that has the old one still").isEqualTo(200);
        } finally {
            restarted.close();
        }
    }

    @Test
    void whoeverIsNoBrowserDoesNotTouchTheTable() throws Exception {
        String session = login(one, "lisa", PASSWORD);
        try (Connection locked = TestDatabase.connect(database); var statement = locked.createStatement()) {
            locked.setAutoCommit(false);
            statement.execute("LOCK TABLE staff_sessions IN ACCESS EXCLUSIVE MODE");

            for (String cookie : new String[] {"A=b", session}) {
                assertThat(HTTP.send(request(one, "/api/zoho/webhooks/items", cookie).header("Content-Type", "application/json").POST(BodyPublishers.ofString("{}"))
                    .build(), BodyHandlers.ofString()).statusCode()).isEqualTo(401);
            }
            assertThat(one.call("GET", "/api/zoho/health", null).statusCode()).isEqualTo(200);
            assertThat(one.call("GET", "/api/sync/runs/7", "Bearer scheduler-secret").statusCode()).isEqualTo(404);
            assertThat(one.call("GET", "/api/sync/runs").statusCode()).isEqualTo(200);
            assertThat(one.call("GET", "/api/sync/runs", basic()).statusCode()).isEqualTo(200);
            assertThat(HTTP.send(request(one, "/api/sync/runs", session).header("Authorization", basic()).GET().build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
            assertThat(one.call("GET", "/api/sync/runs", null).statusCode()).isEqualTo(401);
            assertThat(page(one, "A=b", "/login").statusCode()).isEqualTo(200);
            assertThat(page(one, session, "/assets/console.css").statusCode()).isEqualTo(200);

            assertThatThrownBy(() -> HTTP.send(request(one, "/api/sync/runs", session).timeout(Duration.ofSeconds(1)).GET().build(), BodyHandlers.ofString()))
                .as("a browser waits for the lock").isInstanceOf(HttpTimeoutException.class);
        }
        assertThat(status(one, session, "/api/sync/runs")).isEqualTo(200);
    }

    private static String basic() {
        return "Basic " + Base64.getEncoder().encodeToString(("lisa:" + PASSWORD).getBytes());
    }

    /** @return the cookie of the session */
    private static String login(SaddlebagServer server, String name, String password) throws Exception {
        HttpResponse<String> in = form(server, "/login", "username=" + name + "&password=" + encoded(password), "XSRF-TOKEN=t", "t");
        assertThat(in.headers().firstValue("Location")).as(in.body()).hasValue("/");
        String cookie = in.headers().allValues("Set-Cookie").stream().filter(one -> one.startsWith("SESSION=")).findFirst().orElseThrow();
        assertThat(cookie).contains("HttpOnly", "SameSite=Lax", "Path=/");
        return cookie.replaceFirst(";.*", "");
    }

    private static int status(SaddlebagServer server, String session, String path) throws Exception {
        return HTTP.send(request(server, path, session).GET().build(), BodyHandlers.ofString()).statusCode();
    }

    private static HttpResponse<String> page(SaddlebagServer server, String session, String path) throws IOException, InterruptedException {
        return HTTP.send(request(server, path, session).header("Accept", "text/html").GET().build(), BodyHandlers.ofString());
    }

    /** As htmx asks for a part of a page. */
    private static HttpResponse<String> part(SaddlebagServer server, String session, String path) throws IOException, InterruptedException {
        return HTTP.send(request(server, path, session).header("Accept", "*/*").header("HX-Request", "true").GET().build(), BodyHandlers.ofString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static HttpResponse<String> form(SaddlebagServer server, String path, String fields, String cookies, String token) throws Exception {
        return HTTP.send(request(server, path, cookies).header("Content-Type", "application/x-www-form-urlencoded").header("Accept", "text/html")
            .POST(BodyPublishers.ofString(fields + "&_csrf=" + token)).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(SaddlebagServer server, String path, String cookies) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path)).header("Cookie", cookies);
    }
}
