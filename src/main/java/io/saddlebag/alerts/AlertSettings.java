package io.saddlebag.alerts;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.Settings;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** The settings of alerts. They are checked before the application starts. */
public record AlertSettings(Settings settings) {

    private static final String EMAIL = "SADDLEBAG_ALERT_EMAIL";
    private static final String SECRET_PREFIX = "whsec_";
    private static final int MIN_KEY_BYTES = 24;
    private static final int MAX_KEY_BYTES = 64;

    /** @throws BadSettingException if a setting is invalid; only the first one is reported */
    public void check() {
        webhook();
        signingKey();
        heartbeat();
        if (settings.given("saddlebag.alerts.webhook-secret") && webhook().isEmpty()) {
            throw new BadSettingException("SADDLEBAG_ALERT_WEBHOOK_SECRET", "given without SADDLEBAG_ALERT_WEBHOOK", "Give both, or neither");
        }
        if (recipients().isEmpty() == settings.given("saddlebag.alerts.smtp-url")) {
            throw new BadSettingException(recipients().isEmpty() ? EMAIL : "SADDLEBAG_SMTP_URL", "missing: an e-mail needs an address and a server that sends it",
                "Give both SADDLEBAG_ALERT_EMAIL and SADDLEBAG_SMTP_URL, or neither");
        }
        if (byEmail()) {
            smtpServer();
            sender();
        }
        List.of("heartbeat-every", "quiet", "give-up-after", "every", "send-every", "lease", "first-pause", "longest-pause")
            .forEach(name -> settings.duration("saddlebag.alerts." + name));
        settings.number("saddlebag.alerts.gather-above", "saddlebag.alerts.gather-above", 1, 1000);
        settings.number("saddlebag.alerts.keep-days", "saddlebag.alerts.keep-days", 1, 36_500);
    }

    public boolean byWebhook() {
        return !webhook().isEmpty();
    }

    public boolean byEmail() {
        return !recipients().isEmpty();
    }

    /** @return the webhook's URL, which has a secret part; empty if none is configured */
    String webhook() {
        return checkedUrl("SADDLEBAG_ALERT_WEBHOOK", "saddlebag.alerts.webhook");
    }

    /** @return the heartbeat's URL, which has a secret part; empty if none is configured */
    String heartbeat() {
        return checkedUrl("SADDLEBAG_HEARTBEAT_URL", "saddlebag.alerts.heartbeat-url");
    }

    /** @return the key that signs messages; null if messages are not signed */
    byte[] signingKey() {
        String secret = settings.text("saddlebag.alerts.webhook-secret");
        if (secret.isEmpty()) {
            return null;
        }
        try {
            byte[] key = Base64.getDecoder().decode(secret.startsWith(SECRET_PREFIX) ? secret.substring(SECRET_PREFIX.length()) : "?");
            if (key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // reported below; the message shows no part of the secret
        }
        throw new BadSettingException("SADDLEBAG_ALERT_WEBHOOK_SECRET", "must be whsec_ followed by the base64 of 24 to 64 bytes",
            "Make one with: echo whsec_$(openssl rand -base64 32)");
    }

    /** @return the e-mail addresses; may be empty */
    List<String> recipients() {
        return Arrays.stream(settings.text("saddlebag.alerts.email").split(",")).map(String::strip).filter(address -> !address.isEmpty())
            .map(address -> checkedEmailAddress(EMAIL, address)).toList();
    }

    String sender() {
        String given = settings.text("saddlebag.alerts.email-from");
        if (!given.isEmpty()) {
            return checkedEmailAddress("SADDLEBAG_ALERT_FROM", given);
        }
        String user = smtpServer().user();
        return user != null && isAddress(user) ? user : recipients().get(0);
    }

    SmtpServer smtpServer() {
        return SmtpServer.parse(settings.text("saddlebag.alerts.smtp-url"));
    }

    private static String checkedEmailAddress(String variable, String address) {
        if (!isAddress(address)) {
            throw new BadSettingException(variable, Settings.quoted(address) + " is not an e-mail address", "Write an address such as ops@example.com");
        }
        return address;
    }

    private static boolean isAddress(String text) {
        try {
            new InternetAddress(text, true).validate();
            return text.contains("@");
        } catch (AddressException e) {
            return false;
        }
    }

    /** The message does not show the URL, because anyone who knows it can post to it. */
    private String checkedUrl(String variable, String property) {
        String url = settings.text(property);
        try {
            URI uri = new URI(url);
            if (url.isEmpty() || url.matches("https?://.+") && uri.getHost() != null && uri.getFragment() == null && uri.getUserInfo() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // reported below
        }
        throw new BadSettingException(variable, "is not an address that a message can be sent to (not shown: it may be secret)",
            "Write http:// or https:// and a host, without user and password");
    }
}
