package io.saddlebag.zoho;

import io.saddlebag.common.Settings;
import java.util.Arrays;
import java.util.function.Function;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Where a connection's calls go: what ZOHO_ACCOUNTS_URL and ZOHO_API_URL put in the place of all regions, else what Zoho
 * itself named, else the region's hosts. A host that is neither is never believed: the client's secret would go there.
 */
@Component("zohoHosts")
@Profile("!sandbox")
public class ZohoHosts {

    private final Settings settings;

    ZohoHosts(Environment environment) {
        this.settings = new Settings(environment);
    }

    /**
     * @param region of {@link ZohoRegion}
     * @param named what the callback of a consent named ({@code accounts-server}); may be null
     * @return the accounts server, without a slash at its end
     */
    public String accounts(String region, String named) {
        return replaced("zoho.accounts-url") ? settings.text("saddlebag.zoho.accounts-url")
                : named != null ? named : ZohoRegion.of(region).accountsUrl();
    }

    /**
     * @param named what a token answer named ({@code api_domain}); may be null
     * @return the server of the APIs, without a slash at its end
     */
    public String api(String region, String named) {
        return replaced("zoho.api-url") ? settings.text("saddlebag.zoho.api-url")
                : named != null ? named : ZohoRegion.of(region).apiUrl();
    }

    /** @return the address without a slash at its end, if it is one of Zoho's API servers; otherwise null */
    public String knownApi(Object named) {
        return known(named, ZohoRegion::apiUrl);
    }

    /** @return the address without a slash at its end, if it is one of Zoho's accounts servers or the one of the settings; otherwise null */
    public String knownAccounts(Object named) {
        String given = settings.text("saddlebag.zoho.accounts-url");
        return named != null && withoutSlash(named).equals(given) ? given : known(named, ZohoRegion::accountsUrl);
    }

    /** Whether all connections go to the same place, whatever their region: a proxy, a simulator, the sandbox. */
    private boolean replaced(String property) {
        return settings.given(property) || settings.text("saddlebag.sandbox.enabled").equals("true");
    }

    private static String known(Object named, Function<ZohoRegion, String> url) {
        return named == null ? null : Arrays.stream(ZohoRegion.values()).map(url)
                .filter(withoutSlash(named)::equals).findFirst().orElse(null);
    }

    private static String withoutSlash(Object url) {
        return url.toString().replaceAll("/+$", "");
    }
}
