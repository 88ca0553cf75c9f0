package io.saddlebag.sandbox.accounts;

import io.saddlebag.sandbox.limits.Limits;
import io.saddlebag.sandbox.wire.Request;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Refresh tokens, the access tokens that live for each, and how often each was used. An eleventh access token ends the
 * oldest; more than ten requests in ten minutes are throttled (figures: {@link Quotas}).
 */
public class Tokens {

    static final String EVERYTHING = "ZohoInventory.FullAccess.all,ZohoBooks.fullaccess.all,ZohoSubscriptions.fullaccess.all,"
            + "ZohoCRM.modules.ALL,ZohoCRM.settings.ALL,ZohoCRM.coql.READ,ZohoSearch.securesearch.READ";

    /** How the refresh tokens of consents begin. */
    private static final String CONSENTED = "1000.sandbox-consent-";

    /** The scopes that a person granted to a client, separated by commas. */
    public record Agreement(String clientId, String scope) {
    }

    /** An access token; {@code refreshToken} is empty when the consent was for online use. */
    public record Access(String token, String refreshToken, Agreement agreement, Instant end) {
    }

    private final Clients clients;
    private final Limits limits;
    private final InstantSource clock;
    private final Map<String, Agreement> agreements = new HashMap<>();
    /** Refresh tokens that were revoked, or that the last reset forgot. */
    private final Set<String> ended = new HashSet<>();
    private final Map<String, Deque<Instant>> requests = new HashMap<>();
    private final Map<String, Access> live = new LinkedHashMap<>();
    private final Map<String, Long> issued = new HashMap<>();

    public Tokens(Clients clients, Limits limits, InstantSource clock) {
        this.clients = clients;
        this.limits = limits;
        this.clock = clock;
        reset();
    }

    /** A new refresh token for an agreement. It holds the agreement, so that the sandbox knows it after a restart too. */
    synchronized String agree(Agreement agreement) {
        String held = agreement.clientId() + " " + agreement.scope() + " " + UUID.randomUUID();
        String refreshToken = CONSENTED + Base64.getUrlEncoder().withoutPadding().encodeToString(held.getBytes(StandardCharsets.UTF_8));
        agreements.put(refreshToken, agreement);
        return refreshToken;
    }

    /** Whether the refresh token lives and is this client's. */
    synchronized boolean knows(String clientId, String refreshToken) {
        if (!ended.contains(refreshToken) && refreshToken.matches(CONSENTED + "[0-9A-Za-z_-]+")) {
            agreements.computeIfAbsent(refreshToken, Tokens::held);
        }
        Agreement agreement = agreements.get(refreshToken);
        return agreement != null && agreement.clientId().equals(clientId);
    }

    /** Counts one request of this refresh token; false when it was one too many. */
    synchronized boolean mayAsk(String refreshToken) {
        Instant now = clock.instant();
        Instant start = now.minusSeconds(limits.quotas().tokenWindowSeconds());
        Deque<Instant> asked = requests.computeIfAbsent(refreshToken, t -> new ArrayDeque<>());
        while (!asked.isEmpty() && !asked.peekFirst().isAfter(start)) {
            asked.removeFirst();
        }
        if (limits.quotas().tokenRequests() > 0 && asked.size() >= limits.quotas().tokenRequests()) {
            return false;
        }
        asked.addLast(now);
        return true;
    }

    synchronized Access issue(String refreshToken) {
        return issue(refreshToken, agreements.get(refreshToken));
    }

    /** An access token for online use: it cannot be refreshed. */
    synchronized Access issue(Agreement agreement) {
        return issue("", agreement);
    }

    private Access issue(String refreshToken, Agreement agreement) {
        Access access = new Access("1000." + UUID.randomUUID(), refreshToken, agreement,
                clock.instant().plusSeconds(limits.quotas().tokenLifeSeconds()));
        live.put(access.token(), access);
        issued.merge(agreement.clientId(), 1L, Long::sum);
        endOldest(refreshToken);
        return access;
    }

    /** The living access token that the request carries; null when it has none. */
    public synchronized Access find(Request request) {
        live.values().removeIf(access -> !access.end().isAfter(clock.instant()));
        String[] scheme = request.authorization().split(" ", 2);
        boolean known = scheme.length == 2 && (scheme[0].equals("Zoho-oauthtoken") || scheme[0].equals("Bearer"));
        return known ? live.get(scheme[1]) : null;
    }

    /** Ends an access token, or a refresh token with all its access tokens; false when there was none. */
    public synchronized boolean revoke(String token) {
        boolean wasAccess = live.remove(token) != null;
        boolean wasRefresh = agreements.remove(token) != null;
        ended.add(token);
        live.values().removeIf(access -> wasRefresh && access.refreshToken().equals(token));
        return wasAccess || wasRefresh;
    }

    /** Ends every access token now; refresh tokens live on. */
    public synchronized void endAll() {
        live.clear();
    }

    /** How many access tokens were handed out since the last reset. */
    public synchronized long issued() {
        return issued.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many of them this client got. */
    public synchronized long issued(String clientId) {
        return issued.getOrDefault(clientId, 0L);
    }

    /** The fixed refresh tokens and nothing else. */
    public final synchronized void reset() {
        ended.addAll(agreements.keySet());
        agreements.clear();
        requests.clear();
        live.clear();
        issued.clear();
        for (Client client : List.of(clients.first(), clients.second())) {
            agreements.put(client.refreshToken(), new Agreement(client.clientId(), EVERYTHING));
        }
    }

    /** @return the agreement that a refresh token holds; null if it holds none */
    private static Agreement held(String refreshToken) {
        try {
            byte[] held = Base64.getUrlDecoder().decode(refreshToken.substring(CONSENTED.length()));
            String[] parts = new String(held, StandardCharsets.UTF_8).split(" ");
            return parts.length == 3 ? new Agreement(parts[0], parts[1]) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void endOldest(String refreshToken) {
        int most = limits.quotas().liveTokens();
        long alive = live.values().stream().filter(access -> access.refreshToken().equals(refreshToken)).count();
        Iterator<Access> oldestFirst = live.values().iterator();
        while (most > 0 && alive > most) {
            if (oldestFirst.next().refreshToken().equals(refreshToken)) {
                oldestFirst.remove();
                alive--;
            }
        }
    }
}
