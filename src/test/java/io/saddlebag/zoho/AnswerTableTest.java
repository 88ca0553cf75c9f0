package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.common.FailureReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

/** What each answer of Zoho means, row by row, and what is thrown for it. A body of dots is too long, one star a picture that was asked for. */
class AnswerTableTest {

    private static final Set<Integer> ROWS_MET = new TreeSet<>();

    private final ZohoAnswers wide = new ZohoAnswers(DataSize.ofKilobytes(8), Duration.ofSeconds(10), new RetryAfter(), new FailureReason());
    private final ZohoAnswers answers = new ZohoAnswers(DataSize.ofBytes(60), Duration.ofSeconds(10), new RetryAfter(), new FailureReason());

    @ParameterizedTest(name = "{0} {1} → {2}")
    @CsvSource(delimiter = '|', textBlock = """
            429 | {"code":44,"message":"blocked"}         | MINUTE             | ZohoLimitException
            200 | {"code":44,"message":"blocked"}         | MINUTE             | ZohoLimitException
            429 | {"code":45,"message":"exceeded"}        | DAY                | ZohoLimitException
            200 | {"code":"45","message":"exceeded"}      | DAY                | ZohoLimitException
            429 | {"code":1070,"message":"in process"}    | IN_PROCESS         | ZohoInProcessException
            200 | {"code":1070,"message":"in process"}    | IN_PROCESS         | ZohoInProcessException
            503 | {"code":1070,"message":"in process"}    | IN_PROCESS         | ZohoInProcessException
            401 | {"code":57,"message":"not authorized"}  | REFRESH            | ZohoUnauthorizedException
            401 | {"code":14,"message":"authtoken"}       | REFRESH            | ZohoUnauthorizedException
            200 | {"code":14,"message":"authtoken"}       | REFRESH            | ZohoUnauthorizedException
            400 | {"code":57,"message":"not authorized"}  | REFRESH            | ZohoUnauthorizedException
            400 | {"code":6041,"message":"not yours"}     | WRONG_ORGANISATION | ZohoOrganisationException
            200 | {"code":6041,"message":"not yours"}     | WRONG_ORGANISATION | ZohoOrganisationException
            429 | <html>                                  | MINUTE             | ZohoLimitException
            429 |                                         | MINUTE             | ZohoLimitException
            429 | {"code":"TOO_MANY_REQUESTS"}            | MINUTE             | ZohoLimitException
            429 | {"code":44,"mess                        | MINUTE             | ZohoLimitException
            501 | <html>                                  | REFUSED            | ZohoRejectedException
            500 | {"code":1000,"message":"Internal"}      | FAILURE            | ZohoUnavailableException
            500 | {"code":1002,"message":"not exist"}     | FAILURE            | ZohoUnavailableException
            500 | {"code":"INTERNAL_ERROR"}               | FAILURE            | ZohoUnavailableException
            502 |                                         | FAILURE            | ZohoUnavailableException
            503 | <html>                                  | FAILURE            | ZohoUnavailableException
            504 | {"code":                                | FAILURE            | ZohoUnavailableException
            599 | upstream                                | FAILURE            | ZohoUnavailableException
            500 | .                                       | FAILURE            | ZohoUnavailableException
            408 | <html>                                  | RETRY              | ZohoUnavailableException
            302 |                                         | NOT_ZOHO           | ZohoRejectedException
            301 | <html>                                  | NOT_ZOHO           | ZohoRejectedException
            304 |                                         | NOT_ZOHO           | ZohoRejectedException
            307 | {"code":0}                              | NOT_ZOHO           | ZohoRejectedException
            401 |                                         | REFRESH            | ZohoUnauthorizedException
            401 | {"code":"INVALID_TOKEN"}                | REFRESH            | ZohoUnauthorizedException
            401 | {"code":"OAUTH_SCOPE_MISMATCH"}         | SCOPE              | ZohoScopeException
            400 | {"code":"INVALID_TOKEN"}                | REFRESH            | ZohoUnauthorizedException
            400 | {"code":"INTERNAL_ERROR"}               | FAILURE            | ZohoUnavailableException
            401 | {"code":57,                             | REFRESH            | ZohoUnauthorizedException
            401 | {"code":0}                              | REFRESH            | ZohoUnauthorizedException
            401 | <html>                                  | NOT_ZOHO           | ZohoRejectedException
            200 | .                                       | TOO_LONG           | ZohoTooLongException
            400 | .                                       | TOO_LONG           | ZohoTooLongException
            200 | {"code":0,"items":[{"item_i             | RETRY              | ZohoUnavailableException
            404 | {"code":5,"mess                         | RETRY              | ZohoUnavailableException
            400 | {                                       | RETRY              | ZohoUnavailableException
            200 |                                         | RETRY              | ZohoUnavailableException
            204 |                                         | RETRY              | ZohoUnavailableException
            200 | <html>maintenance                       | RETRY              | ZohoUnavailableException
            200 | []                                      | RETRY              | ZohoUnavailableException
            201 | "code"                                  | RETRY              | ZohoUnavailableException
            405 | <html>                                  | REFUSED            | ZohoRejectedException
            405 | {"code":2,"message":"method"}           | REFUSED            | ZohoRejectedException
            413 |                                         | REFUSED            | ZohoRejectedException
            414 | <html>                                  | REFUSED            | ZohoRejectedException
            415 | <html>                                  | REFUSED            | ZohoRejectedException
            404 | <html>                                  | NOT_ZOHO           | ZohoRejectedException
            404 | *                                       | NOT_ZOHO           | ZohoRejectedException
            404 |                                         | NOT_ZOHO           | ZohoRejectedException
            400 | <html>                                  | NOT_ZOHO           | ZohoRejectedException
            403 | Forbidden                               | NOT_ZOHO           | ZohoRejectedException
            407 | <html>                                  | NOT_ZOHO           | ZohoRejectedException
            404 | {"code":1002,"message":"not exist"}     | GONE               | ZohoGoneException
            400 | {"code":1002,"message":"not exist"}     | GONE               | ZohoGoneException
            200 | {"code":1002,"message":"not exist"}     | GONE               | ZohoGoneException
            404 | {"code":5,"message":"no resource"}      | GONE               | ZohoGoneException
            400 | {"code":5,"message":"no resource"}      | REFUSED            | ZohoNotThereException
            200 | {"code":1000,"message":"Internal"}      | RETRY              | ZohoUnavailableException
            200 | *                                       | OK                 |
            200 | {"code":0}                              | OK                 |
            201 | {"code":0,"message":"added"}            | OK                 |
            200 | {"code":"0"}                            | OK                 |
            404 | {"code":1,"message":"other"}            | REFUSED            | ZohoNotThereException
            404 | {"code":"INVALID_URL_PATTERN"}          | REFUSED            | ZohoNotThereException
            404 | {"message":"no code"}                   | REFUSED            | ZohoNotThereException
            400 | {"code":0}                              | REFUSED            | ZohoNotThereException
            400 | {"code":2,"message":"Invalid value"}    | REFUSED            | ZohoNotThereException
            400 | {"code":15,"message":"too long"}        | REFUSED            | ZohoNotThereException
            400 | {"code":1038,"message":"malformed"}     | REFUSED            | ZohoNotThereException
            403 | {"code":"NO_PERMISSION"}                | REFUSED            | ZohoRejectedException
            200 | {"code":2,"message":"Invalid value"}    | REFUSED            | ZohoNotThereException
            200 | {"message":"no code"}                   | REFUSED            | ZohoRejectedException
            200 | {"code":null}                           | REFUSED            | ZohoRejectedException
            200 | {"code":{"no":"text"}}                  | REFUSED            | ZohoNotThereException
            """)
    void eachAnswerHasItsMeaning(int status, String body, AnswerMeaning meaning, String thrown) {
        String sent = body == null ? "" : body.equals(".") ? ".".repeat(61) : body;
        byte[] bytes = sent.getBytes(StandardCharsets.UTF_8);
        ZohoAnswer read = answers.read(status, bytes, null, null);
        ZohoAnswer answer = sent.equals("*") ? new ZohoMedia().read(read, bytes, "image/*", "image/png") : read;

        assertThat(answer.meaning()).isEqualTo(meaning);
        noteRow(answer);
        if (thrown == null) {
            assertThat(answers.judge(answer)).isSameAs(answer.file() == null ? answer.json() : bytes);
        } else {
            assertThatThrownBy(() -> answers.judge(answer))
                    .extracting(failure -> failure.getClass().getSimpleName()).isEqualTo(thrown);
        }
    }

