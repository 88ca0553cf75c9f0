package io.saddlebag.webhook;

import io.saddlebag.common.DeclaredCharset;
import io.saddlebag.common.FailureReason;
import io.saddlebag.common.Settings;
import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.env.Environment;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/** Reads the request of a webhook into variables. Parameters come from the query alone: fields of a body also become headers of Camel. */
@Component("webhookRequest")
public class WebhookRequest {

    static final Set<String> EVENTS = Set.of("created", "updated", "deleted");
    /** Most queues that the throttle keeps for an address, whatever org= contains. */
    private static final int QUEUES = 64;

    private static final String ADDRESSES = "/api/zoho/";
    private static final String GENERAL = ADDRESSES + "webhooks/";

    private static final int SHORT = 16_384;

    private final Kinds kinds;
    private final KnownOrganisations organisations;
    private final long longest;
    private final WebhookNetworks networks;
    private final Map<String, WebhookTemplate> templates;

    WebhookRequest(Kinds kinds, KnownOrganisations organisations, @Value("${saddlebag.webhook.longest-body}") DataSize longest,
            Environment environment) {
        this.kinds = kinds;
        this.organisations = organisations;
        this.longest = longest.toBytes();
        Settings settings = new Settings(environment);
        this.networks = WebhookNetworks.of(settings);
        this.templates = new WebhookSettings(settings).templates();
    }

    /**
     * Sets kind and entity (by the last part of the path, the name of a kind or its short address), event, and org (as
     * the request names it; may be null).
     *
     * @throws WebhookRefusedException 404 if there is no such kind, 403 if the sender is outside saddlebag.webhook.networks
     */
    public void readAddress(Exchange exchange) {
        HttpServletRequest http = http(exchange);
        FormParameters query = FormParameters.of(http.getQueryString());
        String event = query.first("event");
        exchange.setVariable("event", event == null ? "updated" : EVENTS.contains(event) ? event : "unknown");
        Kind kind = kind(http);
        exchange.setVariable("kind", kind);
        exchange.setVariable("entity", kind == null ? "unknown" : kind.name());
        String org = query.first("org");
        exchange.setVariable("org", org == null ? null : org.replaceAll("\\p{Cntrl}", "?"));
        if (!networks.admit(http.getRemoteAddr())) {
            throw new WebhookRefusedException(403, "network", "Webhooks are not taken from " + http.getRemoteAddr()
                + ": it is outside saddlebag.webhook.networks. If this is your proxy's address, set SADDLEBAG_TRUSTED_PROXIES");
        }
        if (kind == null) {
            throw new WebhookRefusedException(404, "kind", "No kind has the address " + http.getRequestURI()
                + "; the kinds are those of /api/sync, and docs/reference/api.md lists the addresses");
        }
    }

    /** @return the queue in which the throttle counts the request */
    public String throttleKey(@Variable("entity") String entity, @Variable("org") String org) {
        return entity + " " + (org == null ? "" : Math.floorMod(org.hashCode(), QUEUES));
    }

    /** @return the kind that the path names, or that declares this short address; null if there is none */
    private Kind kind(HttpServletRequest http) {
        String path = http.getRequestURI();
        String name = path.startsWith(GENERAL) ? path.substring(GENERAL.length()) : kinds.withWebhookAddress(path.substring(ADDRESSES.length()));
        return kinds.has(name) ? kinds.of(name) : null;
    }

    /**
     * Sets request (a {@link WebhookContent.Sent}).
     *
     * @throws WebhookRefusedException 415 if the body is neither JSON nor a form, or not of its template's type, 413 if it is too long or a form
     *         of too many fields, 400 if there is no such template
     */
    public void readBody(Exchange exchange) throws IOException {
        HttpServletRequest http = http(exchange);
        WebhookTemplate template = template(exchange, FormParameters.of(http.getQueryString()).first("template"));
        boolean form = checkHead(http, template);
        byte[] body = exchange.getMessage().getBody(byte[].class);
        if (body != null && body.length > longest) {
            throw tooLong();
        }
        exchange.setVariable("request", new WebhookContent.Sent(http.getQueryString(), body == null ? new byte[0] : body,
            DeclaredCharset.of(http.getHeader("Content-Type")), form, template));
    }

