package io.saddlebag.webhook;

import io.saddlebag.common.SecretCipher;
import io.saddlebag.common.Settings;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** The secrets with which Zoho signs an organisation's webhooks: its own or, for the first organisation, those of the settings. */
@Component("webhookSecrets")
public class WebhookSecrets {

    private final SecretCipher cipher;
    private final String ofSettings;

    WebhookSecrets(SecretCipher cipher, Environment environment) {
        this.cipher = cipher;
        this.ofSettings = new Settings(environment).text("zoho.webhook-secret");
    }

    /**
     * @param organisation org_id, is_default and webhook_secret of its row
     * @return the secrets, of which new webhooks get the first; empty if there is none
     */
    public List<String> of(Map<?, ?> organisation) {
        String org = (String) organisation.get("org_id");
        String stored = cipher.decrypt((byte[]) organisation.get("webhook_secret"), "organisations/" + org + "/webhook_secret");
        String given = stored != null ? stored : isFirst(organisation) ? ofSettings : "";
        return given.isEmpty() ? List.of() : Arrays.stream(given.split(",")).map(String::strip).toList();
    }

    /** @return the number of its secrets */
    public int count(Map<?, ?> organisation) {
        return of(organisation).size();
    }

    /** @return whether the settings hold the secrets of the first organisation */
    public boolean inSettings() {
        return !ofSettings.isEmpty();
    }

    /** @return the remedy if an organisation has no secret, so that its webhooks are refused; null if it has one */
    public String missing(String org, boolean first, boolean stored) {
        return stored || first && inSettings() ? null : hint(Map.of("org_id", org, "is_default", first));
    }

    /**
     * @param others rows as above
     * @return the organisation among them with one of the same secrets; a signature could then not tell whose a webhook is
     */
    public Optional<String> sharedWith(String secrets, List<Map<String, Object>> others) {
        Set<String> given = Arrays.stream(secrets.split(",")).map(String::strip).collect(Collectors.toSet());
        return others.stream().filter(other -> of(other).stream().anyMatch(given::contains)).map(other -> (String) other.get("org_id")).findFirst();
    }

    /** @return the remedy for an organisation without a secret */
    public String hint(Map<?, ?> organisation) {
        String org = (String) organisation.get("org_id");
        return isFirst(organisation) ? "Webhooks are refused with 401 until ZOHO_WEBHOOK_SECRET (12 to 50 letters and digits) is set here and in Zoho"
            : "Webhooks of organisation " + org + " are refused with 401 until it has a secret: PATCH /api/organisations/" + org
                + " with {\"webhookSecret\":\"...\"} (12 to 50 letters and digits), and enter it in Zoho";
    }

    /** @return a fingerprint that recognises a secret registered with an address, and does not reveal it */
    public String fingerprint(String secret, String url) {
        return WebhookSignature.of(secret, FormParameters.of(null), url.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isFirst(Map<?, ?> organisation) {
        return Boolean.TRUE.equals(organisation.get("is_default"));
    }
}
