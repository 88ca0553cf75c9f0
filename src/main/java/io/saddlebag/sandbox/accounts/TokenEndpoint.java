package io.saddlebag.sandbox.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.accounts.Tokens.Access;
import io.saddlebag.sandbox.limits.Limits;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The token endpoint and the revoking of tokens; errors stand inside HTTP 200, as at Zoho. */
public class TokenEndpoint {

    private final Clients clients;
    private final Tokens tokens;
    private final Consent consent;
    private final Limits limits;

    public TokenEndpoint(Clients clients, Tokens tokens, Consent consent,
                        Limits limits) {
        this.clients = clients;
        this.tokens = tokens;
        this.consent = consent;
        this.limits = limits;
    }

    /** {@code POST /oauth/v2/token}: parameters in the query or a form, the client also as HTTP Basic. */
    public Answer token(Request request) {
        String[] client = client(request);
        Optional<Client> known = clients.client(client[0]);
        if (known.isEmpty()) {
            return ZohoErrors.oauth("invalid_client");
        }
        if (!known.get().clientSecret().equals(client[1])) {
            return ZohoErrors.oauth("invalid_client_secret");
        }
        return switch (request.parameter("grant_type")) {
            case "refresh_token" -> refresh(request, client[0]);
            case "authorization_code" -> exchange(request, client[0]);
            default -> Answer.json(400, Json.object().put("error", "invalid_request"));
        };
    }

    /** {@code POST /oauth/v2/token/revoke} and its newer address {@code /oauth/v2/revoke/token}. */
    public Answer revoke(Request request) {
        return tokens.revoke(request.parameter("token"))
                ? Answer.json(200, Json.object().put("status", "success"))
                : Answer.json(400, Json.object().put("status", "failure").put("error", "invalid_token"));
    }

    private Answer refresh(Request request, String clientId) {
        String refreshToken = request.parameter("refresh_token");
        if (!tokens.knows(clientId, refreshToken)) {
            return ZohoErrors.oauth("invalid_code");
        }
        // The status of the throttle is not known for sure: 400 was seen, 200 is written. A fault gives the other.
        return tokens.mayAsk(refreshToken)
                ? Answer.json(200, answer(tokens.issue(refreshToken), request))
                : ZohoErrors.tokenThrottle(400);
    }

    private Answer exchange(Request request, String clientId) {
        Consent.Grant grant = consent.redeem(request.parameter("code"));
        if (grant == null || !grant.agreement().clientId().equals(clientId)) {
            return ZohoErrors.oauth("invalid_code");
        }
        if (!grant.redirectUri().equals(request.parameter("redirect_uri"))) {
            return ZohoErrors.oauth("invalid_redirect_uri");
        }
        if (!grant.offline()) {
            return Answer.json(200, answer(tokens.issue(grant.agreement()), request));
        }
        String refreshToken = tokens.agree(grant.agreement());
        return Answer.json(200, answer(tokens.issue(refreshToken), request).put("refresh_token", refreshToken));
    }

    private ObjectNode answer(Access access, Request request) {
        return Json.object().put("access_token", access.token())
                .put("scope", access.agreement().scope().replace(',', ' ')).put("api_domain", request.base())
                .put("token_type", "Bearer").put("expires_in", limits.quotas().tokenLifeSeconds());
    }

    private static String[] client(Request request) {
        if (request.authorization().startsWith("Basic ")) {
            // The lenient decoder: text that is no base64 gives an unknown client, not an exception.
            byte[] pair = Base64.getMimeDecoder().decode(request.authorization().substring("Basic ".length()));
            String[] parts = new String(pair, StandardCharsets.UTF_8).split(":", 2);
            return parts.length == 2 ? parts : new String[] {parts[0], ""};
        }
        return new String[] {request.parameter("client_id"), request.parameter("client_secret")};
    }
}
