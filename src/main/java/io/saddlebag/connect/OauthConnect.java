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

/** Builds the addresses of Zoho's consent page and of the callback. */
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

    /** @return the address of the callback: below SADDLEBAG_PUBLIC_URL, else below the host of this request if that host is trusted */
    public String redirectUri(@Header("CamelHttpServletRequest") HttpServletRequest http) {
        return url.of(http) + CALLBACK;
    }

    /** @return a random value that nobody can guess, for a query */
    public String newState() {
        byte[] bytes = new byte[STATE_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * @param client the organisation's client; null when it has none
     * @throws ApiException when the organisation has no client
     */
    public void found(Map<String, Object> client, String org) {
        if (client == null) {
            throw new ApiException(409, "Organisation " + org + " has no client to connect with. PATCH /api/organisations/" + org
                + " with region, clientId and clientSecret", Map.of());
        }
    }

    /** @return the consent page; access_type=offline asks for a refresh token, prompt=consent has Zoho give one even if it gave one before */
    public String consentPage(Map<String, Object> client, List<String> scopes, String redirectUri, String state) {
        return UriComponentsBuilder.fromUriString(
                hosts.accounts((String) client.get("region"), (String) client.get("accounts_url")) + "/oauth/v2/auth")
            .queryParam("response_type", "code").queryParam("client_id", "{client}").queryParam("scope", "{scope}")
            .queryParam("redirect_uri", "{back}").queryParam("access_type", "offline").queryParam("prompt", "consent")
            .queryParam("state", "{state}").encode()
            .buildAndExpand(client.get("client_id"), String.join(",", scopes), redirectUri, state).toUriString();
    }
}
