package io.saddlebag.sandbox.limits;

/**
 * What the sandbox allows, with Zoho's own figures as defaults in {@code config/application.yaml}. A quota of 0 is
 * switched off.
 *
 * @param perMinute          API calls to the organisation in any 60 seconds
 * @param perDay             API calls to the organisation from midnight to midnight in its time zone
 * @param inFlight           API calls of the organisation in work at one time
 * @param tokenRequests      access tokens that one refresh token may ask for in one token window
 * @param tokenWindowSeconds length of that window
 * @param liveTokens         access tokens of one refresh token that live at one time; one more ends the oldest
 * @param tokenLifeSeconds   life of an access token
 */
public record Quotas(int perMinute, int perDay, int inFlight, int tokenRequests, int tokenWindowSeconds,
                            int liveTokens, int tokenLifeSeconds) {

    public Quotas {
        if (Math.min(Math.min(perMinute, perDay), Math.min(inFlight, tokenRequests)) < 0
                || tokenWindowSeconds < 1 || liveTokens < 0 || tokenLifeSeconds < 1) {
            throw new IllegalArgumentException("A quota is 0 (off) or more, a life or window 1 second or more.");
        }
    }
}
