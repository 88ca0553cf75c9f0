package io.saddlebag.health;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.springframework.stereotype.Component;

/** The newest data quality of each kind, as gauges with the tags org, entity and measure: for alerts. */
@Component("qualityGauges")
public class QualityGauges {

    private final MultiGauge records;
    private final MultiGauge share;

    QualityGauges(MeterRegistry meters) {
        records = MultiGauge.builder("saddlebag.quality.records")
                .description("Records of which the measure holds").register(meters);
        share = MultiGauge.builder("saddlebag.quality.share")
                .description("Their share of the records that were looked at, 0 to 1").register(meters);
    }

    /** @param measures rows of quality-gauges.sql; a null, of no records at all, has no gauge */
    public void set(@Body List<Map<String, Object>> measures) {
        set(records, measures, "count");
        set(share, measures, "share");
    }

    private static void set(MultiGauge gauge, List<Map<String, Object>> measures, String column) {
        gauge.register(measures.stream().filter(row -> row.get(column) != null)
                .map(row -> MultiGauge.Row.of(Tags.of("org", (String) row.get("org"), "entity", (String) row.get("entity"),
                        "measure", (String) row.get("measure")), (Number) row.get(column))).toList(), true);
    }
}
