package io.saddlebag.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Body;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Variable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Counts webhooks by result until they are written to webhook_counts. A row for each webhook would cost a commit even for a duplicate. */
@Component("webhookCounts")
public class WebhookCounts {

    private record Key(String org, String entity, String event, String result) {
    }

    private record Count(@JsonProperty("org_id") String org, String entity, String event, String result, long count) {
    }

    private final MeterRegistry meters;
    private final ProducerTemplate routes;
    private final JsonMapper json = new JsonMapper();
    private final Map<Key, Long> counts = new ConcurrentHashMap<>();

    WebhookCounts(MeterRegistry meters, ProducerTemplate routes) {
        this.meters = meters;
        this.routes = routes;
    }

    /** Writes the counts since the last tick while the routes still run. If that fails, they are lost as after a kill. */
    @EventListener(ContextClosedEvent.class)
    void flush() {
        if (!counts.isEmpty()) {
            routes.send("direct:webhook-counts", exchange -> { });
        }
    }

    /** @param org null or empty while the organisation is not verified */
    public void count(@Variable("org") String org, @Variable("entity") String entity, @Variable("event") String event,
            @Variable("result") String result) {
        counts.merge(new Key(org == null ? "" : org, entity, event, result), 1L, Long::sum);
        meters.counter("saddlebag.webhooks", "entity", entity, "event", event, "result", result).increment();
    }

    /** @param settled rows of webhook-settle.sql; their seconds count from the receipt of the webhook to its end */
    public void settled(@Variable("org") String org, @Variable("entity") String entity, @Body List<Map<String, Object>> settled) {
        for (Map<String, Object> row : settled) {
            count(org, entity, (String) row.get("event"), (String) row.get("status"));
            if (row.get("status").equals("done")) {
                meters.summary("saddlebag.webhooks.seconds", "entity", entity).record(((Number) row.get("seconds")).doubleValue());
            }
        }
    }

    /** Starts counting from zero again. @return the counts so far as a JSON array; null if there are none */
    public String take() throws JsonProcessingException {
        List<Count> taken = new ArrayList<>();
        for (Key key : counts.keySet()) {
            Long count = counts.remove(key);
            if (count != null) {
                taken.add(new Count(key.org, key.entity, key.event, key.result, count));
            }
        }
        return taken.isEmpty() ? null : json.writeValueAsString(taken);
    }

    /** Adds counts back that could not be written. */
    public void back(@Body String taken) throws JsonProcessingException {
        for (Count count : json.readValue(taken, Count[].class)) {
            counts.merge(new Key(count.org, count.entity, count.event, count.result), count.count, Long::sum);
        }
    }
}
