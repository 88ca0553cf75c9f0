package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer.HeldCalls;
import io.saddlebag.testkit.StoppableServer;
import io.saddlebag.testkit.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** Pushes of several processes, and of one whose database goes away in mid-batch. */
class PushOutageIT {

    private static final String[] QUICK = {"--saddlebag.push.lease=2s", "--saddlebag.push.unknown-every=300ms", "--saddlebag.database.wait=5s"};

    @TempDir
    private Path folder;

    @BeforeEach
    void newZoho() {
        PushCase.ZOHO.faults().clear();
        PushCase.reset();
    }

    private static void products(JdbcTemplate database, int count) {
        database.execute("CREATE TABLE own_products (id text PRIMARY KEY, sku text, name text, price numeric)");
        database.execute("DROP VIEW push_products");
        database.execute("""
            CREATE VIEW push_products AS
            SELECT '%s' AS org_id, id AS record_key, sku, name, 'Described' AS description, price, CAST(NULL AS text) AS currency, true AS is_active,
                   false AS price_may_be_zero, 'Fibre' AS category
              FROM own_products""".formatted(SaddlebagServer.ORG));
        database.update("INSERT INTO own_products SELECT 'key-' || n, 'SKU-' || n, 'Product ' || n, n FROM generate_series(1, ?) n", count);
        database.update("INSERT INTO push_targets (org_id, target, state) VALUES (?, 'crm-products', 'on')", SaddlebagServer.ORG);
    }

    private static void eachIsInZohoOnce(int count) {
        List<String> codes = StreamSupport.stream(PushCase.control("GET", "/control/store/crm/Products", null).get("records").spliterator(), false)
            .map(record -> record.get("Product_Code").asText()).toList();
        assertThat(codes).hasSize(count).doesNotHaveDuplicates();
    }

    @Test
    void ofTwoReplicasOneRunsATargetAndEachRecordIsWrittenOnce() throws Exception {
        String[] shared = Stream.concat(Stream.of(QUICK), Stream.of("--DATABASE_URL=" + TestDatabase.migrated())).toArray(String[]::new);
        try (SaddlebagServer first = SaddlebagServer.start(PushCase.ZOHO, shared); SaddlebagServer second = SaddlebagServer.start(PushCase.ZOHO, shared)) {
            products(first.database(), 1000);

            try (HeldCalls write = PushCase.ZOHO.hold("/upsert", 0)) { // the run must not end before the last answer
                List<CompletableFuture<HttpResponse<String>>> answers = Stream.of(first, second, first, second)
                    .map(app -> CompletableFuture.supplyAsync(() -> app.call("POST", "/api/push/crm-products"))).toList();
                List<Integer> statuses = answers.stream().map(answer -> answer.join().statusCode()).sorted().toList();

                assertThat(statuses).isEqualTo(List.of(202, 409, 409, 409));
            }
            await().until(() -> first.count("push_state WHERE status = 'ok'") == 1000);
            eachIsInZohoOnce(1000);
            JsonNode writes = PushCase.writes("product=crm").get("writes");
            assertThat(writes).hasSize(1000).allSatisfy(write -> assertThat(write.get("creates").asInt() + write.get("updates").asInt()).isEqualTo(1));
        }
    }

    @Test
    void withoutAConnectionToZohoNothingWasSentAndTheNextRunSendsIt() throws IOException, SQLException {
        String shared = "--DATABASE_URL=" + TestDatabase.migrated();
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (SaddlebagServer nowhere = SaddlebagServer.start(PushCase.ZOHO, shared, "--zoho.api-url=http://127.0.0.1:" + free)) {
            products(nowhere.database(), 2);

            JsonNode run = nowhere.ended(SaddlebagServer.json(nowhere.call("POST", "/api/push/crm-products")).get("runId").asLong());

            assertThat(run.get("error").asText()).contains("No answer from Zoho");
            assertThat(nowhere.database().queryForList("SELECT DISTINCT status, attempts, rate_limit_hits FROM push_state").toString())
                .isEqualTo("[{status=waiting, attempts=0, rate_limit_hits=0}]");
        }
        try (SaddlebagServer there = SaddlebagServer.start(PushCase.ZOHO, shared)) {
            JsonNode run = there.ended(SaddlebagServer.json(there.call("POST", "/api/push/crm-products")).get("runId").asLong());
            assertThat(run.get("created").asInt()).as(run.toString()).isEqualTo(2);
        }
    }

    @Test
    void aDatabaseThatGoesAwayInMidBatchLosesAndDoublesNothing() throws Exception {
        try (StoppableServer server = StoppableServer.in(folder)) {
            String[] own = Stream.concat(Stream.of(QUICK), Stream.of("--DATABASE_URL=" + server.url())).toArray(String[]::new);
            try (SaddlebagServer app = SaddlebagServer.start(PushCase.ZOHO, own)) {
                products(app.database(), 800);
                PushCase.fault("{\"kind\":\"latency\",\"ms\":400,\"match\":\"/crm/\"}");
                assertThat(app.call("POST", "/api/push/crm-products").statusCode()).isEqualTo(202);
                await().pollInterval(Duration.ofMillis(20)).until(() -> app.count("push_state WHERE status = 'ok'") >= 200);

                server.crash();
                await().until(() -> app.call("GET", "/actuator/health/readiness").statusCode() == 503);
                server.start();
                PushCase.control("DELETE", "/control/faults", null);

                await().atMost(Duration.ofMinutes(2)).ignoreExceptions().untilAsserted(() -> assertThat(
                    app.database().queryForList("SELECT status, count(*) AS n FROM push_state GROUP BY status")).isEqualTo(List.of(Map.of("status", "ok", "n", 800L))));
                eachIsInZohoOnce(800);
            }
        }
    }
}
