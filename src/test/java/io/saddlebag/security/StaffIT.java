package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import java.net.http.HttpResponse;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Users and their roles, made by the API. */
@ExtendWith(OutputCaptureExtension.class)
class StaffIT {

    private static final String PASSWORD = "a long enough password";

    private static SaddlebagServer server;

    @BeforeAll
    static void start() {
        server = SaddlebagServer.plain().asStarted();
    }

    @AfterEach
    void nobody() {
        server.database().update("DELETE FROM staff");
    }

    @Test
    void aUserIsMadeListedChangedAndDeleted() {
        HttpResponse<String> made = create("lisa", "viewer");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(made.headers().firstValue("Location")).hasValue("/api/staff/lisa");
        assertThat(SaddlebagServer.json(made).get("createdBy").asText()).isEqualTo("admin");
        assertThat(made.body()).doesNotContain("\"password\"", "bcrypt");
        assertThat(create("lisa", "viewer").statusCode()).as("twice").isEqualTo(409);

        JsonNode staff = SaddlebagServer.json(server.call("GET", "/api/staff")).get("staff");
        assertThat(staff.findValuesAsText("name")).containsExactly("admin", "lisa");
        assertThat(staff.toString()).doesNotContain("bcrypt");

        assertThat(SaddlebagServer.json(server.send("PATCH", "/api/staff/lisa", "{\"role\":\"operator\"}")).get("role").asText()).isEqualTo("operator");
        assertThat(check("lisa", PASSWORD).statusCode()).isEqualTo(200);
        assertThat(server.call("DELETE", "/api/staff/lisa").statusCode()).isEqualTo(204);
        assertThat(check("lisa", PASSWORD).statusCode()).isEqualTo(401);
        assertThat(server.call("DELETE", "/api/staff/lisa").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "viewer   | GET    | /api/sync/runs                 | 200 | ",
        "viewer   | GET    | /api/organisations             | 200 | ",
        "viewer   | POST   | /api/zoho/check                | 403 | This call needs the role operator, and v has the role viewer",
        "viewer   | POST   | /api/sync/runs/1/cancel        | 403 | needs the role operator",
        "viewer   | DELETE | /api/dead-letters/1            | 403 | needs the role operator",
        "viewer   | GET    | /api/staff                     | 403 | needs the role admin",
        "viewer   | GET    | /nowhere                       | 403 | needs the role admin",
        "operator | POST   | /api/zoho/check                | 200 | ",
        "operator | DELETE | /api/dead-letters/1            | 404 | ",
        "operator | POST   | /api/push/confirm              | 403 | needs the role admin",
        "operator | POST   | /api/webhooks/register         | 403 | needs the role admin",
        "operator | DELETE | /api/organisations/60000000001 | 403 | needs the role admin",
        "operator | GET    | /oauth/connect                 | 403 | needs the role admin",
        "operator | POST   | /actuator/jolokia              | 403 | needs the role admin",
        "operator | DELETE | /api/staff/v                   | 403 | needs the role admin",
        "admin    | GET    | /api/staff                     | 200 | ",
        "admin    | DELETE | /api/staff/v                   | 409 | You cannot delete yourself",
        "admin    | GET    | /nowhere                       | 404 | "})
    void aRoleOpensItsCalls(String role, String method, String path, int status, String detail) {
        create("v", role);

        HttpResponse<String> answer = server.call(method, path, basic("v", PASSWORD));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(detail == null ? "" : detail);
    }

    @Test
    void aChangeCountsAtOnce() {
        create("lisa", "operator");
        assertThat(check("lisa", PASSWORD).statusCode()).isEqualTo(200);

        server.send("PATCH", "/api/staff/lisa", "{\"role\":\"viewer\"}");
        assertThat(check("lisa", PASSWORD).statusCode()).isEqualTo(403);

        server.send("PATCH", "/api/staff/lisa", "{\"role\":\"operator\",\"disabled\":true}");
        assertThat(check("lisa", PASSWORD).statusCode()).isEqualTo(401);

        server.send("PATCH", "/api/staff/lisa", "{\"disabled\":false,\"password\":\"another password\"}");
        assertThat(check("lisa", PASSWORD).statusCode()).isEqualTo(401);
        assertThat(check("lisa", "another password").statusCode()).isEqualTo(200);
    }

