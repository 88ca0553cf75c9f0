package io.saddlebag.operations;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.MasterKey;
import io.saddlebag.common.Settings;
import io.saddlebag.pull.TimerSettings;
import io.saddlebag.zoho.ZohoSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;

/**
 * Stops a start whose settings cannot work, before the database and Camel, and publishes what follows from them:
 * saddlebag.sandbox.enabled, saddlebag.zoho.accounts-url, saddlebag.zoho.api-url and a saddlebag.pull.timezone that is
 * never empty. Registered in META-INF/spring.factories.
 */
public class SettingsCheck implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    /** Lazy, for the port may be one that the server chooses. */
    private static final String SANDBOX_URL = "http://localhost:${local.server.port:${server.port}}/sandbox";

    /** After the log is set up, or the message would be lost. */
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
        settings.number("SERVER_PORT", "server.port", 0, 65535);
        Map<String, Object> computed = new HashMap<>();
        if (!alone) {
            check(settings);
            computed.put("saddlebag.pull.timezone", new TimerSettings(settings).timezone());
        }
        ZohoSettings zoho = new ZohoSettings(settings);
        boolean sandbox = alone || !zoho.credentialsGiven();
        computed.put("saddlebag.sandbox.enabled", sandbox);
        computed.put("saddlebag.zoho.accounts-url",
            sandbox && !settings.given("zoho.accounts-url") ? SANDBOX_URL : zoho.accountsUrl());
        computed.put("saddlebag.zoho.api-url", sandbox && !settings.given("zoho.api-url") ? SANDBOX_URL : zoho.apiUrl());
        // First, so that no setting can open the sandbox beside a real Zoho.
        environment.getPropertySources().addFirst(new MapPropertySource("saddlebag", computed));
    }

    private static void check(Settings settings) {
        ZohoSettings zoho = new ZohoSettings(settings);
        zoho.check();
        new TimerSettings(settings).check();
        settings.flag("SADDLEBAG_DEV", "saddlebag.dev");
        boolean sandboxAsked = settings.flag("SADDLEBAG_SANDBOX", "saddlebag.sandbox");
        boolean databaseGiven = settings.given("saddlebag.database.url");
        if (settings.given("saddlebag.master-key")) {
            MasterKey.parse("SADDLEBAG_MASTER_KEY", settings.text("saddlebag.master-key"));
        } else if (databaseGiven) {
            throw new BadSettingException("SADDLEBAG_MASTER_KEY", "missing while DATABASE_URL is given",
                "Make one with: openssl rand -base64 32, and keep it: without it the stored secrets are lost");
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
