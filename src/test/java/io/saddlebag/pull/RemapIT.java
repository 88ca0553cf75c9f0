package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.testkit.SaddlebagServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An edited mapping is applied to all that is stored, with no call to Zoho. */
@Tag("sql")
class RemapIT extends PullCase {

    private static final String COLUMNS = "zoho_item_id, source, requested_at, deleted_at, zoho_modified_at, price";

    /** A second kind on the rows of items, as a dropped-in file would declare it, with a mapping that was edited. */
    @BeforeAll
    static void anEditedMapping() throws Exception {
        Path edited = Files.createDirectories(Path.of("target/edited")).resolve("goods.sql");
        Files.writeString(edited, Files.readString(Path.of("routes/kinds/items.sql"))
                .replace("NULLIF(r.unit, '')  ", "'in ' || NULLIF(r.unit, '')  ")
                .replace("zoho_number('rate', r.rate)", "zoho_number('rate', CASE WHEN r.item_id = '6000000000010007001' THEN 'abc' ELSE r.rate END)")
                .replace("name text, sku text,", "item_id text, name text, sku text,"));
        Files.writeString(edited.resolveSibling("goods.yaml"), Files.readString(Path.of("routes/kinds/items.yaml")).replaceAll("(?m)^webhookAddress.*\n", ""));
        saddlebag().bean(Kinds.class).put(new Kinds(edited.getParent()).of("goods"));
    }

    @AfterAll
    static void asItWas() {
        saddlebag().bean(Kinds.class).remove("goods");
    }

    @Test
    void anEditedMappingReachesEveryRowWithoutACallAndLeavesVersionsAndTombstonesAlone() {
        saddlebag().pull("full");
        saddlebag().database().execute("UPDATE products SET deleted_at = now() WHERE zoho_item_id LIKE '%5'");
        long calls = saddlebag().count("zoho_calls");
        long with = saddlebag().count("products WHERE unit IS NOT NULL AND zoho_item_id <> '6000000000010007001'");
        List<String> before = rows();

        JsonNode dry = remap("?dryRun=true");
        assertThat(saddlebag().count("products WHERE unit LIKE 'in %'")).as("a dry one only tells").isZero();
        JsonNode run = remap("");

        assertThat(run.get("status").asText()).as("one record is not good for the edited mapping").isEqualTo("partial");
        assertThat(run.get("updated").asLong()).isEqualTo(with).isGreaterThan(1000).isEqualTo(dry.get("updated").asLong());
        assertThat(run.get("seen").asInt()).isEqualTo(1319);
        assertThat(run.get("created").asInt()).isZero();
        assertThat(run.get("calls").asInt()).isZero();
        assertThat(saddlebag().count("products WHERE unit LIKE 'in %'")).isEqualTo(with);
        assertThat(rows()).isEqualTo(before);
        assertThat(saddlebag().count("zoho_calls")).isEqualTo(calls);
        assertThat(saddlebag().count("dead_letters WHERE zoho_id = '6000000000010007001' AND error LIKE '%abc%'")).isEqualTo(1);
        assertThat(saddlebag().count("record_changes WHERE source = 'remap' AND column_name = 'unit' AND run_id = " + run.get("id").asLong()))
                .isEqualTo(with);
        assertThat(saddlebag().count("sync_watermarks WHERE entity = 'goods'")).isZero();
        assertThat(remap("").get("updated").asInt()).as("once is enough").isZero();
    }

    @Test
    void oneThatBreaksOffGoesOnBehindItsLastBatch() throws IOException {
        saddlebag().pull("full");
        String middle = saddlebag().database().queryForObject(
                "SELECT zoho_item_id FROM products ORDER BY zoho_item_id OFFSET 999 LIMIT 1", String.class);
        long broken = saddlebag().database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, cursor, heartbeat_at)"
                + " VALUES ('60000000001', 'goods', 'remap', 'staff', 'failed', jsonb_build_object('read', 'stored', 'after', ?::text), now())"
                + " RETURNING id", Long.class, middle);

        JsonNode run = remap("");

        assertThat(run.get("seen").asInt()).isEqualTo(319);
        assertThat(saddlebag().count("sync_runs WHERE resumed_from = " + broken)).isEqualTo(1);
        assertThat(saddlebag().count("products WHERE unit LIKE 'in %' AND zoho_item_id <= '" + middle + "'")).isZero();
    }

    @Test
    void itIsForStaff() {
        assertThat(saddlebag().call("POST", "/api/sync/goods/remap", "Bearer scheduler-secret").statusCode()).isEqualTo(403);
        assertThat(saddlebag().call("POST", "/api/sync/nothing/remap").statusCode()).isEqualTo(404);
    }

    private static List<String> rows() {
        return saddlebag().database().queryForList("SELECT (" + COLUMNS + ")::text FROM products ORDER BY zoho_item_id", String.class);
    }

    private static JsonNode remap(String query) {
        HttpResponse<String> started = saddlebag().call("POST", "/api/sync/goods/remap" + query);
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        return saddlebag().ended(SaddlebagServer.json(started).get("runId").asLong());
    }
}
