package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.common.FailureReason;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.SocketTimeoutException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

/** How answers are read, how long limits last, and what a person is told. */
class ZohoAnswersTest {

    private final ZohoAnswers answers = new ZohoAnswers(DataSize.ofKilobytes(8), Duration.ofSeconds(10), new RetryAfter(), new FailureReason());

    @Test
    void decimalsAreReadAsTheyWereSent() {
        assertThat(read(200, "{\"rate\":12345678901.50}").json()).containsEntry("rate", new BigDecimal("12345678901.50"));
    }

    @Test
    void theHashOfAnAnswerDoesNotReadItsRecords() {
        Map<String, Object> records = new HashMap<>() {
            @Override
            public int hashCode() {
                throw new AssertionError("read");
            }
        };
        ZohoAnswer answer = ZohoAnswer.of(200, BodyShape.JSON, records, "0", "", null);

        assertThat(answer.hashCode()).isEqualTo(ZohoAnswer.of(200, BodyShape.JSON, Map.of(), "0", "", null).hashCode());
    }

    @Test
    void aBodyIsCutOffAboveTheLimitAndNotBelow() {
        assertThat(read(200, "{\"code\":0,\"a\":\"" + "x".repeat(8192 - 17) + "\"}").shape()).isEqualTo(BodyShape.JSON);
        assertThat(read(200, "{\"code\":0,\"a\":\"" + "x".repeat(8193 - 17) + "\"}").shape()).isEqualTo(BodyShape.TOO_LONG);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | {"code":2,"message":"Invalid value"}   | Zoho answered 400, code 2: Invalid value
            400 | {"code":6041,"message":"Not yours."}   | code 6041: Not yours. Set ZOHO_ORG_ID to an organisation of this
            401 | {"code":57,"message":"not authorized"} | code 57: not authorized. The access token has expired, or the connection lacks
            200 | {"items":[]}                           | Zoho answered 200 without a code
            404 | <html>                                 | Zoho answered 404 without JSON. Check ZOHO_REGION and ZOHO_API_URL
            502 |                                        | Zoho answered 502 without a body
            200 | {"code":0,                             | Zoho answered 200 with JSON that breaks off
            """)
    void aPersonIsToldZohosWordsAndWhatToDo(int status, String body, String told) {
        assertThatThrownBy(() -> answers.judge(read(status, body))).hasMessageContaining(told);
    }

    @Test
    void anAnswerThatIsTooLongIsRefusedWithTheSettingThatSaysSo() {
        assertThatThrownBy(() -> answers.judge(read(200, "x".repeat(8193))))
                .isInstanceOf(ZohoRejectedException.class)
                .hasMessageContainingAll("more than zoho.longest-answer allows", "saddlebag.pull.page-size");
    }

    @ParameterizedTest
    @CsvSource({
        "https://accounts.zoho.eu/signin?token=hush, redirect to accounts.zoho.eu that",
        "//elsewhere.test:8443/hush, redirect to elsewhere.test that",
        "https://user:hush@elsewhere.test/, redirect to elsewhere.test that",
        "/hush, redirect to another path that", "https://hush hush/, redirect to another path that", ", redirect to another path that"})
    void ofARedirectOnlyTheHostIsTold(String location, String told) {
        ZohoAnswer answer = answers.read(302, new byte[0], null, location);
        assertThatThrownBy(() -> answers.judge(answer))
                .hasMessageContainingAll(told, "not followed", "ZOHO_REGION").hasMessageNotContaining("hush");
    }

    @Test
    void zohosWordsAreShortAndPlain() {
        ZohoAnswer answer = read(400, "{\"code\":\"a\\u0000b\\ud800\",\"message\":\"line\\nline\\u0007"
                + "\\ud83d\\ude00".repeat(300) + "\"}");
        assertThat(answer.code()).isEqualTo("a b ");
        assertThat(answer.message()).startsWith("line line \ud83d\ude00").endsWith("\ud83d\ude00");
        assertThat(answer.message().codePointCount(0, answer.message().length())).isEqualTo(200);
    }

    @Test
    void theMinuteLastsAMinute() {
        assertThat(limit(read(429, "{\"code\":44}"), 7200)).isBetween(Duration.ofSeconds(58), Duration.ofSeconds(60));
    }

    @Test
    void theDayLastsUntilItsResetAndAnHourWhereZohoDoesNotSay() {
        assertThat(limit(read(429, "{\"code\":45}"), 7200)).isBetween(Duration.ofSeconds(7190), Duration.ofSeconds(7200));
        assertThat(limit(read(429, "{\"code\":45}"), null)).isBetween(Duration.ofSeconds(3590), Duration.ofSeconds(3600));
    }

    @Test
    void onlyWhatCanBeADaysSecondsIsAReset() {
        assertThat(ZohoAnswers.seconds("20421")).isEqualTo(20421);
        for (Object nonsense : new Object[] {null, "", "-1", "soon", "999999999", "1732300000", "20421000", List.of("1", "2")}) {
            assertThat(ZohoAnswers.seconds(nonsense)).isNull();
        }
    }

    /** Camel makes a list of a header that comes several times, and of a value in brackets. */
    @Test
    void ofAHeaderThatComesTwiceTheFirstIsRead() {
        Map<String, Object> headers = Map.of("CamelHttpResponseCode", 429, "Date", List.of("Tue, 01 Dec 2026 10:00:00 GMT", "Tue, 01 Dec 2026 10:00:01 GMT"),
            "Content-Type", List.of("application/json", "text/html"), "Location", List.of("https://one.test/", "https://two.test/"),
            "x-rate-limit-reset", List.of("7200", "1"), "x-rate-limit-limit", List.of());

        ZohoAnswer answer = answers.read(headers, "{\"code\":45}".getBytes(StandardCharsets.UTF_8), null, "/inventory/v1/items", null);

        assertThat(answer.date()).isEqualTo("Tue, 01 Dec 2026 10:00:00 GMT");
        assertThat(answer.target()).isEqualTo("one.test");
        assertThat(answer.limits().dayReset()).isEqualTo(7200);
        assertThat(answer.limits().dayLimit()).isNull();
        assertThat(answer.code()).isEqualTo("45");
    }

    @Test
    void whatBrokeOnTheWayIsWorthRepeating() {
        assertThatThrownBy(() -> answers.judge(answers.withoutResponse(null, new SocketTimeoutException("Read timed out"))))
                .isInstanceOf(ZohoUnavailableException.class).hasMessageContaining("Read timed out");
    }

    @Test
    void theOutcomeOfAnAnswerIsItsMeaningAndThatOfAFaultIsNone() {
        assertThat(answers.withoutResponse(200, new IOException("reset")).outcome()).isEqualTo("none");
        assertThat(read(200, "{\"code\":0}").outcome()).isEqualTo("ok");
        assertThat(read(429, "{\"code\":1070}").outcome()).isEqualTo("in-process");
    }

    private ZohoAnswer read(int status, String body) {
        return answers.read(status, body == null ? null : body.getBytes(StandardCharsets.UTF_8), null, null);
    }

    @ParameterizedTest
    @CsvSource({"application/json;charset=ISO-8859-1, ISO-8859-1", "text/html; charset=\"windows-1252\", windows-1252",
        "application/json;charset=UTF-16, UTF-16", "application/json, UTF-8", ", UTF-8", "no media type, UTF-8", "application/json;charset=none-known, UTF-8"})
    void jsonIsReadInTheCharsetThatTheAnswerDeclares(String contentType, String charset) {
        byte[] body = "{\"code\":0,\"name\":\"T\u00fcrschlo\u00df\"}".getBytes(Charset.forName(charset));
        assertThat(answers.read(200, body, contentType, null).json()).containsEntry("name", "T\u00fcrschlo\u00df");
    }

    @Test
    void bytesThatTheDeclaredCharsetDoesNotHaveAreNoJson() {
        byte[] body = "{\"name\":\"T\u00fcr\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(answers.parse(body, "application/json;charset=UTF-8")).isNull();
        assertThat(answers.parse(body, "application/json;charset=US-ASCII")).isNull();
    }

    private Duration limit(ZohoAnswer answer, Integer reset) {
        try {
            throw new AssertionError("an answer: " + answers.judge(answer.with(new ZohoAnswer.Limits(null, null, reset, null, null), null)));
        } catch (ZohoLimitException limit) {
            return Duration.between(Instant.now(), limit.until());
        }
    }
}
