package io.saddlebag.alerts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/** Reads requests about alerts, and refuses invalid ones. */
@Component("alertsRequest")
public class AlertsRequest {

    private static final InstantSource CLOCK = InstantSource.system();
    private static final Set<String> STATES = Set.of("firing", "resolved");
    private static final Pattern LENGTH = Pattern.compile("([1-9][0-9]{0,4})([mhd])");
    private static final Pattern PLACE = Pattern.compile("(firing|resolved) ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z) ([A-Za-z0-9._-]+)");
    private static final int MAX_LIMIT = 500;
    private static final Duration MAX_MUTE = Duration.ofDays(366);

    private final AlertChannels channels;
    private final ObjectMapper json = new ObjectMapper();

    AlertsRequest(AlertChannels channels) {
        this.channels = channels;
    }

    /** @return a map with state, afterState, afterSince and afterKey, which are null if absent, and limit */
    public Map<String, Object> list(Exchange exchange) {
        Message request = exchange.getMessage();
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("state", RequestParameter.oneOf(request, "state", null, STATES));
        parameters.put("limit", RequestParameter.number(request, "limit", 100, MAX_LIMIT));
        String after = request.getHeader("after", String.class);
        Matcher place = PLACE.matcher(after == null ? "" : after);
        if (after != null && !place.matches()) {
            throw new ApiException(400, "after must be the next of an answer to the same request", Map.of());
        }
        parameters.put("afterState", after == null ? null : place.group(1));
        parameters.put("afterSince", after == null ? null : place.group(2));
        parameters.put("afterKey", after == null ? null : place.group(3));
        return parameters;
    }

    /** @return a map with key and until; until is a time, or null to end the mute */
    public Map<String, Object> mute(Exchange exchange) {
        Message request = exchange.getMessage();
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("key", request.getHeader("key", String.class));
        Instant until = until(request.getHeader("until", String.class));
        parameters.put("until", until == null ? null : until.toString());
        return parameters;
    }

    /**
     * Sets the variable org to the alert's organisation.
     *
     * @return the muted alert as JSON
     * @throws ApiException 404 if no alert has this key
     */
    public String muted(@Body Map<String, Object> row, Exchange exchange) {
        if (row == null) {
            throw new ApiException(404, "There is no alert with this key; GET /api/alerts lists them", Map.of());
        }
        exchange.setVariable("org", row.get("org"));
        return (String) row.get("alert");
    }

    /**
     * @return a map with channels, separated by commas: the one of the parameter channel, or all
     * @throws ApiException 409 if no channel is configured
     */
    public Map<String, Object> test(Exchange exchange) {
        String names = channels.names();
        if (names.isEmpty()) {
            throw new ApiException(409, "There is no channel. Set SADDLEBAG_ALERT_WEBHOOK, or SADDLEBAG_ALERT_EMAIL and SADDLEBAG_SMTP_URL, and start again", Map.of());
        }
        String one = RequestParameter.oneOf(exchange.getMessage(), "channel", null, Set.of(names.split(",")));
        return Map.of("channels", one == null ? names : one);
    }

    /**
     * @param failure as {@link AlertChannels#failure} says it, null for none
     * @return the outcome of a test message
     */
    public Map<String, Object> result(Map<String, Object> message, Map<String, Object> failure) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("channel", message.get("channel"));
        result.put("id", message.get("message_id"));
        result.put("delivered", failure == null || Boolean.TRUE.equals(failure.get("delivered")));
        result.put("error", failure == null ? null : failure.get("error"));
        return result;
    }

    /**
     * @return the outcome of each channel as JSON
     * @throws ApiException 502 if the test message did not reach a channel, or somebody who should hear through it
     */
    public String tested(List<Map<String, Object>> results) throws JsonProcessingException {
        String failed = results.stream().filter(result -> result.get("error") != null)
            .map(result -> "The test message did not reach " + (Boolean.TRUE.equals(result.get("delivered")) ? "everybody through " : "") + "the channel " + result.get("channel") + ": "
                + result.get("error")).collect(Collectors.joining(". "));
        if (!failed.isEmpty()) {
            throw new ApiException(502, failed, Map.of("channels", results));
        }
        return json.writeValueAsString(Map.of("channels", results));
    }

    private static Instant until(String until) {
        if (until == null) {
            throw badUntil();
        }
        String text = until.strip();
        if (text.isEmpty()) {
            return null;
        }
        Instant now = CLOCK.instant().truncatedTo(ChronoUnit.SECONDS);
        Matcher length = LENGTH.matcher(text);
        Instant end;
        try {
            end = length.matches() ? now.plus(Long.parseLong(length.group(1)), switch (length.group(2)) {
                case "m" -> ChronoUnit.MINUTES;
                case "h" -> ChronoUnit.HOURS;
                default -> ChronoUnit.DAYS;
            }) : OffsetDateTime.parse(text.replace(' ', '+')).toInstant(); // an unencoded plus of a zone arrives as a space
        } catch (DateTimeException e) {
            throw badUntil();
        }
        if (!end.isAfter(now) || Duration.between(now, end).compareTo(MAX_MUTE) > 0) {
            throw badUntil();
        }
        return end;
    }

    private static ApiException badUntil() {
        return new ApiException(400, "until must be a time of the next 366 days such as 2026-07-01T12:00:00Z, a length such as 30m, 4h or 2d, or empty to end the"
            + " silence", Map.of());
    }
}
