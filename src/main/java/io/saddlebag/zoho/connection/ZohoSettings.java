package io.saddlebag.zoho.connection;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The settings of the connection to Zoho, checked before anything starts. */
public record ZohoSettings(Settings settings) {

    private static final List<String> CREDENTIALS =
        List.of("ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN", "ZOHO_ORG_ID");

    /** @throws BadSettingException for the first setting of Zoho that cannot work */
    public void check() {
        region();
        List<String> missing = CREDENTIALS.stream().filter(variable -> !credentialGiven(variable)).toList();
        if (!missing.isEmpty() && missing.size() < CREDENTIALS.size()) {
            throw new BadSettingException(String.join(", ", missing), "missing while the other credentials are given",
                "Give all of " + String.join(", ", CREDENTIALS) + ", or none for the sandbox");
        }
        if (settings.given("zoho.org-id") && !settings.text("zoho.org-id").matches("[0-9]{1,30}")) {
            throw new BadSettingException("ZOHO_ORG_ID", Settings.quoted(settings.text("zoho.org-id")) + " is no id of an organisation",
                "Write its digits alone, without quotation marks, as Zoho shows them in the list of your organisations");
        }
        url("ZOHO_ACCOUNTS_URL", "zoho.accounts-url");
        url("ZOHO_API_URL", "zoho.api-url");
        settings.number("ZOHO_CALLS_PER_MINUTE", "zoho.calls-per-minute", 1, Integer.MAX_VALUE);
        if (settings.given("zoho.calls-per-day")) {
            settings.number("ZOHO_CALLS_PER_DAY", "zoho.calls-per-day", 1, Integer.MAX_VALUE);
        }
        if (settings.given("saddlebag.push.calls-per-minute")) {
            settings.number("saddlebag.push.calls-per-minute", "saddlebag.push.calls-per-minute", 1, Integer.MAX_VALUE);
        }
        settings.number("zoho.day-reserve-percent", "zoho.day-reserve-percent", 0, 100);
        settings.number("zoho.calls-in-flight", "zoho.calls-in-flight", 1, Integer.MAX_VALUE);
        settings.number("zoho.ledger-days", "zoho.ledger-days", 1, 36_500);
        checkOneCall();
        if (settings.given("zoho.webhook-secret") && Arrays.stream(settings.text("zoho.webhook-secret").split(",", -1))
                .anyMatch(String::isBlank)) {
            throw new BadSettingException("ZOHO_WEBHOOK_SECRET", "one of its comma-separated secrets is empty",
                "Write one secret, or several with one comma between two of them");
        }
        if (settings.given("zoho.webhook-secret")) {
            for (String secret : settings.text("zoho.webhook-secret").split(",")) {
                Settings.checkLength("ZOHO_WEBHOOK_SECRET", secret.strip());
            }
        }
    }

    /** Checks the time-outs: a call with a slot may first have to request a token, and must end before its slot does. */
    private void checkOneCall() {
        Duration http = settings.duration("zoho.http-timeout");
        Duration token = settings.duration("zoho.token-timeout");
        if (http.plus(token).compareTo(settings.duration("zoho.call-timeout")) >= 0) {
            throw new BadSettingException("zoho.http-timeout", Settings.quoted(settings.text("zoho.http-timeout"))
                + " and zoho.token-timeout together are not less than zoho.call-timeout", "Shorten it, or raise zoho.call-timeout");
        }
        if (!settings.text("zoho.longest-answer").matches("[1-9][0-9]{0,5}KB|[1-9][0-9]{0,2}MB")) {
            throw new BadSettingException("zoho.longest-answer", Settings.quoted(settings.text("zoho.longest-answer"))
                + " is no size from 1KB to 999MB", "Write a number and KB or MB: 8MB");
        }
    }

    /** Whether the settings mean the real Zoho and not the sandbox. */
    public boolean credentialsGiven() {
        return CREDENTIALS.stream().allMatch(this::credentialGiven);
    }

    public String accountsUrl() {
        String given = url("ZOHO_ACCOUNTS_URL", "zoho.accounts-url");
        return given.isEmpty() ? region().accountsUrl() : given;
    }

    public String apiUrl() {
        String given = url("ZOHO_API_URL", "zoho.api-url");
        return given.isEmpty() ? region().apiUrl() : given;
    }

    /** ZOHO_CLIENT_ID is zoho.client-id in the settings file, and so are the others. */
    private boolean credentialGiven(String variable) {
        return settings.given(variable.toLowerCase(Locale.ROOT).replace('_', '-').replaceFirst("-", "."));
    }

    private ZohoRegion region() {
        return ZohoRegion.of(settings.text("zoho.region"));
    }

    /** @return the address without slashes at its end; empty if it is not set. The error does not quote it, because it may hold a password. */
    public String url(String variable, String property) {
        String url = settings.text(property).replaceAll("/+$", "");
        if (url.isEmpty() || isHttpAddress(url)) {
            return url;
        }
        throw new BadSettingException(variable, "is not an address that calls can be sent to",
            "Write http:// or https://, a host and, if needed, a port and a path");
    }

    private static boolean isHttpAddress(String url) {
        try {
            URI uri = new URI(url);
            return url.matches("https?://.+") && uri.getHost() != null
                && uri.getQuery() == null && uri.getFragment() == null && uri.getUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
