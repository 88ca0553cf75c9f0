package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.testkit.GuardedApp;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.TestPropertySource;

/** What staff may do over JMX by HTTP; Jolokia tells its own status in the body of a 200. */
@TestPropertySource(properties = {"camel.main.name=jolokia", // the cached contexts of other tests have saddlebag
    "server.tomcat.connection-timeout=2s", "server.tomcat.keep-alive-timeout=30s"})
@ExtendWith(OutputCaptureExtension.class)
class JolokiaPolicyIT extends GuardedApp {

    private static final String CONTEXT = "org.apache.camel:context=jolokia,type=context,name=\\\"jolokia\\\"";
    private static final String ROUTE = "org.apache.camel:context=jolokia,type=routes,name=\\\"access-sync\\\"";
    private static final String THROTTLE =
        "org.apache.camel:context=jolokia,type=processors,name=\\\"access-sync-throttle\\\"";

    @Autowired
    private JdbcTemplate database;

    private final ObjectMapper json = new ObjectMapper();

    @ParameterizedTest
    @CsvSource({
        "requestStringBody, language:simple:${sysenv.HOME}, x", "requestBody, language:simple:${sysenv.HOME}, x",
        "'requestBody(java.lang.String,java.lang.Object)', language:simple:x, x",
        "'requestBodyAndHeaders(java.lang.String,java.lang.Object,java.util.Map)', language:simple:x, x",
        "sendBody, log:x, x", "sendStringBody, log:x, x",
        "createEndpoint, direct:x, ''", "removeEndpoints, *, ''", "setGlobalOption, a, b"})
    void noMessageIsSentAndNothingIsAddedEvenByStaff(String operation, String first, String second) throws Exception {
        assertThat(ask("""
            {"type":"exec","mbean":"%s","operation":"%s","arguments":["%s","%s"]}"""
            .formatted(CONTEXT, operation, first, second)).path("status").asInt()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"type":"exec","mbean":"%s","operation":"browseExchange","arguments":[0]}
        {"type":"exec","mbean":"%s","operation":"browseMessageAsXml(java.lang.Integer,java.lang.Boolean)","arguments":[0,true]}
        {"type":"exec","mbean":"%s","operation":"browseAllMessagesAsXml(java.lang.Boolean)","arguments":[true]}
        {"type":"exec","mbean":"%s","operation":"browseRangeMessagesAsXml","arguments":[0,9,true]}
        {"type":"exec","mbean":"%s","operation":"browseMessageBody","arguments":[0]}
        """)
    void noMessageIsShownEvenToStaff(String request) throws Exception {
        JsonNode answer = ask(request.formatted("org.apache.camel:context=jolokia,type=endpoints,name=\\\"seda://pull-run\\\""));

        assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"type":"exec","mbean":"com.sun.management:type=DiagnosticCommand","operation":"vmSystemProperties"}
        {"type":"exec","mbean":"com.sun.management:type=HotSpotDiagnostic","operation":"dumpHeap","arguments":["x",true]}
        {"type":"exec","mbean":"java.util.logging:type=Logging","operation":"getLoggerLevel","arguments":[""]}
        {"type":"exec","mbean":"java.lang:type=Memory","operation":"gc"}
        {"type":"exec","mbean":"java.lang:type=Threading","operation":"dumpAllThreads","arguments":[true,true]}
        {"type":"read","mbean":"java.lang:type=Runtime","attribute":"SystemProperties"}
        {"type":"read","mbean":"java.lang:type=Runtime","attribute":"InputArguments"}
        {"type":"read","mbean":"java.lang:name=x,type=Runtime","attribute":"SystemProperties"}
        {"type":"read","mbean":"com.zaxxer.hikari:type=PoolConfig (HikariPool-1)","attribute":"PoolName"}
        {"type":"read","mbean":"org.springframework.boot:type=Admin,name=SpringApplication","attribute":"Ready"}
        {"type":"write","mbean":"java.lang:type=Memory","attribute":"Verbose","value":true}
        {"type":"exec","mbean":"hawtio:type=security,name=RBACRegistry","operation":"list()"}
        """)
    void everythingElseOfTheProcessStaysClosed(String request) throws Exception {
        JsonNode answer = ask(request);

        assertThat(answer.path("status").asInt()).as(answer.toString()).isIn(403, 404);
        assertThat(answer.has("value")).isFalse();
    }

    @Test
    void whatHasASecretIsLeftOutOfAReadOfEverything() throws Exception {
        JsonNode runtime = ask("""
            {"type":"read","mbean":"java.lang:type=Runtime","config":{"ignoreErrors":true}}""");

        assertThat(runtime.toString()).contains("Uptime").doesNotContain("java.io.tmpdir", "sun.java.command");
    }

    @Test
    void springsBeansAreNotReadAsIfTheyWereJmxs() throws Exception {
        JsonNode answer = ask("""
            {"type":"read","mbean":"spring@org.springframework.core.env:name=environment","attribute":"propertySources"}""");

        assertThat(answer.has("error")).isTrue();
        assertThat(answer.has("value")).isFalse();
    }

    @Test
    void noOtherServerIsReachedThroughUs() throws Exception {
        JsonNode answer = ask("""
            {"type":"read","mbean":"java.lang:type=Memory","attribute":"Verbose",
             "target":{"url":"service:jmx:rmi:///jndi/rmi://localhost:1/jmxrmi"}}""");

        assertThat(answer.toString()).doesNotContain("Connection refused", "rmi.ConnectException");
        assertThat(get("/actuator/hawtio/proxy/http/localhost/" + port + "/actuator/env", "Authorization", STAFF)
            .statusCode()).isEqualTo(404);
    }

