package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.GuardedApp;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A dictionary at each door; addresses are told by a proxy on this machine. */
@ExtendWith(OutputCaptureExtension.class)
class LoginPausesIT extends GuardedApp {

    @Test
    void aDictionaryDoesNotGetToTheRightPassword(CapturedOutput log) throws Exception {
        HttpResponse<String> last = null;
        for (int word = 0; word < 40; word++) {
            last = asked("203.0.113.1", "Basic " + base64("admin:word" + word));
        }
        assertPaused(last);
        assertPaused(asked("203.0.113.1", STAFF));
        assertThat(asked("203.0.113.2", STAFF).statusCode()).as("from elsewhere").isEqualTo(200);
        assertThat(asked("203.0.113.1", SCHEDULER).statusCode()).as("another secret").isEqualTo(200);
        assertThat(log).doesNotContain("word1", "word39");
        assertThat(get("/actuator/prometheus", "Authorization", STAFF).body()).contains("saddlebag_logins_failed_total{user=\"staff\"}")
            .contains("saddlebag_logins_unheard_total{user=\"staff\"}").contains("saddlebag_logins_failed_total{user=\"scheduler\"}");
    }

    @Test
    void norToTheRightBearer() throws Exception {
        for (int word = 0; word < 40; word++) {
            asked("203.0.113.3", "Bearer word" + word);
        }
        assertPaused(asked("203.0.113.3", SCHEDULER));
        assertThat(asked("203.0.113.4", SCHEDULER).statusCode()).isEqualTo(200);
    }

    @Test
    void norByTheLoginPage() throws Exception {
        HttpResponse<String> first = form("203.0.113.5", "word");
        assertThat(first.statusCode()).isEqualTo(302);
        assertThat(first.headers().firstValue("Location").orElseThrow()).endsWith("/login?error");
        for (int word = 0; word < 10; word++) {
            form("203.0.113.5", "word" + word);
        }
        assertPaused(form("203.0.113.5", "pass word of staff"));
        assertThat(form("203.0.113.5", "pass word of staff", "Accept", "text/html").headers().firstValue("Location").orElseThrow())
            .as("a browser").matches("/login\\?paused=[0-9]+");
        assertThat(form("203.0.113.6", "pass word of staff").headers().firstValue("Location").orElseThrow()).doesNotContain("error");
    }

    private HttpResponse<String> asked(String address, String authorization) throws Exception {
        return post("/api/sync/items", "", "Authorization", authorization, "X-Forwarded-For", address);
    }

    private HttpResponse<String> form(String address, String password, String... headers) throws Exception {
        HttpRequest.Builder request = request("/login", "X-Forwarded-For", address, "Content-Type", "application/x-www-form-urlencoded");
        return send((headers.length == 0 ? request : request.headers(headers))
            .POST(BodyPublishers.ofString("username=admin&password=" + password.replace(' ', '+'))));
    }

    private static void assertPaused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(Integer.parseInt(answer.headers().firstValue("Retry-After").orElseThrow())).isBetween(1, 60);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("Too many logins from your address failed; this one was refused without checking the password");
    }
}
