package io.saddlebag.registration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.common.Settings;
import io.saddlebag.connect.PublicUrl;
import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import io.saddlebag.webhook.WebhookSecrets;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Decides which webhooks an organisation needs in Zoho, and checks that they can work. */
@Component("webhookPlan")
public class WebhookPlan {

    private static final List<String> EVENTS = List.of("created", "updated", "deleted");
    private static final String GENERAL_ADDRESS = "webhooks/";

    private final ObjectMapper json = new ObjectMapper();
    private final Kinds kinds;
    private final WebhookSecrets secrets;
    private final PublicUrl publicUrl;
    private final Settings settings;

    WebhookPlan(Kinds kinds, WebhookSecrets secrets, PublicUrl publicUrl, Environment environment) {
        this.kinds = kinds;
        this.secrets = secrets;
        this.publicUrl = publicUrl;
        this.settings = new Settings(environment);
    }

    /**
     * In: variable organisation, a row of api-webhooks-register.sql.
     *
     * @throws ApiException 409 when the organisation has no secret that Zoho accepts, or Zoho cannot reach this server
     */
    public WebhookRegistration begin(Exchange exchange) throws JsonProcessingException {
        Map<?, ?> organisation = exchange.getVariable("organisation", Map.class);
        boolean dryRun = RequestParameter.flag(exchange.getMessage(), "dryRun");
        List<String> known = secrets.of(organisation);
        if (known.isEmpty()) {
            throw new ApiException(409, secrets.hint(organisation), Map.of());
        }
        if (!known.get(0).matches("[0-9A-Za-z]{12,50}")) {
            throw new ApiException(409, "Zoho accepts only secrets of 12 to 50 letters and digits, and the first secret of this "
                + "organisation is none. Set another ZOHO_WEBHOOK_SECRET, or webhookSecret of the organisation", Map.of());
        }
        String base = publicUrl.of(exchange.getMessage().getHeader("CamelHttpServletRequest", HttpServletRequest.class));
        if (PublicUrl.isPrivate(base) && !PublicUrl.isLoopback(settings.text("saddlebag.zoho.api-url"))) {
            throw new ApiException(409, "Zoho cannot reach " + base + ": the address is known only to this machine or its network. Set "
                + "SADDLEBAG_PUBLIC_URL to the public https address of this server", Map.of());
        }
        String selection = (String) organisation.get("kinds");
        WebhookRegistration registration = new WebhookRegistration((String) organisation.get("org_id"), base, dryRun,
            kinds.names().stream().filter(kind -> selection == null || Arrays.asList(selection.split(",")).contains(kind)).toList(),
            json.readValue((String) organisation.get("registered"), new TypeReference<>() { }));
        registration.note("Choose a retry policy for the rules in Zoho: without one Zoho does not repeat a webhook that failed");
        return registration;
    }

    /**
     * @param leased the organisation whose lease was taken; null: another registration has it
     * @throws ApiException 409 if another registration is under way
     */
    public void refuseSecond(@Body Object leased) {
        if (leased == null) {
            throw new ApiException(409, "Another registration of this organisation's webhooks is under way, or stopped less than 10 minutes ago. Repeat the request "
                + "when it has ended; GET /api/audit?action=webhooks.register shows its end", Map.of());
        }
    }

    /** @return the webhooks of a kind; none if Zoho has no rules for the kind */
    public List<WantedWebhook> wanted(@Variable("registration") WebhookRegistration registration, @Variable("kind") Kind kind) {
        if (kind.webhookKeys().isEmpty() || kind.webhookModules().isEmpty()) {
            registration.note("No webhooks of " + kind.name() + ": Zoho has no rules for this kind; runs fetch its changes");
            return List.of();
        }
        String address = kind.webhookAddress() == null ? GENERAL_ADDRESS + kind.name() : kind.webhookAddress();
        String url = registration.base() + "/api/zoho/" + address;
        List<WantedWebhook> wanted = kind.webhookModules().stream().flatMap(module -> EVENTS.stream().map(event -> new WantedWebhook(
            kind.name(), event, module, kind.product(), url + "?event=" + event + "&org=" + registration.org()))).toList();
        wanted.forEach(registration::add);
        return wanted;
    }
}
