package io.saddlebag.zoho;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * The access token, refreshed 5 minutes before it ends by one thread at a time; the others wait and read its result.
 * Zoho gives 10 tokens in 10 minutes and blocks who asks for more, so a refusal is remembered and not repeated.
 * Success is decided by {@code access_token}: Zoho's token endpoint signals errors inside HTTP 200.
 */
@Component("zohoTokens")
@Profile("!sandbox")
public class ZohoTokens {

    private static final Logger LOG = LoggerFactory.getLogger(ZohoTokens.class);
    private static final Duration EARLY = Duration.ofMinutes(5);
    private static final Duration COOLDOWN = Duration.ofMinutes(5);
    private static final Duration NEXT_TRY = Duration.ofMinutes(1);

    private final ProducerTemplate producer;
    private final Clock clock = Clock.systemUTC();
    private volatile Token token = new Token(null, Instant.EPOCH, Instant.EPOCH);
    private volatile Instant cooldownUntil = Instant.EPOCH;
    private volatile String needsPerson;

    private record Token(String value, Instant refreshAt, Instant endsAt) { }

    ZohoTokens(ProducerTemplate producer) {
        this.producer = producer;
    }

    /**
     * @return the value of the Authorization header for a call now
     * @throws ZohoLimitException while Zoho refuses token requests and the old token is dead
     * @throws ZohoConnectionException when a person has to mend the connection
     */
    public String authorization() {
        Token known = token;
        return "Zoho-oauthtoken " + (clock.instant().isBefore(known.refreshAt) ? known : refreshed()).value;
    }

    /** Drops a token that Zoho refused, unless another thread has replaced it already. */
    public synchronized void reject(String authorization) {
        if (authorization.endsWith(" " + token.value)) {
            token = new Token(null, Instant.EPOCH, Instant.EPOCH);
        }
    }

    private synchronized Token refreshed() {
        Instant now = clock.instant();
        if (now.isBefore(token.refreshAt)) {
            return token;
        }
        boolean alive = now.isBefore(token.endsAt);
        if (alive && (needsPerson != null || now.isBefore(cooldownUntil))) {
            return token;
        }
        if (needsPerson != null) {
            throw new ZohoConnectionException(needsPerson);
        }
        if (now.isBefore(cooldownUntil)) {
            throw new ZohoLimitException(cooldownUntil, "token");
        }
        try {
            token = read(producer.requestBody("direct:zoho-refresh", null, Map.class), now);
        } catch (RuntimeException failure) {
            if (!alive) {
                throw failure;
            }
            token = new Token(token.value, now.plus(NEXT_TRY), token.endsAt);
            LOG.warn("The access token could not be refreshed early; the old one lives until {}: {}",
                    token.endsAt, failure.getMessage());
        }
        return token;
    }

    private Token read(Map<?, ?> answer, Instant now) {
        Object value = answer == null ? null : answer.get("access_token");
        if (value != null) {
            Duration life = life(answer);
            Duration untilRefresh = max(life.minus(EARLY), life.multipliedBy(4).dividedBy(5));
            return new Token(value.toString(), now.plus(untilRefresh), now.plus(life));
        }
        String error = answer == null ? "no JSON" : String.valueOf(answer.get("error"));
        if (error.equals("Access Denied") || answer != null && "failure".equals(answer.get("status"))) { // its words are localised
            cooldownUntil = now.plus(COOLDOWN);
            throw new ZohoLimitException(cooldownUntil, "token");
        }
        switch (error) {
            case "invalid_code" -> needsPerson = "Zoho no longer knows the refresh token (invalid_code): "
                    + "it was revoked, or belongs to another region. Make a new one and set ZOHO_REFRESH_TOKEN";
            case "invalid_client" -> needsPerson = "Zoho does not know this client (invalid_client): "
                    + "check ZOHO_CLIENT_ID, and that ZOHO_REGION is the region in which it was made";
            case "invalid_client_secret" -> needsPerson = "Zoho refuses the client secret: check ZOHO_CLIENT_SECRET";
            default -> throw new ZohoUnavailableException("Zoho's token endpoint gave no token: " + error);
        }
        throw new ZohoConnectionException(needsPerson);
    }

    /** {@code expires_in} in seconds; old answers had milliseconds there and seconds in {@code expires_in_sec}. */
    private static Duration life(Map<?, ?> answer) {
        Object seconds = answer.containsKey("expires_in_sec") ? answer.get("expires_in_sec") : answer.get("expires_in");
        long life = seconds == null ? 3600 : Long.parseLong(seconds.toString());
        return life > 86_400 ? Duration.ofMillis(life) : Duration.ofSeconds(life);
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    /** @return until when the token lives; the epoch when there is none */
    public Instant validUntil() {
        return token.endsAt;
    }

    /** @return when it is refreshed next; the epoch when there is none */
    public Instant refreshAt() {
        return token.refreshAt;
    }

    /** @return what a person has to do, or null */
    public String needsPerson() {
        return needsPerson;
    }
}
