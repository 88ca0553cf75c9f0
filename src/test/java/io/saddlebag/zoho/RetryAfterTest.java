package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.common.FailureReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

/** Seconds and all three forms of HTTP dates, within bounds; what is neither says nothing. */
class RetryAfterTest {

    private static final String SENT = "Fri, 06 Nov 2026 08:49:37 GMT";

    private final RetryAfter retryAfter = new RetryAfter(() -> Instant.parse("2026-11-06T08:50:00Z"));
    private final ZohoAnswers answers = new ZohoAnswers(DataSize.ofKilobytes(8), Duration.ofSeconds(10), new RetryAfter(), new FailureReason());

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1                                  | 1
            120                                | 120
             120                               | 120
            000120                             | 120
            86400                              | 900
            99999999999999999999               | 900
            Fri, 06 Nov 2026 08:51:37 GMT      | 120
            Friday, 06-Nov-26 08:51:37 GMT     | 120
            Fri Nov  6 08:51:37 2026           | 120
            Sat, 06 Nov 2094 08:51:37 GMT      | 900
            Fri, 06 Nov 2026 08:49:37 GMT      |
            Fri, 06 Nov 2026 08:00:00 GMT      |
            0                                  |
            -5                                 |
            1.5                                |
            1e3                                |
            12 seconds                         |
            ''                                 |
            soon                               |
            ١٢                                 |
            Fri, 99 Nov 2026 08:51:37 GMT      |
            """)
    void aValidRetryAfterIsReadAndAnInvalidOneIsIgnored(String header, Integer seconds) {
        assertThat(retryAfter.seconds(header, SENT)).isEqualTo(seconds);
    }

    @Test
    void aDateIsMeasuredByOurClockWhereTheAnswerHasNone() {
        assertThat(retryAfter.seconds("Fri, 06 Nov 2026 08:51:00 GMT", null)).isEqualTo(60);
        assertThat(retryAfter.seconds("Fri, 06 Nov 2026 08:51:00 GMT", "today")).isEqualTo(60);
        assertThat(retryAfter.seconds(null, SENT)).isNull();
        assertThat(retryAfter.seconds(List.of("60", "90"), SENT)).as("sent twice").isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            429 | {"code":44}   | 900
            429 | {"code":45}   | 86400
            429 | {"code":1070} | 900
            429 |               | 900
            503 | busy          | 900
            500 | {"code":1000} | 900
            200 | {"code":0}    |
            404 | {"code":1002} |
            401 | {"code":57}   |
            302 |               |
            """)
    void onlyWhereWaitingHelps(int status, String body, Integer seconds) {
        ZohoAnswer answer = answers.read(status, String.valueOf(body).getBytes(StandardCharsets.UTF_8), null, null);
        assertThat(retryAfter.seconds("86400", SENT, answer)).isEqualTo(seconds);
    }
}
