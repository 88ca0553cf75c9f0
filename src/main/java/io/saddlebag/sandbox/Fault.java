package io.saddlebag.sandbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
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
 * @param ms          milliseconds of a latency
 * @param maxMs       when given, the latency lies anywhere between {@code ms} and this
 * @param status      HTTP status of an error, an HTML page or a token throttle
 * @param code        Zoho's code of an error: 44, 45 and 1070 bring their own status and words
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Fault(Kind kind, String match, Integer count, Integer every, Double probability, Integer ms,
                    Integer maxMs, Integer status, Integer code) {

    private static final String API = "/sandbox/inventory/v1/";
    private static final String TOKEN = "/sandbox/oauth/v2/token";

    /** What can go wrong. */
    public enum Kind {
        /** The answer is made at once and leaves late. */
        @JsonProperty("latency") LATENCY,
        /** Zoho's error envelope instead of an answer; the call has no effect. */
        @JsonProperty("error") ERROR,
        /** A page for people instead of an answer; the call has no effect. */
        @JsonProperty("html") HTML,
        /** The connection ends in the middle of the body; a write has taken place. */
        @JsonProperty("cut") CUT,
        /** The connection ends before the first byte; a write has taken place. */
        @JsonProperty("drop") DROP,
        /** A complete answer that holds the first half of its JSON; a write has taken place. */
        @JsonProperty("truncate") TRUNCATE,
        /** Every access token ends, before the call is looked at. */
        @JsonProperty("dead-tokens") DEAD_TOKENS,
        /** The token endpoint has had too many requests, with status 400 or 200. */
        @JsonProperty("token-throttle") TOKEN_THROTTLE,
        /** The token endpoint no longer knows the refresh token. */
        @JsonProperty("invalid-code") INVALID_CODE,
        /** The person says no on the consent page. */
        @JsonProperty("access-denied") ACCESS_DENIED
    }

    /** @throws IllegalArgumentException when a value cannot mean anything */
    public Fault {
        if (kind == null) {
            throw new IllegalArgumentException("A fault needs a kind.");
        }
        if ((count != null && count < 1) || (every != null && every < 1)
                || (probability != null && !(probability >= 0 && probability <= 1))) {
            throw new IllegalArgumentException("count and every are 1 or more, probability lies between 0 and 1.");
        }
        if (kind == Kind.LATENCY && (ms == null || ms < 0 || (maxMs != null && maxMs < ms))) {
            throw new IllegalArgumentException("A latency needs ms, and maxMs must not be less.");
        }
        try {
            Pattern.compile(match == null ? "" : match);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("match is not a regular expression: " + e.getMessage(), e);
        }
    }

    public static Fault of(Kind kind) {
        return new Fault(kind, null, null, null, null, null, null, null, null);
    }

    public static Fault latency(int ms) {
        return new Fault(Kind.LATENCY, null, null, null, null, ms, null, null, null);
    }

    /** 429 with Zoho's code 44, 45 or 1070. */
    public static Fault limit(int code) {
        return new Fault(Kind.ERROR, null, null, null, null, null, null, null, code);
    }

    /** An error, an HTML page or a token throttle with this HTTP status. */
    public static Fault status(Kind kind, int status) {
        return new Fault(kind, null, null, null, null, null, null, status, null);
    }

    /** The same for the next n calls only. */
    public Fault next(int calls) {
        return new Fault(kind, match, calls, every, probability, ms, maxMs, status, code);
    }

    /** The same for calls whose {@code METHOD path?query} has a match of this regular expression. */
    public Fault on(String pattern) {
        return new Fault(kind, pattern, count, every, probability, ms, maxMs, status, code);
    }

    boolean isAbout(SandboxRequest request) {
        if (match != null) {
            return Pattern.compile(match).matcher(request.line()).find();
        }
        return switch (kind) {
            case TOKEN_THROTTLE, INVALID_CODE -> request.path().equals(TOKEN);
            case ACCESS_DENIED -> request.path().endsWith("/oauth/v2/auth");
            default -> request.path().startsWith(API);
        };
    }

    /** What the client gets instead of an answer; null for a kind that lets the call through. */
    SandboxAnswer refusal() {
        return switch (kind) {
            case ERROR -> error();
            case HTML -> SandboxAnswer.html(status == null ? 502 : status, "The page is temporarily unavailable");
            case TOKEN_THROTTLE -> ZohoErrors.tokenThrottle(status == null ? 400 : status);
            case INVALID_CODE -> ZohoErrors.oauth("invalid_code");
            default -> null;
        };
    }

    private SandboxAnswer error() {
        int zohoCode = code == null ? 1000 : code;
        return switch (zohoCode) {
            case 44 -> ZohoErrors.minute();
            case 45 -> ZohoErrors.day(1000);
            case 1070 -> ZohoErrors.inFlight();
            case 57 -> ZohoErrors.notAuthorized();
            case 1000 -> ZohoErrors.internal(status == null ? 500 : status);
            default -> SandboxAnswer.error(status == null ? 500 : status, zohoCode, "Switched on in the sandbox");
        };
    }
}
