package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.saddlebag.sandbox.data.Catalogue;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer.HeldCalls;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.camel.ProducerTemplate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Plan before apply: a dry run tells what a run would do, and writes nothing but itself. */
@Tag("sql")
class DryRunIT extends PullCase {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    @Test
    void itTellsWhatARunWouldDoAndWhatItCostsAndWritesNothing() {
        String lantern = ZOHO.catalogue().add(JSON.objectNode().put("name", "Lantern").put("rate", 9.5).put("cf_color", "red"));
        String bad = ZOHO.catalogue().add(JSON.objectNode().put("name", "bad").put("rate", "abc"));
        saddlebag().pull("full");
        saddlebag().database().execute("UPDATE organisations SET day_limit = 1000, day_remaining = 900, day_resets_at = now() + interval '1 h'");
        ZOHO.catalogue().change(lantern, JSON.objectNode().put("rate", 12.25).put("unit", ""), Set.of(), true);
        String other = ZOHO.catalogue().add(JSON.objectNode().put("name", "Wick").put("rate", 1));
        String mended = ZOHO.catalogue().change(bad, JSON.objectNode().put("rate", "still bad"), Set.of(), true).get().get("item_id").asText();
        String colour = ZOHO.catalogue().add(JSON.objectNode().put("name", "plain"));
        saddlebag().call("POST", "/api/sync/items/" + colour);
        ZOHO.catalogue().change(colour, JSON.objectNode().put("cf_color", "blue"), Set.of(), false);
        List<String> before = everything();
        double counted = records();

        JsonNode run = dry("full");

        assertThat(everything()).isEqualTo(before);
        assertThat(records()).as("the metric of records").isEqualTo(counted);
        assertThat(run.get("dryRun").asBoolean()).isTrue();
        assertThat(run.get("status").asText()).isEqualTo("partial");
        JsonNode report = report(run);
        assertThat(report.get("totals").toString()).isEqualTo(
                "{\"seen\":1323,\"created\":1,\"deleted\":0,\"updated\":2,\"rejected\":1,\"unchanged\":1319}");
        assertThat(record(report, lantern).toString()).contains("\"what\":\"updated\"", "\"price\":{\"after\":12.25,\"before\":9.5}");
        assertThat(record(report, colour).get("changes").get("source.cf_color").get("after").asText()).isEqualTo("blue");
        assertThat(record(report, other).toString()).contains("\"what\":\"created\"", "\"name\":{\"after\":\"Wick\",\"before\":null}");
        assertThat(record(report, mended).toString()).contains("\"what\":\"rejected\"", "still bad");
        assertThat(report.get("records")).hasSize(4);
        assertThat(report.get("recordsLeftOut").asInt()).isZero();
        long calls = run.get("calls").asLong();
        assertThat(report.get("cost").get("calls").asLong()).isEqualTo(calls).isEqualTo(7);
        assertThat(report.get("cost").get("shareOfDay").asDouble()).isEqualTo(0.007);
        assertThat(report.get("cost").get("perMinute").asInt()).isEqualTo(60000);

        JsonNode real = saddlebag().pull("full");
        assertThat(List.of(real.get("created").asInt(), real.get("updated").asInt(), real.get("rejected").asInt()))
                .as("the run does what the dry one told").containsExactly(1, 2, 1);
    }

    @Test
    void aFirstOneIsNoRunThatAnybodyCountsOnAndItsReportIsBounded() {
        JsonNode run = dry("full");

        JsonNode report = report(run);
        assertThat(report.get("totals").get("created").asInt()).isEqualTo(1319);
        assertThat(report.get("records")).hasSize(1000);
        assertThat(report.get("recordsLeftOut").asInt()).isEqualTo(319);
        assertThat(saddlebag().count("products")).isZero();
        assertThat(saddlebag().count("sync_watermarks")).isZero();
        JsonNode health = SaddlebagServer.json(saddlebag().call("GET", "/api/zoho/health"));
        assertThat(health.get("organisations").get(0).get("lastRuns")).isEmpty();
    }

    @Test
    void forTheClockAndTheFirstPullItIsAsIfItHadNotBeen() {
        dry("full");
        assertThat(statement("pull-never")).as("never tried").contains("entity=items");
        saddlebag().database().execute("INSERT INTO sync_runs (org, entity, mode, trigger, status, started_at, finished_at)"
                + " VALUES ('60000000001', 'items', 'full', 'timer', 'succeeded', now() - interval '2 h', now() - interval '2 h')");
        assertThat(statement("pull-overdue")).as("two hours ago").contains("entity=items, mode=full");
    }

    @Test
    void aRecordOnTwoPagesOfAnIncrementalOneIsCountedOnce() {
        saddlebag().pull("full");
        for (int i = 0; i < 250; i++) { // within a second or two: pages overlap there
            ZOHO.catalogue().add(JSON.objectNode().put("name", "new " + i));
        }
        JsonNode dry = dry("incremental");
        JsonNode real = saddlebag().pull("incremental");

        assertThat(dry.get("pages").asInt()).isGreaterThan(1);
        assertThat(dry.get("created").asInt()).isEqualTo(250);
        assertThat(report(dry).get("records")).hasSize(250);
        assertThat(real.get("created").asInt()).isEqualTo(250);
    }

