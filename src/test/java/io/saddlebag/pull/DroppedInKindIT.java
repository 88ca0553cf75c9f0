package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.data.Catalogue;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import io.saddlebag.testkit.Tutorial;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.util.FileSystemUtils;

/**
 * An installed copy that gets two kinds beside ours: purchase orders, by doing what the tutorial says of sales
 * orders, and sales orders by its YAML file alone, which names no order of the list.
 */
class DroppedInKindIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final String TABLE = "(?m)^(table|idColumn): .*\n";

    @TempDir
    private static Path folder;
    private static Tutorial tutorial;
    private static AppProcess installed;
    private static Connection connection;
    private static JdbcTemplate database;

    @BeforeAll
    static void install() throws Exception {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        for (String part : List.of("routes", "config")) {
            FileSystemUtils.copyRecursively(Path.of(part), folder.resolve(part));
        }
        tutorial = Tutorial.read("add-a-kind").ofPurchaseOrders();
        tutorial.save(folder);
        Tutorial.read("add-a-kind").blocks().stream().filter(block -> block.startsWith("# routes/")).findFirst().ifPresent(
                kind -> write(folder.resolve("routes/kinds/sales-orders.yaml"), kind.replaceAll(TABLE, "").replaceAll("(?m)^(searchBy|sortBy).*\\R", "")));
        String url = TestDatabase.migrated();
        connection = TestDatabase.connect(url);
        database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
        beforeAnUpdate(url);
        Map<String, String> settings = AppProcess.connected(ZOHO, url);
        settings.putAll(Map.of("SADDLEBAG_DEV", "true", "SADDLEBAG_PULL_AT_START", "false",
                "SADDLEBAG_PULL_CRON", "0 0 0 1 1 ? 2099", "SADDLEBAG_FULL_CRON", "0 0 0 1 1 ? 2099"));
        installed = AppProcess.start(folder, settings).awaitReady();
    }

    /** The installation has its own tables already; one of ours is newer than they, and below them in number. */
    private static void beforeAnUpdate(String url) {
        TestDatabase.flyway(url, folder.resolve("migrations")).migrate();
        database.execute("DROP TABLE detail_attempts, detail_progress, stock_queue");
        database.execute("DELETE FROM flyway_schema_history WHERE version = '104'");
    }

    @AfterAll
    static void remove() throws Exception {
        installed.close();
        connection.close();
        ZOHO.reset();
    }

    @Test
    void anUpdateBringsItsTablesThoughThoseOfTheInstallationHaveHigherVersions() {
        assertThat(database.queryForList("SELECT 1 FROM detail_progress WHERE error <> ''")).isEmpty();
    }

    @Test
    void theTutorialEndsWithRowsAndWithoutItsSqlFileWithJson() throws Exception {
        Catalogue zoho = ZOHO.records("purchase-orders");
        JsonNode check = json(call("POST", tutorial.calls().get(0)));
        assertThat(check.path("ok").asBoolean()).as("%s", check).isTrue();
        assertThat(check.toString()).contains("ZohoBooks.purchaseorders.READ");

        JsonNode run = ended(call("POST", tutorial.calls().get(1)));
        assertThat(run.get("created").asInt()).as("%s", run).isPositive().isEqualTo(zoho.size() - run.get("rejected").asInt());
        List<Map<String, Object>> rows = database.queryForList(tutorial.queries().get(0));
        assertThat(rows).hasSize(run.get("created").asInt()).anySatisfy(row -> assertThat(row.values()).doesNotContainNull());
        assertThat(ended(call("POST", tutorial.calls().get(1))).get("updated").asInt()).as("nothing changed").isZero();

        String order = database.queryForObject("SELECT max(zoho_purchaseorder_id) FROM purchase_orders", String.class);
        assertThat(json(call("GET", "/api/records?q=" + order)).findValuesAsText("entity")).as("beside a kind without searchBy").containsExactly("purchase-orders");
        zoho.change(order, object("status", "held").put("shelf", "A7"), Set.of(), true);
        assertThat(ended(call("POST", tutorial.calls().get(1))).get("updated").asInt()).isEqualTo(1);
        zoho.change(order, JsonNodeFactory.instance.objectNode(), Set.of("status", "shelf"), false);
        ended(call("POST", tutorial.calls().get(1)));
        assertThat(database.queryForList("SELECT zoho_purchaseorder_id FROM purchase_orders WHERE status IS NULL AND NOT jsonb_exists(source, 'shelf')",
                String.class)).as("what Zoho no longer sends").containsExactly(order);

        assertThat(call("POST", "/api/sync/nothing").body()).contains("\"purchase-orders\"", "\"sales-orders\"");
        assertThat(call("GET", "/api/zoho/health").body()).contains("purchase-orders");
        assertThat(call("GET", "/oauth/connect").headers().firstValue("Location").orElseThrow())
                .contains("ZohoBooks.purchaseorders.READ", "ZohoBooks.salesorders.READ");
        ended(call("POST", "/api/sync/purchase-orders/remap"));
        assertThat(database.queryForObject("SELECT updated FROM sync_runs WHERE mode = 'remap'", Long.class)).isZero();

        Path kind = folder.resolve("routes/kinds/purchase-orders.yaml");
        Files.delete(folder.resolve("routes/kinds/purchase-orders.sql"));
        write(kind, Files.readString(kind).replaceAll(TABLE, ""));
        await().until(() -> installed.log().contains("Taken over: routes/kinds/purchase-orders.yaml"));
        ended(call("POST", tutorial.calls().get(1)));

        assertThat(database.queryForList(tutorial.queries().get(1))).hasSize(zoho.size());
    }

    @Test
    void aKindOfJsonHasAllThatAKindHas() {
        Catalogue zoho = ZOHO.records("sales-orders");
        String first = start();
        database.execute("SELECT records_of('of-another-kind')");
        database.update("INSERT INTO records (org_id, entity, zoho_id, source) VALUES (?, 'of-another-kind', ?, '{}')", SaddlebagServer.ORG, first);

        zoho.change(first, object("status", "void"), Set.of(), true);
        JsonNode plan = ended(call("POST", "/api/sync/sales-orders?dryRun=true"));
        assertThat(call("GET", "/api/sync/runs/" + plan.get("id") + "/report").body()).contains("\"source.status\": {\"after\": \"void\"");
        assertThat(status(first)).isNotEqualTo("void");
        assertThat(ended(call("POST", "/api/sync/sales-orders")).get("updated").asInt()).isEqualTo(1);
        assertThat(status(first)).isEqualTo("void");
        assertThat(changes(first)).containsExactly("zoho_modified_at");

        JsonNode proof = ended(call("POST", "/api/verify/sales-orders"));
        assertThat(database.queryForObject("SELECT summary FROM sync_runs WHERE id = ?", String.class, proof.get("id").asLong()))
                .startsWith("Zoho " + zoho.size() + ", PostgreSQL " + zoho.size() + ", differing 0, missing 0, surplus 0");
        assertThat(ended(call("POST", "/api/sync/sales-orders/remap")).get("updated").asInt()).isZero();

        zoho.remove(first);
        JsonNode full = ended(call("POST", "/api/sync/sales-orders?mode=full"));
        assertThat(full.get("deleted").asInt()).as("%s", full).isEqualTo(1);
        assertThat(deleted(first)).containsExactly("sales-orders");
        assertThat(changes(first)).containsExactly("zoho_modified_at", "deleted_at");
        assertThat(call("POST", "/api/sync/runs/" + full.get("id") + "/deletes/restore").statusCode()).isEqualTo(200);
        assertThat(deleted(first)).isEmpty();
        assertThat(call("POST", "/api/sync/sales-orders/" + first).body()).contains("deleted");
        assertThat(deleted(first)).containsExactly("sales-orders");
    }

    /** The first pull. @return the id of one of its records */
    private static String start() {
        JsonNode run = ended(call("POST", "/api/sync/sales-orders?mode=full"));
        assertThat(run.get("created").asInt()).as("%s", run).isPositive().isEqualTo(ZOHO.records("sales-orders").size());
        return database.queryForObject("SELECT max(zoho_id) FROM records WHERE entity = 'sales-orders'", String.class);
    }

    private static String status(String id) {
        return database.queryForObject("SELECT source ->> 'status' FROM records WHERE entity = 'sales-orders' AND zoho_id = ?", String.class, id);
    }

    private static List<String> changes(String id) {
        return database.queryForList("SELECT column_name FROM record_changes WHERE entity = 'sales-orders' AND zoho_id = ? ORDER BY id", String.class, id);
    }

    /** Kinds whose record of this id is marked as deleted. */
    private static List<String> deleted(String id) {
        return database.queryForList("SELECT entity FROM records WHERE zoho_id = ? AND deleted_at IS NOT NULL", String.class, id);
    }

    private static JsonNode ended(HttpResponse<String> started) {
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        String run = "/api/sync/runs/" + json(started).get("runId");
        await().pollInterval(Duration.ofMillis(50))
                .until(() -> !json(call("GET", run)).get("status").asText().equals("running"));
        JsonNode ended = json(call("GET", run));
        assertThat(ended.get("status").asText()).as("%s\n%s", ended, installed.log()).isIn("succeeded", "partial");
        return ended;
    }

    private static HttpResponse<String> call(String method, String path) {
        try {
            return HttpClient.newHttpClient().send(HttpRequest.newBuilder(installed.uri(path)).timeout(Duration.ofSeconds(30))
                    .header("Authorization", SaddlebagServer.STAFF).method(method, HttpRequest.BodyPublishers.noBody()).build(),
                    BodyHandlers.ofString());
        } catch (Exception e) {
            throw new AssertionError(method + " " + path, e);
        }
    }

    private static JsonNode json(HttpResponse<String> answer) {
        try {
            return new ObjectMapper().readTree(answer.body());
        } catch (IOException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    private static ObjectNode object(String key, String value) {
        return JsonNodeFactory.instance.objectNode().put(key, value);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
