package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.saddlebag.testkit.SaddlebagServer;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Proof that PostgreSQL says what Zoho says, record by record. */
@Tag("sql")
class VerificationIT extends PullCase {

    private static final String OLD = "zoho_modified_at < now() - interval '1 day'";

    @Test
    void anExactCopyIsFoundToBeOne() {
        saddlebag().pull("full");
        JsonNode run = verify("");

        assertThat(DryRunIT.report(run).get("summary").asText()).startsWith("Zoho 1319, PostgreSQL 1319, differing 0, missing 0, surplus 0, rejected 0;"
                + " unannounced changes 0; oldest row unverified since 20");
        assertThat(saddlebag().count("sync_runs f JOIN sync_runs v ON v.mode = 'verify' WHERE f.mode = 'full'"
                + " AND CAST(v.found ->> 'oldestUnverified' AS timestamptz) = f.started_at")).isEqualTo(1);
    }

    @Test
    void whatWasChangedDeletedAndAddedByHandIsFoundAndRepairedOnDemand() {
        saddlebag().pull("full");
        List<String> ids = saddlebag().database().queryForList("SELECT zoho_item_id FROM products WHERE price > 0 AND " + OLD
                + " ORDER BY id LIMIT 5", String.class);
        saddlebag().database().update("UPDATE products SET price = price + 1 WHERE zoho_item_id = ?", ids.get(0));
        saddlebag().database().update("UPDATE products SET name = 'later than Zoho', zoho_modified_at = '2099-01-01' WHERE zoho_item_id = ?", ids.get(1));
        saddlebag().database().update("DELETE FROM products WHERE zoho_item_id = ?", ids.get(2));
        saddlebag().database().update("UPDATE products SET deleted_at = now() WHERE zoho_item_id = ?", ids.get(3));
        saddlebag().database().update("UPDATE products SET source = source || '{\"status_formatted\":\"?\",\"name\":\"?\"}' WHERE zoho_item_id = ?", ids.get(4));
        saddlebag().database().update("INSERT INTO products (org_id, zoho_item_id, name) VALUES ('60000000001', '999', 'surplus')");
        saddlebag().database().update("INSERT INTO products (org_id, name) VALUES ('60000000001', 'made here')");
        List<String> before = DryRunIT.everything();

        JsonNode run = verify("");
        JsonNode report = DryRunIT.report(run);

        assertThat(DryRunIT.everything()).as("nothing was repaired").isEqualTo(before);
        assertThat(run.get("status").asText()).isEqualTo("succeeded");
        assertThat(figures(report)).containsExactly(1319, 1318, 4, 1, 1, 5);
        assertThat(DryRunIT.record(report, ids.get(0)).get("changes").get("price").get("before").decimalValue())
                .isEqualTo(DryRunIT.record(report, ids.get(0)).get("changes").get("price").get("after").decimalValue().add(java.math.BigDecimal.ONE));
        assertThat(DryRunIT.record(report, ids.get(1)).get("changes").get("name").get("before").asText()).isEqualTo("later than Zoho");
        assertThat(DryRunIT.record(report, ids.get(2)).get("what").asText()).isEqualTo("missing");
        assertThat(DryRunIT.record(report, ids.get(3)).get("changes").get("deleted_at").get("after").isNull()).isTrue();
        assertThat(DryRunIT.record(report, ids.get(4)).get("changes").has("source.name")).isTrue();
        assertThat(DryRunIT.record(report, "999").get("what").asText()).isEqualTo("surplus");
        await().until(() -> gauge("missing") == 1 && gauge("surplus") == 1 && gauge("differing") == 4);

        JsonNode repaired = DryRunIT.report(verify("?repair=true"));
        assertThat(figures(repaired)).as("the repaired rows are there").containsExactly(1319, 1320, 4, 1, 1, 5);
        assertThat(DryRunIT.record(repaired, ids.get(1)).get("changes").get("name").get("before").asText()).isEqualTo("later than Zoho");
        assertThat(saddlebag().count("record_changes c JOIN zoho_calls z ON z.id = c.call_id WHERE c.column_name = 'name' AND z.run_id = c.run_id"))
                .isEqualTo(1);
        assertThat(figures(DryRunIT.report(verify("")))).as("surplus is for deletes with proof").containsExactly(1319, 1320, 0, 0, 1, 0);
        assertThat(saddlebag().count("products WHERE zoho_item_id = '999' AND deleted_at IS NULL")).isEqualTo(1);
    }

    @Test
    void aChangeAfterTheWatermarkIsDifferingButNotUnannounced() {
        String id = ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "Lantern").put("rate", 1));
        saddlebag().pull("full");
        ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("rate", 2), java.util.Set.of(), true);

        assertThat(figures(DryRunIT.report(verify("")))).containsExactly(1320, 1320, 1, 0, 0, 0);
    }

    @Test
    void itIsNoFullRunForTheClockAndMovesNoWatermarkUnlessItRepairs() {
        verify("");
        assertThat(saddlebag().count("sync_watermarks")).isZero();
        assertThat(saddlebag().count("products")).isZero();
        verify("?repair=true");
        assertThat(saddlebag().count("sync_watermarks WHERE records = 1319")).isEqualTo(1);
        assertThat(saddlebag().count("products")).isEqualTo(1319);
    }

    /** zoho, postgresql, differing, missing, surplus, unannounced. */
    private static List<Integer> figures(JsonNode report) {
        return List.of("zoho", "postgresql", "differing", "missing", "surplus", "unannounced").stream()
                .map(key -> report.get(key).asInt()).toList();
    }

    private static JsonNode verify(String query) {
        HttpResponse<String> started = saddlebag().call("POST", "/api/verify/items" + query);
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        return saddlebag().ended(SaddlebagServer.json(started).get("runId").asLong());
    }

    private static double gauge(String result) {
        Gauge gauge = saddlebag().bean(MeterRegistry.class).find("saddlebag.verification.records").tag("entity", "items").tag("result", result).gauge();
        return gauge == null ? -1 : gauge.value();
    }
}
