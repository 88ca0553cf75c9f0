package io.saddlebag.zoho;

import static io.saddlebag.testkit.WireServer.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.WireServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When Zoho says how long it wants to be left alone, all replicas do so: the wait is in the database. */
class RetryAfterIT {

    private static final String TOKEN = "{\"access_token\":\"1000.sample\",\"expires_in\":3600}";
    private static final String OK = head(200, "Content-Length: 10") + "{\"code\":0}";
    private static WireServer wire;
    private static SaddlebagServer saddlebag;
    private static ZohoCalls client;
    private static volatile String token;
    private static volatile String answer;

    @BeforeAll
    static void start() throws IOException {
        wire = WireServer.start();
        saddlebag = SaddlebagServer.start(SandboxServer.shared().reset(), "--zoho.api-url=" + wire.url(), "--zoho.accounts-url=" + wire.url());
        client = new ZohoCalls(saddlebag);
    }

    @AfterAll
    static void stop() throws IOException {
        wire.close();
        saddlebag.close();
    }

    @BeforeEach
    void asNew() {
        token = head(200, "Content-Length: " + TOKEN.length()) + TOKEN;
        wire.does(w -> w.send(w.request.contains("/oauth/v2/token") ? token : answer));
        saddlebag.database().update("DELETE FROM zoho_calls");
        saddlebag.database().update("DELETE FROM token_requests");
        saddlebag.database().update("UPDATE organisations SET blocked_until = NULL, blocked_for = NULL");
        saddlebag.database().update("UPDATE connections SET access_token = NULL, refresh_at = NULL, ends_at = NULL, cooldown_until = NULL");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            429 | {"code":44}   | 120    | 120   | minute
            429 | {"code":44}   | 30     | 30    | minute
            429 | {"code":44}   | soon   | 60    | minute
            429 | {"code":45}   | 7200   | 7200  | day
            429 | {"code":1070} | 40     | 40    | in-flight
            429 | no            | 40     | 40    | minute
            503 | {"code":1000} | 120    | 120   | retry-after
            503 | busy          | 604800 | 900   | retry-after
            500 | {"code":1000} | 120    | 120   | retry-after
            """)
    void noCallGoesOutBefore(int status, String body, String retryAfter, int seconds, String waitingFor) {
        answer = head(status, "Content-Length: " + body.length(), "Retry-After: " + retryAfter) + body;
        assertThat(ZohoCalls.failure(client.call("/first"))).isInstanceOfSatisfying(ZohoLimitException.class, limit -> {
            assertThat(limit.waitingFor()).isEqualTo(waitingFor);
            assertThat(Duration.between(Instant.now(), limit.until()).toSeconds()).isCloseTo(seconds, within(10L));
        });

        answer = OK;
        int sent = wire.requests().size();
        assertThat(ZohoCalls.failure(client.call("/second"))).isInstanceOfSatisfying(ZohoLimitException.class,
            limit -> assertThat(limit.waitingFor()).isEqualTo(waitingFor));
        assertThat(wire.requests()).hasSize(sent);
        assertThat(blockedFor()).isCloseTo(seconds, within(10L));
    }

    @Test
    void aDateCountsFromTheAnswersOwnDate() {
        Instant theirs = Instant.now().minus(Duration.ofDays(3)); // a clock that is wrong by days
        answer = head(503, "Content-Length: 0", "Date: " + date(theirs), "Retry-After: " + date(theirs.plusSeconds(120)));
        assertThat(ZohoCalls.failure(client.call("/first"))).isInstanceOf(ZohoLimitException.class);
        assertThat(blockedFor()).isCloseTo(120, within(10L));
    }

    @Test
    void aShortWaitIsWaitedForBeforeTheNextCall() {
        answer = head(503, "Content-Length: 0", "Retry-After: 2");
        assertThat(ZohoCalls.failure(client.call("/first"))).isInstanceOf(ZohoUnavailableException.class);
        answer = OK;
        assertThat(client.call("/second").getException()).isNull();
        assertThat(saddlebag.database().queryForObject("SELECT max(at) - min(answered_at) >= interval '2 seconds' FROM zoho_calls", Boolean.class)).isTrue();
    }

    @Test
    void withoutAWordAFailureBlocksNothing() {
        answer = head(503, "Content-Length: 0", "Retry-After: -1");
        assertThat(ZohoCalls.failure(client.call("/first"))).isInstanceOf(ZohoUnavailableException.class);
        assertThat(saddlebag.count("organisations WHERE blocked_until IS NOT NULL")).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | {"error":"Access Denied","status":"failure"} | 90     | 90
            400 | {"error":"Access Denied","status":"failure"} | never  | 300
            503 | busy                                         | 90     | 90
            429 | busy                                         | 604800 | 900
            503 | busy                                         | 1      | 5
            """)
    void theTokenEndpointIsLeftAloneAsWell(int status, String body, String retryAfter, int seconds) {
        token = head(status, "Content-Length: " + body.length(), "Retry-After: " + retryAfter) + body;
        answer = OK;
        Exchange first = client.call("/first");
        assertThat(ZohoCalls.failure(first)).isInstanceOfSatisfying(ZohoLimitException.class, limit -> {
            assertThat(limit.waitingFor()).isEqualTo("token");
            assertThat(Duration.between(Instant.now(), limit.until()).toSeconds()).isCloseTo(seconds, within(10L));
        });
        int sent = wire.requests().size();
        if (seconds > 10) {
            assertThat(ZohoCalls.failure(client.call("/second"))).isInstanceOf(ZohoLimitException.class);
            assertThat(wire.requests()).hasSize(sent);
        }
    }

    private static long blockedFor() {
        return saddlebag.database().queryForObject("SELECT extract(epoch FROM blocked_until - clock_timestamp()) FROM organisations", Long.class);
    }

    private static String date(Instant at) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(at.atOffset(ZoneOffset.UTC));
    }
}
