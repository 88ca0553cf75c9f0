package io.saddlebag.zoho;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** What the door's routes write into a request: addresses, and the form that asks for a token. */
@Component("zohoClient")
@Profile("!sandbox")
public class ZohoClient {

    private final ZohoConnection connection;

    ZohoClient(ZohoConnection connection) {
        this.connection = connection;
    }

    public String orgId() {
        return connection.orgId();
    }

    /** @param path of the API, with its leading slash and product, for instance /inventory/v1/items */
    public String url(String path) {
        return connection.apiUrl() + path;
    }

    public String tokenUrl() {
        return connection.accountsUrl() + "/oauth/v2/token";
    }

    /** @return the body of a refresh, form-encoded: no redirect_uri, as Zoho's accounts documentation lists none */
    public String refreshForm() {
        return "grant_type=refresh_token&client_id=" + encoded(connection.clientId())
                + "&client_secret=" + encoded(connection.clientSecret())
                + "&refresh_token=" + encoded(connection.refreshToken());
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
