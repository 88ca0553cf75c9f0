package io.saddlebag.health;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.springframework.stereotype.Component;

/** What the last verification of each kind found, as gauges with the tags org and entity: for alerts. */
@Component("verificationGauges")
public class VerificationGauges {

    private static final List<String> RESULTS = List.of("zoho", "postgresql", "differing", "missing", "surplus", "unannounced");

    private final MultiGauge records;
    private final MultiGauge last;
    private final ObjectMapper json = new ObjectMapper();

    VerificationGauges(MeterRegistry meters) {
        records = MultiGauge.builder("saddlebag.verification.records")
                .description("Records of the last verification, by what it found").register(meters);
        last = MultiGauge.builder("saddlebag.verification.last.seconds")
                .description("When the last verification ended, in seconds since 1970").register(meters);
    }

    /** @param verifications rows of verification-gauges.sql: org, entity, at and found, its figures as JSON */
    public void set(@Body List<Map<String, Object>> verifications) throws JsonProcessingException {
        List<MultiGauge.Row<?>> counts = new ArrayList<>();
        List<MultiGauge.Row<?>> times = new ArrayList<>();
        for (Map<String, Object> verification : verifications) {
            Tags tags = Tags.of("org", (String) verification.get("org"), "entity", (String) verification.get("entity"));
            JsonNode found = json.readTree((String) verification.get("found"));
            RESULTS.forEach(result -> counts.add(MultiGauge.Row.of(tags.and("result", result), found.path(result).asLong())));
            times.add(MultiGauge.Row.of(tags, (Number) verification.get("at")));
        }
        records.register(counts, true);
        last.register(times, true);
    }
}
