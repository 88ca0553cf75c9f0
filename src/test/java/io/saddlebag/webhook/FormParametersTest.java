package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Anybody can send a form, so its pairs are bounded before they are split. */
class FormParametersTest {

    @Test
    void aFormHasAsManyFieldsAsAQueryMayHaveAndNoMore() {
        String most = "a=1&".repeat(199) + "b=2";
        assertThat(form(most).fields().list()).hasSize(200);
        assertThat(form(most).fields().first("b")).isEqualTo("2");

        assertThatThrownBy(() -> form(most + "&c=3")).isInstanceOfSatisfying(WebhookRefusedException.class,
            refused -> assertThat(refused.status()).isEqualTo(413)).hasMessageContaining("more than 200 fields");
        assertThatThrownBy(() -> form("&".repeat(1 << 20))).isInstanceOf(WebhookRefusedException.class);
    }

    private static WebhookContent.Sent form(String body) {
        return new WebhookContent.Sent(null, body.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8, true, null);
    }
}