    @Test
    void aCircuitMayBeClosedAndNothingElseOfOurBeansIsCalled() throws Exception {
        assertThat(exec("io.saddlebag:type=ZohoCircuits", "close(java.lang.String)")).as("allowed, and not here").isEqualTo(404);
        assertThat(exec("io.saddlebag:type=LiveEditing", "close(java.lang.String)")).isEqualTo(403);
    }

    @Test
    void aSenderThatGoesSilentIsAnsweredAndIsNoLineInTheLog(CapturedOutput log) throws Exception {
        try (Socket sender = new Socket("localhost", port)) {
            sender.setSoTimeout(15_000);
            sender.getOutputStream().write(("POST /actuator/jolokia HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + STAFF
                + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"ty").getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(sender.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 408").contains("Connection: close");
        }
        assertThat(log).doesNotContain("Exception");
    }

    @Test
    void aLinkChangesNothing() throws Exception {
        String stop = "/exec/org.apache.camel:context=jolokia,name=%22access-record%22,type=routes/stop()";

        assertThat(get("/actuator/jolokia" + stop, "Authorization", STAFF).statusCode()).isEqualTo(403);
        assertThat(get("/actuator/jolokia?p=" + stop, "Authorization", STAFF).statusCode()).isEqualTo(403);
        assertThat(get("/actuator/hawtio/jolokia" + stop, "Authorization", STAFF).statusCode()).isEqualTo(403);
        assertThat(post("/api/sync/a/b", "", "Authorization", STAFF).body()).isEqualTo("reached");
    }

    @Test
    void aRouteIsSuspendedAndItsCallersAreToldSo() throws Exception {
        assertThat(exec(ROUTE, "suspend()")).isEqualTo(200);
        try {
            var refused = post("/api/sync/items", "", "Authorization", STAFF);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("\"status\":503", "is suspended or not yet started");
            assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        } finally {
            assertThat(exec(ROUTE, "resume")).isEqualTo(200);
        }
        assertThat(post("/api/sync/items", "", "Authorization", STAFF).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"stop()", "start", "restart()", "reset(boolean)", "dumpRouteAsXml()", "dumpRouteStatsAsXml"})
    void aRouteIsWatchedAndSteered(String operation) throws Exception {
        String arguments = operation.startsWith("reset") ? "true" : operation.startsWith("dumpRouteStats") ? "true,true" : "";
        try {
            JsonNode answer = ask("""
                {"type":"exec","mbean":"%s","operation":"%s","arguments":[%s]}""".formatted(ROUTE, operation, arguments));
            assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(200);
        } finally {
            exec(ROUTE, "start");
        }
    }

    @Test
    void theThrottleIsReadAndChanged() throws Exception {
        assertThat(ask("""
            {"type":"write","mbean":"%s","attribute":"MaximumRequests","value":200}""".formatted(THROTTLE))
            .path("status").asInt()).isEqualTo(200);

        // What a throttle tells is the limit it applied to the message before.
        post("/api/sync/items", "", "Authorization", STAFF);
        assertThat(ask("""
            {"type":"read","mbean":"%s","attribute":"MaximumRequests"}""".formatted(THROTTLE))
            .path("value").asInt()).isEqualTo(200);
    }

    @Test
    void eachCallAndEachChangeIsInTheAuditWithoutItsValues() throws Exception {
        Long last = database.queryForObject("SELECT coalesce(max(id), 0) FROM audit_log", Long.class);
        ask("""
            [{"type":"exec","mbean":"%1$s","operation":"reset(boolean)","arguments":[true]},
             {"type":"WRITE","mbean":"%2$s","attribute":"MaximumRequests","value":321},
             {"type":"exec","mbean":"java.lang:type=Memory","operation":"gc"},
             {"type":"read","mbean":"%2$s","attribute":"MaximumRequests"}]""".formatted(ROUTE, THROTTLE));

        assertThat(database.queryForList("SELECT concat_ws(' ', who, role, address, action, outcome, object, details) FROM audit_log WHERE id > ? ORDER BY id", String.class, last))
            .containsExactly("admin admin 127.0.0.1 jmx.exec started " + ROUTE.replace("\\", "") + " reset(boolean) {}",
                "admin admin 127.0.0.1 jmx.write started " + THROTTLE.replace("\\", "") + " MaximumRequests {}",
                "admin admin 127.0.0.1 jmx.exec started java.lang:type=Memory gc {}");
    }

    @Test
    void withoutARowInTheAuditNothingIsDone() throws Exception {
        database.update("ALTER TABLE audit_log RENAME TO elsewhere");
        try {
            assertThat(post("/actuator/jolokia", """
                {"type":"exec","mbean":"%s","operation":"suspend()"}""".formatted(ROUTE), "Authorization", STAFF).statusCode()).isEqualTo(503);
            assertThat(ask("""
                {"type":"read","mbean":"%s","attribute":"State"}""".formatted(ROUTE)).path("value").asText()).isEqualTo("Started");
        } finally {
            database.update("ALTER TABLE elsewhere RENAME TO audit_log");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"exec\",\"type\":\"read\"}", "{\"type\":\"read\"} {\"type\":\"exec\"}", "{'type':'exec'}"})
    void whatCouldBeReadInTwoWaysIsRefused(String request) throws Exception {
        assertThat(post("/actuator/jolokia", request, "Authorization", STAFF).body()).contains("\"status\":400", "must be one JSON value");
    }

    private int exec(String mbean, String operation) throws Exception {
        return ask("""
            {"type":"exec","mbean":"%s","operation":"%s"}""".formatted(mbean, operation)).path("status").asInt();
    }

    private JsonNode ask(String request) throws Exception {
        return json.readTree(post("/actuator/jolokia", request, "Authorization", STAFF).body());
    }
}
