package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import java.net.http.HttpResponse;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.ConnectionCallback;

/** Targets and their records over HTTP. */
@Tag("sql")
class PushApiIT extends PushCase {

    private static final String SCHEDULER = "Bearer scheduler-secret";

    @Test
    void showsEachTargetWithStateCountsAndLastRun() {
        products(3);
        saddlebag().database().update("UPDATE own_products SET price = NULL WHERE id = 'key-3'");
        assertThat(target("crm-products").get("state").asText()).isEqualTo("off");
        on("crm-products");
        push("crm-products?limit=1");

        JsonNode shown = target("crm-products");

        assertThat(shown.get("org").asText()).isEqualTo(SaddlebagServer.ORG);
        assertThat(shown.get("state").asText()).isEqualTo("on");
        assertThat(shown.get("counts").toString())
            .isEqualTo("{\"ok\":1,\"failed\":0,\"refused\":1,\"waiting\":0,\"unknown\":0,\"held\":0,\"accepted\":0,\"gone\":0,\"never\":1}");
        assertThat(shown.get("successShare").asDouble()).isEqualTo(1);
        assertThat(shown.get("lastRun").get("mode").asText()).isEqualTo("push");
        assertThat(shown.get("lastRun").get("entity").asText()).isEqualTo("crm-products");

        push("crm-products");
        String before = one("SELECT xmin FROM push_targets");
        push("crm-products");
        assertThat(target("crm-products").get("counts").get("never").asInt()).isZero();
        assertThat(one("SELECT xmin FROM push_targets")).as("a quiet run writes nothing").isEqualTo(before);
    }

    @Test
    void aRunIsRefusedWithItsReason() {
        products(1);
        HttpResponse<String> unknown = saddlebag().call("POST", "/api/push/crm-vendor");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("There is no push target \\\"crm-vendor\\\"; there are ", "crm-products");

        HttpResponse<String> off = saddlebag().call("POST", "/api/push/crm-products");
        assertThat(off.statusCode()).isEqualTo(409);
        assertThat(off.body()).contains("is off", "PATCH /api/organisations/" + SaddlebagServer.ORG).doesNotContain("runId");
        assertThat(saddlebag().call("POST", "/api/push/all").statusCode()).isEqualTo(409);

        on("crm-products");
        HttpResponse<String> column = saddlebag().call("POST", "/api/push/crm-products?colour=red");
        assertThat(column.statusCode()).isEqualTo(400);
        assertThat(column.body()).contains("has no column \\\"colour\\\"", "category", "product_family");
        assertThat(saddlebag().call("POST", "/api/push/crm-products?keys=").statusCode()).isEqualTo(400);
        assertThat(saddlebag().call("POST", "/api/push/crm-products?status=fine").statusCode()).isEqualTo(400);
        assertThat(saddlebag().call("POST", "/api/push/all?category=Fibre").statusCode()).isEqualTo(400);

        saddlebag().database().update("INSERT INTO sync_runs (org, entity, mode, trigger, request) VALUES (?, 'crm-products', 'push', 'timer', '{}')", SaddlebagServer.ORG);
        HttpResponse<String> busy = saddlebag().call("POST", "/api/push/crm-products");
        assertThat(busy.statusCode()).isEqualTo(409);
        assertThat(SaddlebagServer.json(busy).get("runId").asText()).isEqualTo(one("SELECT id FROM sync_runs"));
        saddlebag().database().update("UPDATE sync_runs SET status = 'cancelled'");
    }

    @Test
    void aRunTakesKeysOrAColumnOfTheView() {
        products(5);
        saddlebag().database().update("UPDATE own_products SET category = 'Wireless' WHERE id IN ('key-4', 'key-5')");
        on("crm-products");

        push("crm-products?keys=key-1,key-2");
        assertThat(sent()).containsExactly("key-1", "key-2");
        push("crm-products?category=Wireless");
        assertThat(sent()).containsExactly("key-1", "key-2", "key-4", "key-5");
    }

    @Test
    void aColumnIsComparedAsItsTypeComparesAndByTheKeyOfItsView() {
        products(3);
        on("crm-products");
        on("billing-items");
        saddlebag().database().execute("CREATE TABLE own_services (sku varchar(3), name text, price numeric(10,2)); INSERT INTO own_services VALUES ('S-1', 'Setup', 899), ('S-2', 'Repair', 5)");
        saddlebag().database().execute("DROP VIEW push_service_items");
        saddlebag().database().execute("CREATE VIEW push_service_items AS SELECT '" + SaddlebagServer.ORG + "' AS org_id, sku, name, price FROM own_services");

        push("crm-products?price=102.00");
        assertThat(sent()).containsExactly("key-2");
        push("billing-items?price=899");
        assertThat(sent()).containsExactly("S-1", "key-2");

        assertThat(push("billing-items?sku=S-2-blue&force=true").get("seen").asInt()).as("no value is cut to the length of its column").isZero();
        HttpResponse<String> answer = saddlebag().call("POST", "/api/push/crm-products?price=cheap");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("push_products", "cheap");
        saddlebag().database().execute("DROP VIEW push_service_items; DROP TABLE own_services");
        saddlebag().database().execute("CREATE VIEW push_service_items AS SELECT CAST(NULL AS text) AS org_id, CAST(NULL AS text) AS sku, CAST(NULL AS text) AS name, CAST(NULL AS numeric) AS price WHERE false");
    }

