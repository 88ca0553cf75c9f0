package io.saddlebag.zoho.connection;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The servers of Zoho's regions. A bean of its own, so that a test can put servers of this machine in their place.
 *
 * @param byRegion addresses without a slash at their ends
 */
public record ZohoServers(Map<ZohoRegion, Server> byRegion) {

    /**
     * @param accounts of the OAuth server
     * @param api of the APIs of all Zoho products
     */
    public record Server(String accounts, String api) {
    }

    /** @return Zoho's own */
    static ZohoServers ofZoho() {
        return new ZohoServers(Arrays.stream(ZohoRegion.values()).collect(Collectors.toMap(region -> region,
                region -> new Server(region.accountsUrl(), region.apiUrl()), (one, other) -> one, TreeMap::new)));
    }

    /** @return the region whose API server this is */
    Optional<ZohoRegion> withApi(String url) {
        return byRegion.keySet().stream().filter(region -> byRegion.get(region).api.equals(url)).findFirst();
    }

    /** @return the region whose accounts server this is */
    Optional<ZohoRegion> withAccounts(String url) {
        return byRegion.keySet().stream().filter(region -> byRegion.get(region).accounts.equals(url)).findFirst();
    }
}
