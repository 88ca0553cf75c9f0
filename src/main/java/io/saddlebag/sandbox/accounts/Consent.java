package io.saddlebag.sandbox.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The consent page without a person: it sends the browser straight back with a code, which is good once and for a minute.
 */
public class Consent {

    private static final Duration CODE_LIFE = Duration.ofSeconds(60);

    /** The agreement that a code was given for. */
    record Grant(Tokens.Agreement agreement, String redirectUri, boolean offline, Instant end) {
    }

    private final Clients clients;
    private final String location;
    private final InstantSource clock;
    private final Map<String, Grant> codes = new HashMap<>();

    /** @param location region of the accounts server, for example {@code us} */
    public Consent(Clients clients, String location, InstantSource clock) {
        this.clients = clients;
        this.location = location;
        this.clock = clock;
    }

    /** {@code GET /oauth/v2/auth}: back to {@code redirect_uri}, or a page that says why not. */
    public Answer ask(Request request, boolean denied) {
        String redirectUri = request.parameter("redirect_uri");
        if (clients.client(request.parameter("client_id")).isEmpty()) {
            return Answer.html(400, "Invalid Client");
        }
        if (!request.parameter("response_type").equals("code")) {
            return Answer.html(400, "Invalid response type");
        }
        if (!redirectUri.matches("https?://\\S+")) {
            return Answer.html(400, "Invalid Redirect Uri");
        }
        if (!request.parameter("scope").matches("Zoho\\w+\\.\\S+")) {
            return Answer.html(400, "Invalid OAuth Scope");
        }
        UriComponentsBuilder back = UriComponentsBuilder.fromUriString(redirectUri);
        Map<String, String> values = new HashMap<>();
        if (denied) {
            values.put("error", "access_denied");
        } else {
            values.put("code", grant(request, redirectUri));
            values.put("location", location);
            values.put("accounts-server", request.base());
        }
        if (request.parameters().containsKey("state")) {
            values.put("state", request.parameter("state"));
        }
        values.keySet().forEach(name -> back.queryParam(name, "{" + name + "}"));
        return Answer.redirect(302, back.encode().buildAndExpand(values).toUriString());
    }

    /** {@code GET /oauth/serverinfo}: the accounts server of each region, which here is the one. */
    public Answer servers(Request request) {
        ObjectNode answer = Json.object();
        answer.putObject("locations").put(location, request.base());
        return Answer.json(200, answer);
    }

    /** What the code stands for, once; null when it is unknown, used or too old. */
    synchronized Grant redeem(String code) {
        Grant grant = codes.remove(code);
        return grant != null && grant.end().isAfter(clock.instant()) ? grant : null;
    }

    private synchronized String grant(Request request, String redirectUri) {
        String code = "1000." + UUID.randomUUID();
        codes.put(code, new Grant(new Tokens.Agreement(request.parameter("client_id"), request.parameter("scope")),
                redirectUri, request.parameter("access_type").equals("offline"), clock.instant().plus(CODE_LIFE)));
        return code;
    }
}
