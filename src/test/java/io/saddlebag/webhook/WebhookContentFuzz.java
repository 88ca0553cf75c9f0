package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is sent, it is read or refused with a status of the sender's fault; what is read, PostgreSQL can keep. */
class WebhookContentFuzz {

    private static final CamelContext CAMEL = new DefaultCamelContext();
    /** The first and the last moment that both a timestamptz and ISO 8601 can say. */
    private static final OffsetDateTime FIRST = OffsetDateTime.parse("0001-01-01T00:00:00+18:00");
    private static final OffsetDateTime LAST = OffsetDateTime.parse("9999-12-31T23:59:59-18:00");

    private static final Kind ITEMS = new Kinds(Path.of("routes/kinds")).of("items");

    private final WebhookContent contents = new WebhookContent();

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "30s")
    void isReadOrRefused(boolean form, @NotNull String query, byte @NotNull [] body) {
        WebhookContent.Sent sent = new WebhookContent.Sent(query, body, StandardCharsets.UTF_8, form, null);
        String signature = WebhookSignature.of("SampleSecret1234", sent.signedPairs(), sent.signedBody());
        assertThat(WebhookSignature.isGood(signature, List.of("Another1", "SampleSecret1234"), sent.signedPairs(), sent.signedBody())).isTrue();
        assertThat(WebhookSignature.isGood(query, List.of("SampleSecret1234"), sent.signedPairs(), sent.signedBody())).isFalse();
        Exchange exchange = new DefaultExchange(CAMEL);
        exchange.setVariable("org", "60000000001");
        exchange.setVariable("event", "updated");
        exchange.setVariable("request", sent);
        exchange.setVariable("kind", ITEMS);
        ReceivedEvent event;
        try {
            event = contents.parse(exchange);
        } catch (WebhookRefusedException refused) {
            assertThat(refused.status()).isEqualTo(400);
            return;
        }
        assertThat(event.zohoId()).matches("[0-9A-Za-z_-]{1,64}");
        assertThat(event.digest()).matches("[0-9a-f]{64}");
        assertThat(event.payload()).doesNotContain("\0");
        OffsetDateTime modified = event.modified();
        if (modified != null) {
            assertThat(modified).isBetween(FIRST, LAST);
        }
        assertThat(contents.record(event.payload(), ITEMS).get("item_id")).isNotNull();
    }

    static Stream<Arguments> seeds() {
        return WebhookSeeds.all().map(seed -> Arguments.of(seed.form(), seed.query(), seed.body().getBytes(StandardCharsets.UTF_8)));
    }
}
