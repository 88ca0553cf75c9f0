package io.saddlebag.zoho.connection;

import io.saddlebag.common.Settings;
import io.saddlebag.zoho.ZohoRejectedException;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * The servers for a connection's calls: those in ZOHO_ACCOUNTS_URL and ZOHO_API_URL, which replace the servers of all regions; else those that Zoho
 * named; else those of the region. No other host is accepted, because the client's secret would be sent to it.
 */
@Component("zohoHosts")
public class ZohoHosts {

    /** Names and ids between slashes. Ids come from data: other characters would lead to another address, or be a placeholder of Camel. */
    private static final Pattern PATH = Pattern.compile("(/(?!\\.\\.?(/|$))[0-9A-Za-z._~-]+)*");

    private final Settings settings;
    private final ZohoServers servers;

    ZohoHosts(Environment environment, ZohoServers servers) {
        this.settings = new Settings(environment);
        this.servers = servers;
    }

    /**
     * @param region of {@link ZohoRegion}
     * @param named the server that the callback of a consent named ({@code accounts-server}); may be null
     * @return the accounts server, without a slash at its end
     */
    public String accounts(String region, String named) {
        return accountsReplaced() ? settings.text("saddlebag.zoho.accounts-url")
                : named != null ? named : servers.byRegion().get(ZohoRegion.of(region)).accounts();
    }

    /**
     * @param named the server that a token answer named ({@code api_domain}); may be null
     * @return the server of the APIs, without a slash at its end
     */
    public String api(String region, String named) {
        return apiReplaced() ? settings.text("saddlebag.zoho.api-url")
                : named != null ? named : servers.byRegion().get(ZohoRegion.of(region)).api();
    }

    /**
     * @param region of {@link ZohoRegion}
     * @param named the server that a token answer named ({@code api_domain}); may be null
     * @return the address of a call: below the server of the APIs, or below Desk's own server in the same region, desk.zoho.eu
     */
    public String url(String region, String named, String path) {
        if (apiReplaced() || !path.startsWith("/desk/")) {
            return api(region, named) + path;
        }
        ZohoRegion of = servers.withApi(named == null ? "" : named).orElseGet(() -> ZohoRegion.of(region));
        return servers.byRegion().get(of).accounts().replaceFirst("//accounts\\.", "//desk.") + path.substring("/desk".length());
    }

    /** @throws ZohoRejectedException before a call is made, if a path has anything but names and ids */
    public void checkPath(String path) {
        if (!PATH.matcher(path).matches()) {
            throw new ZohoRejectedException("\"" + path.replaceAll("\\p{Cntrl}", "?") + "\" is no path of Zoho's API: no call was made. "
                + "An id in it has other characters than letters, digits, - and _");
        }
    }

    /** @return the address without a slash at its end, if it is one of Zoho's API servers; otherwise null */
    public String knownApi(Object named) {
        return named == null || servers.withApi(withoutSlash(named)).isEmpty() ? null : withoutSlash(named);
    }

    /** @return the same for one of Zoho's accounts servers, or the one of the settings */
    public String knownAccounts(Object named) {
        if (named == null) {
            return null;
        }
        String url = withoutSlash(named);
        return url.equals(settings.text("saddlebag.zoho.accounts-url")) || servers.withAccounts(url).isPresent() ? url : null;
    }

    /** @return the region of an accounts server; null if it is none of Zoho's, or is null */
    public String regionOfAccounts(String url) {
        return url == null ? null : servers.withAccounts(url).map(ZohoRegion::toString).orElse(null);
    }

    /** @return the region of an API server; null if it is none of Zoho's, or is null */
    public String regionOfApi(String url) {
        return url == null ? null : servers.withApi(url).map(ZohoRegion::toString).orElse(null);
    }

    /** @return the region whose own API server ZOHO_API_URL names; null if it names none of Zoho's, or is not set */
    public String regionOfApiUrl() {
        return regionOfApi(withoutSlash(settings.text("zoho.api-url")));
    }

    /** @return all regions but this one */
    public List<String> regionsBut(String region) {
        return servers.byRegion().keySet().stream().map(ZohoRegion::toString).filter(other -> !other.equals(region)).toList();
    }

    /** Whether ZOHO_ACCOUNTS_URL is set or the sandbox is in use: the accounts of all regions are then on one server. */
    public boolean accountsReplaced() {
        return replaced("zoho.accounts-url");
    }

    /** Whether ZOHO_API_URL is set or the sandbox is in use: the APIs of all regions are then on one server. */
    public boolean apiReplaced() {
        return replaced("zoho.api-url");
    }

    /** Whether the sandbox that runs in this process stands for Zoho. */
    public boolean isSandbox() {
        return settings.text("saddlebag.sandbox.enabled").equals("true");
    }

    private boolean replaced(String property) {
        return settings.given(property) || isSandbox();
    }

    private static String withoutSlash(Object url) {
        return url.toString().replaceAll("/+$", "");
    }
}
