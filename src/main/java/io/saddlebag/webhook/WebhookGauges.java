package io.saddlebag.webhook;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.springframework.stereotype.Component;

/** What waits in each organisation's inbox, and what its webhooks did not tell, as gauges with the tag org: for alerts. */
@Component("webhookGauges")
public class WebhookGauges {

    private final MultiGauge oldest;
    private final MultiGauge pending;
    private final MultiGauge missed;

    WebhookGauges(MeterRegistry meters) {
        oldest = MultiGauge.builder("saddlebag.webhooks.oldest.due.seconds")
            .description("For how long the oldest event that is due has been so; 0: none is").register(meters);
        pending = MultiGauge.builder("saddlebag.webhooks.pending")
            .description("Events that wait, those that back off too").register(meters);
        missed = MultiGauge.builder("saddlebag.webhooks.missed")
            .description("Changes of the last day that a run found and no webhook had told").register(meters);
    }

    /** @param organisations rows of webhook-gauges.sql */
    public void set(@Body List<Map<String, Object>> organisations) {
        set(oldest, organisations, "seconds");
        set(pending, organisations, "pending");
    }

    /** @param kinds rows of webhook-missed.sql */
    public void setMissed(@Body List<Map<String, Object>> kinds) {
        missed.register(kinds.stream().map(row -> MultiGauge.Row.of(
            Tags.of("org", (String) row.get("org"), "entity", (String) row.get("entity")), (Number) row.get("missed"))).toList(), true);
    }

    private static void set(MultiGauge gauge, List<Map<String, Object>> organisations, String column) {
        gauge.register(organisations.stream()
            .map(row -> MultiGauge.Row.of(Tags.of("org", (String) row.get("org")), (Number) row.get(column))).toList(), true);
    }
}
