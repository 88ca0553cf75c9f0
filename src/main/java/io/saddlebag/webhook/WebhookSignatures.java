package io.saddlebag.webhook;

import io.saddlebag.common.SecretCipher;
import io.saddlebag.common.Settings;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Knows the secrets, and leaves them where they are: none comes into an exchange. */
@Component("webhookSignatures")
@Profile("!sandbox")
public class WebhookSignatures {

    private static final String HEADER = "X-Zoho-Webhook-Signature";

    private final SecretCipher cipher;
    private final Settings settings;

    WebhookSignatures(SecretCipher cipher, Environment environment) {
        this.cipher = cipher;
        this.settings = new Settings(environment);
    }

    /**
     * After the look-up of the organisation (body: a row of webhook-org.sql, null for none): sets org to its id, and signed.
     *
     * @throws WebhookRefusedException 503 when it has no secret; 401 when the signature is missing, wrong or there twice, and in
     *         the same words when there is no such organisation; 400 when the event is none
     */
    public void verify(Exchange exchange) {
        Map<?, ?> organisation = exchange.getMessage().getBody(Map.class);
        HttpServletRequest http = exchange.getMessage().getHeader("CamelHttpServletRequest", HttpServletRequest.class);
        WebhookContent.Sent content = exchange.getVariable("content", WebhookContent.Sent.class);
        List<String> secrets = organisation == null ? List.of() : secrets(organisation);
        List<String> given = Collections.list(http.getHeaders(HEADER));
        if (organisation == null || given.size() != 1
                || !WebhookSignature.isGood(given.get(0), secrets, content.signedPairs(), content.signedBody())) {
            throw new WebhookRefusedException(401, "signature", HEADER + " is missing or is not that of a secret of this address's "
                + "organisation. Enter the same secret in Zoho's webhook and here (ZOHO_WEBHOOK_SECRET, or webhookSecret of the organisation)");
        }
        exchange.setVariable("org", organisation.get("org_id"));
        exchange.setVariable("signed", true);
        if (exchange.getVariable("event").equals("unknown")) {
            throw new WebhookRefusedException(400, "event", "event= is created, updated or deleted");
        }
    }

    private List<String> secrets(Map<?, ?> organisation) {
        String org = (String) organisation.get("org_id");
        boolean first = Boolean.TRUE.equals(organisation.get("is_default"));
        String stored = cipher.decrypt((byte[]) organisation.get("webhook_secret"), "organisations/" + org + "/webhook_secret");
        String given = stored != null ? stored : first ? settings.text("zoho.webhook-secret") : "";
        if (given.isEmpty()) {
            throw new WebhookRefusedException(503, "no-secret", first ? "ZOHO_WEBHOOK_SECRET is not set: without it nobody can tell a "
                + "webhook of Zoho's from another. Set it, or webhookSecret of the organisation" : "Organisation " + org
                + " has no webhookSecret; give it one: PATCH /api/organisations/" + org);
        }
        return Arrays.stream(given.split(",")).map(String::strip).toList();
    }
}
