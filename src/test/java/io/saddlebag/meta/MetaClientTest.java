package io.saddlebag.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.common.FailureReason;
import io.saddlebag.zoho.ZohoConnectionException;
import io.saddlebag.zoho.ZohoLimitException;
import io.saddlebag.zoho.ZohoUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetaClientTest {

    private final MetaClient client = new MetaClient("https://graph.example", "v1", Duration.ofSeconds(10), Duration.ofMinutes(5), null, new FailureReason());

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "3", "{\"handles\":[", "<html>Sign in</html>"})
    void aSuccessWithoutAJsonObjectIsAFailureOfMeta(String body) {
        MetaAnswer answer = client.read(200, body.getBytes(StandardCharsets.UTF_8));

        assertThat(answer.isFailure()).as("counted by the breaker").isTrue();
        assertThatThrownBy(() -> client.jsonOrThrow("1", answer)).isInstanceOf(ZohoUnavailableException.class).hasMessage("Meta answered 200 without JSON");
    }

    @Test
    void aJsonObjectIsTheResult() {
        assertThat(client.jsonOrThrow("1", client.read(200, "{}".getBytes(StandardCharsets.UTF_8)))).isEqualTo(Map.of());
    }

    @Test
    void aCallNeedsACatalogueAndATokenAndASlotThatIsNear() {
        Map<String, Object> slot = new HashMap<>(Map.of("catalogue", "7", "wait_ms", 10_000L));
        assertThatThrownBy(() -> client.failUnlessCallable("1", slot)).as("no token").isInstanceOf(ZohoConnectionException.class)
            .hasMessageStartingWith("Organisation 1 has no Meta catalogue or token in Saddlebag. No call was made. To set them, send PATCH /api/organisations/1 with {");

        slot.put("token", new byte[] {1});
        client.failUnlessCallable("1", slot);

        slot.put("wait_ms", 10_001L);
        assertThatThrownBy(() -> client.failUnlessCallable("1", slot)).isInstanceOf(ZohoLimitException.class);
    }
}
