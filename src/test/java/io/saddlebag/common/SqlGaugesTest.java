package io.saddlebag.common;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class SqlGaugesTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final SqlGauges gauges = new SqlGauges(meters);

    @Test
    void aRowIsAGaugeWithItsOtherColumnsAsTags() {
        set("first", row("pending", 3, "org", "1", "entity", "items"), row("pending", 4, "org", "1", "entity", "bills"), row("lag", 1.5, "org", "1", "entity", null));

        assertThat(shown()).containsOnly(Map.entry("pending{entity=bills,org=1}", 4.0), Map.entry("pending{entity=items,org=1}", 3.0),
            Map.entry("lag{org=1}", 1.5));
        assertThat(meters.get("lag").gauge().getId().getDescription()).isEqualTo("about lag");
    }

    @Test
    void aRowThatIsGoneOrHasNoValueHasNoGauge() {
        set("first", row("pending", 3, "org", "1"), row("pending", 4, "org", "2"), row("lag", 5, "org", "1"));
        set("first", row("pending", 6, "org", "1"), row("pending", null, "org", "2"));

        assertThat(shown()).containsOnly(Map.entry("pending{org=1}", 6.0));
    }

    @Test
    void aRouteLeavesTheGaugesOfOthersAlone() {
        set("first", row("pending", 3, "org", "1"));
        set("second", row("lag", 5, "org", "1"));
        set("second");

        assertThat(shown()).containsOnly(Map.entry("pending{org=1}", 3.0));
    }

    @SafeVarargs
    private void set(String route, Map<String, Object>... rows) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        ((ExchangeExtension) exchange.getExchangeExtension()).setFromRouteId(route);
        gauges.set(List.of(rows), exchange);
    }

    private static Map<String, Object> row(String metric, Number value, String... tags) {
        Map<String, Object> row = new HashMap<>();
        row.put("metric", metric);
        row.put("value", value);
        row.put("description", "about " + metric);
        for (int i = 0; i < tags.length; i += 2) {
            row.put(tags[i], tags[i + 1]);
        }
        return row;
    }

    private Map<String, Double> shown() {
        Map<String, Double> shown = new HashMap<>();
        for (Meter meter : meters.getMeters()) {
            shown.put(meter.getId().getName() + "{" + String.join(",", meter.getId().getTags().stream().map(tag -> tag.getKey() + "=" + tag.getValue()).toList())
                + "}", meter.measure().iterator().next().getValue());
        }
        return shown;
    }
}