    /** As after a kill: the run is abandoned, and another one resumes it. */
    @Test
    void aResumedRunKeepsTheLimit() {
        products(5);
        on("crm-products");
        long run = push("crm-products?limit=2").get("id").asLong();
        assertThat(sent()).hasSize(2);
        saddlebag().database().update("UPDATE sync_runs SET status = 'running', finished_at = NULL, heartbeat_at = now() - interval '1 hour' WHERE id = ?", run);

        await().until(() -> one("SELECT count(*) FROM sync_runs WHERE id > " + run + " AND status NOT IN ('running', 'abandoned')").equals("1"));

        assertThat(sent()).hasSize(2);
    }

    @Test
    void listsRecordsPageByPage() {
        products(5);
        saddlebag().database().update("UPDATE own_products SET name = NULL WHERE id = 'key-2'");
        on("crm-products");
        push("crm-products");

        JsonNode first = get("/api/push/crm-products?limit=2");
        JsonNode rest = get("/api/push/crm-products?limit=3&next=" + first.get("next").asText());

        assertThat(keys(first)).containsExactly("key-1", "key-2");
        assertThat(keys(rest)).containsExactly("key-3", "key-4", "key-5");
        assertThat(rest.get("next").isNull()).isTrue();
        JsonNode refused = get("/api/push/crm-products?status=refused").get("rows");
        assertThat(refused).hasSize(1);
        assertThat(refused.get(0).get("errorText").asText()).isEqualTo("Product_Name missing");
        assertThat(saddlebag().call("GET", "/api/push/crm-products?status=fine").statusCode()).isEqualTo(400);
        assertThat(saddlebag().call("GET", "/api/push/crm-products?limit=0").statusCode()).isEqualTo(400);
        assertThat(saddlebag().call("GET", "/api/push/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void showsOneRecordWithItsBodiesAndAttempts() {
        products(1);
        saddlebag().database().update("UPDATE own_products SET id = 'a/b c'");
        on("crm-products");
        push("crm-products");
        saddlebag().database().update("UPDATE own_products SET price = 250");

        JsonNode record = get("/api/push/crm-products/-?keys=a%2Fb%20c");

        assertThat(record.get("body").get("Unit_Price").asInt()).isEqualTo(250);
        assertThat(record.get("sent").get("Unit_Price").asInt()).isEqualTo(101);
        assertThat(record.get("status").asText()).isEqualTo("ok");
        assertThat(record.get("log").get(0).get("action").asText()).isEqualTo("create");
        assertThat(record.get("log").get(0).get("call").get("path").asText()).isEqualTo("/crm/v8/Products/upsert");
        assertThat(get("/api/push/crm-products?keys=a%2Fb%20c").get("rows").get(0)).isEqualTo(record);
        assertThat(saddlebag().call("GET", "/api/push/crm-products/nobody").statusCode()).isEqualTo(404);

        assertThat(saddlebag().call("GET", "/api/push/crm-products/-?keys=a%00b").statusCode()).isEqualTo(404);
        assertThat(saddlebag().call("GET", "/api/push/crm-products?keys=a%00b").statusCode()).isEqualTo(200);
        assertThat(push("crm-products?keys=a%00b&category=%00").get("status").asText()).isEqualTo("succeeded");
    }

    @Test
    void sendsOneRecordNowAndAnswersItsOutcome() {
        products(2);
        saddlebag().database().update("UPDATE own_products SET id = 'SKY FBR', price = NULL WHERE id = 'key-2'");
        assertThat(saddlebag().call("POST", "/api/push/crm-products/key-1").statusCode()).isEqualTo(409);
        on("crm-products");

        JsonNode sent = post("/api/push/crm-products/key-1");
        assertThat(sent.get("status").asText()).as(sent.toString()).isEqualTo("ok");
        assertThat(sent.get("zohoId").asText()).isNotEmpty();
        assertThat(one("SELECT string_agg(purpose || ' ' || path, ',') FROM zoho_calls")).isEqualTo("check /crm/v8/Products/upsert");

        JsonNode refused = post("/api/push/crm-products/SKY%20FBR");
        assertThat(refused.get("status").asText()).isEqualTo("refused");
        assertThat(refused.get("errorText").asText()).isEqualTo("Unit_Price missing");
        assertThat(saddlebag().count("zoho_calls")).isEqualTo(1);
        assertThat(saddlebag().call("POST", "/api/push/crm-products/nobody").statusCode()).isEqualTo(404);
    }

    @Test
    void aRecordThatZohoDoesNotTakeNowIsAnsweredWithTheReason() {
        products(1);
        on("crm-products");
        fault("{\"kind\":\"wrong-scope\",\"match\":\"/crm/\"}");

        HttpResponse<String> answer = saddlebag().call("POST", "/api/push/crm-products/key-1");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(502);
        assertThat(answer.body()).contains("/oauth/connect?org=" + SaddlebagServer.ORG + "&for=push&targets=crm-products");
        assertThat(one("SELECT outcome FROM audit_log WHERE action = 'push.record' ORDER BY id DESC LIMIT 1")).isEqualTo("failed");
        assertThat(get("/api/push/crm-products/key-1").get("status").asText()).isEqualTo("waiting");
    }

    @Test
    void aRecordIsSentNowAlsoWhileARunIsUnderWay() {
        products(300);
        on("crm-products");
        fault("{\"kind\":\"latency\",\"ms\":400,\"match\":\"/crm/\"}");
        long run = SaddlebagServer.json(saddlebag().call("POST", "/api/push/crm-products")).get("runId").asLong();

        JsonNode now = post("/api/push/crm-products/key-99");

        assertThat(now.get("status").asText()).as(now.toString()).isEqualTo("ok");
        assertThat(saddlebag().status(run)).isEqualTo("running");
        control("DELETE", "/control/faults", null);
        saddlebag().ended(run);
        assertThat(control("GET", "/control/store/crm/Products", null).get("records")).hasSize(300);
        assertThat(one("SELECT count(*) FROM push_log WHERE record_key = 'key-99' AND action = 'create'")).isEqualTo("1");
    }

    @Test
    void whoMayCall() {
        on("crm-products");
        assertThat(saddlebag().call("POST", "/api/push/crm-products", SCHEDULER).statusCode()).isEqualTo(202);
        for (String address : List.of("GET /api/push", "GET /api/push/crm-products", "GET /api/push/crm-products/key-1", "POST /api/push/crm-products/key-1",
            "POST /api/push/crm-products/key-1/adopt", "POST /api/push/crm-products/key-1/forget", "POST /api/push/runs/1/release", "POST /api/push/runs/1/refuse",
            "POST /api/push/runs/1/revert", "POST /api/push/confirm")) {
            String[] call = address.split(" ");
            assertThat(saddlebag().call(call[0], call[1], SCHEDULER).statusCode()).as(address).isEqualTo(403);
            assertThat(saddlebag().call(call[0], call[1], null).statusCode()).as(address).isEqualTo(401);
        }
    }

    private static JsonNode target(String name) {
        return StreamSupport.stream(get("/api/push").get("targets").spliterator(), false).filter(target -> target.get("target").asText().equals(name)).findFirst().orElseThrow();
    }

    private static List<String> sent() {
        return saddlebag().database().queryForList("SELECT record_key FROM push_state WHERE status = 'ok' ORDER BY record_key", String.class);
    }

    private static List<String> keys(JsonNode list) {
        return StreamSupport.stream(list.get("rows").spliterator(), false).map(row -> row.get("recordKey").asText()).toList();
    }

    @Test
    void anAddressInATextNamesAnOrganisationThatIsNotTheDefaultOneAndAKeyThatAPathDoesNotTake() {
        saddlebag().database().execute("INSERT INTO organisations (org_id) VALUES ('60000000009')");
        try {
            saddlebag().database().execute("INSERT INTO push_state (org_id, target, record_key, status) VALUES ('60000000009', 'crm-products', 'A/1 \u00fc', 'unknown'), ('"
                + SaddlebagServer.ORG + "', 'crm-products', 'A-1', 'unknown')");

            assertThat(one("SELECT push_not_ready_because('60000000009', 'crm-products', '')")).contains("POST /api/push/crm-products?dryRun=true&org=60000000009 makes one");
            assertThat(one("SELECT push_not_ready_because('" + SaddlebagServer.ORG + "', 'crm-products', '')")).contains("POST /api/push/crm-products?dryRun=true makes one");
            assertThat(one("SELECT problem FROM push_forget('60000000009', 'crm-products', 'A/1 \u00fc')")).contains("POST /api/push/crm-products/-?keys=A%2F1%20%C3%BC&org=60000000009 finds");
            assertThat(one("SELECT problem FROM push_forget('" + SaddlebagServer.ORG + "', 'crm-products', 'A-1')")).contains("POST /api/push/crm-products/A-1 finds");
            saddlebag().database().execute("UPDATE push_state SET status = 'failed', error_text = 'Refused'");
            assertThat(saddlebag().database().execute((ConnectionCallback<String>) connection -> {
                try (Statement session = connection.createStatement()) {
                    session.execute("SET ROLE saddlebag_reader");
                    try (ResultSet rows = session.executeQuery("SELECT string_agg(meaning, '; ' ORDER BY org_id) FROM push_status")) {
                        rows.next();
                        return rows.getString(1);
                    } finally {
                        session.execute("RESET ROLE");
                    }
                }
            })).contains("POST /api/push/crm-products/{key};").endsWith("POST /api/push/crm-products/{key}?org=60000000009");
        } finally {
            saddlebag().database().execute("DELETE FROM push_state");
            saddlebag().database().execute("DELETE FROM organisations WHERE org_id = '60000000009'");
        }
    }
}
