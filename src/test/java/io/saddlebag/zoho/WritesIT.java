package io.saddlebag.zoho;

import static io.saddlebag.testkit.WireServer.head;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.push.Targets;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.WireServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;

/** Calls that write: how the organisation is named, what a caller may add, and what is said of an outcome that nobody can know. */
class WritesIT {

    private static final String UPSERT = "/crm/v8/Products/upsert";
    private static final String PLANS = "/billing/v1/plans";

    private static WireServer wire;
    private static SaddlebagServer saddlebag;
    private static ZohoCalls client;

    @BeforeAll
    static void start() throws IOException {
        wire = WireServer.start();
        saddlebag = SaddlebagServer.start(SandboxServer.shared().reset(), "--zoho.api-url=" + wire.url(), "--zoho.http-timeout=2s", "--zoho.circuit.calls=10");
        client = new ZohoCalls(saddlebag);
    }

    @AfterAll
    static void stop() throws IOException {
        wire.close();
        saddlebag.close();
    }

    @BeforeEach
    void asNew() {
        saddlebag.database().update("DELETE FROM zoho_calls");
        saddlebag.database().update("DELETE FROM missing_scopes");
        saddlebag.database().update("UPDATE organisations SET blocked_until = NULL, blocked_for = NULL, credits_blocked_until = NULL, "
            + "credits_remaining = NULL, credits_at = NULL, desk_org_id = NULL");
        saddlebag.bean(ZohoCircuits.class).state(SaddlebagServer.ORG);
        saddlebag.bean(ZohoCircuits.class).close(SaddlebagServer.ORG);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            /inventory/v1/items       | page=1 | POST /inventory/v1/items?organization_id=ORG&page=1    | -
            /inventory/v1/items       | -      | POST /inventory/v1/items?organization_id=ORG           | -
            /books/v3/salesorders     | page=1 | POST /books/v3/salesorders?organization_id=ORG&page=1  | -
            /billing/v1/plans/SKY-1   | -      | POST /billing/v1/plans/SKY-1                           | X-com-zoho-subscriptions-organizationid: ORG
            /crm/v8/Products/upsert   | -      | POST /crm/v8/Products/upsert                           | -
            /crm/v8/settings/fields   | module=Products | POST /crm/v8/settings/fields?module=Products  | -
            /desk/api/v1/tickets      | -      | POST /desk/api/v1/tickets                              | orgId: 4711
            /desk/api/v1/organizations | -     | POST /desk/api/v1/organizations                        | -
            """)
    void eachProductNamesTheOrganisationInItsOwnWay(String path, String query, String line, String header) {
        saddlebag.database().update("UPDATE organisations SET desk_org_id = '4711'");
        wire.does(w -> w.answer(200, "{\"code\":0,\"data\":[]}"));

        write(path, query == null ? Map.of() : Map.of("query", query));

        String request = wire.requests().get(0);
        assertThat(request).startsWith(line.replace("ORG", SaddlebagServer.ORG) + " HTTP/1.1\r\n").contains("{\"name\":\"Bag\"}");
        assertThat(request.lines().filter(one -> one.matches("(?i)(orgId|X-com-zoho-.*):.*")))
            .isEqualTo(header == null ? List.of() : List.of(header.replace("ORG", SaddlebagServer.ORG)));
        assertThat(saddlebag.count("zoho_calls WHERE product = '" + path.split("/")[1] + "'")).isEqualTo(1);
    }

    @Test
    void deskIsNotCalledBeforeSomebodySaysWhichOrganisationItIs() {
        wire.does(w -> w.answer(200, "{}"));
        assertThat(ZohoCalls.failure(write("/desk/api/v1/tickets", Map.of()))).isInstanceOf(ZohoConnectionException.class)
            .hasMessageContainingAll("deskOrgId", "PATCH /api/organisations/" + SaddlebagServer.ORG);
        assertThat(wire.requests()).isEmpty();
        assertThat(saddlebag.count("zoho_calls WHERE released_at > at")).as("slots that such a call keeps").isZero();
    }

    @Test
    void aCallerMaySetTheHeadersOfTheListAndTheyStayWithTheirCall() {
        wire.does(w -> w.answer(200, "{\"code\":0}"));
        write("/books/v3/items", Map.of("headers", Map.of("X-Unique-Identifier-Key", "cf_own_reference", "X-Unique-Identifier-Value", "SKY 1/e",
            "X-Upsert", true, "X-EXTERNAL", "Products.External_Product_ID", "If-Unmodified-Since", "2026-01-02T10:00:00+05:30")));
        write("/books/v3/items", Map.of());

        assertThat(wire.requests().get(0)).contains("\r\nX-Unique-Identifier-Key: cf_own_reference\r\n", "\r\nX-Unique-Identifier-Value: SKY 1/e\r\n",
            "\r\nX-Upsert: true\r\n", "\r\nX-EXTERNAL: Products.External_Product_ID\r\n", "\r\nIf-Unmodified-Since: 2026-01-02T10:00:00+05:30\r\n");
        assertThat(wire.requests().get(1)).doesNotContain("X-U", "X-E", "If-");
    }

    @ParameterizedTest
    @CsvSource({"Authorization,x", "CamelHttpUri,http://127.0.0.1/", "Host,elsewhere", "orgId,1", "X-Upsert:1,x"})
    void anyOtherHeaderIsRefusedBeforeTheCall(String name, String value) {
        wire.does(w -> w.answer(200, "{\"code\":0}"));
        assertThat(ZohoCalls.failure(write("/books/v3/items", Map.of("headers", Map.of(name, value))))).isInstanceOf(ZohoRejectedException.class)
            .hasMessageContainingAll("no call was made", "X-Unique-Identifier-Key");
        assertNothingHappened();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nHost: elsewhere", "a\nb", "a\rb", "Bügel", "袋", "", " a", "a ", "a\u0000b", "a\tb"})
    void aValueThatHttpDoesNotCarryUnchangedIsRefusedBeforeTheCall(String value) {
        wire.does(w -> w.answer(200, "{\"code\":0}"));
        assertThat(ZohoCalls.failure(write("/books/v3/items", Map.of("headers", Map.of("X-Unique-Identifier-Value", value)))))
            .isInstanceOf(ZohoRejectedException.class).hasMessageContainingAll("X-Unique-Identifier-Value", "ASCII", "no call was made");
        assertNothingHappened();
    }

    @ParameterizedTest
    @ValueSource(strings = {"silence", "reset", "half", "cut", "status line"})
    void aCallThatLeftAndGotNoUsableAnswerIsUnknownAndSentOnce(String fault) {
        wire.does(w -> {
            switch (fault) {
                case "silence" -> w.silence();
                case "reset" -> w.reset();
                case "half" -> w.send(head(201, "Content-Length: 500") + "{\"code\":0,\"plan\":{").reset();
                case "cut" -> w.send(head(201, "Content-Length: 9") + "{\"code\":0");
                default -> w.send("HTTP/1.1 2").reset();
            }
        });
        assertThat(ZohoCalls.failure(once(PLANS))).isInstanceOf(ZohoUnknownException.class).hasMessageContaining("may have carried out");
        assertThat(wire.requests()).hasSize(1);

        assertThat(ZohoCalls.failure(write(PLANS, Map.of()))).as("the same of a call that may be repeated").isInstanceOf(ZohoUnavailableException.class);
    }

    @Test
    void aFailureAfterWhichZohoAsksForQuietIsUnknownTooAndTheQuietIsKept() {
        wire.does(w -> w.send(head(503, "Retry-After: 120", "Content-Length: 0")));
        assertThat(ZohoCalls.failure(once(PLANS))).isInstanceOfSatisfying(ZohoUnknownException.class,
            unknown -> assertThat(unknown.getStatus()).isEqualTo(503));
        assertThat(saddlebag.count("organisations WHERE blocked_for = 'retry-after'")).isEqualTo(1);
    }

    @Test
    void withoutAConnectionNothingWasCarriedOut() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (SaddlebagServer nowhere = SaddlebagServer.start(SandboxServer.shared().reset(), "--zoho.api-url=http://127.0.0.1:" + free)) {
            assertThat(ZohoCalls.failure(new ZohoCalls(nowhere).send("direct:zoho-request", call(PLANS, Map.of("repeatable", false)))))
                .isInstanceOf(ZohoUnavailableException.class).hasMessageContaining("refused");
        }
    }

    @Test
    void aCallWhoseAnswerIsLostBehindTheLedgerIsUnknown() {
        for (String answer : List.of("{\"code\":0}", "{\"code\":3004,\"message\":\"taken\"}")) {
            wire.does(w -> {
                saddlebag.database().execute("ALTER TABLE zoho_calls RENAME COLUMN ms TO gone");
                w.answer(200, answer);
            });
            Exchange call = once(PLANS);
            saddlebag.database().execute("ALTER TABLE zoho_calls RENAME COLUMN gone TO ms");
            if (answer.contains("taken")) {
                assertThat(call.getException()).as("Zoho refused it").isInstanceOf(DataAccessException.class);
            } else {
                assertThat(ZohoCalls.failure(call)).isInstanceOf(ZohoUnknownException.class).hasRootCauseInstanceOf(SQLException.class);
            }
            assertThat(wire.requests()).hasSize(1);
        }
    }

    @Test
    void anOpenCircuitIsNoUnknownOutcome() {
        wire.does(w -> w.answer(500, "{\"code\":1000,\"message\":\"Internal error\"}"));
        List<ZohoException> failures = IntStream.range(0, 20).mapToObj(i -> ZohoCalls.failure(once(PLANS))).toList();
        int sent = wire.requests().size();
        assertThat(sent).isLessThan(20);
        assertThat(failures.subList(0, sent)).hasOnlyElementsOfType(ZohoUnknownException.class);
        assertThat(failures.subList(sent, 20)).hasOnlyElementsOfType(ZohoPausedException.class);
    }

    @Test
    void aRefusedTokenIsReplacedAndTheCallSentOnceMoreAlsoWhereItMustNotBeCarriedOutTwice() {
        wire.does(w -> w.answer(wire.requests().size() == 1 ? 401 : 201, wire.requests().size() == 1
            ? "{\"code\":\"INVALID_TOKEN\",\"details\":{},\"message\":\"invalid oauth token\",\"status\":\"error\"}"
            : "{\"data\":[{\"code\":\"SUCCESS\",\"status\":\"success\"}]}"));
        Exchange call = once("/crm/v8/Products");
        assertThat(call.getException()).isNull();
        assertThat(call.getMessage().getBody(Map.class)).containsKey("data");
        assertThat(wire.requests()).hasSize(2);
        assertThat(token(1)).isNotEqualTo(token(0));
    }

    @Test
    void aMissingScopeOfCrmIsToldAndNotedWithoutAnotherToken() {
        long requests = saddlebag.count("token_requests");
        wire.does(w -> w.answer(401, "{\"code\":\"OAUTH_SCOPE_MISMATCH\",\"details\":{},\"message\":\"invalid oauth scope to access this URL\",\"status\":\"error\"}"));
        assertThat(ZohoCalls.failure(write(UPSERT, Map.of("target", saddlebag.bean(Targets.class).of("crm-products"))))).isInstanceOf(ZohoScopeException.class)
            .hasMessageContainingAll(UPSERT, "OAUTH_SCOPE_MISMATCH", "/oauth/connect?org=" + SaddlebagServer.ORG + "&for=push&targets=crm-products (");
        assertThat(wire.requests()).hasSize(1);
        assertThat(saddlebag.count("token_requests")).isEqualTo(requests);
        assertThat(saddlebag.count("missing_scopes WHERE area = '/crm/v8/Products'")).isEqualTo(1);
        assertThat(saddlebag.call("GET", "/api/zoho/health").body()).contains("/oauth/connect?org=" + SaddlebagServer.ORG + "&for=push");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 207, 400})
    void resultsPerRecordAreAnAnswerWhateverTheStatus(int status) {
        wire.does(w -> w.answer(status, """
            {"data":[{"code":"INVALID_DATA","details":{"expected_data_type":"integer","api_name":"No"},"message":"invalid data","status":"error"},
                     {"code":"SUCCESS","duplicate_field":"Product_Code","action":"update","details":{"id":"724"},"message":"record updated","status":"success"}]}"""));
        Exchange call = once(UPSERT);
        assertThat(call.getException()).isNull();
        assertThat(call.getMessage().getBody(Map.class).get("data")).asList().hasSize(2);
        assertThat(((ZohoAnswer) call.getVariable("answer")).status()).isEqualTo(status);
    }

    @Test
    void nothingFoundIsAnEmptyMap() {
        wire.does(w -> w.send("HTTP/1.1 204 No Content\r\n\r\n"));
        Exchange call = write("/crm/v8/coql", Map.of());
        assertThat(call.getException()).isNull();
        assertThat(call.getMessage().getBody(Map.class)).isEmpty();
    }

    @Test
    void aRefusalTellsStatusCodeAndMessageWordForWord() {
        String words = "The plan code \\\"SKY-1\\\" – " + "already used ".repeat(40) + "\\n袋";
        wire.does(w -> w.answer(400, "{\"code\":3004,\"message\":\"" + words + "\"}"));
        assertThat(ZohoCalls.failure(once(PLANS))).isInstanceOfSatisfying(ZohoRejectedException.class, refusal -> {
            assertThat(refusal.getStatus()).isEqualTo(400);
            assertThat(refusal.getCode()).isEqualTo("3004");
            assertThat(refusal.getZohoMessage()).isEqualTo("The plan code \"SKY-1\" – " + "already used ".repeat(40) + "\n袋");
        });
    }

    @Test
    void aRefusalOfAWholeCallToCrmTellsItsCode() {
        wire.does(w -> w.answer(400, "{\"code\":\"LIMIT_EXCEEDED\",\"details\":{\"limit\":100},\"message\":\"only 100 records\",\"status\":\"error\"}"));
        assertThat(ZohoCalls.failure(once(UPSERT))).isInstanceOfSatisfying(ZohoRejectedException.class,
            refusal -> assertThat(refusal.getCode()).isEqualTo("LIMIT_EXCEEDED"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[] | 2 |", "[ERROR] | 2 | INVALID_DATA", "[ERROR,ERROR,ERROR] | 2 | INVALID_DATA", "[\"?\"] | 2 |", "[ERROR,ERROR] | 1 | INVALID_DATA"})
    void aListOfAnotherLengthIsTheRefusalOfTheWholeCall(String list, int records, String code) {
        refusedWith(list);

        assertThat(ZohoCalls.failure(write(UPSERT, Map.of("records", records)))).isInstanceOfSatisfying(ZohoRejectedException.class, refusal -> {
            assertThat(refusal.getStatus()).isEqualTo(400);
            assertThat(refusal.getCode()).isEqualTo(code);
            assertThat(refusal.getRefusedKey()).isEqualTo(code == null ? null : "Unit_Price");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[ERROR] | 1", "[ERROR,ERROR] | 2"})
    void aListWithARefusalForEachRecordIsAnAnswer(String list, int records) {
        refusedWith(list);
        assertThat(ZohoCalls.failure(write(UPSERT, Map.of("records", records)))).isNull();
    }

    private static void refusedWith(String list) {
        String error = "{\"code\":\"INVALID_DATA\",\"details\":{\"api_name\":\"Unit_Price\"},\"message\":\"invalid data\",\"status\":\"error\"}";
        wire.does(w -> w.answer(400, "{\"data\":" + list.replace("ERROR", error) + "}"));
    }

    @ParameterizedTest
    @CsvSource({"/crm/v8/Products/upsert,100,10", "/crm/v8/Products/upsert,11,2", "/crm/v8/Products/upsert,1,1", "/crm/v8/coql,,1",
        "/billing/v1/plans,1,"})
    void theLedgerKnowsRecordsAndCredits(String path, Integer records, Integer credits) {
        wire.does(w -> w.answer(200, "{\"code\":0,\"data\":[]}"));
        write(path, records == null ? Map.of() : Map.of("records", records));
        Map<String, Object> row = saddlebag.database().queryForMap("SELECT records, credits, purpose FROM zoho_calls");
        assertThat(row).containsEntry("records", records).containsEntry("credits", credits).containsEntry("purpose", "push");
    }

    @Test
    void creditsThatAreLeftAreKeptAndUsedUpOnesHoldBackCrmAlone() throws Exception {
        wire.does(w -> w.send(head(200, "X-API-CREDITS-REMAINING: 4321", "Content-Length: 11") + "{\"data\":[]}"));
        write(UPSERT, Map.of());
        assertThat(saddlebag.call("GET", "/api/zoho/health").body()).contains("\"creditsRemaining\":4321");

        wire.does(w -> w.send(head(429, "X-API-CREDITS-REMAINING: 0", "Content-Length: 28") + "{\"code\":\"TOO_MANY_REQUESTS\"}"));
        for (int i = 0; i < 2; i++) {
            assertThat(ZohoCalls.failure(once(UPSERT))).isInstanceOfSatisfying(ZohoLimitException.class,
                limit -> assertThat(limit.waitingFor()).isEqualTo("day"));
        }
        assertThat(wire.requests()).hasSize(1);
        assertThat(saddlebag.count("organisations WHERE blocked_until IS NULL AND credits_remaining = 0")).isEqualTo(1);

        wire.does(w -> w.answer(200, "{\"code\":0}"));
        assertThat(write(PLANS, Map.of()).getException()).isNull();
    }

    private void assertNothingHappened() {
        assertThat(wire.requests()).isEmpty();
        assertThat(saddlebag.count("zoho_calls")).isZero();
    }

    private static String token(int request) {
        return wire.requests().get(request).lines().filter(line -> line.startsWith("Authorization")).findFirst().orElseThrow();
    }

    /** A call that must not be carried out twice. */
    private Exchange once(String path) {
        return write(path, Map.of("repeatable", false));
    }

    private Exchange write(String path, Map<String, Object> more) {
        return client.send("direct:zoho-request", call(path, more));
    }

    private static Map<String, Object> call(String path, Map<String, Object> more) {
        Map<String, Object> variables = new HashMap<>(Map.of("org", SaddlebagServer.ORG, "purpose", "push", "method", "POST", "path", path,
            "content", "{\"name\":\"Bag\"}".getBytes(StandardCharsets.UTF_8)));
        variables.putAll(more);
        return variables;
    }
}