    /** Reading a short body costs no more than looking the organisation up. */
    private static boolean isShort(HttpServletRequest http) {
        return http.getContentLengthLong() >= 0 && http.getContentLengthLong() <= SHORT;
    }

    /** @return whether it is a form */
    private boolean checkHead(HttpServletRequest http, WebhookTemplate template) {
        boolean form = isForm(http.getHeader("Content-Type"), template);
        String encoding = http.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new WebhookRefusedException(415, "media-type", "A body with a Content-Encoding is not taken; send it as it is");
        }
        if (http.getContentLengthLong() > longest) {
            throw tooLong();
        }
        return form;
    }

    private WebhookTemplate template(Exchange exchange, String name) {
        WebhookTemplate template = name == null ? null : templates.get(name);
        if (name != null && template == null) {
            throw new WebhookRefusedException(400, "template", "There is no template \"" + name.replaceAll("\\p{Cntrl}", "?")
                + "\" (saddlebag.webhook.templates)");
        }
        if (template != null && !template.entity().equals(exchange.getVariable("entity"))) {
            throw new WebhookRefusedException(400, "template", "The template \"" + name + "\" is for " + template.entity()
                + ", and this address is for " + exchange.getVariable("entity") + " (saddlebag.webhook.templates)");
        }
        return template;
    }

    /** @return whether the body is needed to decide about a webhook; false if the head alone is enough to refuse it */
    boolean needsBody(HttpServletRequest http) {
        FormParameters query = FormParameters.of(http.getQueryString());
        String name = query.first("template");
        String org = query.first("org");
        WebhookTemplate template = name == null ? null : templates.get(name);
        try {
            checkHead(http, template);
            return networks.admit(http.getRemoteAddr()) && WebhookSignatures.given(http).isPresent() && (name == null || template != null)
                && kind(http) != null
                && (org == null || org.isEmpty() || isShort(http) || organisations.mayHave(org));
        } catch (WebhookRefusedException refused) {
            return false; // the route answers the refusal
        }
    }

    /** @return the refusal to answer; the message of the throttle's own exception would not help a person */
    public WebhookRefusedException refusal(Throwable failure) {
        WebhookRefusedException refused = FailureReason.find(WebhookRefusedException.class, failure);
        return refused != null ? refused : new WebhookRefusedException(429, "too-many",
            "More webhooks a second than this address takes in (saddlebag.webhook.per-second); send it again");
    }

    /** Throws the refusal, so that the error handler answers it. */
    public void refuse(WebhookRefusedException refusal) {
        throw refusal;
    }

    private WebhookRefusedException tooLong() {
        return new WebhookRefusedException(413, "too-long",
            "The body is longer than " + longest + " bytes (saddlebag.webhook.longest-body)");
    }

    private static boolean isForm(String contentType, WebhookTemplate template) {
        try {
            MediaType type = contentType == null ? null : MediaType.parseMediaType(contentType);
            if (template != null && template.isOf(type)) {
                return template.isForm();
            }
            if (template != null) {
                throw new WebhookRefusedException(415, "media-type", "The template of this address is of " + template.contentType());
            }
            if (MediaType.APPLICATION_FORM_URLENCODED.equalsTypeAndSubtype(type)) {
                return true;
            }
            if (type != null && (type.getSubtype().equals("json") || type.getSubtype().endsWith("+json"))) {
                return false;
            }
        } catch (InvalidMediaTypeException | IndexOutOfBoundsException e) { // the second of a quote at its beginning
            // reported below
        }
        throw new WebhookRefusedException(415, "media-type",
            "Choose the default payload (application/json) or x-www-form-urlencoded with the field JSONString for the webhook in Zoho");
    }

    private static HttpServletRequest http(Exchange exchange) {
        return exchange.getMessage().getHeader("CamelHttpServletRequest", HttpServletRequest.class);
    }
}
