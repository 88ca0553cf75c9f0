package io.saddlebag.zoho;

import static io.saddlebag.zoho.BodyShape.EMPTY;
import static io.saddlebag.zoho.BodyShape.FILE;
import static io.saddlebag.zoho.BodyShape.JSON;
import static io.saddlebag.zoho.BodyShape.RESULT;
import static io.saddlebag.zoho.BodyShape.TEXT;
import static io.saddlebag.zoho.BodyShape.TOO_LONG;
import static io.saddlebag.zoho.BodyShape.TRUNCATED;

import java.util.List;
import java.util.Set;

/**
 * Finds the meaning of an answer by its HTTP status, Zoho's code and the shape of its body. The first row that fits counts, and one always fits.
 * Rows with clear codes come first, because the status is not reliable: errors have come with 200.
 *
 * <p>Sources: introduction and error pages of Zoho Inventory v1 and Books v3 (0, 44, 45, 1070, 1002, statuses), Zoho's
 * Deluge pages (2), published answers of live accounts (5, 57, 6041), public clients (14, 15, 1000, 1038). Codes of Zoho CRM
 * are words: INVALID_TOKEN and OAUTH_SCOPE_MISMATCH come with 401, TOO_MANY_REQUESTS with 429, INTERNAL_ERROR with
 * 500 (OpenAPI description of Zoho CRM v8). SCOPE_MISMATCH is Zoho Desk's word. TOO_MANY_REQUESTS can mean
 * several limits, and 1000 can mean a duplicate name; other parts of the answer decide: {@link ZohoAnswer#meaning}.
 */
final class AnswerTable {

    private static final Status ANY_STATUS = new Status(100, 999);
    private static final Set<String> ANY_CODE = Set.of();
    private static final Set<BodyShape> ANY_BODY = Set.of(BodyShape.values());

    static final List<Row> ROWS = List.of(
            // limits and tokens: their codes are clear, whatever status they come with
            row(ANY_STATUS,        codes("44"),        body(JSON),                    AnswerMeaning.MINUTE),
            row(ANY_STATUS,        codes("45"),        body(JSON),                    AnswerMeaning.DAY),
            row(ANY_STATUS,        codes("1070"),      body(JSON),                    AnswerMeaning.IN_PROCESS),
            row(ANY_STATUS,        codes("57", "14"),  body(JSON),                    AnswerMeaning.REFRESH),
            row(ANY_STATUS,        codes("INVALID_TOKEN"), body(JSON),                AnswerMeaning.REFRESH),
            row(ANY_STATUS,        codes("OAUTH_SCOPE_MISMATCH", "SCOPE_MISMATCH"), body(JSON), AnswerMeaning.SCOPE),
            row(ANY_STATUS,        codes("TOO_MANY_REQUESTS"), body(JSON),            AnswerMeaning.MINUTE),
            row(ANY_STATUS,        codes("INTERNAL_ERROR"), body(JSON),               AnswerMeaning.FAILURE),
            row(ANY_STATUS,        codes("6041"),      body(JSON),                    AnswerMeaning.WRONG_ORGANISATION),
            // statuses with one clear meaning; 501 means that this method is never supported
            row(status(429),       ANY_CODE,           ANY_BODY,                      AnswerMeaning.MINUTE),
            row(status(501),       ANY_CODE,           ANY_BODY,                      AnswerMeaning.REFUSED),
            row(status(500, 999),  ANY_CODE,           ANY_BODY,                      AnswerMeaning.FAILURE),
            row(status(408),       ANY_CODE,           ANY_BODY,                      AnswerMeaning.RETRY),
            row(status(300, 399),  ANY_CODE,           ANY_BODY,                      AnswerMeaning.NOT_ZOHO),
            // the outcome is per record, whatever the status
            row(ANY_STATUS,        ANY_CODE,           body(RESULT),                  AnswerMeaning.OK),
            // Zoho's own 401 is JSON; a page comes from a proxy that wants a login, and a new token cannot help there
            row(status(401),       ANY_CODE,           body(JSON, TRUNCATED, EMPTY),  AnswerMeaning.REFRESH),
            // bodies that cannot be read
            row(ANY_STATUS,        ANY_CODE,           body(TOO_LONG),                AnswerMeaning.TOO_LONG),
            row(ANY_STATUS,        ANY_CODE,           body(TRUNCATED),               AnswerMeaning.RETRY),
            row(status(200, 299),  ANY_CODE,           body(EMPTY, TEXT),             AnswerMeaning.RETRY),
            row(status(200, 299),  ANY_CODE,           body(FILE),                    AnswerMeaning.OK),
            // the request itself is refused; such an answer need not be JSON
            row(status(405),       ANY_CODE,           ANY_BODY,                      AnswerMeaning.REFUSED),
            row(status(413, 415),  ANY_CODE,           ANY_BODY,                      AnswerMeaning.REFUSED),
            row(ANY_STATUS,        ANY_CODE,           body(EMPTY, TEXT, FILE),       AnswerMeaning.NOT_ZOHO),
            // answers about the record; "gone" may lead to a delete, so it needs Zoho's own code
            row(ANY_STATUS,        codes("1002"),      body(JSON),                    AnswerMeaning.GONE),
            row(status(404),       codes("5"),         body(JSON),                    AnswerMeaning.GONE),
            row(ANY_STATUS,        codes("1000"),      body(JSON),                    AnswerMeaning.RETRY),
            row(status(200, 299),  codes("0"),         body(JSON),                    AnswerMeaning.OK),
            // any other code, also 2, 15, 1038, and JSON without one
            row(ANY_STATUS,        ANY_CODE,           body(JSON),                    AnswerMeaning.REFUSED));

    /** HTTP statuses from one to another, both included. */
    record Status(int from, int to) {
    }

    /** @param codes Zoho's code must be one of these; empty: any code, or none */
    record Row(Status status, Set<String> codes, Set<BodyShape> bodies, AnswerMeaning meaning) {

        boolean fits(int status, String code, BodyShape body) {
            return this.status.from <= status && status <= this.status.to && bodies.contains(body)
                    && (codes.isEmpty() || code != null && codes.contains(code));
        }
    }

    private AnswerTable() {
    }

    /** @param code Zoho's code as text; null if the answer has none */
    static AnswerMeaning meaning(int status, String code, BodyShape body) {
        return ROWS.stream().filter(row -> row.fits(status, code, body)).findFirst().orElseThrow().meaning;
    }

    private static Row row(Status status, Set<String> codes, Set<BodyShape> bodies, AnswerMeaning meaning) {
        return new Row(status, codes, bodies, meaning);
    }

    private static Status status(int only) {
        return new Status(only, only);
    }

    private static Status status(int from, int to) {
        return new Status(from, to);
    }

    private static Set<String> codes(String... codes) {
        return Set.of(codes);
    }

    private static Set<BodyShape> body(BodyShape... shapes) {
        return Set.of(shapes);
    }
}
