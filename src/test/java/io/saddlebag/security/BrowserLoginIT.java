package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.GuardedApp;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** A browser with its cookies, and what another site's page could make it send. */
class BrowserLoginIT extends GuardedApp {

    private static final String READ = """
        {"type":"read","mbean":"java.lang:type=Memory","attribute":"HeapMemoryUsage"}""";

    @Autowired
    private JdbcTemplate database;

    private final CookieManager cookies = new CookieManager();
    private final HttpClient browser = HttpClient.newBuilder().cookieHandler(cookies).build();

    @Test
    void theConsoleAsksForALoginAndThenWorks() throws Exception {
        HttpResponse<String> asked = page("/actuator/hawtio/");
        assertThat(asked.statusCode()).isEqualTo(302);
        assertThat(asked.headers().firstValue("Location").orElseThrow()).endsWith("/login");

        HttpResponse<String> in = login("pass word of staff");
        assertThat(in.headers().firstValue("Location").orElseThrow()).as("the page that was asked for").contains("/actuator/hawtio/");
        HttpResponse<String> console = page("/actuator/hawtio/");
        assertThat(console.statusCode()).isEqualTo(200);
        assertThat(console.body()).contains("<title>Hawtio</title>", "<base href=\"/actuator/hawtio/\"");
        assertThat(page("/actuator/hawtio/user").body()).contains("public");

        assertThat(form("/actuator/jolokia", READ, "X-XSRF-TOKEN", token()).body()).contains("\"status\":200");
        assertThat(form("/actuator/hawtio/jolokia", READ, "X-XSRF-TOKEN", token()).body()).contains("\"status\":200");
        assertThat(form("/api/sync/items", "", "X-XSRF-TOKEN", token()).body()).isEqualTo("staff");
    }

    @Test
    void aWrongPasswordLeadsBackToTheLoginPage() throws Exception {
        page("/actuator/hawtio/");

        assertThat(login("password").headers().firstValue("Location").orElseThrow()).endsWith("/login?error");
        assertThat(page("/actuator/hawtio/").statusCode()).isEqualTo(302);
    }

    @Test
    void aWrongPasswordLeavesTheTypedUserInTheFormOnce() throws Exception {
        page("/login");

        form("/login", "username=%22%3E%3Cb%3Elisa&password=no+such+word&_csrf=" + token(), "Origin", "http://localhost:" + port);

        assertThat(page("/login?error").body()).contains(" value=\"&quot;&gt;&lt;b&gt;lisa\"").doesNotContain("<b>", "no such word");
        assertThat(page("/login?error").body()).doesNotContain("lisa");
    }

    @Test
    void aLoginThatIsNotInTheAuditIsRefused() throws Exception {
        long before = database.queryForObject("SELECT count(*) FROM staff_sessions", Long.class);
        page("/login");
        database.execute("ALTER TABLE audit_log ADD CONSTRAINT no_login CHECK (action <> 'login') NOT VALID");
        try {
            HttpResponse<String> in = form("/login", "username=admin&password=pass+word+of+staff&_csrf=" + token(), "Origin", "http://localhost:" + port);
            assertThat(in.headers().firstValue("Location").orElseThrow()).isEqualTo("/login?away");
        } finally {
            database.execute("ALTER TABLE audit_log DROP CONSTRAINT no_login");
        }
        assertThat(session()).isEmpty();
        assertThat(database.queryForObject("SELECT count(*) FROM staff_sessions", Long.class)).isEqualTo(before);
    }

    @Test
    void theLoginPageSaysWhatHappened() throws Exception {
        assertThat(page("/login").body()).contains("Log in to Saddlebag", "name=\"_csrf\"").doesNotContain("role=\"alert\"", "<script", "<style", " style=");
        assertThat(page("/login").headers().firstValue("Content-Security-Policy").orElseThrow()).doesNotContain("unsafe");
        assertThat(page("/login?error").body()).contains("User or password is wrong.");
        assertThat(page("/login?paused=12").body()).contains("Try again in 12 s");
        assertThat(page("/login?paused=%3Cb%3E").body()).doesNotContain("<b>", "role=\"alert\"");
        assertThat(page("/login?out").body()).contains("You are logged out.");
    }

