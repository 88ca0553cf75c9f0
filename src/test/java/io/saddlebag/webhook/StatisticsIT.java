package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What became of webhooks, and what they did not tell, for who asks and for who watches. */
@Tag("sql")
class StatisticsIT extends WebhookCase {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxx");

    @BeforeEach
    void nothingCounted() {
        statistics(); // writes what the tests before have counted
        // what the timer took just before is committed too
        await().until(() -> saddlebag().bean(CamelContext.class).getInflightRepository().size("webhook-gauges") == 0);
        saddlebag().empty("webhook_counts", "poll_findings");
    }

    @Test
    void anOrderlyStopWritesWhatWasCountedLast() throws Exception {
        String database = TestDatabase.migrated();
        try (SaddlebagServer own = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + database, "--saddlebag.gauges-every=24h")) {
            own.send("POST", ITEMS, "{}");
        }
        try (Connection connection = TestDatabase.connect(database);
                ResultSet counted = connection.createStatement().executeQuery("SELECT sum(count) FROM webhook_counts WHERE result = 'refused-no-secret'")) {
            assertThat(counted.next()).isTrue();
            assertThat(counted.getInt(1)).isEqualTo(1);
        }
    }

    @Test
    void eachReceiptAndEachEndIsCountedByKindAndEvent() {
        String id = newItem("Lantern");
        send(id);
        send(id);
        sendJson(ITEMS + "?event=deleted", "{\"item\":{\"item_id\":\"6000000000099999999\"}}");
        sendJson(ITEMS, "{\"item\":{}}");
        post(ITEMS, JSON, "{}", "wrong");
        post(ITEMS, "text/csv", "", "wrong");
        settled();

        JsonNode statistics = await().until(StatisticsIT::statistics, told -> told.at("/events/0/ignored").asInt() == 1
            && told.at("/events/1/received").asInt() == 3 && told.at("/events/1/done").asInt() == 1 && told.at("/unsigned/0/refused").size() == 2);

        assertThat(statistics.get("events")).hasSize(2);
        JsonNode deleted = statistics.get("events").get(0);
        JsonNode updated = statistics.get("events").get(1);
        assertThat(deleted.get("event").asText()).isEqualTo("deleted");
        assertThat(deleted.get("ignored").asInt()).isEqualTo(1);
        assertThat(updated.get("entity").asText()).isEqualTo("items");
        assertThat(updated.get("received").asInt()).isEqualTo(3);
        assertThat(updated.get("accepted").asInt()).isEqualTo(1);
        assertThat(updated.get("duplicate").asInt()).isEqualTo(1);
        assertThat(updated.get("done").asInt()).isEqualTo(1);
        assertThat(updated.get("refused")).hasToString("{\"record\":1}");
        assertThat(statistics.get("unsigned").get(0).get("refused")).hasToString("{\"signature\":1,\"media-type\":1}");
        assertThat(statistics.get("pending").asInt()).isZero();
        assertThat(statistics.get("seconds").get(0).get("done").asInt()).isEqualTo(1);
        assertThat(statistics.get("seconds").get(0).get("longest").asDouble()).isPositive();
        assertThat(saddlebag().call("GET", "/actuator/prometheus").body()).containsPattern("saddlebag_webhooks_seconds_count\\{[^}]*entity=\"items\"");

        send(id);
        send(id);
        await("added to what was written before").until(StatisticsIT::statistics, told -> told.at("/events/1/duplicate").asInt() == 3);
    }

    @Test
    void aRefusalOfSomebodyWhoNamesAnOrganisationIsNotItsOwn() {
        post(ITEMS + "?org=" + SaddlebagServer.ORG, JSON, "{}", "wrong");

        await().until(() -> saddlebag().count("webhook_counts WHERE org_id = '' AND result = 'refused-signature'") == 1);
        assertThat(statistics().get("events")).isEmpty();
    }

    @Test
    void whatARunFindsAndNoWebhookToldIsCountedByKindAndHour() {
        String told = newItem("Lantern");
        String silent = newItem("Torch");
        saddlebag().pull("items", "incremental");
        send(told);
        settled();
        change(told);
        change(silent);
        sendJson(ITEMS, "{\"item\":{\"item_id\":\"" + told + "\"}}");
        settled();

        saddlebag().pull("items", "incremental");

        JsonNode missed = statistics().get("missed").get(0);
        assertThat(missed.get("entity").asText()).isEqualTo("items");
        assertThat(missed.get("foundByRuns").asInt()).as("the webhook's was no news").isEqualTo(1);
        assertThat(missed.get("missed").asInt()).isEqualTo(1);
        assertThat(missed.get("rate").asDouble()).isBetween(0.1, 0.5);

        sendJson(ITEMS, "{\"item\":{\"item_id\":\"" + silent + "\"}}");
        assertThat(statistics().get("missed").get(0).get("missed").asInt()).as("it came late").isZero();
    }

    @Test
    void healthTellsOnceWebhooksMissMoreThanNowAndThen() {
        send(newItem("Lantern"));
        settled();
        await().until(StatisticsIT::statistics, told -> told.at("/events/0/accepted").asInt() == 1);
        saddlebag().database().update("INSERT INTO poll_findings (org_id, entity, zoho_id, modified_at, found_at, run_id)"
            + " SELECT ?, 'items', CAST(n AS text), clock_timestamp() - interval '1 h', clock_timestamp() - interval '1 h', 1"
            + " FROM generate_series(1, 4) n", SaddlebagServer.ORG);
        assertThat(problems()).doesNotContain("webhooks of items");

        saddlebag().database().update("INSERT INTO poll_findings (org_id, entity, zoho_id, modified_at, found_at, run_id)"
            + " VALUES (?, 'items', '5', clock_timestamp() - interval '1 h', clock_timestamp() - interval '1 h', 1)", SaddlebagServer.ORG);

        assertThat(problems()).contains("webhooks of items reported 1 changes in the last day, and runs found 5 more");
        await().untilAsserted(() -> assertThat(saddlebag().call("GET", "/actuator/prometheus").body())
            .containsPattern("saddlebag_webhooks_missed\\{[^}]*entity=\"items\"[^}]*} 5\\.0"));
    }

    @Test
    void onlyStaffIsToldAndHoursAreHeldToANumber() {
        assertThat(saddlebag().call("GET", "/api/webhooks/statistics?hours=0").statusCode()).isEqualTo(400);
        assertThat(saddlebag().call("GET", "/api/webhooks/statistics", null).statusCode()).isEqualTo(401);
    }

    private static void change(String id) {
        ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("rate", 77)
            .put("last_modified_time", TIME.format(OffsetDateTime.now(ZoneOffset.UTC).plusSeconds(1))), Set.of(), false);
    }

    private static String problems() {
        return SaddlebagServer.json(saddlebag().call("GET", "/api/zoho/health")).get("problems").toString();
    }

    private static JsonNode statistics() {
        return SaddlebagServer.json(saddlebag().call("GET", "/api/webhooks/statistics"));
    }
}
