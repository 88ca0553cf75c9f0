package io.saddlebag.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.GuardedApp;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Requests as no browser writes them, and what every answer tells browsers. */
@ExtendWith(OutputCaptureExtension.class)
class PlainPathFilterIT extends GuardedApp {

    @ParameterizedTest
    @ValueSource(strings = {"//", "///", "//api/sync/items", "/api//sync", "/api/zoho/sync-products//", "/./api", "/api/.", "/api/../x", "/..", "/api/sync/a;b",
        "/;x=1/actuator", "/actuator/health;jsessionid=1", "/a\\b", "/a%5Cb", "/a%5cb", "/a%2Fb", "/a%2fb", "/%2e%2e/x", "/a%2Eb", "/a%3Bb", "/%00", "/a%0ab",
        "/a%0D%0Ab", "/a%7fb", "/a|b", "/a[b", "/%", "/%zz", "/api/sync/runs/%25", "/a%ffb", "//elsewhere.example/actuator/hawtio/",
        "http://localhost//x", "/a%252e%252e/b", "/actuator/hawtio/..;/",
        "/actuator/%6aolokia", "/actuator/%6Aolokia", "/%41ctuator", "/api/zoho/sync%2dproducts", "/a%2Db", "/a%5fb", "/a%30", "/a%39", "/a%5a", "/a%7A",
        "/a%61", "/a%4F"})
    void aPathThatIsNotInItsPlainFormIsABadRequestAndLeavesNoTrace(String path, CapturedOutput log) throws Exception {
        for (String login : List.of("", "\r\nAuthorization: " + STAFF)) {
            String answer = raw(port, "GET " + path + " HTTP/1.1\r\nHost: localhost" + login);

            assertThat(answer).startsWith("HTTP/1.1 400 ").contains("application/problem+json", "\"status\":400", "\"detail\":\"")
                .contains("Content-Security-Policy: ", "Referrer-Policy: ", "X-Content-Type-Options: nosniff").doesNotContain("Set-Cookie");
        }
        assertThat(log.toString()).doesNotContain("\tat ", "Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/runs/6%2F..", "/runs/6%2f..", "/runs//6", "/runs/6;a", "/records/items/%2e%2e", "/runs/%zz", "/runs/a%ffb", "/actuator/hawtio/..;/"})
    void aBrowserGetsTheErrorPageOfTheConsole(String path, CapturedOutput log) throws Exception {
        for (String login : List.of("", "\r\nAuthorization: " + STAFF)) {
            String answer = raw(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8" + login);

            assertThat(answer).startsWith("HTTP/1.1 400 ").contains("Content-Type: text/html", "<title>Bad Request – Saddlebag</title>", "/assets/console.css",
                "The path is not in its plain form", "Back to the overview").contains("Content-Security-Policy: ", "Referrer-Policy: ", "X-Content-Type-Options: nosniff");
        }
        assertThat(log.toString()).doesNotContain("\tat ", "Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/api/sync/a%20b", "/api/sync/%C3%A4", "/api/sync/a.b", "/api/sync/..a", "/api/sync/a-b_c~9", "/api/sync/a%7Eb", "/api/sync/%40%5B%60%7B%3A",
        "/api/sync/runs/7?a=//;%2e%61"})
    void aPathThatHasOneSpellingGoesOn(String path) throws Exception {
        assertThat(raw(port, "GET " + path + " HTTP/1.1\r\nHost: localhost")).doesNotStartWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/login", "/login?error", "/default-ui.css", "/api/sync/runs/1", "/api/nowhere", "/actuator", "/actuator/health", "/sandbox/ping",
        "/api/zoho/sync-products", "/images/items/1", "/actuator/hawtio/", "/actuator/hawtio/index.html", "/actuator/hawtio/jmx", "/actuator/hawtio"})
    void everyAnswerHasAPolicyOfEachKindAndOneOfThem(String path) throws Exception {
        for (String[] login : new String[][] {{"Authorization", STAFF}, {"Accept", "text/html"}, {"Accept", "application/json"}}) {
            var headers = get(path, login).headers();

            assertThat(headers.allValues("Content-Security-Policy")).as(login[1]).singleElement().asString().containsPattern("default-src '(none|self)'")
                .contains("frame-ancestors 'none'").doesNotContain("unsafe-eval", "script-src 'self' 'unsafe-inline'");
            assertThat(headers.allValues("Referrer-Policy")).as(login[1]).hasSize(1);
            assertThat(headers.allValues("X-Content-Type-Options")).as(login[1]).containsExactly("nosniff");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/actuator/hawtio", "/actuator/hawtio/", "/actuator/prometheus", "/oauth/connect", "/login?logout"})
    void noRedirectLeadsToTheHostThatARequestNames(String path) throws Exception {
        for (String login : List.of("", "\r\nAuthorization: " + STAFF)) {
            for (String named : List.of("Host: elsewhere.example", "Host: localhost\r\nX-Forwarded-Host: elsewhere.example")) {
                String answer = raw(port, "GET " + path + " HTTP/1.1\r\n" + named + "\r\nAccept: text/html" + login);

                assertThat(answer.toLowerCase(Locale.ROOT)).as(answer).doesNotContain("elsewhere.example");
            }
        }
    }

    @Test
    void norDoesALoginOrALogout() throws Exception {
        for (String form : List.of("username=admin&password=pass+word+of+staff", "username=admin&password=wrong")) {
            String answer = raw(port, "POST /login HTTP/1.1\r\nHost: elsewhere.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                + form.length() + "\r\nConnection: close\r\n\r\n" + form);
            assertThat(answer).startsWith("HTTP/1.1 302 ").doesNotContain("elsewhere.example").containsPattern("Location: /([a-z]|\\s)");
        }
        assertThat(raw(port, "POST /logout HTTP/1.1\r\nHost: elsewhere.example\r\nAccept: text/html")).startsWith("HTTP/1.1 302 ").containsPattern("Location: /[a-z]");
    }
}
