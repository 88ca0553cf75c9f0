package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.common.FailureReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

/** What comes where a file was asked for. */
class ZohoMediaTest {

    private final ZohoAnswers answers = new ZohoAnswers(DataSize.ofBytes(60), Duration.ofSeconds(10), new RetryAfter(), new FailureReason());
    private final ZohoMedia media = new ZohoMedia();

    @ParameterizedTest
    @CsvSource({"200, image/png, OK", "201, image/svg+xml;charset=utf-8, OK", "200, IMAGE/JPEG, OK",
        "200, application/octet-stream, OK", "200, text/html, RETRY", "200, application/pdf, RETRY", "200, , RETRY",
        "200, 'nonsense', RETRY", "404, image/png, NOT_ZOHO", "404, text/html, NOT_ZOHO", "401, image/png, NOT_ZOHO",
        "429, image/png, MINUTE", "500, image/png, FAILURE", "302, image/png, NOT_ZOHO"})
    void aFileIsOneByItsMediaTypeAndOnlyInASuccess(int status, String contentType, AnswerMeaning meaning) {
        byte[] body = {(byte) 0x89, 'P', 'N', 'G'};
        ZohoAnswer answer = media.read(answers.read(status, body, null, null), body, "image/*", contentType);
        assertThat(answer.meaning()).isEqualTo(meaning);
        if (meaning == AnswerMeaning.OK) {
            assertThat(answers.judge(answer)).isSameAs(body);
            assertThat(answer.code()).isNull();
        } else {
            assertThatThrownBy(() -> answers.judge(answer)).isInstanceOf(ZohoException.class);
        }
        assertThat(answer.toString()).doesNotContain("PNG");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            404 | {"code":1002,"message":"not exist"} | GONE
            429 | {"code":44}                         | MINUTE
            401 | {"code":57}                         | REFRESH
            200 | {"code":0}                          | OK
            200 | {"code":0,                          | RETRY
            200 |                                     | RETRY
            """)
    void zohosOwnWordsKeepTheirMeaningWhateverTheyAreCalled(int status, String body, AnswerMeaning meaning) {
        byte[] sent = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        assertThat(media.read(answers.read(status, sent, null, null), sent, "image/*", "image/png").meaning()).isEqualTo(meaning);
    }

    @ParameterizedTest
    @CsvSource({"200", "404"})
    void aFileThatIsTooLongIsNoFile(int status) {
        byte[] body = new byte[61];
        ZohoAnswer answer = media.read(answers.read(status, body, null, null), body, "image/*", "image/png");
        assertThatThrownBy(() -> answers.judge(answer)).isInstanceOf(ZohoTooLongException.class);
    }
}
