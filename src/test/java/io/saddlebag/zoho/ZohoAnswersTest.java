package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each answer of Zoho means, row by row. */
class ZohoAnswersTest {

    private final ZohoAnswers answers = new ZohoAnswers();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            429 | {"code":44,"message":"blocked"}            | ZohoLimitException
            429 | {"code":45,"message":"exceeded"}           | ZohoLimitException
            200 | {"code":45,"message":"exceeded"}           | ZohoLimitException
            429 | <html>                                     | ZohoLimitException
            429 | {"code":1070,"message":"in process"}       | ZohoUnavailableException
            500 | {"code":1000,"message":"Internal error"}   | ZohoUnavailableException
            503 | <html>                                     | ZohoUnavailableException
            502 |                                            | ZohoUnavailableException
            200 | <html>maintenance                          | ZohoUnavailableException
            200 | {"code":0,"items":[{"item_i                | ZohoUnavailableException
            200 |                                            | ZohoUnavailableException
            401 | {"code":57,"message":"not authorized"}     | ZohoUnauthorizedException
            401 | {"code":14,"message":"Invalid authtoken"}  | ZohoUnauthorizedException
            200 | {"code":14,"message":"Invalid authtoken"}  | ZohoUnauthorizedException
            401 | <html>                                     | ZohoUnauthorizedException
            404 | {"code":5,"message":"no resource"}         | ZohoGoneException
            404 | {"code":1002,"message":"does not exist"}   | ZohoGoneException
            400 | {"code":1002,"message":"does not exist"}   | ZohoGoneException
            404 | <html>                                     | ZohoRejectedException
            400 | {"code":6041,"message":"not associated"}   | ZohoRejectedException
            400 | {"code":2,"message":"Invalid value"}       | ZohoRejectedException
            200 | {"code":2,"message":"Invalid value"}       | ZohoRejectedException
            200 | {"message":"no code"}                      | ZohoRejectedException
            302 |                                            | ZohoRejectedException
            """)
    void anAnswerThatIsNoneToWorkWith(int status, String body, String meaning) {
        Map<String, Object> answer = answers.parse(body == null ? null : body.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> answers.judge(status, answer, null, null))
                .extracting(thrown -> thrown.getClass().getSimpleName()).isEqualTo(meaning);
    }

    @Test
    void code0WithASuccessIsTheAnswer() {
        Map<String, Object> answer = answers.parse("{\"code\":0,\"items\":[]}".getBytes(StandardCharsets.UTF_8));
        assertThat(answers.judge(200, answer, null, null)).isSameAs(answer);
        assertThat(answers.judge(201, answer, null, null)).isSameAs(answer);
        assertThat(answers.judge(200, Map.of("code", "0"), null, null)).isNotNull();
    }

    @Test
    void theDaysLimitLastsUntilItsReset() {
        assertThatThrownBy(() -> answers.judge(429, Map.of("code", 45, "message", ""), null, 7200))
                .isInstanceOfSatisfying(ZohoLimitException.class, limit -> {
                    assertThat(limit.waitingFor()).isEqualTo("day");
                    assertThat(Duration.between(Instant.now(), limit.until())).isBetween(Duration.ofSeconds(7190), Duration.ofSeconds(7200));
                });
    }

    @Test
    void whatBrokeOnTheWayIsWorthRepeating() {
        assertThatThrownBy(() -> answers.judge(null, null, "SocketTimeoutException: Read timed out", null))
                .isInstanceOf(ZohoUnavailableException.class).hasMessageContaining("Read timed out");
    }

    @Test
    void decimalsAreReadAsTheyWereSent() {
        Map<String, Object> answer = answers.parse("{\"rate\":12345678901.50}".getBytes(StandardCharsets.UTF_8));
        assertThat(answer.get("rate")).isEqualTo(new BigDecimal("12345678901.50"));
    }
}
