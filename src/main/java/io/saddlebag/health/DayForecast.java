package io.saddlebag.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * Forecasts how long the daily quota lasts at the rate of the last hour.
 *
 * @param quota of the health answer: callsInLastHour, dayRemaining and dayResetsAt
 */
record DayForecast(JsonNode quota, Instant now) {

    /** @return text and lastsUntil, which is null if the quota outlasts the day or is unknown */
    ObjectNode json() {
        long calls = quota.get("callsInLastHour").asLong();
        if (quota.get("dayRemaining").isNull()) {
            return forecast("unknown: ZOHO_CALLS_PER_DAY is not set, and Zoho's answers did not tell", null);
        }
        Instant reset = OffsetDateTime.parse(quota.get("dayResetsAt").asText()).toInstant();
        long remaining = quota.get("dayRemaining").asLong();
        if (remaining == 0) {
            return forecast("the daily quota is used up until " + time(reset), now);
        }
        if (calls == 0) {
            return forecast("no calls in the last hour", null);
        }
        Instant end = now.plus(Duration.ofHours(1).multipliedBy(remaining).dividedBy(calls)).truncatedTo(ChronoUnit.SECONDS);
        String rate = String.format(Locale.ROOT, "at the rate of the last hour (%,d calls) the daily quota lasts ", calls);
        return end.isBefore(reset) ? forecast(rate + "until " + time(end), end) : forecast(rate + "until it is renewed at " + time(reset), null);
    }

    private ObjectNode forecast(String text, Instant lastsUntil) {
        return JsonNodeFactory.instance.objectNode().put("text", text)
                .put("lastsUntil", lastsUntil == null ? null : lastsUntil.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** @return the whole minute that is nearest, in UTC; the console shows it in its reader's zone */
    private static Instant time(Instant moment) {
        return moment.plusSeconds(30).truncatedTo(ChronoUnit.MINUTES); // Zoho's midnight is a few milliseconds past or before it
    }
}
