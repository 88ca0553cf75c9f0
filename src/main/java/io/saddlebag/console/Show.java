package io.saddlebag.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Formats values for pages, whose templates have it as {@code show}. Times are in UTC; console.js changes them to the reader's zone. */
public final class Show {

    private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();
    private static final ObjectWriter LINE = new ObjectMapper().writer();
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT);
    private static final Pattern MOMENT = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})");
    private static final ObjectMapper TEXTS = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Map<String, String> TONES = Map.ofEntries(
        Map.entry("succeeded", "good"), Map.entry("UP", "good"), Map.entry("done", "good"), Map.entry("ok", "good"), Map.entry("on", "good"),
        Map.entry("resolved", "good"), Map.entry("running", "busy"), Map.entry("pending", "busy"), Map.entry("partial", "warn"),
        Map.entry("DEGRADED", "warn"), Map.entry("held", "warn"), Map.entry("unknown", "warn"), Map.entry("refused", "warn"),
        Map.entry("abandoned", "warn"), Map.entry("registered", "good"), Map.entry("outdated", "warn"), Map.entry("missing", "bad"),
        Map.entry("failed", "bad"), Map.entry("DOWN", "bad"), Map.entry("dead", "bad"), Map.entry("firing", "bad"));

    /** @return a moment in UTC; an empty text for none */
    public String time(Object iso) {
        Instant moment = instant(iso);
        return moment == null ? "" : TIME.format(moment.atOffset(ZoneOffset.UTC));
    }

    /** @return the moment for the attribute datetime, in milliseconds; an empty text for none */
    public String machine(Object iso) {
        Instant moment = instant(iso);
        return moment == null ? "" : moment.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** @return a text in parts: words, and moments between them */
    public List<Part> parts(Object value) {
        List<Part> parts = new ArrayList<>();
        String text = value == null ? "" : value.toString();
        Matcher moment = MOMENT.matcher(text);
        int end = 0;
        while (moment.find()) {
            parts.add(new Part(text.substring(end, moment.start()), moment.group()));
            end = moment.end();
        }
        parts.add(new Part(text.substring(end), null));
        return parts;
    }

    /**
     * A part of a text.
     *
     * @param text words, maybe none
     * @param at   the moment after them; null for none
     */
    public record Part(String text, String at) {
    }

    /** @return "1 call", "2 calls" */
    public String count(Object number, String what) {
        return number(number) + " " + what + (number instanceof Number one && one.longValue() == 1 ? "" : "s");
    }

    /** @return "3 min ago", "in 2 h"; an empty text for no time */
    public String ago(Object iso) {
        Instant moment = instant(iso);
        if (moment == null) {
            return "";
        }
        Duration age = Duration.between(moment, Instant.now());
        return age.isNegative() ? "in " + length(age.negated()) : length(age) + " ago";
    }

    /** @return the time from one moment to another, or to now if that is null */
    public String between(Object from, Object to) {
        Instant start = instant(from);
        Instant end = to == null ? Instant.now() : instant(to);
        return start == null || end == null ? "" : length(Duration.between(start, end));
    }

    /** @return a number with separators between thousands; an empty text for null */
    public String number(Object value) {
        return value instanceof Number number ? String.format(Locale.ROOT, "%,d", number.longValue()) : value == null ? "" : value.toString();
    }

    /** @return a length of time given in seconds */
    public String seconds(Object value) {
        return value instanceof Number number ? length(Duration.ofSeconds(number.longValue())) : "";
    }

    /** @return a share from 0 to 1 as percent */
    public String percent(Object share) {
        return share instanceof Number number ? String.format(Locale.ROOT, "%.1f %%", number.doubleValue() * 100) : "";
    }

    /** @return whether the API has replaced a personal value, as it does for viewers */
    public boolean masked(Object value) {
        return "***".equals(value);
    }

    /** @return JSON with line breaks */
    public String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            return String.valueOf(value);
        }
    }

    /** @return JSON in one line */
    public String line(Object value) {
        try {
            return value instanceof String text ? text : LINE.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            return String.valueOf(value);
        }
    }

    /** @param typed the values of a refused form, null for none. @return the typed value of the field; the other value if the refused form has no such field */
    public Object typed(Map<String, String> typed, String field, Object other) {
        return typed != null && typed.containsKey(field) ? typed.get(field) : other;
    }

    /** @return the keys of two objects in order, each with its two values ({@code now}, {@code before}) as JSON; null if an object lacks the key */
    public List<Map<String, String>> union(Object now, Object before) {
        Map<?, ?> left = now instanceof Map<?, ?> map ? map : Map.of();
        Map<?, ?> right = before instanceof Map<?, ?> map ? map : Map.of();
        Set<Object> keys = new TreeSet<>(left.keySet());
        keys.addAll(right.keySet());
        return keys.stream().map(key -> {
            Map<String, String> row = new HashMap<>();
            row.put("key", key.toString());
            row.put("now", left.keySet().contains(key) ? line(left.get(key)) : null);
            row.put("before", right.keySet().contains(key) ? line(right.get(key)) : null);
            return row;
        }).toList();
    }

    /** @param trigger value of sync_runs.trigger. @return who or what started a run, in words */
    public String trigger(Object trigger) {
        return switch (String.valueOf(trigger)) {
            case "timer" -> "the timer";
            case "start" -> "the first start";
            case "resume" -> "Saddlebag, after a run that was broken off";
            case "api" -> "a scheduler";
            case "staff" -> "a person";
            default -> String.valueOf(trigger);
        };
    }

    /** @param limit value of sync_runs.waiting_for. @return what the run waits for, in words */
    public String waitingFor(Object limit) {
        return switch (String.valueOf(limit)) {
            case "minute" -> "the calls of the next minute";
            case "day" -> "the calls of the next day";
            case "in-flight" -> "other calls to end";
            case "circuit" -> "Zoho to answer again";
            case "meta-circuit" -> "Meta to answer again";
            case "token" -> "an access token";
            case "retry-after" -> "the end of a pause that Zoho asked for";
            case "lock" -> "a locked table of the database";
            case "meta" -> "the calls that Meta allows";
            case "slot" -> "the calls of other runs";
            case "null" -> "its turn";
            default -> limit.toString();
        };
    }

    /** @return a size in bytes, rounded */
    public String bytes(Object value) {
        if (!(value instanceof Number number)) {
            return "";
        }
        long bytes = number.longValue();
        return bytes < 1 << 20 ? bytes / 1024 + " KB" : bytes < 1L << 30 ? bytes / (1 << 20) + " MB" : String.format(Locale.ROOT, "%.1f GB", bytes / (double) (1L << 30));
    }

    /** @return the class of a status: good, busy, warn, bad or plain */
    public String tone(Object status) {
        return status == null ? "plain" : TONES.getOrDefault(status.toString(), "plain");
    }

    /** @return a list or an empty one, so that templates need no test for null */
    public List<?> list(Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    /** @return JSON text with a line for each member; any other text as it is */
    public String pretty(Object text) {
        try {
            return text == null ? "" : JSON.writeValueAsString(TEXTS.readTree(text.toString()));
        } catch (JsonProcessingException e) {
            return text.toString();
        }
    }

    private static String length(Duration length) {
        long seconds = Math.max(0, length.toSeconds());
        return seconds < 120 ? seconds + " s" : seconds < 7200 ? seconds / 60 + " min" : seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }

    private static Instant instant(Object iso) {
        try {
            return iso == null ? null : OffsetDateTime.parse(iso.toString()).toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
