package io.saddlebag.sandbox.limits;

import io.saddlebag.sandbox.wire.Request;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts the calls that arrive: on Zoho's side, where the limits apply and where a test has to count. */
public class CallLog {

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
     * @param api            API calls that arrived, those for no organisation among them
     * @param oauth          calls of OAuth that were answered
     * @param byStatus       answered API calls by HTTP status
     * @param byCode         answered API calls by Zoho's code
     * @param mostIn60s      the most API calls for one organisation that any 60 seconds held
     * @param mostInFlight   the most API calls for one organisation in work at one time
     * @param byOrganisation the same for each organisation, by its id
     */
    public record Counts(long api, long oauth, Map<Integer, Long> byStatus, Map<Integer, Long> byCode,
                         int mostIn60s, int mostInFlight, Map<String, OrganisationCounts> byOrganisation) {
    }

    /** What {@link Counts} says of all, for one organisation. */
    public record OrganisationCounts(long api, int mostIn60s, int mostInFlight) {
    }

    private final InstantSource clock;
    private final Deque<Call> calls = new ArrayDeque<>();
    private final Map<Integer, Long> byStatus = new TreeMap<>();
    private final Map<Integer, Long> byCode = new TreeMap<>();
    private final Map<String, OrganisationCalls> byOrganisation = new TreeMap<>();
    private long api;
    private long oauth;
    private long since = Long.MIN_VALUE; // the last reset, in milliseconds since 1970

    /** @param organisations ids of all organisations */
    public CallLog(InstantSource clock, Collection<String> organisations) {
        this.clock = clock;
        organisations.forEach(id -> byOrganisation.put(id, new OrganisationCalls()));
    }

    /**
     * Counts an arrival.
     *
     * @param isApi        whether the call is for the API; otherwise it is for the accounts server
     * @param organisation for which the call counts; null for none
     * @return its time in milliseconds since 1970
     */
    public synchronized long arrived(boolean isApi, String organisation) {
        long now = clock.millis();
        api += isApi ? 1 : 0;
        if (organisation != null) {
            byOrganisation.get(organisation).arrived(now);
        }
        return now;
    }

    /**
     * Counts an answer.
     *
     * @param at           when the call arrived, in milliseconds since 1970
     * @param isApi        as at its arrival
     * @param organisation as at its arrival
     * @param status       HTTP status; 0 when the connection was cut before the end of the answer
     * @param code         Zoho's code; 0 for success
     */
    public synchronized void answered(Request request, long at, boolean isApi, String organisation, int status, int code) {
        if (organisation != null) {
            byOrganisation.get(organisation).answered();
        }
        if (at < since) {
            return;
        }
        if (isApi) {
            byStatus.merge(status, 1L, Long::sum);
            byCode.merge(code, 1L, Long::sum);
        } else {
            oauth++;
        }
        calls.addLast(new Call(at, request.method(), request.path(), isApi ? request.query() : "", status, code,
                clock.millis() - at));
        if (calls.size() > REMEMBERED) {
            calls.removeFirst();
        }
    }

    /** The answered calls in the order of their answers, the last 20,000 of them. */
    public synchronized List<Call> list() {
        return List.copyOf(calls);
    }

    public synchronized Counts counts() {
        Map<String, OrganisationCounts> each = new TreeMap<>();
        byOrganisation.forEach((organisation, called) -> each.put(organisation, called.counts()));
        return new Counts(api, oauth, new TreeMap<>(byStatus), new TreeMap<>(byCode),
                each.values().stream().mapToInt(OrganisationCounts::mostIn60s).max().orElse(0),
                each.values().stream().mapToInt(OrganisationCounts::mostInFlight).max().orElse(0), each);
    }

    /** Forgets all calls, also those whose answer is still to come. These stay counted as in flight until then. */
    public synchronized void reset() {
        since = clock.millis();
        calls.clear();
        byStatus.clear();
        byCode.clear();
        api = 0;
        oauth = 0;
        byOrganisation.values().forEach(OrganisationCalls::reset);
    }
}
