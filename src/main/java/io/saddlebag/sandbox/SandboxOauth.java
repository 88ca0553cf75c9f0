package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.SandboxTokens.Access;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The token endpoint and the revoking of tokens; errors stand inside HTTP 200, as at Zoho. */
public class SandboxOauth {

    private final SandboxConnections connections;
    private final SandboxTokens tokens;
    private final SandboxConsent consent;
    private final SandboxLimits limits;

    public SandboxOauth(SandboxConnections connections, SandboxTokens tokens, SandboxConsent consent,
                        SandboxLimits limits) {
        this.connections = connections;
        this.tokens = tokens;
        this.consent = consent;
        this.limits = limits;
    }

    /** {@code POST /oauth/v2/token}: parameters in the query or a form, the client also as HTTP Basic. */
    public SandboxAnswer token(SandboxCall call) {
        SandboxRequest request = call.request();
        String[] client = client(request);
        Optional<SandboxConnection> known = connections.client(client[0]);
        if (known.isEmpty()) {
            return ZohoErrors.oauth("invalid_client");
        }
        if (!known.get().clientSecret().equals(client[1])) {
            return ZohoErrors.oauth("invalid_client_secret");
        }
        return switch (request.parameter("grant_type")) {
            case "refresh_token" -> refresh(request, client[0]);
            case "authorization_code" -> exchange(request, client[0]);
            default -> SandboxAnswer.json(400, SandboxJson.object().put("error", "invalid_request"));
        };
    }

    /** {@code POST /oauth/v2/token/revoke} and its newer address {@code /oauth/v2/revoke/token}. */
    public SandboxAnswer revoke(SandboxCall call) {
        return tokens.revoke(call.request().parameter("token"))
                ? SandboxAnswer.json(200, SandboxJson.object().put("status", "success"))
                : SandboxAnswer.json(400, SandboxJson.object().put("status", "failure").put("error", "invalid_token"));
    }

    private SandboxAnswer refresh(SandboxRequest request, String clientId) {
        String refreshToken = request.parameter("refresh_token");
        if (!tokens.knows(clientId, refreshToken)) {
            return ZohoErrors.oauth("invalid_code");
        }
        // The status of the throttle is not known for sure: 400 was seen, 200 is written. A fault gives the other.
        return tokens.mayAsk(refreshToken)
                ? SandboxAnswer.json(200, answer(tokens.issue(refreshToken), request))
                : ZohoErrors.tokenThrottle(400);
    }

    private SandboxAnswer exchange(SandboxRequest request, String clientId) {
        SandboxConsent.Grant grant = consent.redeem(request.parameter("code"));
        if (grant == null || !grant.agreement().clientId().equals(clientId)) {
            return ZohoErrors.oauth("invalid_code");
        }
        if (!grant.redirectUri().equals(request.parameter("redirect_uri"))) {
            return ZohoErrors.oauth("invalid_redirect_uri");
        }
        if (!grant.offline()) {
            return SandboxAnswer.json(200, answer(tokens.issue(grant.agreement()), request));
        }
        String refreshToken = tokens.agree(grant.agreement());
        return SandboxAnswer.json(200, answer(tokens.issue(refreshToken), request).put("refresh_token", refreshToken));
    }

    private ObjectNode answer(Access access, SandboxRequest request) {
        return SandboxJson.object().put("access_token", access.token())
                .put("scope", access.agreement().scope().replace(',', ' ')).put("api_domain", request.base())
                .put("token_type", "Bearer").put("expires_in", limits.quotas().tokenLifeSeconds());
    }

    private static String[] client(SandboxRequest request) {
        if (request.authorization().startsWith("Basic ")) {
            // The lenient decoder: letters that are no base64 make a client that nobody knows.
            byte[] pair = Base64.getMimeDecoder().decode(request.authorization().substring("Basic ".length()));
            String[] parts = new String(pair, StandardCharsets.UTF_8).split(":", 2);
            return parts.length == 2 ? parts : new String[] {parts[0], ""};
        }
        return new String[] {request.parameter("client_id"), request.parameter("client_secret")};
    }
}