    @ParameterizedTest(name = "{0} {1} {2} → {3}")
    @CsvSource(delimiter = '|', textBlock = """
            CRM     | 200 | {"data":[{"code":"SUCCESS"},{"code":"INVALID_DATA"}]}                       | OK         |
            CRM     | 201 | {"data":[{"code":"SUCCESS"}]}                                               | OK         |
            CRM     | 202 | {"data":[{"code":"DUPLICATE_DATA"}]}                                        | OK         |
            CRM     | 207 | {"data":[{"code":"SUCCESS"}]}                                               | OK         |
            CRM     | 400 | {"data":[{"code":"MANDATORY_NOT_FOUND"}]}                                   | OK         |
            CRM     | 500 | {"data":[{"code":"INTERNAL_ERROR"}]}                                        | FAILURE    | ZohoUnavailableException
            CRM     | 200 | {"fields":[]}                                                               | OK         |
            CRM     | 204 |                                                                             | OK         |
            CRM     | 200 |                                                                             | RETRY      | ZohoUnavailableException
            CRM     | 200 | {"code":"INVALID_DATA","status":"error"}                                    | REFUSED    | ZohoNotThereException
            CRM     | 400 | {"code":"LIMIT_EXCEEDED","status":"error"}                                  | REFUSED    | ZohoNotThereException
            CRM     | 413 | {"code":"REQUEST_BODY_TOO_LARGE","status":"error"}                          | REFUSED    | ZohoRejectedException
            CRM     | 412 | {"code":"ALREADY_MODIFIED","status":"error"}                                | REFUSED    | ZohoRejectedException
            CRM     | 401 | {"code":"INVALID_TOKEN","message":"invalid oauth token"}                    | REFRESH    | ZohoUnauthorizedException
            CRM     | 401 | {"code":"OAUTH_SCOPE_MISMATCH","message":"invalid oauth scope"}             | SCOPE      | ZohoScopeException
            CRM     | 400 | {"code":"TOO_MANY_REQUESTS","message":"slow down"}                          | MINUTE     | ZohoLimitException
            CRM     | 429 | {"code":"TOO_MANY_REQUESTS","message":"API credits limit exceeded"}         | DAY        | ZohoLimitException
            CRM     | 429 | {"code":"TOO_MANY_REQUESTS","message":"too many concurrent calls"}          | IN_PROCESS | ZohoInProcessException
            CRM     | 500 | {"code":"INTERNAL_ERROR","status":"error"}                                  | FAILURE    | ZohoUnavailableException
            DESK    | 200 | {"id":"1","ticketNumber":"101"}                                             | OK         |
            DESK    | 204 |                                                                             | OK         |
            DESK    | 401 | {"errorCode":"INVALID_OAUTH","message":"invalid"}                           | REFRESH    | ZohoUnauthorizedException
            DESK    | 403 | {"errorCode":"SCOPE_MISMATCH","message":"no scope"}                         | SCOPE      | ZohoScopeException
            DESK    | 422 | {"errorCode":"UNPROCESSABLE_ENTITY","message":"no"}                         | REFUSED    | ZohoRejectedException
            BILLING | 400 | {"code":1000,"message":"The item name already exist"}                       | REFUSED    | ZohoNotThereException
            BILLING | 400 | {"code":1000,"message":"Internal error"}                                    | RETRY      | ZohoUnavailableException
            BILLING | 204 |                                                                             | RETRY      | ZohoUnavailableException
            FINANCE | 200 | {"data":[]}                                                                 | REFUSED    | ZohoRejectedException
            """)
    void anAnswerOfAnotherProductIsReadByItsOwnShape(ZohoProduct product, int status, String body, AnswerMeaning meaning, String thrown) {
        ZohoAnswer answer = wide.read(product, null, status, body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8), null, null);