    @Test
    void theAuditHasTheRefusalsOfAUserAfterAnotherHadTooMany() {
        create("loud", "viewer");
        create("quiet", "viewer");
        for (int one = 0; one < AuditedAttempts.AT_ONCE + 5; one++) {
            assertThat(check("loud", PASSWORD).statusCode()).isEqualTo(403);
        }
        assertThat(check("quiet", PASSWORD).statusCode()).isEqualTo(403);

        assertThat(server.count("audit_log WHERE who = 'loud' AND action = 'request' AND outcome = 'refused'"))
            .isBetween((long) AuditedAttempts.AT_ONCE, AuditedAttempts.AT_ONCE + 2L); // one more each minute
        assertThat(server.count("audit_log WHERE who = 'quiet' AND action = 'request' AND outcome = 'refused'")).isEqualTo(1);
    }

    @Test
    void everybodyChangesTheOwnPasswordWithTheOldOneAndNothingElse() {
        create("lisa", "viewer");
        create("ada", "admin");

        assertThat(own("lisa", "{\"password\":\"another password\"}").body()).contains("oldPassword: is needed");
        assertThat(own("lisa", "{\"password\":\"another password\",\"oldPassword\":\"wrong\"}").statusCode()).isEqualTo(403);
        assertThat(own("lisa", "{\"role\":\"admin\",\"oldPassword\":\"" + PASSWORD + "\"}").statusCode()).isEqualTo(409);
        assertThat(own("ada", "{\"role\":\"viewer\",\"oldPassword\":\"" + PASSWORD + "\"}").body()).contains("your own role");
        assertThat(server.send("PATCH", "/api/staff/ada", "{\"password\":\"another password\"}", basic("lisa", PASSWORD)).statusCode()).isEqualTo(403);

        assertThat(own("lisa", "{\"password\":\"another password\",\"oldPassword\":\"" + PASSWORD + "\"}").statusCode()).isEqualTo(200);
        assertThat(server.call("GET", "/api/sync/runs", basic("lisa", PASSWORD)).statusCode()).isEqualTo(401);
        assertThat(server.call("GET", "/api/sync/runs", basic("lisa", "another password")).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "POST  | /api/staff       | {`name`:`admin`,`role`:`viewer`,`password`:`long enough it is`}     | 409 | stands for another caller",
        "POST  | /api/staff       | {`name`:`scheduler`,`role`:`viewer`,`password`:`long enough it is`} | 409 | stands for another caller",
        "POST  | /api/staff       | {`name`:`Lisa`,`role`:`viewer`,`password`:`long enough it is`}      | 400 | name: must be",
        "POST  | /api/staff       | {`name`:`lisa`,`role`:`root`,`password`:`long enough it is`}        | 400 | role: must be viewer, operator or admin",
        "POST  | /api/staff       | {`name`:`lisa`,`role`:`viewer`,`password`:`short`}                  | 400 | password: must have 12 characters",
        "POST  | /api/staff       | {`name`:`lisa`,`role`:`viewer`,`word`:`short`}                      | 400 | word: not a field",
        "POST  | /api/staff       | []                                                                  | 400 | Send one JSON object",
        "PATCH | /api/staff/admin | {`password`:`long enough it is`}                                    | 409 | SADDLEBAG_ADMIN_PASSWORD",
        "PATCH | /api/staff/none  | {`password`:`long enough it is`}                                    | 404 | There is no user"})
    void aRequestThatCannotBeIsRefusedInWords(String method, String path, String body, int status, String detail) {
        HttpResponse<String> refused = server.send(method, path, body.replace('`', '"'));

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(status);
        assertThat(refused.body()).contains(detail).doesNotContain("long enough it is", "short");
        assertThat(server.count("staff")).isZero();
    }

    @Test
    void passwordsAreKeptAsHashesAndShownNowhere(CapturedOutput log) {
        create("lisa", "viewer");
        check("lisa", "wrong password it is");

        assertThat(server.database().queryForObject("SELECT password FROM staff", String.class)).startsWith("{bcrypt}$2").doesNotContain(PASSWORD);
        assertThat(server.database().queryForObject("SELECT has_table_privilege('saddlebag_reader', 'staff', 'SELECT')"
            + " OR has_table_privilege('saddlebag_reader', 'staff_sessions', 'SELECT')", Boolean.class)).isFalse();
        assertThat(log).doesNotContain(PASSWORD, "wrong password it is");
    }

    private static HttpResponse<String> create(String name, String role) {
        return server.send("POST", "/api/staff", "{\"name\":\"" + name + "\",\"role\":\"" + role + "\",\"password\":\"" + PASSWORD + "\"}");
    }

    private static HttpResponse<String> own(String name, String change) {
        return server.send("PATCH", "/api/staff/" + name, change, basic(name, PASSWORD));
    }

    /** A call for operators. */
    private static HttpResponse<String> check(String name, String password) {
        return server.call("POST", "/api/zoho/check", basic(name, password));
    }

    private static String basic(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes());
    }
}
