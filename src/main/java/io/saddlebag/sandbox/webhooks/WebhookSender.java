package io.saddlebag.sandbox.webhooks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.data.Kinds;
import io.saddlebag.sandbox.wire.Json;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.camel.ProducerTemplate;

/**
 * Sends the webhooks that the registered rules ask for when a record changes: once, a little later, and to this machine only. The
 * payload has exactly the keys of a record answered alone; after a delete it is the last state of the record, which no
 * description of Zoho's settles. The signature is that of zoho.com/billing/kb/webhooks/securing-webhooks.html.
 */
public class WebhookSender {

    private static final String QUEUE = "seda:sandbox-webhook-send?discardWhenFull=true";

    /**
     * @param address without its query
     * @param query as it was registered; may be null
     * @param signature null where no secret was registered
     */
    public record Delivery(String address, String query, String signature, byte[] body) {
    }

    private final WebhookSettings rules;
    private final ProducerTemplate camel;

    public WebhookSender(WebhookSettings rules, ProducerTemplate camel) {
        this.rules = rules;
        this.camel = camel;
    }

    /** An item changed; its record is the one that is answered alone. */
    public void itemChanged(String change, Supplier<ObjectNode> record) {
        changed("item", change, "item", record);
    }

    /** A record of another kind changed. */
    public void recordChanged(Kinds.Place place, String change, Supplier<ObjectNode> record) {
        changed(module(place, record), change, place.address().recordKey(), () -> place.address().alone(record.get()));
    }

    /** The module of a rule, which is called like the key of a record answered alone but in two cases. */
    private static String module(Kinds.Place place, Supplier<ObjectNode> record) {
        return switch (place.kind().name()) {
            case "contacts" -> record.get().path("contact_type").asText();
            case "payments" -> "customer_payment";
            default -> place.address().recordKey();
        };
    }

    private void changed(String module, String change, String key, Supplier<ObjectNode> record) {
        rules.due(module, change).stream().filter(webhook -> isHere(webhook.path("url").asText())).forEach(webhook ->
                camel.sendBody(QUEUE, delivery(webhook, Json.object().set(key, record.get()))));
    }

    private static Delivery delivery(ObjectNode webhook, ObjectNode payload) {
        URI url = URI.create(webhook.path("url").asText());
        byte[] body = Json.bytes(payload);
        String address = url.toString().split("\\?", 2)[0];
        String secret = webhook.path("secret").asText();
        return new Delivery(address, url.getRawQuery(), secret.isEmpty() ? null : signature(secret, url.getRawQuery(), body), body);
    }

    static String signature(String secret, String query, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            if (query != null) {
                mac.update(Arrays.stream(query.split("&")).sorted().map(pair -> Arrays.stream(pair.split("=", 2))
                        .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8)).collect(Collectors.joining()))
                        .collect(Collectors.joining()).getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HMAC-SHA256", e);
        }
    }

    private static boolean isHere(String url) {
        return url.matches("https?://(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d+)?/[^\\s]*");
    }
}
