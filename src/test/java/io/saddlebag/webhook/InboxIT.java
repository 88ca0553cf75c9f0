package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is accepted takes effect, by way of the same sinks as a pull. */
class InboxIT extends WebhookCase {

    @Test
    void aSignedItemIsARowAndCostsNoCall() {
        String id = newItem("Lantern");

        assertAccepted(send(id));

        assertThat(settled()).containsExactly("done");
        assertThat(product(id)).containsEntry("name", "Lantern").containsEntry("deleted_at", null);
        assertThat(ZOHO.calls().counts().api()).isZero();
    }
}
