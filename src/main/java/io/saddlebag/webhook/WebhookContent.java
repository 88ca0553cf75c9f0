package io.saddlebag.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.common.DeclaredCharset;
import io.saddlebag.kinds.Kind;
import io.saddlebag.zoho.ZohoTime;
import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Parses the content of webhooks. Zoho's default payload is an object that holds the record under the same key as the answer for a single
 * record ({@code {"item":{...}}}), beside other keys. Older payloads are a form whose field {@code JSONString} holds that object. A bare
 * record is accepted too. Source: zoho.com/books/kb/automation/create-webhook.html; the older form is known from its clients.
 */
@Component("webhookContent")
public class WebhookContent {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookContent.class);
    private static final String ORGANISATION = "organization_id";
    private static final Pattern ID = Pattern.compile("[0-9A-Za-z_-]{1,64}");

    /** Keeps numbers as exact as they were sent. */
    private final JsonMapper json = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /**
     * The content of a request, not yet decoded.
     *
     * @param query may be null
     * @param charset charset that the Content-Type declares
     * @param fields of a form; null if it is none
     * @param template description of the content; null for Zoho's default payload
     */
    record Sent(String query, byte[] body, Charset charset, FormParameters fields, WebhookTemplate template) {

        /** @throws WebhookRefusedException 413 if it is a form with too many fields */
        Sent(String query, byte[] body, Charset charset, boolean form, WebhookTemplate template) {
            this(query, body, charset, form ? FormParameters.ofForm(new String(body, charset), charset) : null, template);
        }

        boolean form() {
            return fields != null;
        }

        FormParameters signedPairs() {
            return form() ? FormParameters.of(query).and(fields) : FormParameters.of(query);
        }

        byte[] signedBody() {
            return form() ? new byte[0] : body;
        }

        /** {@code curl -d} sends JSON like this, and so does a webhook whose type was not chosen. */
        boolean isJsonAsForm() {
            return form() && fields.list().stream().findFirst().filter(pair -> pair.key().strip().matches("(?s)[{\\[].*")).isPresent();
        }

        /** @throws WebhookRefusedException 400 if the body is not valid in its charset */
        String text() {
            try {
                return DeclaredCharset.decode(body, charset);
            } catch (CharacterCodingException e) {
                throw noRecord("json", "The content is not " + charset);
            }
        }

        @Override
        public String toString() {
            return body.length + " bytes";
        }
    }

    /**
     * In: variables org, kind, event and request, which it removes. Sets event if a template names it.
     *
     * @return the event; it is complete if it has all webhookKeys and the time
     * @throws WebhookRefusedException 400 if there is no record, or a record of another organisation
     */
    public ReceivedEvent parse(Exchange exchange) {
        Sent sent = exchange.getVariable("request", Sent.class);
        WebhookTemplate template = sent.template();
        Kind kind = exchange.getVariable("kind", Kind.class);
        String text = template == null ? text(sent) : template.payload(sent, kind.idKey());
        Map<?, ?> record = record(text, kind,
            template == null ? "Does this address belong to another kind?" : "See where its template looks for it (saddlebag.webhook.templates)");
        checkOrganisation(exchange.getVariable("org", String.class), sent, text, record);
        String id = record.get(kind.idKey()).toString();
        OffsetDateTime modified = time(record.get("last_modified_time"));
        String event = event(exchange, template == null || FormParameters.of(sent.query()).first("event") != null ? null : template.event(sent));
        boolean complete = modified != null && !kind.webhookKeys().isEmpty() && !event.equals("deleted")
            && kind.webhookKeys().stream().allMatch(key -> record.get(key) != null && !record.get(key).equals(""));
        String org = exchange.getVariable("org", String.class);
        String digest = digest(sent.body(), org, kind.name(), event, id, String.valueOf(record.get("last_modified_time")));
        exchange.removeVariable("request");
        return new ReceivedEvent(org, digest, kind.name(), event, id, modified, complete, text);
    }

    /** @return the record of a stored payload */
    public Map<?, ?> record(String payload, Kind kind) {
        return record(payload, kind, "");
    }

    private Map<?, ?> record(String payload, Kind kind, String advice) {
        Map<?, ?> sent;
        try {
            sent = json.readValue(payload, Map.class);
        } catch (StreamConstraintsException e) {
            throw noRecord("json", "The JSON is nested too deeply or has too long a value: " + e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            throw noRecord("json", "The content is no JSON object");
        }
        Object found = sent == null ? null : sent.containsKey(WebhookTemplate.RECORD) ? sent.get(WebhookTemplate.RECORD)
            : kind.recordKey() != null && sent.get(kind.recordKey()) instanceof Map<?, ?> ? sent.get(kind.recordKey()) : sent;
        Object id = found instanceof Map<?, ?> record ? record.get(kind.idKey()) : null;
        if (!(id instanceof String || id instanceof Integer || id instanceof Long || id instanceof BigInteger)
                || !ID.matcher(id.toString()).matches()) {
            throw noRecord("record", "The content has no " + (kind.recordKey() == null ? "" : "\"" + kind.recordKey() + "\" with a valid ")
                + "\"" + kind.idKey() + "\". " + advice);
        }
        return (Map<?, ?>) found;
    }

    /** Zoho names the organisation beside the record, in the record, in a form's fields or in the query. It must be that of the address. */
    private void checkOrganisation(String org, Sent sent, String text, Map<?, ?> record) {
        List<Object> named = new ArrayList<>(organisations(record));
        named.addAll(organisations(object(text)));
        named.addAll(sent.form() ? Collections.singletonList(sent.fields().first(ORGANISATION)) : organisations(object(sent.text())));
        named.add(FormParameters.of(sent.query()).first(ORGANISATION));
        // an organisation whose id is not known yet has a key of our own instead
        if (org.matches("[0-9]+") && named.stream().anyMatch(one -> one != null && !one.toString().isBlank() && !org.equals(one.toString().strip()))) {
            throw new WebhookRefusedException(400, "organisation", "The content is of another organisation than the address, which is for " + org
                + ". Give the webhook in Zoho the address of its own organisation (org= in the query)");
        }
    }

    private static List<Object> organisations(Map<?, ?> object) {
        return Stream.concat(Stream.of(object), Stream.of("organization", "organisation").map(object::get))
            .filter(Map.class::isInstance).flatMap(place -> Stream.of(ORGANISATION, "organisation_id", "organizationId", "org_id").map(((Map<?, ?>) place)::get))
            .filter(one -> one instanceof String || one instanceof Number).map(Object.class::cast).toList();
    }

    /** @return the object; empty if the text is not a JSON object */
    private Map<?, ?> object(String text) {
        try {
            return json.readTree(text) instanceof ObjectNode ? json.readValue(text, Map.class) : Map.of();
        } catch (JsonProcessingException e) {
            return Map.of();
        }
    }

    private static String text(Sent sent) {
        if (sent.form()) {
            String field = sent.fields().first("JSONString");
            if (field == null && sent.isJsonAsForm()) {
                throw jsonAsForm();
            }
            if (field == null) {
                throw noRecord("record", "The form has no field JSONString");
            }
            return field;
        }
        return sent.text();
    }

    /** @param event event from a template; null if only the address can name it */
    private static String event(Exchange exchange, String event) {
        if (event != null && !WebhookRequest.EVENTS.contains(event)) {
            throw noRecord("event", "The event in the content must be created, updated or deleted, not \"" + event + "\"");
        }
        if (event != null) {
            exchange.setVariable("event", event);
        }
        return exchange.getVariable("event", String.class);
    }

    static WebhookRefusedException jsonAsForm() {
        return new WebhookRefusedException(400, "media-type", "The content is JSON and its Content-Type says that it is a form. Choose the default payload "
            + "(application/json) for the webhook in Zoho, or send JSON as the field JSONString of the form");
    }

    private static WebhookRefusedException noRecord(String reason, String detail) {
        return new WebhookRefusedException(400, reason, detail);
    }

    /** @return the time; null if it is invalid or too far in the future, so that the record is fetched from Zoho */
    private static OffsetDateTime time(Object text) {
        OffsetDateTime time = ZohoTime.read(text);
        if (time != null && time.toInstant().isAfter(Instant.now().plus(ZohoTime.AHEAD))) {
            LOG.warn("A webhook has a last_modified_time in the future, {}; it is no version, so the record is fetched", time);
            return null;
        }
        return time;
    }

    private static String digest(byte[] body, String... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((String.join("\n", parts) + "\n").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
