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
 * Decides which settings to write in Zoho so that it sends webhooks, and notes the results. Sources: the fields are documented at
 * zoho.com/books/api/v3/webhooks and .../workflows. Requests of public clients show that Inventory has the same fields, how
 * answers look and which values {@code rule_type} has; {@link RegisteredSettings} reads them.
 */
@Component("webhookRegistrar")
public class WebhookRegistrar {

    private static final String BY_HAND = "create it by hand as docs/howto/webhooks.md says";

    private final ObjectMapper json = new ObjectMapper();
    private final WebhookSecrets secrets;

    WebhookRegistrar(WebhookSecrets secrets) {
        this.secrets = secrets;
    }

    /** @return 1 if a setting was not read yet, else null. @throws ZohoException with which a product refused all calls */
    public Integer unread(WebhookRegistration registration, WantedWebhook wanted, String setting) {
        if (registration.refusal(wanted.getProduct()) != null) {
            throw registration.refusal(wanted.getProduct());
        }
        return registration.known(wanted.getProduct(), setting) == null ? 1 : null;
    }

    /** In: a page of Zoho as body. @return the number of the next page; null if there is none */
    public Integer read(Exchange exchange) {
        WebhookRegistration registration = exchange.getVariable("registration", WebhookRegistration.class);
        Map<?, ?> page = exchange.getMessage().getBody(Map.class);
        String setting = exchange.getVariable("setting", String.class);
        registration.called();
        boolean news = registration.learn(exchange.getVariable("wanted", WantedWebhook.class).getProduct(), setting,
            RegisteredSettings.listed(page, setting));
        return news && RegisteredSettings.hasMore(page) ? exchange.getVariable("nextPage", Integer.class) + 1 : null;
    }

    /** @return the call to Zoho; null if everything is up to date, and in a dry run */
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

    /** @return the JSON to send, as bytes so that the secret in it is not logged */
    public byte[] content(Exchange exchange) throws JsonProcessingException {
        WantedWebhook wanted = exchange.getVariable("wanted", WantedWebhook.class);
        boolean webhook = exchange.getVariable("setting").equals("webhooks");
        return json.writeValueAsBytes(webhook ? RegisteredSettings.webhook(wanted, secret(exchange)) : RegisteredSettings.rule(wanted));
    }

    /** After the call: notes the id of a new webhook or rule. @throws ZohoRejectedException when Zoho returns no id */
    public void written(Exchange exchange) {
        exchange.getVariable("registration", WebhookRegistration.class).called();
        RegisteredSettings.Write write = exchange.getVariable("write", RegisteredSettings.Write.class);
        WantedWebhook wanted = exchange.getVariable("wanted", WantedWebhook.class);
        if (wanted.id(write.setting()) == null) {
            String id = RegisteredSettings.id(exchange.getMessage().getBody(Map.class), write.setting());
            if (id == null) {
                throw new ZohoRejectedException("Zoho accepted the request but returned no id");
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
                ? ". Call again then; finished steps are kept" : ". If this persists, " + BY_HAND));
        }
    }

    private String secret(Exchange exchange) {
        return secrets.of(exchange.getVariable("organisation", Map.class)).get(0);
    }
}
