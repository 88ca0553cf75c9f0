package io.saddlebag.connect;

import io.saddlebag.problem.ApiException;
import io.saddlebag.zoho.connection.ZohoHosts;
import jakarta.servlet.http.HttpServletRequest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/** Where a browser is sent to agree, and where Zoho sends it back to. */
@Component("oauthConnect")
public class OauthConnect {

    private static final int STATE_BYTES = 32;
    private static final String CALLBACK = "/oauth/callback";

    private final PublicUrl url;
    private final ZohoHosts hosts;
    private final SecureRandom random = new SecureRandom();

    OauthConnect(PublicUrl url, ZohoHosts hosts) {
        this.url = url;
        this.hosts = hosts;
    }

    /** @return the address of the callback, as SADDLEBAG_PUBLIC_URL has it or else as this request came, where its host is believed */
    public String redirectUri(@Header("CamelHttpServletRequest") HttpServletRequest http) {
        return url.of(http) + CALLBACK;
    }

    /** @return what nobody can guess, for use in a query */
    public String newState() {
        byte[] bytes = new byte[STATE_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * @param client row of oauth-client.sql; null when the organisation has none
     * @throws ApiException when there is no client to agree with
     */
    public void found(Map<String, Object> client, String org) {
        if (client == null) {
            throw new ApiException(409, "Organisation " + org + " has no client to connect with. PATCH /api/organisations/" + org
                + " with region, clientId and clientSecret", Map.of());
        }
    }

    /** @return the consent page: it gives a refresh token (offline) also to whom it gave one before (consent) */
    public String consentPage(Map<String, Object> client, List<String> scopes, String redirectUri, String state) {
        return UriComponentsBuilder.fromUriString(
                hosts.accounts((String) client.get("region"), (String) client.get("accounts_url")) + "/oauth/v2/auth")
            .queryParam("response_type", "code").queryParam("client_id", "{client}").queryParam("scope", "{scope}")
            .queryParam("redirect_uri", "{back}").queryParam("access_type", "offline").queryParam("prompt", "consent")
            .queryParam("state", "{state}").encode()
            .buildAndExpand(client.get("client_id"), String.join(",", scopes), redirectUri, state).toUriString();
    }
}
