package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.saddlebag.testkit.SaddlebagServer;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is wanting in the products, counted when a run has changed something. */
@Tag("sql")
class QualityIT extends PullCase {

    private String unpriced;

    /** Nine products, of which one is not active; two lack nothing. */
    @BeforeEach
    void products() {
        ZOHO.catalogue().resize(0, 0);
        unpriced = item(Map.of("rate", "", "sku", "A"));
        item(Map.of("rate", "0.00", "sku", "B"));
        item(Map.of("sku", "", "image_name", ""));
        item(Map.of("sku", "D"));
        item(Map.of("sku", "D", "image_name", ""));
        item(Map.of("sku", "F", "stock_on_hand", "-2"));
        item(Map.of("sku", "G", "image_name", "", "image_document_id", "7"));
        item(Map.of("sku", "H", "stock_on_hand", ""));
        item(Map.of("sku", "D", "status", "inactive", "rate", ""));
    }

    @Test
    void everyMeasureIsCountedPerRunAndTheNewestIsShown() {
        long first = saddlebag().pull("full").get("id").asLong();

        assertThat(measures()).containsExactlyInAnyOrderEntriesOf(Map.of("without_price", 1, "price_zero", 1, "without_picture", 2,
                "without_sku", 1, "repeated_sku", 2, "negative_stock", 1, "complete", 2));
        JsonNode complete = quality().get(0);
        assertThat(complete.get("measure").asText()).isEqualTo("complete");
        assertThat(complete.get("entity").asText()).isEqualTo("items");
        assertThat(complete.get("of").asInt()).isEqualTo(8);
        assertThat(complete.get("share").asDouble()).isEqualTo(0.25);
        assertThat(complete.get("runId").asLong()).isEqualTo(first);

        ZOHO.catalogue().change(unpriced, JsonNodeFactory.instance.objectNode().put("rate", 3), Set.of(), true);
        saddlebag().pull("incremental");

        assertThat(measures()).containsEntry("without_price", 0).containsEntry("complete", 3);
        assertThat(saddlebag().count("data_quality WHERE measure = 'complete'")).as("the first run's stays").isEqualTo(2);
        await().until(() -> gauge("records") == 3 && gauge("share") == 0.375);
    }

    @Test
    void aRunThatChangesNothingAndADryOneMeasureNothing() {
        saddlebag().ended(SaddlebagServer.json(saddlebag().call("POST", "/api/sync/items?mode=full&dryRun=true")).get("runId").asLong());
        assertThat(saddlebag().count("data_quality")).isZero();
        saddlebag().pull("full");

        saddlebag().pull("full");
        saddlebag().pull("incremental");

        assertThat(saddlebag().count("data_quality WHERE measure = 'complete'")).isEqualTo(1);
    }

    @Test
    void aMeasureThatFailsIsNoFailureOfTheRun() {
        saddlebag().database().execute("ALTER TABLE data_quality RENAME COLUMN measure TO renamed");
        try {
            assertThat(saddlebag().pull("full").get("status").asText()).isEqualTo("succeeded");
        } finally {
            saddlebag().database().execute("ALTER TABLE data_quality RENAME COLUMN renamed TO measure");
        }
        assertThat(saddlebag().count("products")).isEqualTo(9);
        assertThat(saddlebag().call("GET", "/api/quality", null).statusCode()).as("staff only").isEqualTo(401);
    }

    /** One that lacks nothing, but for what is given. */
    private static String item(Map<String, String> given) {
        ObjectNode item = JsonNodeFactory.instance.objectNode().put("name", "Lantern").put("rate", "5").put("image_name", "a.png")
                .put("image_document_id", "").put("stock_on_hand", "1").put("status", "active").put("product_type", "goods");
        given.forEach(item::put);
        return ZOHO.catalogue().add(item);
    }

    private static JsonNode quality() {
        return SaddlebagServer.json(saddlebag().call("GET", "/api/quality")).get("quality");
    }

    private static Map<String, Integer> measures() {
        return quality().findParents("measure").stream()
                .collect(Collectors.toMap(measure -> measure.get("measure").asText(), measure -> measure.get("count").asInt()));
    }

    private static double gauge(String name) {
        Gauge gauge = saddlebag().bean(MeterRegistry.class).find("saddlebag.quality." + name).tag("measure", "complete").gauge();
        return gauge == null ? -1 : gauge.value();
    }
}