        assertThat(answer.meaning()).isEqualTo(meaning);
        noteRow(answer);
        if (thrown == null) {
            assertThat(wide.judge(answer)).isEqualTo(answer.json()).isInstanceOf(Map.class);
        } else {
            assertThatThrownBy(() -> wide.judge(answer)).extracting(failure -> failure.getClass().getSimpleName()).isEqualTo(thrown);
        }
    }

    /** Of a call that must not be carried out twice: what is sure keeps its exception, everything else is unknown. */
    @ParameterizedTest(name = "{0} {1} {2} → {3}")
    @CsvSource(delimiter = '|', textBlock = """
            BILLING | 200 | {"code":0,"plan":{                                    | ZohoUnknownException
            BILLING | 201 |                                                       | ZohoUnknownException
            BILLING | 200 | <html>                                                | ZohoUnknownException
            BILLING | 200 | {"plan":{}}                                           | ZohoUnknownException
            BILLING | 400 | {"code":2,"mess                                       | ZohoUnknownException
            BILLING | 500 | {"code":1000,"message":"Internal error"}              | ZohoUnknownException
            BILLING | 502 |                                                       | ZohoUnknownException
            BILLING | 503 | <html>                                                | ZohoUnknownException
            BILLING | 408 |                                                       | ZohoUnknownException
            BILLING | 400 | {"code":1000,"message":"Internal error"}              | ZohoUnknownException
            CRM     | 500 | {"code":"INTERNAL_ERROR"}                             | ZohoUnknownException
            CRM     | 200 | {"data":[{"code":"SUC                                 | ZohoUnknownException
            BILLING | 400 | {"code":1000,"message":"The item name already exist"} | ZohoNotThereException
            BILLING | 400 | {"code":3004,"message":"Plan code taken"}             | ZohoNotThereException
            BILLING | 200 | {"code":3004,"message":"Plan code taken"}             | ZohoNotThereException
            BILLING | 401 | {"code":57,"message":"not authorized"}                | ZohoUnauthorizedException
            BILLING | 401 |                                                       | ZohoUnauthorizedException
            BILLING | 429 | {"code":44,"message":"blocked"}                       | ZohoLimitException
            BILLING | 429 | {"code":45,"message":"exceeded"}                      | ZohoLimitException
            BILLING | 429 | {"code":1070,"message":"in process"}                  | ZohoInProcessException
            BILLING | 404 | {"code":1002,"message":"no such plan"}                | ZohoGoneException
            BILLING | 404 | <html>                                                | ZohoRejectedException
            BILLING | 501 | <html>                                                | ZohoRejectedException
            CRM     | 400 | {"code":"LIMIT_EXCEEDED"}                             | ZohoNotThereException
            """)
    void whatMayHaveBeenCarriedOutIsUnknown(ZohoProduct product, int status, String body, String thrown) {
        ZohoAnswer answer = wide.read(product, null, status, body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8), null, null);
        assertThatThrownBy(() -> wide.result(answer, false)).extracting(failure -> failure.getClass().getSimpleName()).isEqualTo(thrown);
        if (thrown.equals("ZohoUnknownException")) {
            assertThatThrownBy(() -> wide.result(answer, null)).isNotInstanceOf(ZohoUnknownException.class);
        }
    }

    private static void noteRow(ZohoAnswer answer) {
        ROWS_MET.add(IntStream.range(0, AnswerTable.ROWS.size())
                .filter(row -> AnswerTable.ROWS.get(row).fits(answer.status(), answer.code(), answer.shape())).findFirst().orElseThrow());
    }

    @AfterAll
    static void everyRowOfTheTableWasMet() {
        assertThat(ROWS_MET).isEqualTo(IntStream.range(0, AnswerTable.ROWS.size()).boxed().collect(Collectors.toSet()));
    }

    @Test
    void thereIsARowForEveryAnswer() {
        for (int status = 100; status < 1000; status++) {
            for (BodyShape shape : BodyShape.values()) {
                assertThat(AnswerTable.meaning(status, null, shape)).isNotNull();
            }
        }
    }
}
