package io.saddlebag.testkit;

import io.saddlebag.webhook.FormParameters;
import io.saddlebag.webhook.WebhookSignature;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Signs as Zoho does, for whoever sends webhooks from another package. */
public final class SignedWebhook {

    private SignedWebhook() {
    }

    /** @return what the header X-Zoho-Webhook-Signature says of a JSON body sent to the address */
    public static String signature(String secret, URI address, String body) {
        return WebhookSignature.of(secret, FormParameters.of(address.getRawQuery()), body.getBytes(StandardCharsets.UTF_8));
    }
}
