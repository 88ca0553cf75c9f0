package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The real process, killed at any moment of a push, or, in every second round, of taking back what a run wrote, while one answer in twenty is lost. How often:
 * {@code -Dsaddlebag.rounds=100}.
 */
class KilledPushIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final int ROUNDS = Integer.getInteger("saddlebag.rounds", 5);
    private static final int ROWS = ROUNDS > 20 ? 100 : 300;
    /** Records of which one run raises the price, and another takes that back in two calls. */
    private static final int RAISED = 120;
    private static final int LOOKS_PER_CALL = 500;

    @TempDir
    private Path folder;

    @Test
    void everyRecordIsInZohoOnceHoweverOftenTheProcessIsKilled() throws Exception {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        control("POST", "/control/faults", "{\"kind\":\"lost-answer\",\"probability\":0.05,\"match\":\"POST|PUT\"}");
        control("POST", "/control/faults", "{\"kind\":\"latency\",\"ms\":40,\"match\":\"/(crm|billing)/\"}");
        String url = TestDatabase.migrated();
        long seed = System.currentTimeMillis();
        Random dice = new Random(seed);
        try (Connection connection = TestDatabase.connect(url)) {
            JdbcTemplate database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            views(database);
            List<Long> raised = new ArrayList<>();
            for (int round = 1; round <= ROUNDS; round++) {
                database.update("INSERT INTO own_products SELECT ? || '-' || n, ? || '-' || n, 'Product', n, CASE WHEN n % 10 = 0 THEN 'Fibre' END FROM generate_series(1, ?) n",
                    "key-" + round, "SKU-" + round, ROWS);
                try (AppProcess app = AppProcess.start(folder, settings(url)).awaitReady()) {
                    database.update("""
                        INSERT INTO push_targets (org_id, target, state)
                        SELECT ?, t, 'on' FROM unnest(ARRAY['crm-products', 'billing-products', 'billing-plans']) t ON CONFLICT DO NOTHING""", SaddlebagServer.ORG);
                    int claims = 2 + dice.nextInt(ROWS / 15); // fewer than a round has
                    String call = "/api/push/all";
                    if (round % 2 == 0) {
                        claims = 2 + dice.nextInt(2);
                        raised.add(raisePrices(app, database));
                        database.execute("SELECT setval('push_claims', 1)");
                        call = "/api/push/runs/" + raised.get(raised.size() - 1) + "/revert";
                    }
                    killable(app, database, call, claims, "round " + round + ", seed " + seed);
                    database.execute("SELECT setval('push_claims', 1)");
                    app.kill();
                }
            }
            try (AppProcess app = AppProcess.start(folder, settings(url)).awaitReady()) {
                int all = ROUNDS * ROWS + ROUNDS * ROWS / 10 + 1;
                await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
                    app.call("POST", "/api/push/all").join(); // what waits for another target is sent by the next run
                    sendWhatIsLeftToAPerson(app, database);
                    assertThat(database.queryForList("SELECT count(*) AS n FROM push_state WHERE status = 'ok' OR status = 'held' AND error_code = 'reverted'").toString())
                        .as("seed " + seed).isEqualTo("[{n=" + all + "}]");
                });
                for (Long run : raised) { // what was killed before it was taken back is taken back by the same call
                    settle(database);
                    app.call("POST", "/api/push/runs/" + run + "/revert").join();
                }
                await().atMost(Duration.ofMinutes(3)).untilAsserted(() -> {
                    settle(database);
                    assertThat(database.queryForObject("SELECT count(*) FROM push_state WHERE status = 'held' AND error_code = 'reverted'", Long.class))
                        .as("taken back, seed " + seed).isEqualTo((long) raised.size() * RAISED);
                });
                app.call("POST", "/api/push/all").join();
                settle(database);
            }
            assertThat(prices()).as("prices in Zoho, seed " + seed).isEqualTo(database.queryForList("SELECT sku, floor(price) - CASE WHEN price >= 1000 THEN 1000 ELSE 0 END AS price "
                + "FROM own_products").stream().collect(Collectors.toMap(row -> (String) row.get("sku"), row -> ((Number) row.get("price")).intValue())));
            List<String> records = Stream.of(keys("crm/Products", "Product_Code"), keys("billing/plans", "plan_code"), keys("billing/products", "name"))
                .flatMap(List::stream).toList();
            assertThat(records).as("each once, seed " + seed).hasSize(ROUNDS * ROWS + ROUNDS * ROWS / 10 + 1);
            assertThat(keys("crm/Products", "Product_Code")).doesNotHaveDuplicates();
            assertThat(keys("billing/plans", "plan_code")).doesNotHaveDuplicates();
            System.out.println("SIGKILL: " + ROUNDS + " rounds, " + records.size() + " records, each once; "
                + database.queryForObject("SELECT count(*) FROM push_log WHERE outcome = 'unknown' OR outcome IS NULL", Long.class) + " outcomes were unknown");
        } finally {
            ZOHO.reset();
        }
    }

    /**
     * Waits until so many batches have begun. A run that resumes a killed one, or looks up what is unknown, keeps the target for a moment: meanwhile the call is
     * answered with 409, and is made again.
     */
    private static void killable(AppProcess app, JdbcTemplate database, String call, int claims, String round) {
        AtomicInteger looks = new AtomicInteger();
        await(round).pollInterval(Duration.ofMillis(1)).until(() -> {
            if (looks.getAndIncrement() % LOOKS_PER_CALL == 0) {
                sendWhatIsLeftToAPerson(app, database); // the plans wait for their product
                app.call("POST", call).join();
            }
            return database.queryForObject("SELECT last_value >= ? FROM push_claims", Boolean.class, claims);
        });
    }

    /** A create of which the list shows nothing is left to a person, who sends it again. */
    private static void sendWhatIsLeftToAPerson(AppProcess app, JdbcTemplate database) {
        database.queryForList("SELECT record_key FROM push_state WHERE target = 'billing-products' AND status = 'failed' AND error_code = 'not found'", String.class)
            .forEach(key -> app.call("POST", "/api/push/billing-products/" + key).join());
    }

    /** Raises the prices of records that Zoho has confirmed, and pushes them. @return the run */
    private static Long raisePrices(AppProcess app, JdbcTemplate database) {
        await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(200)).until(() -> {
            app.call("POST", "/api/push/crm-products").join();
            settle(database);
            return database.queryForObject("SELECT count(*) FILTER (WHERE s.status = 'ok' AND p.price < 1000 AND p.family IS NULL) >= ? AND count(*) FILTER (WHERE s.status = 'unknown') = 0 "
                + "FROM push_state s JOIN own_products p ON p.id = s.record_key WHERE s.target = 'crm-products'", Boolean.class, RAISED);
        });
        database.update("UPDATE own_products SET price = price + 1000 WHERE id IN (SELECT p.id FROM push_state s JOIN own_products p ON p.id = s.record_key "
            + "WHERE s.target = 'crm-products' AND s.status = 'ok' AND p.price < 1000 AND p.family IS NULL ORDER BY p.id LIMIT ?)", RAISED);
        app.call("POST", "/api/push/crm-products").join();
        Long run = database.queryForObject("SELECT max(id) FROM sync_runs WHERE entity = 'crm-products'", Long.class);
        settle(database);
        return run;
    }

    private static void settle(JdbcTemplate database) {
        await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(50))
            .until(() -> database.queryForObject("SELECT count(*) = 0 FROM sync_runs WHERE status = 'running'", Boolean.class));
    }

    private static Map<String, Integer> prices() throws Exception {
        return StreamSupport.stream(control("GET", "/control/store/crm/Products", null).get("records").spliterator(), false)
            .collect(Collectors.toMap(record -> record.get("Product_Code").asText(), record -> record.get("Unit_Price").asInt()));
    }

    private static List<String> keys(String module, String key) throws Exception {
        return StreamSupport.stream(control("GET", "/control/store/" + module, null).get("records").spliterator(), false).map(record -> record.get(key).asText()).toList();
    }

    private static void views(JdbcTemplate database) {
        database.execute("CREATE TABLE own_products (id text PRIMARY KEY, sku text, name text, price numeric, family text)");
        database.execute("DROP VIEW push_products");
        database.execute("""
            CREATE VIEW push_products AS
            SELECT '%s' AS org_id, id AS record_key, sku, name, 'Described' AS description, price, CAST(NULL AS text) AS currency, true AS is_active,
                   false AS price_may_be_zero, 'Fibre' AS category, CASE WHEN family IS NOT NULL THEN price END AS recurring_price, 'months' AS recurring_unit,
                   CAST(NULL AS integer) AS cycles, CAST(NULL AS numeric) AS setup_fee, family AS product_family, CAST(NULL AS text) AS tax_id
              FROM own_products""".formatted(SaddlebagServer.ORG));
    }

    private static Map<String, String> settings(String url) {
        Map<String, String> settings = AppProcess.connected(ZOHO, url);
        settings.putAll(Map.of("SADDLEBAG_PULL_AT_START", "false", "SADDLEBAG_PUSH_CRON", "0 0 0 1 1 ? 2099", "SADDLEBAG_PUSH_FULL_CRON", "0 0 0 1 1 ? 2099",
            // what a killed process was at work on is soon another's
            "SADDLEBAG_PUSH_LEASE", "3s", "SADDLEBAG_PUSH_UNKNOWNEVERY", "500ms", "SADDLEBAG_PULL_STALEAFTER", "3s", "SADDLEBAG_PULL_HEARTBEAT", "500ms",
            "SADDLEBAG_PULL_RESUMEEVERY", "500ms", "SADDLEBAG_REDELIVERY_DELAY", "100"));
        settings.put("SADDLEBAG_PUSH_CHANGESHARE", "100"); // no run is held
        settings.putAll(Map.of("ZOHO_CALLTIMEOUT", "6s", "ZOHO_HTTPTIMEOUT", "3s", "ZOHO_TOKENTIMEOUT", "2s", "ZOHO_CIRCUIT_CALLS", "1000"));
        return settings;
    }

    private static JsonNode control(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(ZOHO.url() + path)).header("Content-Type", "application/json")
            .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return new ObjectMapper().readTree(answer.body());
    }
}
