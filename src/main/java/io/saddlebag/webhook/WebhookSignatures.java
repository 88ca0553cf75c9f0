package io.saddlebag.webhook;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/** Verifies signatures. The secrets never become part of an exchange. */
@Component("webhookSignatures")
public class WebhookSignatures {

    private static final String HEADER = "X-Zoho-Webhook-Signature";

    private final WebhookSecrets secrets;

    WebhookSignatures(WebhookSecrets secrets) {
        this.secrets = secrets;
    }

    /**
     * In: variables event, request and organisation (the row, or null). Sets org to the id of the organisation, and signed.
     *
     * @throws WebhookRefusedException 401 if the signature is missing, wrong or given twice, and with the same message if there is no such
     *         organisation or it has no secret; 400 if the event is unknown
     */
    public void verify(Exchange exchange) {
        Map<?, ?> organisation = exchange.getVariable("organisation", Map.class);
        HttpServletRequest http = exchange.getMessage().getHeader("CamelHttpServletRequest", HttpServletRequest.class);
        WebhookContent.Sent content = exchange.getVariable("request", WebhookContent.Sent.class);
        List<String> valid = organisation == null ? List.of() : secrets.of(organisation);
        Optional<String> given = given(http);
        if (valid.isEmpty() || given.isEmpty()
                || !WebhookSignature.isGood(given.get(), valid, content.signedPairs(), content.signedBody())) {
            if (content.isJsonAsForm() && given.isPresent()
                    && WebhookSignature.isGood(given.get(), valid, FormParameters.of(http.getQueryString()), content.body())) {
                throw WebhookContent.jsonAsForm(); // signed as the JSON that it is
            }
            String counted = organisation != null && valid.isEmpty() ? "no-secret" : "signature"; // for our statistics, not for the sender
            throw new WebhookRefusedException(401, counted, HEADER + " is missing, or made with another secret than this organisation's. "
                + "Enter the same secret in Zoho's webhook and here (ZOHO_WEBHOOK_SECRET, or webhookSecret of the organisation)");
        }
        exchange.setVariable("org", organisation.get("org_id"));
        exchange.setVariable("signed", true);
        if (exchange.getVariable("event").equals("unknown")) {
            throw new WebhookRefusedException(400, "event", "event= must be created, updated or deleted");
        }
    }

    /** @return the signature of a request; empty if there is none or more than one */
    static Optional<String> given(HttpServletRequest http) {
        List<String> given = Collections.list(http.getHeaders(HEADER));
        return given.size() == 1 ? Optional.of(given.get(0)) : Optional.empty();
    }
}
