package io.saddlebag.connect;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.problem.ApiException;
import io.saddlebag.zoho.ZohoLimitException;
import io.saddlebag.zoho.connection.ZohoHosts;
import io.saddlebag.zoho.connection.ZohoRegion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;

/** Checks what a browser brings back from Zoho's consent page against the request that sent it there. */
@Component("oauthCallback")
public class OauthCallback {

    private static final String CONNECT = "/oauth/connect";

    private final ZohoHosts hosts;

    OauthCallback(ZohoHosts hosts) {
        this.hosts = hosts;
    }

    /**
     * Sets the variables again (the address of a further attempt), org, client (the row, with the consent's agreed_region and accounts_url, which is null where it follows from the region)
     * and tokenUrl.
     *
     * @param row of oauth-state-take.sql; null when there is no such state
     * @throws ApiException when the state, the answer or a server that it names is not valid
     */
    public void check(@Body Map<String, Object> row, @Header("code") String code, @Header("error") String error,
            @Header("accounts-server") String accountsServer, @Header("location") String location, Exchange exchange) {
        exchange.setVariable("again", row == null ? CONNECT : CONNECT + "?org=" + UriUtils.encode((String) row.get("org_id"), StandardCharsets.UTF_8));
        if (row == null) {
            throw refused("This request does not belong to a consent page that /oauth/connect opened, or it was sent twice: its state is "
                + "missing, unknown or used. The code was not used. Open " + CONNECT + " again");
        }
        String again = again(row);
        if (!(Boolean) row.get("in_time")) {
            throw refused("The consent took more than 10 minutes. The code was not used." + again);
        }
        if (row.get("region") == null) {
            throw refused("The client of organisation " + row.get("org_id") + " was changed meanwhile. The code was not used."
                + again);
        }
        if (error != null) {
            throw refused("access_denied".equals(error) ? "Nobody agreed at Zoho (access_denied): nothing was changed." + again
                : "Zoho refused (" + plain(error) + "): nothing was changed. Check the client and its redirect URI in Zoho's "
                    + "API console");
        }
        if (code == null || code.isBlank()) {
            throw refused("Zoho sent no code." + again);
        }
        String accounts = hosts.knownAccounts(accountsServer);
        if (accountsServer != null && accounts == null) {
            throw refused("The accounts server " + plain(accountsServer) + " does not belong to Zoho, and nothing was sent to it: nothing "
                + "was changed." + again);
        }
        String region = location != null ? region(location, again) : hosts.regionOfAccounts(accounts);
        region = region != null ? region : (String) row.get("region");
        boolean elsewhere = hosts.regionOfAccounts(accounts) != null && !region.equals(hosts.regionOfAccounts(accounts));
        exchange.setVariable("org", row.get("org_id"));
        Map<String, Object> client = new HashMap<>(row);
        client.put("agreed_region", region);
        client.put("accounts_url", elsewhere ? accounts : null);
        exchange.setVariable("client", client);
        exchange.setVariable("tokenUrl", hosts.accounts(region, accounts) + "/oauth/v2/token");
    }

    /**
     * @param answer of the token endpoint; null if there was none
     * @param fault the failure of the connection; null if there was an answer
     * @throws ApiException when the answer holds no lasting consent
     */
    public Consent consent(@Variable("client") Map<String, Object> row, @Body Map<String, Object> answer,
            @Variable("tokenFault") String fault) {
        String region = (String) row.get("agreed_region");
        String again = again(row);
        Object error = answer == null ? null : answer.get("error");
        if (answer == null || answer.get("access_token") == null) {
            throw new ApiException(502, switch (String.valueOf(error)) {
                case "invalid_code" -> "Zoho does not accept the code (invalid_code): a code works once, and for one minute." + again;
                case "invalid_client" -> "Zoho does not know the client in region " + region + " (invalid_client). Check its "
                    + "id, and the region in which it was created";
                case "invalid_client_secret" -> "Zoho refuses the client's secret (invalid_client_secret). Set the right one";
                case "invalid_redirect_uri" -> "The redirect URI of the client in Zoho's API console is not "
                    + row.get("redirect_uri") + " (invalid_redirect_uri). Enter that one there";
                default -> "The accounts server gave no token: " + (fault != null ? fault : plain(String.valueOf(error))) + "."
                    + again;
            }, Map.of());
        }
        if (answer.get("refresh_token") == null) {
            throw new ApiException(502, "Zoho gave no refresh token, only access for an "
                + "hour. Remove Saddlebag under Connected Apps of that Zoho account, and open " + CONNECT + "?org=" + row.get("org_id") + " again", Map.of());
        }
        Object scopes = answer.get("scope");
        return new Consent((String) row.get("org_id"), (Long) row.get("connection_id"), (String) row.get("region"), region,
            (String) row.get("accounts_url"), answer.get("refresh_token").toString(), scopes == null ? null : scopes.toString(), answer);
    }

    /** Sets authorization and url for a call with a consent that is not stored yet. */
    public void authorize(@Variable("consent") Consent consent, @Variable("path") String path, Exchange exchange) {
        exchange.setVariable("authorization", "Zoho-oauthtoken " + consent.answer().get("access_token"));
        exchange.setVariable("url", hosts.api(consent.region(), hosts.knownApi(consent.answer().get("api_domain"))) + path);
    }

    /** @throws ApiException always: the token is fresh, so a refusal means that the consent does not cover the list */
    public void unlisted(String org) {
        throw new ApiException(502, "The consent does not include " + ConsentScopes.ORGANISATIONS + ": the organisations "
            + "cannot be listed, and nothing was changed. Open /oauth/connect?org=" + org + " again and leave every box ticked", Map.of());
    }

    /** @throws ApiException always: the code is spent, and without the list it is not known whose consent it is */
    public void blocked(ZohoLimitException limit, String org) {
        long seconds = Math.max(1, Duration.between(Instant.now(), limit.until()).toSeconds() + 1);
        throw new ApiException(503, "Zoho accepts no calls for another " + (seconds < 120 ? seconds + " seconds" : seconds / 60 + 1 + " minutes") + ", so the organisations could not be "
            + "listed: the code is used, and nothing was changed. After that time open /oauth/connect?org=" + org + " again", Map.of());
    }

    private static String region(String location, String again) {
        try {
            return ZohoRegion.of(location).toString();
        } catch (BadSettingException e) {
            throw refused("\"" + plain(location) + "\" is not a region of Zoho: nothing was changed." + again);
        }
    }

    private static String again(Map<String, Object> row) {
        return " Open " + CONNECT + "?org=" + row.get("org_id") + " again";
    }

    private static ApiException refused(String detail) {
        return new ApiException(400, detail, Map.of());
    }

    private static String plain(String text) {
        return text.substring(0, Math.min(200, text.length())).replaceAll("\\p{Cntrl}", " ");
    }
}
