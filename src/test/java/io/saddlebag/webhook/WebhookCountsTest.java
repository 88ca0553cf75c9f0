package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class WebhookCountsTest {

    private final WebhookCounts counts = new WebhookCounts(new SimpleMeterRegistry(), new DefaultCamelContext().createProducerTemplate());

    @Test
    void whatCouldNotBeWrittenIsAddedToWhatCameMeanwhile() throws JsonProcessingException {
        counts.count("1", "items", "updated", "done");
        counts.count("1", "items", "updated", "done");
        String taken = counts.take();
        counts.count("1", "items", "updated", "done");

        counts.back(taken);

        assertThat(counts.take()).isEqualTo("[{\"org_id\":\"1\",\"entity\":\"items\",\"event\":\"updated\",\"result\":\"done\",\"count\":3}]");
        assertThat(counts.take()).isNull();
    }
}