    @Test
    void aLogoutEndsTheSessionAndAnEndedSessionIsSaid() throws Exception {
        page("/actuator/hawtio/");
        login("pass word of staff");
        HttpCookie session = session().orElseThrow();
        assertThat(consoleOf(session)).isEqualTo(200);

        page("/login");
        HttpResponse<String> out = form("/logout", "_csrf=" + token(), "Accept", "text/html");
        assertThat(out.headers().firstValue("Location").orElseThrow()).isEqualTo("/login?out");
        assertThat(database.queryForList("SELECT who || ' ' || role || ' ' || address || ' ' || action || ' ' || outcome FROM audit_log ORDER BY id DESC LIMIT 2", String.class))
            .containsExactly("admin admin 127.0.0.1 logout done", "admin admin 127.0.0.1 login done");
        assertThat(session()).isEmpty();
        cookies.getCookieStore().add(URI.create("http://localhost:" + port), session);
        assertThat(page("/actuator/hawtio/").headers().firstValue("Location").orElseThrow()).isEqualTo("/login?expired");
        assertThat(session()).as("said once").isEmpty();
        assertThat(page("/actuator/hawtio/").headers().firstValue("Location").orElseThrow()).isEqualTo("/login");
    }

    @Test
    void aFormOfAnEndedSessionLeadsToTheLoginPage() throws Exception {
        page("/actuator/hawtio/");
        login("pass word of staff");
        page("/login");
        String token = token();
        cookies.getCookieStore().remove(URI.create("http://localhost:" + port), session().orElseThrow());
        HttpCookie ended = new HttpCookie(StaffSessions.COOKIE, "ended");
        ended.setPath("/");
        ended.setVersion(0);
        cookies.getCookieStore().add(URI.create("http://localhost:" + port), ended);

        HttpResponse<String> sent = form("/act/api/sync/items", "_csrf=" + token, "Accept", "text/html,*/*;q=0.8");

        assertThat(sent.statusCode()).isEqualTo(302);
        assertThat(sent.headers().firstValue("Location").orElseThrow()).isEqualTo("/login?unsent");
    }

    @Test
    void anotherSitesPageCannotUseTheSession() throws Exception {
        page("/actuator/hawtio/");
        login("pass word of staff");
        page("/actuator/hawtio/");

        HttpResponse<String> refused = form("/api/sync/items", "", "Origin", "https://elsewhere.example");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(refused.body()).contains("without the token of its page");
        assertThat(form("/api/sync/items", "").statusCode()).isEqualTo(403);
        assertThat(form("/actuator/jolokia", READ).statusCode()).isEqualTo(403);
    }

    @Test
    void anotherSitesPageCannotUseAPasswordThatTheBrowserKept() throws Exception {
        assertThat(post("/api/sync/items", "", "Authorization", STAFF, "Origin", "https://elsewhere.example").statusCode())
            .isEqualTo(403);
        assertThat(post("/api/sync/items", "", "Authorization", STAFF).statusCode()).isEqualTo(200);
    }