    @Test
    void aListThatIsReadDownAndBackIsCountedOnce() {
        Catalogue contacts = ZOHO.records("contacts");
        contacts.resize(450, 0);
        saddlebag().pull("contacts", "full");
        saddlebag().database().queryForList("SELECT zoho_contact_id FROM customers", String.class).forEach(id -> contacts.change(id, JSON.objectNode().put("company_name", "another"), Set.of(), true));

        JsonNode dry = saddlebag().ended(SaddlebagServer.json(saddlebag().call("POST", "/api/sync/contacts?dryRun=true")).get("runId").asLong());

        assertThat(dry.get("pages").asInt()).isGreaterThan(3);
        assertThat(report(dry).get("records")).hasSize(dry.get("updated").asInt());
        assertThat(saddlebag().pull("contacts", "incremental").get("updated").asInt()).isEqualTo(dry.get("updated").asInt()).isGreaterThan(400);
    }

    @Test
    void aDryRunAndARealOneExcludeEachOther() {
        HttpResponse<String> dry;
        HttpResponse<String> real;
        try (HeldCalls held = ZOHO.hold("/items[?]", 0)) {
            dry = saddlebag().call("POST", "/api/sync/items?mode=full&dryRun=true");
            real = saddlebag().call("POST", "/api/sync/items?mode=full");
        }
        long id = SaddlebagServer.json(dry).get("runId").asLong();

        assertThat(real.statusCode()).isEqualTo(409);
        assertThat(SaddlebagServer.json(real).get("runId").asLong()).isEqualTo(id);
        saddlebag().ended(id);
    }

    @Test
    void oneThatBreaksOffGoesOnAsADryRunAndARealOneDoesNotGoOnFromIt() {
        long broken = saddlebag().database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, dry_run, cursor, created)"
                + " VALUES ('60000000001', 'items', 'full', 'staff', 'abandoned', true, CAST(? AS jsonb), 1000)"
                + " RETURNING id", Long.class, cursor(saddlebag(), 200, "up", 6, 0));
        Awaitility.await().until(() -> saddlebag().count("sync_runs WHERE resumed_from = " + broken
                + " AND status = 'succeeded'") == 1);

        assertThat(saddlebag().count("products")).isZero();
        assertThat(saddlebag().count("sync_runs WHERE resumed_from = " + broken + " AND dry_run AND created = 319")).isEqualTo(1);
        JsonNode report = SaddlebagServer.json(saddlebag().call("GET", "/api/sync/runs/" + (broken + 1) + "/report"));
        assertThat(report.get("totals").get("created").asInt()).as("of both").isEqualTo(1319);
        assertThat(saddlebag().pull("full").get("created").asInt()).as("from the first page").isEqualTo(1319);
    }

    @Test
    void aRunThatKeepsNoReportSaysSo() {
        long id = saddlebag().pull("full").get("id").asLong();
        HttpResponse<String> none = saddlebag().call("GET", "/api/sync/runs/" + id + "/report");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("neither a dry run nor a verification");
        assertThat(saddlebag().call("GET", "/api/sync/runs/999999/report").statusCode()).isEqualTo(404);
        assertThat(saddlebag().call("GET", "/api/sync/runs/" + id + "/report", "Bearer wrong").statusCode()).isEqualTo(401);
        assertThat(saddlebag().call("GET", "/api/sync/runs/" + id + "/report", "Bearer scheduler-secret").statusCode())
                .as("a report shows records: for staff only").isEqualTo(403);
    }

    static JsonNode report(JsonNode run) {
        return SaddlebagServer.json(saddlebag().call("GET", "/api/sync/runs/" + run.get("id").asLong() + "/report"));
    }

    static JsonNode record(JsonNode report, String zohoId) {
        return StreamSupport.stream(report.get("records").spliterator(), false)
                .filter(record -> record.get("zohoId").asText().equals(zohoId)).findFirst().orElseThrow();
    }

    /** Every row of every table of data, and what was known of the watermark. */
    static List<String> everything() {
        return List.of("products", "dead_letters", "sync_watermarks", "record_changes").stream()
                .map(table -> saddlebag().database().queryForList("SELECT t::text FROM " + table + " t ORDER BY 1", String.class)
                        .stream().collect(Collectors.joining("\n"))).toList();
    }

    private static JsonNode dry(String mode) {
        HttpResponse<String> started = saddlebag().call("POST", "/api/sync/items?dryRun=true&mode=" + mode);
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        return saddlebag().ended(SaddlebagServer.json(started).get("runId").asLong());
    }

    private static String statement(String file) {
        return saddlebag().bean(ProducerTemplate.class).request("sql:file:routes/pull/" + file + ".sql", exchange -> {
            exchange.setProperty("CamelTimerCounter", 2);
            exchange.getMessage().setBody("[{\"org\":\"60000000001\",\"mode\":\"full\",\"age\":\"PT1H\"}]");
        }).getMessage().getBody(List.class).toString();
    }

    private static double records() {
        return saddlebag().bean(MeterRegistry.class).find("saddlebag.records").counters().stream().mapToDouble(Counter::count).sum();
    }
}
