package io.saddlebag.sandbox.faults;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * One thing that goes wrong. Everything but the kind may be left out.
 *
 * @param kind        what goes wrong
 * @param match       regular expression found in {@code METHOD path?query}; left out, all calls that the kind is about
 * @param count       how many calls it hits before it is over; left out, it stays until it is taken back
 * @param every       hits every n-th matching call; left out, each
 * @param probability between 0 and 1, for each matching call; the dice fall the same after every reset
 * @param ms          milliseconds of a latency, or before each piece of a drip
 * @param maxMs       when given, the latency lies anywhere between {@code ms} and this
 * @param status      HTTP status of what is answered instead; left out, the usual one
 * @param code        Zoho's code of an error: the known ones bring their own status and words
 * @param bytes       size of a huge answer, or of each piece of a drip (left out: 1)
 * @param location    where a redirect leads; left out, to the sandbox's organisations
 * @param after       how many matching calls it lets pass first; left out, none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Fault(Kind kind, String match, Integer count, Integer every, Double probability, Integer ms,
                    Integer maxMs, Integer status, Integer code, Integer bytes, String location, Integer after) {

    private static final int MOST_BYTES = 500_000_000;

    /** What can go wrong. */
    public enum Kind {
        /** The answer is made at once and leaves late. */
        @JsonProperty("latency") LATENCY,
        /** Zoho's error envelope instead of an answer, inside HTTP 200 if {@code status} says so; no effect. */
        @JsonProperty("error") ERROR,
        /** A page for people instead of an answer; the call has no effect. */
        @JsonProperty("html") HTML,
        /** 200 without a body; the call has no effect. */
        @JsonProperty("empty") EMPTY,
        /** 302; the call has no effect. */
        @JsonProperty("redirect") REDIRECT,
        /** The connection ends in the middle of the body; a write has taken place. */
        @JsonProperty("cut") CUT,
        /** The connection ends before the first byte; a write has taken place. */
        @JsonProperty("drop") DROP,
        /** The connection is reset before the first byte; a write has taken place. */
        @JsonProperty("reset") RESET,
        /** A complete answer that holds the first half of its JSON; a write has taken place. */
        @JsonProperty("truncate") TRUNCATE,
        /** The head leaves at once and the body in small pieces: every read is short, the whole takes long. */
        @JsonProperty("drip") DRIP,
        /** The answer's JSON with a key more, padded to {@code bytes}; gzip does no more than halve it. */
        @JsonProperty("huge") HUGE,
        /** An answer that says it is gzip and cannot be unpacked. */
        @JsonProperty("gzip-broken") GZIP_BROKEN,
        /** Every access token ends, before the call is looked at. */
        @JsonProperty("dead-tokens") DEAD_TOKENS,
        /** 401 with code 57 although the token is valid. */
        @JsonProperty("wrong-scope") WRONG_SCOPE,
        /** The token endpoint has had too many requests, with status 400 or 200. */
        @JsonProperty("token-throttle") TOKEN_THROTTLE,
        /** The token endpoint no longer knows the refresh token. */
        @JsonProperty("invalid-code") INVALID_CODE,
        /** The token endpoint does not know the client: it was made in another region. */
        @JsonProperty("invalid-client") INVALID_CLIENT,
        /** The token endpoint refuses the client's secret. */
        @JsonProperty("invalid-client-secret") INVALID_CLIENT_SECRET,
        /** The connection ends before the first byte of a write's answer; the write has taken place. */
        @JsonProperty("lost-answer") LOST_ANSWER,
        /** 500 instead of a write's answer; the write has taken place. */
        @JsonProperty("error-after-write") ERROR_AFTER_WRITE,
        /** Look-ups do not see what is younger than {@code ms}. */
        @JsonProperty("search-lag") SEARCH_LAG,
        /** The answer's list lacks its last element. */
        @JsonProperty("short-answer") SHORT_ANSWER,
        /** Every record of a write is refused as a duplicate; no effect. */
        @JsonProperty("duplicate") DUPLICATE,
        /** The credits of CRM are spent; no effect. */
        @JsonProperty("credits") CREDITS,
        /** The person says no on the consent page. */
        @JsonProperty("access-denied") ACCESS_DENIED
    }

    /** @throws IllegalArgumentException when a value cannot mean anything */
    public Fault {
        if (kind == null) {
            throw new IllegalArgumentException("A fault needs a kind.");
        }
        if ((count != null && count < 1) || (every != null && every < 1)
                || (after != null && after < 0) || (probability != null && !(probability >= 0 && probability <= 1))) {
            throw new IllegalArgumentException("count and every are 1 or more, after is 0 or more, probability lies between 0 and 1.");
        }
        if (Set.of(Kind.LATENCY, Kind.DRIP, Kind.SEARCH_LAG).contains(kind) && (ms == null || ms < 0 || (maxMs != null && maxMs < ms))) {
            throw new IllegalArgumentException("A latency, a drip and a lag need ms, and maxMs must not be less.");
        }
        if ((kind == Kind.HUGE && bytes == null) || (bytes != null && (bytes < 1 || bytes > MOST_BYTES))) {
            throw new IllegalArgumentException("A huge answer needs bytes, and they lie between 1 and " + MOST_BYTES + ".");
        }
        try {
            Pattern.compile(match == null ? "" : match);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("match is not a regular expression: " + e.getMessage(), e);
        }
    }

    public static Fault of(Kind kind) {
        return new Fault(kind, null, null, null, null, null, null, null, null, null, null, null);
    }

    public static Fault latency(int ms) {
        return new Fault(Kind.LATENCY, null, null, null, null, ms, null, null, null, null, null, null);
    }

    /** The body in pieces of so many bytes, with a pause of so many milliseconds before each. */
    public static Fault drip(int ms, int bytes) {
        return new Fault(Kind.DRIP, null, null, null, null, ms, null, null, null, bytes, null, null);
    }

    public static Fault huge(int bytes) {
        return new Fault(Kind.HUGE, null, null, null, null, null, null, null, null, bytes, null, null);
    }

    /** @param location sent as it is, for example {@code http://elsewhere.invalid/}; null: the sandbox's organisations */
    public static Fault redirect(String location) {
        return new Fault(Kind.REDIRECT, null, null, null, null, null, null, null, null, null, location, null);
    }

    /** An error with Zoho's code, and the status and words that come with it: 429 for 44, 45 and 1070. */
    public static Fault limit(int code) {
        return new Fault(Kind.ERROR, null, null, null, null, null, null, null, code, null, null, null);
    }

    /** An error, an HTML page or whatever else has a status, with this HTTP status. */
    public static Fault status(Kind kind, int status) {
        return of(kind).status(status);
    }

    /** The same with this HTTP status, whatever the code brings: 200 for an error that hides in a success. */
    public Fault status(int other) {
        return new Fault(kind, match, count, every, probability, ms, maxMs, other, code, bytes, location, after);
    }

    /** The same for the next n calls only. */
    public Fault next(int calls) {
        return new Fault(kind, match, calls, every, probability, ms, maxMs, status, code, bytes, location, after);
    }

    /** The same for calls whose {@code METHOD path?query} has a match of this regular expression. */
    public Fault on(String pattern) {
        return new Fault(kind, pattern, count, every, probability, ms, maxMs, status, code, bytes, location, after);
    }

    /** The same for every n-th of those calls. */
    public Fault every(int nth) {
        return new Fault(kind, match, count, nth, probability, ms, maxMs, status, code, bytes, location, after);
    }

    /** The same once so many of those calls have passed. */
    public Fault after(int calls) {
        return new Fault(kind, match, count, every, probability, ms, maxMs, status, code, bytes, location, calls);
    }
}
