package io.saddlebag.sandbox;

import io.saddlebag.sandbox.SandboxCall.To;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What arrived, counted at Zoho's side: where limits hold, and where a test has to look. */
public class SandboxCalls {

    private static final long WINDOW_MS = 60_000;
    private static final int REMEMBERED = 20_000;

    /**
     * One answered call.
     *
     * @param at     when it arrived, in milliseconds since 1970
     * @param method HTTP method
     * @param path   path from {@code /sandbox} on
     * @param query  query string as sent; empty for calls of OAuth, which carry secrets there
     * @param status HTTP status; 0 when the connection was cut before the end of the answer
     * @param code   Zoho's code; 0 for success
     * @param ms     from arrival to answer, in milliseconds
     */
    public record Call(long at, String method, String path, String query, int status, int code, long ms) {
    }

    /**
     * The counts since the last reset. Only API calls count for windows and for calls in flight, refused ones too.
     *
     * @param api         API calls that arrived
     * @param oauth       calls of OAuth that were answered
     * @param byStatus    answered API calls by HTTP status
     * @param byCode      answered API calls by Zoho's code
     * @param mostIn60s   the most API calls that any 60 seconds held
     * @param mostInFlight the most API calls in work at one time
     */
    public record Counts(long api, long oauth, Map<Integer, Long> byStatus, Map<Integer, Long> byCode,
                         int mostIn60s, int mostInFlight) {
    }

    private final InstantSource clock;
    private final Deque<Call> calls = new ArrayDeque<>();
    private final Deque<Long> window = new ArrayDeque<>();
    private final Map<Integer, Long> byStatus = new TreeMap<>();
    private final Map<Integer, Long> byCode = new TreeMap<>();
    private long api;
    private long oauth;
    private int mostIn60s;
    private int inFlight;
    private int mostInFlight;

    public SandboxCalls(InstantSource clock) {
        this.clock = clock;
    }

    /** Counts an arrival; its time comes back in milliseconds since 1970. */
    synchronized long arrived(To to) {
        long now = clock.millis();
        if (to == To.API) {
            api++;
            while (!window.isEmpty() && window.peekFirst() <= now - WINDOW_MS) {
                window.removeFirst();
            }
            window.addLast(now);
            mostIn60s = Math.max(mostIn60s, window.size());
            inFlight++;
            mostInFlight = Math.max(mostInFlight, inFlight);
        }
        return now;
    }

    synchronized void answered(SandboxCall call, int status, int code) {
        SandboxRequest request = call.request();
        if (call.to() == To.CONTROL) {
            return;
        }
        boolean isApi = call.to() == To.API;
        if (isApi) {
            inFlight--;
            byStatus.merge(status, 1L, Long::sum);
            byCode.merge(code, 1L, Long::sum);
        } else {
            oauth++;
        }
        calls.addLast(new Call(call.at(), request.method(), request.path(), isApi ? request.query() : "",
                status, code, clock.millis() - call.at()));
        if (calls.size() > REMEMBERED) {
            calls.removeFirst();
        }
    }

    /** The answered calls in the order of their answers, the last 20,000 of them. */
    public synchronized List<Call> list() {
        return List.copyOf(calls);
    }

    public synchronized Counts counts() {
        return new Counts(api, oauth, new TreeMap<>(byStatus), new TreeMap<>(byCode), mostIn60s, mostInFlight);
    }

    /** Forgets all; calls in work stay counted as such. */
    public synchronized void reset() {
        calls.clear();
        window.clear();
        byStatus.clear();
        byCode.clear();
        api = 0;
        oauth = 0;
        mostIn60s = 0;
        mostInFlight = inFlight;
    }
}
