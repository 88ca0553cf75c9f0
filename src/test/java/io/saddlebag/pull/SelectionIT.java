package io.saddlebag.pull;

import static io.saddlebag.testkit.SaddlebagServer.ORG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.testkit.SaddlebagServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which kinds an organisation has copied, and of a kind which records. */
@Tag("sql")
class SelectionIT extends PullCase {

    private static final String ACTIVE = "{\"filters\":{\"items\":{\"status\":[\"active\"]}}}";

    @BeforeEach
    @AfterEach
    void everything() {
        change("{\"kinds\":null,\"filters\":null}");
        ZOHO.catalogue().resize(0, 0);
        for (int i = 1; i <= 20; i++) {
            ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("item_id", id(i)).put("name", "item " + i)
                    .put("status", i > 15 ? "inactive" : "active"));
        }
    }

    @Test
    void aKindThatIsLeftOutIsRefusedWithTheWayToHaveItAndNoCallIsMade() {
        assertThat(change("{\"kinds\":[\"price-lists\",\"items\"]}").get("kinds")).extracting(JsonNode::asText)
                .containsExactly("items", "price-lists");

        for (String path : List.of("/api/sync/contacts", "/api/verify/contacts", "/api/sync/contacts/17")) {
            HttpResponse<String> refused = saddlebag().call("POST", path);
            assertThat(refused.statusCode()).as(path).isEqualTo(409);
            assertThat(SaddlebagServer.json(refused).get("detail").asText()).contains("leaves out contacts",
                    "items, price-lists", "PATCH /api/organisations/" + ORG, "kinds");
        }
        assertThat(ZOHO.calls().counts().api()).isZero();

        change("{\"kinds\":null}");
        assertThat(saddlebag().pull("contacts", "incremental").get("status").asText()).isIn("succeeded", "partial");
    }

    @Test
    void allAndTheClockLeaveItOut() {
        change("{\"kinds\":[\"price-lists\",\"items\"]}");

        SaddlebagServer.json(saddlebag().call("POST", "/api/sync/all")).get("runIds").forEach(id -> saddlebag().ended(id.asLong()));
        assertThat(kindsOfRuns()).containsExactly("items", "price-lists");

        saddlebag().empty("sync_watermarks", "sync_runs");
        DefaultExchange clock = new DefaultExchange(saddlebag().bean(CamelContext.class));
        clock.setVariable("mode", "full");
        saddlebag().bean(ProducerTemplate.class).send("direct:schedule-due-kinds", clock);
        assertThat(clock.getException()).isNull();
        await().until(() -> saddlebag().count("sync_runs WHERE status = 'running'") == 0);
        assertThat(kindsOfRuns()).containsExactly("items", "price-lists");
    }

    @Test
    void whatIsOutsideTheFilterIsSeenAndLeftOut() {
        change(ACTIVE);

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("seen").asInt()).isEqualTo(20);
        assertThat(run.get("created").asInt()).isEqualTo(15);
        assertThat(number("left_out", run)).isEqualTo(5);
        assertThat(run.get("unchanged").asInt()).isZero();
        assertThat(saddlebag().count("products WHERE source ->> 'status' = 'active' AND deleted_at IS NULL")).isEqualTo(15);
        assertThat(saddlebag().count("products")).isEqualTo(15);

        change("{\"filters\":null}");
        assertThat(saddlebag().pull("full").get("created").asInt()).isEqualTo(5);
    }

    @Test
    void allKeysMustMatchAndAKeyThatIsMissingIsEmpty() {
        set(1, "cf_shelf", "7");
        set(2, "cf_shelf", "8");
        set(16, "cf_shelf", "7");
        change("{\"filters\":{\"items\":{\"status\":[\"active\"],\"cf_shelf\":[7,\"8\"]}}}");
        assertThat(saddlebag().pull("full").get("created").asInt()).isEqualTo(2);

        change("{\"filters\":{\"items\":{\"status\":[\"active\"],\"cf_shelf\":[\"\"]}}}");
        assertThat(saddlebag().pull("full").get("created").asInt()).isEqualTo(13);
    }

    @Test
    void aRecordThatLeavesTheFilterKeepsItsRowWhichFollowsZohoAndTheRunSaysSo() {
        saddlebag().pull("full");
        change(ACTIVE);
        set(1, "status", "inactive");

        JsonNode run = saddlebag().pull("incremental");

        assertThat(number("kept", run)).isPositive();
        assertThat(number("left_out", run)).isZero();
        assertThat(saddlebag().count("products WHERE deleted_at IS NULL")).isEqualTo(20);
        assertThat(saddlebag().count("products WHERE zoho_item_id = '" + id(1) + "' AND NOT is_active")).isEqualTo(1);
    }

    @Test
    void nothingIsMarkedAsDeletedWhileAFilterIsOn() {
        saddlebag().pull("full");
        change(ACTIVE);
        ZOHO.catalogue().remove(id(1));

        assertThat(saddlebag().pull("full").get("deleted").asInt()).isZero();
        assertThat(saddlebag().count("products WHERE deleted_at IS NOT NULL")).isZero();

        change("{\"filters\":{\"contacts\":{\"status\":[\"active\"]}}}");
        assertThat(saddlebag().pull("full").get("deleted").asInt()).isEqualTo(1);
    }

    @Test
    void aVerificationDoesNotMissWhatIsLeftOut() {
        change(ACTIVE);
        saddlebag().pull("full");

        long run = SaddlebagServer.json(saddlebag().call("POST", "/api/verify/items")).get("runId").asLong();
        saddlebag().ended(run);

        assertThat(saddlebag().database().queryForObject("SELECT CAST(found AS text) FROM sync_runs WHERE id = ?", String.class, run))
                .contains("\"missing\": 0", "\"differing\": 0", "\"surplus\": 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"kinds\":[]}", "{\"kinds\":\"items\"}", "{\"kinds\":[\"cars\"]}", "{\"filters\":[]}",
            "{\"filters\":{\"cars\":{\"status\":[\"x\"]}}}", "{\"filters\":{\"items\":{}}}", "{\"filters\":{\"items\":[\"active\"]}}",
            "{\"filters\":{\"items\":{\"status\":\"active\"}}}", "{\"filters\":{\"items\":{\"status\":[]}}}",
            "{\"filters\":{\"items\":{\"status\":[{}]}}}", "{\"filters\":{\"items\":{\"status\":[null]}}}",
            "{\"filters\":{\"items\":{\"status\":[\"\\u0000\"]}}}", "{\"filters\":{\"items\":{\"st\\u0000\":[\"a\"]}}}"})
    void whatCannotBeIsRefusedByName(String body) {
        HttpResponse<String> answer = saddlebag().send("PATCH", "/api/organisations/" + ORG, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(SaddlebagServer.json(answer).get("field").asText()).isEqualTo(body.contains("kinds") ? "kinds" : "filters");
    }

    @Test
    void theFirstPullTheOverdueOnesAndHealthKnowNothingOfIt() {
        for (String kind : List.of("items", "contacts")) {
            saddlebag().database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, error, started_at, finished_at) VALUES"
                    + " (?, ?, 'full', 'timer', 'succeeded', NULL, now() - interval '3 h', now() - interval '3 h'),"
                    + " (?, ?, 'full', 'timer', 'failed', 'broken', now() - interval '2 h', now() - interval '2 h')", ORG, kind, ORG, kind);
        }
        assertThat(entities("pull-overdue")).containsExactly("contacts", "items");
        assertThat(entities("pull-never")).contains("price-lists", "bills").doesNotContain("items");
        assertThat(broken()).containsExactly("contacts", "items");

        change("{\"kinds\":[\"items\",\"price-lists\"]}");

        assertThat(entities("pull-overdue")).containsExactly("items");
        assertThat(entities("pull-never")).containsExactly("price-lists");
        assertThat(broken()).containsExactly("items");
    }

    private static List<String> entities(String statement) {
        List<?> rows = saddlebag().bean(ProducerTemplate.class).request("sql:file:routes/pull/" + statement + ".sql", exchange -> {
            exchange.setProperty("CamelTimerCounter", 2);
            exchange.getMessage().setBody("[{\"org\":\"" + ORG + "\",\"mode\":\"full\",\"age\":\"PT1H\"}]");
        }).getMessage().getBody(List.class);
        return rows.stream().map(row -> (String) ((Map<?, ?>) row).get("entity")).sorted().toList();
    }

    /** @return the kinds whose last run health tells of as failed */
    private static List<String> broken() {
        JsonNode runs = SaddlebagServer.json(saddlebag().call("GET", "/api/zoho/health")).get("organisations").get(0).get("lastRuns");
        return StreamSupport.stream(runs.spliterator(), false).filter(run -> run.get("status").asText().equals("failed"))
                .map(run -> run.get("entity").asText()).sorted().toList();
    }

    private static List<String> kindsOfRuns() {
        return saddlebag().database().queryForList("SELECT DISTINCT entity FROM sync_runs ORDER BY 1", String.class);
    }

    private static JsonNode change(String body) {
        HttpResponse<String> answer = saddlebag().send("PATCH", "/api/organisations/" + ORG, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return SaddlebagServer.json(answer);
    }

    private static void set(int item, String key, String value) {
        assertThat(ZOHO.catalogue().change(id(item), JsonNodeFactory.instance.objectNode().put(key, value), Set.of(), true)).isPresent();
    }

    private static String id(int item) {
        return String.valueOf(700 + item);
    }

    /** A column of the table: the API tells a run with the keys that it has promised. */
    private static long number(String column, JsonNode run) {
        return saddlebag().database().queryForObject("SELECT " + column + " FROM sync_runs WHERE id = ?", Long.class, run.get("id").asLong());
    }
}
