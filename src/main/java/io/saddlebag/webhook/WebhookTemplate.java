package io.saddlebag.webhook;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.common.BadSettingException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * Describes a webhook body that a customer designed. For JSON, id, time and event are JSON pointers; for a form they are names of fields; for
 * any other text they are groups of a pattern.
 *
 * @param entity the kind of its records
 * @param contentType the media type that Zoho sends it with
 * @param id null where there is a record or a pattern
 * @param time of last_modified_time; may be null
 * @param event created, updated or deleted; null: the address says it
 * @param record JSON pointer to a whole record, as Zoho's API has it; may be null
 * @param pattern regular expression with the groups id and, where they are there, time and event; may be null
 */
record WebhookTemplate(String entity, String contentType, String id, String time, String event, String record, String pattern) {

    /**
     * The key of a payload that holds a record from a template. Such a record may lack keys that the record has in Zoho.
     */
    static final String RECORD = "saddlebag.template";

    /** Keeps the numbers of a whole record as exact as they were sent. */
    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .nodeFactory(JsonNodeFactory.withExactBigDecimals(true)).build();

    /** @throws BadSettingException with the name of the setting, if the template cannot be used */
    void check(String setting) {
        if (entity == null) {
            throw new BadSettingException(setting + ".entity", "missing", "Write the kind of its records, such as items");
        }
        try {
            MediaType.parseMediaType(contentType == null ? "" : contentType);
        } catch (InvalidMediaTypeException e) {
            throw new BadSettingException(setting + ".content-type", "is no media type", "Write what Zoho sends it with, such as text/plain");
        }
        boolean fits = isJson() ? pattern == null && (id == null) != (record == null)
            : isForm() ? id != null && pattern == null && record == null
            : pattern != null && Stream.of(id, time, event, record).allMatch(other -> other == null);
        if (!fits) {
            throw new BadSettingException(setting, "does not say where the id stands",
                "Write id or record for JSON, id for a form, and nothing but pattern for any other text");
        }
        if (isJson() && !Stream.of(id, time, event, record).allMatch(pointer -> pointer == null || pointer.startsWith("/"))) {
            throw new BadSettingException(setting, "names keys of JSON by something else than a pointer", "Write pointers, such as /data/item_id");
        }
        try {
            if (pattern != null && !Pattern.compile(pattern).pattern().contains("(?<id>")) {
                throw new BadSettingException(setting + ".pattern", "has no group named id", "Write one: (?<id>[0-9]+)");
            }
        } catch (PatternSyntaxException e) {
            throw new BadSettingException(setting + ".pattern", "is no regular expression: " + e.getDescription(), "Write one: id=(?<id>[0-9]+)");
        }
    }

    boolean isForm() {
        return MediaType.APPLICATION_FORM_URLENCODED.equalsTypeAndSubtype(type());
    }

    boolean isOf(MediaType sent) {
        return type().equalsTypeAndSubtype(sent);
    }

    /**
     * @return the record as JSON: the whole one under {@link #RECORD}, or its id and the time alone, so that it is fetched
     * @throws WebhookRefusedException 400 if the content does not match the template
     */
    String payload(WebhookContent.Sent sent, String idKey) {
        if (record != null) {
            JsonNode whole = json(sent).at(record);
            return whole.isObject() ? JsonNodeFactory.instance.objectNode().set(RECORD, whole).toString() : whole.toString();
        }
        ObjectNode hint = JsonNodeFactory.instance.objectNode().put(idKey, value(sent, id, "id"));
        return hint.put("last_modified_time", value(sent, time, "time")).toString();
    }

    /** @return null where it does not say */
    String event(WebhookContent.Sent sent) {
        return value(sent, event, "event");
    }

    private String value(WebhookContent.Sent sent, String place, String group) {
        if (pattern != null) {
            Matcher matcher = Pattern.compile(pattern).matcher(sent.text());
            if (!matcher.find()) {
                throw new WebhookRefusedException(400, "record", "The content does not match the pattern of its template");
            }
            return pattern.contains("(?<" + group + ">") ? matcher.group(group) : null;
        }
        if (place == null) {
            return null;
        }
        JsonNode found = isForm() ? null : json(sent).at(JsonPointer.compile(place));
        return isForm() ? sent.fields().first(place) : found.isValueNode() && !found.isNull() ? found.asText() : null;
    }

    private static JsonNode json(WebhookContent.Sent sent) {
        try {
            return JSON.readTree(sent.text());
        } catch (JsonProcessingException e) {
            throw new WebhookRefusedException(400, "json", "The content is no JSON");
        }
    }

    private boolean isJson() {
        return type().getSubtype().equals("json") || type().getSubtype().endsWith("+json");
    }

    private MediaType type() {
        return MediaType.parseMediaType(contentType);
    }
}