    @Test
    void aPagesScriptIsNotAnsweredWithTheBrowsersPasswordBox() throws Exception {
        var refused = get("/actuator/hawtio/user", "Sec-Fetch-Mode", "cors");

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).isEmpty();
    }

    @Test
    void whoIsNotLoggedInHasNoSession() throws Exception {
        HttpResponse<String> asked = page("/actuator/prometheus?name=x");
        page("/nowhere");
        page("/login?error");
        assertThat(login("password").statusCode()).isEqualTo(302);
        assertThat(session()).isEmpty();

        page("/actuator/prometheus?name=x");
        HttpResponse<String> in = login("pass word of staff");
        assertThat(asked.headers().firstValue("Location").orElseThrow()).endsWith("/login");
        assertThat(URI.create(in.headers().firstValue("Location").orElseThrow())).hasPath("/actuator/prometheus").hasQuery("name=x");
        assertThat(session()).isPresent();
        assertThat(login("pass word of staff").headers().firstValue("Location").orElseThrow()).as("once").isEqualTo("/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", "elsewhere.example", "%0d%0aX: y", "%"})
    void aLoginLeadsToNoOtherServer(String cookie) throws Exception {
        HttpCookie page = new HttpCookie(RequestedPageCookie.COOKIE, cookie.startsWith("%") ? cookie : URLEncoder.encode(cookie, StandardCharsets.UTF_8));
        page.setPath("/");
        page.setVersion(0);
        cookies.getCookieStore().add(URI.create("http://localhost:" + port), page);

        assertThat(login("pass word of staff").headers().firstValue("Location").orElseThrow()).isEqualTo("/");
    }

    @ParameterizedTest
    @CsvSource({"/oauth/connect, /connections", "/oauth/connect?for=push, /connections", "/oauth/connect?for=push&org=K%C3%B6ln%201, /connections?org=K%C3%B6ln%201"})
    void aLoginDoesNotLeadToZohoByItself(String asked, String page) throws Exception {
        assertThat(page(asked).headers().firstValue("Location").orElseThrow()).endsWith("/login");

        HttpResponse<String> in = login("pass word of staff");

        assertThat(in.headers().firstValue("Location").orElseThrow()).as("browsers follow no redirect of a form to another server").isEqualTo(page);
        assertThat(page("/login").headers().firstValue("Content-Security-Policy").orElseThrow()).contains("form-action 'self'");
    }

    @Test
    void theFirstOfTooManyBrowsersIsLoggedOut() throws Exception {
        login("pass word of staff");
        assertThat(page("/actuator/hawtio/").statusCode()).isEqualTo(200);
        HttpCookie first = session().orElseThrow();
        for (int browser = 2; browser <= 100; browser++) { // as many as may be logged in at one time
            loginFromAnotherBrowser();
        }
        HttpCookie last = session().orElseThrow();
        assertThat(consoleOf(first)).as("of a hundred").isEqualTo(200);

        loginFromAnotherBrowser();

        assertThat(page("/actuator/hawtio/").statusCode()).isEqualTo(200);
        assertThat(consoleOf(first)).isEqualTo(302);
        assertThat(consoleOf(last)).isEqualTo(200);
    }

    private void loginFromAnotherBrowser() throws Exception {
        cookies.getCookieStore().removeAll();
        login("pass word of staff");
    }

    private int consoleOf(HttpCookie session) throws Exception {
        cookies.getCookieStore().removeAll();
        cookies.getCookieStore().add(URI.create("http://localhost:" + port), session);
        return page("/actuator/hawtio/").statusCode();
    }

    private Optional<HttpCookie> session() {
        return cookies.getCookieStore().getCookies().stream().filter(cookie -> cookie.getName().equals(StaffSessions.COOKIE)).findFirst();
    }

    private HttpResponse<String> login(String password) throws Exception {
        page("/login");
        return form("/login", "username=admin&password=" + password.replace(' ', '+') + "&_csrf=" + token(),
            "Origin", "http://localhost:" + port);
    }

    private HttpResponse<String> page(String path) throws Exception {
        return browser.send(request(path, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8").GET().build(),
            BodyHandlers.ofString());
    }

    private HttpResponse<String> form(String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = request(path, headers).POST(BodyPublishers.ofString(body));
        if (!body.startsWith("{")) {
            request.header("Content-Type", "application/x-www-form-urlencoded");
        }
        return browser.send(request.build(), BodyHandlers.ofString());
    }

    private String token() {
        return cookies.getCookieStore().get(URI.create("http://localhost:" + port)).stream()
            .filter(cookie -> cookie.getName().equals("XSRF-TOKEN")).findFirst().map(HttpCookie::getValue).orElseThrow();
    }
}
