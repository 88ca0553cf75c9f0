package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.GuardedApp;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A dictionary at each door; addresses are told by a proxy on this machine. */
@ExtendWith(OutputCaptureExtension.class)
class LoginPausesIT extends GuardedApp {

    @Autowired private LoginPauses pauses;

    @Test
    void aDictionaryDoesNotGetToTheRightPassword(CapturedOutput log) throws Exception {
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (int word = 0; word < 40; word++) {
            answers.add(asked("203.0.113.1", "Basic " + base64("admin:word" + word)));
        }
        assertThat(answers).anySatisfy(LoginPausesIT::assertPaused);
        pauseForAMinute(StaffLogin.GROUP, "203.0.113.1");
        assertPaused(asked("203.0.113.1", STAFF));
        assertThat(asked("203.0.113.2", STAFF).statusCode()).as("from elsewhere").isEqualTo(200);
        assertThat(asked("203.0.113.1", SCHEDULER).statusCode()).as("another secret").isEqualTo(200);
        assertThat(log).doesNotContain("word1", "word39");
        assertThat(get("/actuator/prometheus", "Authorization", STAFF).body()).contains("saddlebag_logins_failed_total{user=\"staff\"}")
            .contains("saddlebag_logins_unheard_total{user=\"staff\"}").contains("saddlebag_logins_failed_total{user=\"scheduler\"}");
    }

    @Test
    void norToTheRightBearer() throws Exception {
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (int word = 0; word < 40; word++) {
            answers.add(asked("203.0.113.3", "Bearer word" + word));
        }
        assertThat(answers).anySatisfy(LoginPausesIT::assertPaused);
        pauseForAMinute(SchedulerLogin.USER, "203.0.113.3");
        assertPaused(asked("203.0.113.3", SCHEDULER));
        assertThat(asked("203.0.113.4", SCHEDULER).statusCode()).isEqualTo(200);
    }

    @Test
    void norByTheLoginPage() throws Exception {
        HttpResponse<String> first = form("203.0.113.5", "word");
        assertThat(first.statusCode()).isEqualTo(302);
        assertThat(first.headers().firstValue("Location").orElseThrow()).endsWith("/login?error");
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (int word = 0; word < 10; word++) {
            answers.add(form("203.0.113.5", "word" + word));
        }
        assertThat(answers).anySatisfy(LoginPausesIT::assertPaused);
        pauseForAMinute(StaffLogin.GROUP, "203.0.113.5");
        assertPaused(form("203.0.113.5", "pass word of staff"));
        assertThat(form("203.0.113.5", "pass word of staff", "Accept", "text/html").headers().firstValue("Location").orElseThrow())
            .as("a browser").matches("/login\\?paused=[0-9]+");
        assertThat(form("203.0.113.6", "pass word of staff").headers().firstValue("Location").orElseThrow()).doesNotContain("error");
    }

    /** The first pauses are so short that a slow test misses them. */
    private void pauseForAMinute(String group, String address) {
        for (int failure = 0; failure < 10; failure++) {
            pauses.failed(group, address);
        }
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
