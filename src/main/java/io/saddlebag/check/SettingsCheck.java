package io.saddlebag.check;

import io.saddlebag.alerts.AlertSettings;
import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.LogFormat;
import io.saddlebag.common.MasterKey;
import io.saddlebag.common.Settings;
import io.saddlebag.pull.TimerSettings;
import io.saddlebag.security.OidcSettings;
import io.saddlebag.webhook.WebhookSettings;
import io.saddlebag.zoho.connection.ZohoSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;

/**
 * Refuses settings that cannot work before the database and Camel start, and publishes the properties derived from them:
 * saddlebag.sandbox.enabled, saddlebag.zoho.accounts-url, saddlebag.zoho.api-url, saddlebag.meta.address, which channels alerts have
 * (saddlebag.alerts.by-webhook, by-email), the proxies that Tomcat trusts, and a saddlebag.pull.timezone that is never empty. Registered in META-INF/spring.factories.
 */
public class SettingsCheck implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    /** Resolved late, because the server may choose the port. */
    private static final String SANDBOX_URL = "http://localhost:${local.server.port:${server.port}}/sandbox";

    private static final String HOST = "([0-9A-Za-z](-?\\.?[0-9A-Za-z])*|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?";
    private static final String HOSTS = HOST + "(\\s*,\\s*" + HOST + ")*";
    private static final String THIS_MACHINE = "127\\..+|0:0:0:0:0:0:0:1";

    /** After logging is set up; before, the message would be lost. */
    @Override
    public int getOrder() {
        return LoggingApplicationListener.DEFAULT_ORDER + 1;
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        apply(event.getEnvironment());
    }

    /** @throws BadSettingException for the first setting that cannot work */
    void apply(ConfigurableEnvironment environment) {
        new BlankVariables(environment).forget();
        boolean alone = environment.acceptsProfiles(Profiles.of("sandbox"));
        Settings settings = new Settings(environment);
        if (!settings.given("saddlebag.data-directory")) {
            throw new BadSettingException("config/application.yaml", "not found in " + Path.of("").toAbsolutePath(),
                "Start Saddlebag in the folder that holds config and routes");
        }
        LogFormat.check(settings);
        settings.number("SERVER_PORT", "server.port", 0, 65535);
        if (settings.given("server.address")) {
            checkAddress(settings.text("server.address"));
        }
        Map<String, Object> computed = new HashMap<>();
        if (!alone) {
            check(settings);
            computed.put("saddlebag.pull.timezone", new TimerSettings(settings).timezone());
        }
        AlertSettings alerts = new AlertSettings(settings);
        computed.put("saddlebag.alerts.by-webhook", alerts.byWebhook());
        computed.put("saddlebag.alerts.by-email", alerts.byEmail());
        computed.put("server.tomcat.remoteip.internal-proxies", trustedProxies(settings));
        ZohoSettings zoho = new ZohoSettings(settings);
        boolean sandbox = alone || !zoho.credentialsGiven();
        if (sandbox && environment.acceptsProfiles(Profiles.of("check"))) {
            throw new BadSettingException("ZOHO_CLIENT_ID", "not set: without credentials everything goes to the sandbox, which "
                + "lives in the running application", "Set the credentials, or ask the running application: POST /api/zoho/check");
        }
        computed.put("saddlebag.sandbox.enabled", sandbox);
        computed.put("spring.thymeleaf.cache", !settings.text("saddlebag.dev").equals("true"));
        computed.put("saddlebag.zoho.accounts-url",
            sandbox && !settings.given("zoho.accounts-url") ? SANDBOX_URL : zoho.accountsUrl());
        computed.put("saddlebag.zoho.api-url", sandbox && !settings.given("zoho.api-url") ? SANDBOX_URL : zoho.apiUrl());
        computed.put("saddlebag.meta.address", settings.given("saddlebag.meta.url") ? zoho.url("SADDLEBAG_META_URL", "saddlebag.meta.url")
            : sandbox ? SANDBOX_URL + "/meta" : "https://graph.facebook.com");
        // First, so that no setting can open the sandbox beside a real Zoho.
        environment.getPropertySources().addFirst(new MapPropertySource("saddlebag", computed));
    }

    private static void checkAddress(String address) {
        try (ServerSocket anyPort = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            return;
        } catch (IOException e) {
            throw new BadSettingException("SERVER_ADDRESS", Settings.quoted(address) + " is not an address of this machine",
                "Write 127.0.0.1, or 0.0.0.0 to let other machines in");
        }
    }

    private static String trustedProxies(Settings settings) {
        String given = settings.text("saddlebag.trusted-proxies");
        try {
            return Pattern.compile(given.isEmpty() ? THIS_MACHINE : given).pattern();
        } catch (PatternSyntaxException e) {
            throw new BadSettingException("SADDLEBAG_TRUSTED_PROXIES", "is not a regular expression: " + e.getDescription(),
                "Write one for the addresses of your proxies, such as 172\\.18\\..+");
        }
    }

    private static void check(Settings settings) {
        ZohoSettings zoho = new ZohoSettings(settings);
        zoho.check();
        new TimerSettings(settings).check();
        new WebhookSettings(settings).check();
        new AlertSettings(settings).check();
        new OidcSettings(settings).check();
        Map.of("SADDLEBAG_ADMIN_PASSWORD", "saddlebag.admin-password", "CRON_SECRET", "saddlebag.cron-secret").forEach((variable, property) -> {
            if (settings.given(property)) {
                Settings.checkLength(variable, settings.text(property));
            }
        });
        settings.flag("SADDLEBAG_DEV", "saddlebag.dev");
        settings.flag("saddlebag.images.public", "saddlebag.images.public");
        zoho.url("SADDLEBAG_PUBLIC_URL", "saddlebag.public-url");
        zoho.url("SADDLEBAG_META_URL", "saddlebag.meta.url");
        if (settings.given("saddlebag.hosts") && !settings.text("saddlebag.hosts").matches(HOSTS)) {
            throw new BadSettingException("SADDLEBAG_HOSTS", "is not a list of hosts",
                "Write names with commas between them and without https://, such as zoho.example.com,zoho.example.com:8443");
        }
        boolean sandboxAsked = settings.flag("SADDLEBAG_SANDBOX", "saddlebag.sandbox");
        boolean databaseGiven = settings.given("saddlebag.database.url");
        if (settings.given("saddlebag.master-key")) {
            MasterKey.parse("SADDLEBAG_MASTER_KEY", settings.text("saddlebag.master-key"));
        } else if (databaseGiven) {
            throw new BadSettingException("SADDLEBAG_MASTER_KEY", "missing while DATABASE_URL is given",
                "Create one with: openssl rand -base64 32, and keep it: without the key the stored secrets are lost");
        }
        if (settings.given("saddlebag.master-key-previous")) {
            MasterKey.parse("SADDLEBAG_MASTER_KEY_PREVIOUS", settings.text("saddlebag.master-key-previous"));
        }
        if (zoho.credentialsGiven() && sandboxAsked) {
            throw new BadSettingException("SADDLEBAG_SANDBOX", "true while the credentials of a real Zoho are given",
                "Remove SADDLEBAG_SANDBOX, or the credentials");
        }
        if (databaseGiven && !zoho.credentialsGiven() && !sandboxAsked) {
            throw new BadSettingException("DATABASE_URL", "given without the credentials of a Zoho",
                "Give ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET, ZOHO_REFRESH_TOKEN and ZOHO_ORG_ID, "
                    + "or SADDLEBAG_SANDBOX=true to fill this database from the sandbox");
        }
    }
}
