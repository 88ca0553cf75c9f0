package io.saddlebag.registration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.common.FailureReason;
import io.saddlebag.connect.ConsentScopes;
import io.saddlebag.webhook.WebhookSecrets;
import io.saddlebag.zoho.ZohoException;
import io.saddlebag.zoho.ZohoLimitException;
import io.saddlebag.zoho.ZohoRejectedException;
import io.saddlebag.zoho.ZohoScopeException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/**
 * Decides what has to be written in Zoho's settings so that it calls us, and says what came of it. Sources: the fields are those of
 * zoho.com/books/api/v3/webhooks and .../workflows; that Inventory has the same, how answers look and what a rule's
 * {@code rule_type} may be is what public clients send and read; {@link RegisteredSettings} reads it.
 */
@Component("webhookRegistrar")
public class WebhookRegistrar {

    private static final String BY_HAND = "create it by hand as docs/howto/webhooks.md says";

    private final ObjectMapper json = new ObjectMapper();
    private final WebhookSecrets secrets;

    WebhookRegistrar(WebhookSecrets secrets) {
        this.secrets = secrets;
    }

    /** @return 1 while nothing was read of a setting; otherwise null. @throws ZohoException that a product refused everything with */
    public Integer unread(WebhookRegistration registration, WantedWebhook wanted, String setting) {
        if (registration.refusal(wanted.getProduct()) != null) {
            throw registration.refusal(wanted.getProduct());
        }
        return registration.known(wanted.getProduct(), setting) == null ? 1 : null;
    }

    /** In: a page of Zoho's as body. @return the number of the next one; null where there is none */
    public Integer read(Exchange exchange) {
        WebhookRegistration registration = exchange.getVariable("registration", WebhookRegistration.class);
        Map<?, ?> page = exchange.getMessage().getBody(Map.class);
        String setting = exchange.getVariable("setting", String.class);
        registration.called();
        boolean news = registration.learn(exchange.getVariable("wanted", WantedWebhook.class).getProduct(), setting,
            RegisteredSettings.listed(page, setting));
        return news && RegisteredSettings.hasMore(page) ? exchange.getVariable("nextPage", Integer.class) + 1 : null;
    }

    /** @return what to send to Zoho; null where all is as it should be, and in a dry run */
    public RegisteredSettings.Write write(Exchange exchange) {
        WebhookRegistration registration = exchange.getVariable("registration", WebhookRegistration.class);
        WantedWebhook wanted = exchange.getVariable("wanted", WantedWebhook.class);
        RegisteredSettings found = new RegisteredSettings(registration, wanted);
        RegisteredSettings.Write write = exchange.getVariable("setting").equals("webhooks")
            ? found.webhook(fingerprint(exchange)) : found.rule();
        if (write.method() != null && !registration.isDryRun()) {
            return write;
        }
        wanted.ended(write.setting(), write.result());
        if (write.method() != null) {
            registration.toCall();
        }
        return null;
    }

    /** @return the JSON to send, as bytes, for the webhook's holds the secret */
    public byte[] content(Exchange exchange) throws JsonProcessingException {
        WantedWebhook wanted = exchange.getVariable("wanted", WantedWebhook.class);
        boolean webhook = exchange.getVariable("setting").equals("webhooks");
        return json.writeValueAsBytes(webhook ? RegisteredSettings.webhook(wanted, secret(exchange)) : RegisteredSettings.rule(wanted));
    }

    /** After the call: notes the id of what is new. @throws ZohoRejectedException when Zoho names none */
    public void written(Exchange exchange) {
        exchange.getVariable("registration", WebhookRegistration.class).called();
        RegisteredSettings.Write write = exchange.getVariable("write", RegisteredSettings.Write.class);
        WantedWebhook wanted = exchange.getVariable("wanted", WantedWebhook.class);
        if (wanted.id(write.setting()) == null) {
            String id = RegisteredSettings.id(exchange.getMessage().getBody(Map.class), write.setting());
            if (id == null) {
                throw new ZohoRejectedException("Zoho took it and named no id");
            }
            wanted.found(write.setting(), id);
        }
        wanted.ended(write.setting(), write.result());
    }

    public String fingerprint(Exchange exchange) {
        return secrets.fingerprint(secret(exchange), exchange.getVariable("wanted", WantedWebhook.class).url());
    }

    /** @param thrown a {@link ZohoException}, or what Camel wrapped around one */
    public void failed(WebhookRegistration registration, WantedWebhook wanted, Throwable thrown) {
        ZohoException failure = FailureReason.find(ZohoException.class, thrown);
        String product = wanted.getProduct();
        if (failure instanceof ZohoScopeException || failure instanceof ZohoLimitException
                || registration.known(product, "workflows") == null) {
            registration.refuse(product, failure);
        }
        if (failure instanceof ZohoScopeException) {
            wanted.failed("Nobody agreed to " + ConsentScopes.ofWebhooks(product.equals("/books/v3") ? "Books" : "Inventory")
                + ". Open /oauth/connect?org=" + registration.org() + "&for=webhooks in a browser, or " + BY_HAND);
        } else {
            wanted.failed(failure.getMessage() + (failure instanceof ZohoLimitException
                ? ". Call again then: what is done stays" : ". If it stays so, " + BY_HAND));
        }
    }

    private String secret(Exchange exchange) {
        return secrets.of(exchange.getVariable("organisation", Map.class)).get(0);
    }
}
