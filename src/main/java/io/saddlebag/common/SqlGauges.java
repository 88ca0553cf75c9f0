package io.saddlebag.common;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/**
 * Gauges with values from a statement. Each row is a gauge: {@code metric} is its name, {@code value} its value and {@code description} its
 * help text; every other column is a tag. A row with a null value is no gauge, and a null tag is left out.
 */
@Component("sqlGauges")
public class SqlGauges {

    private static final Set<String> NO_TAGS = Set.of("metric", "value", "description");

    private final MeterRegistry meters;
    private final Map<String, MultiGauge> gauges = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> metricsOfRoutes = new ConcurrentHashMap<>();

    SqlGauges(MeterRegistry meters) {
        this.meters = meters;
    }

    /**
     * Sets the gauges of the calling route, and removes those for which its statement no longer has a row.
     *
     * @param rows rows of the route's only statement
     */
    public void set(@Body List<Map<String, Object>> rows, Exchange exchange) {
        Map<String, List<Map<String, Object>>> byMetric = rows.stream()
            .collect(Collectors.groupingBy(row -> (String) row.get("metric"), LinkedHashMap::new, Collectors.toList()));
        byMetric.forEach((metric, found) -> {
            String description = (String) found.get(0).get("description");
            gauges.computeIfAbsent(metric, name -> MultiGauge.builder(name).description(description).register(meters))
                .register(found.stream().filter(row -> row.get("value") != null)
                    .map(row -> MultiGauge.Row.of(tags(row), (Number) row.get("value"))).toList(), true);
        });
        Set<String> known = metricsOfRoutes.computeIfAbsent(exchange.getFromRouteId(), route -> new LinkedHashSet<>());
        known.stream().filter(metric -> !byMetric.containsKey(metric)).forEach(metric -> gauges.get(metric).register(List.of(), true));
        known.addAll(byMetric.keySet());
    }

    private static Tags tags(Map<String, Object> row) {
        return Tags.of(row.entrySet().stream().filter(column -> !NO_TAGS.contains(column.getKey()) && Objects.nonNull(column.getValue()))
            .map(column -> Tag.of(column.getKey(), column.getValue().toString())).toList());
    }
}
