package io.saddlebag.sandbox;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Refresh tokens, the access tokens that live for each, and how often each was used. An eleventh access token ends the
 * oldest; more than ten requests in ten minutes are throttled (figures: {@link SandboxQuotas}).
 */
public class SandboxTokens {

    static final String EVERYTHING = "ZohoInventory.FullAccess.all";

    /** An access token; {@code refreshToken} is empty when the consent was for online use. */
    record Access(String token, String refreshToken, String scope, Instant end) {
    }

    private final SandboxConnection connection;
    private final SandboxLimits limits;
    private final InstantSource clock;
    private final Map<String, String> scopes = new HashMap<>();
    private final Map<String, Deque<Instant>> requests = new HashMap<>();
    private final Map<String, Access> live = new LinkedHashMap<>();
    private long issued;

    public SandboxTokens(SandboxConnection connection, SandboxLimits limits, InstantSource clock) {
        this.connection = connection;
        this.limits = limits;
        this.clock = clock;
        reset();
    }

    /** A new refresh token for what a person agreed to; {@code scope} is separated by commas. */
    synchronized String agree(String scope) {
        String refreshToken = "1000.sandbox-" + UUID.randomUUID();
        scopes.put(refreshToken, scope);
        return refreshToken;
    }

    synchronized boolean knows(String refreshToken) {
        return scopes.containsKey(refreshToken);
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
        return issue(refreshToken, scopes.get(refreshToken));
    }

    synchronized Access issue(String refreshToken, String scope) {
        Access access = new Access("1000." + UUID.randomUUID(), refreshToken, scope,
                clock.instant().plusSeconds(limits.quotas().tokenLifeSeconds()));
        live.put(access.token(), access);
        issued++;
        endOldest(refreshToken);
        return access;
    }

    /** The living access token of these letters; null when it is dead or never was. */
    synchronized Access find(String token) {
        live.values().removeIf(access -> !access.end().isAfter(clock.instant()));
        return live.get(token);
    }

    /** Ends an access token, or a refresh token with all its access tokens; false when there was none. */
    synchronized boolean revoke(String token) {
        boolean wasAccess = live.remove(token) != null;
        boolean wasRefresh = scopes.remove(token) != null;
        live.values().removeIf(access -> wasRefresh && access.refreshToken().equals(token));
        return wasAccess || wasRefresh;
    }

    /** Ends every access token now; refresh tokens live on. */
    public synchronized void endAll() {
        live.clear();
    }

    /** How many access tokens were handed out since the last reset. */
    public synchronized long issued() {
        return issued;
    }

    /** The fixed refresh token and nothing else. */
    public final synchronized void reset() {
        scopes.clear();
        requests.clear();
        live.clear();
        issued = 0;
        scopes.put(connection.refreshToken(), EVERYTHING);
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
