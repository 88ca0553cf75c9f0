package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.util.Locale;
import java.util.Map;

/** Custom fields: flat {@code cf_*} keys in a list, a list under {@code custom_fields} in a record answered alone. */
public final class CustomFields {

    /** The one custom field of Books that takes no duplicates. */
    static final String OWN_REFERENCE = "cf_own_reference";
    private static final String OWN_REFERENCE_ID = "460000000099001";

    private CustomFields() {
    }

    /** Copies the flat keys into {@code custom_field_hash}, unless the record has one. */
    static void flat(ObjectNode record) {
        if (record.has("custom_field_hash")) {
            return;
        }
        ObjectNode hash = Json.object();
        record.fields().forEachRemaining(field -> {
            if (field.getKey().startsWith("cf_")) {
                hash.set(field.getKey(), field.getValue());
            }
        });
        if (!hash.isEmpty()) {
            record.set("custom_field_hash", hash);
        }
    }

    /** Replaces the flat keys by {@code custom_fields}, unless the record has that key. */
    static void deep(ObjectNode record) {
        if (!record.has("custom_fields")) {
            record.set("custom_fields", fields(record));
        }
        record.remove(record.properties().stream().map(Map.Entry::getKey)
                .filter(key -> key.startsWith("cf_")).toList());
        record.remove("custom_field_hash");
    }

    /** {@code GET /settings/customfields?entity=salesorder}: a custom field, and that it takes no duplicates. No description has this. */
    static ObjectNode described(String entity, boolean unique) {
        ObjectNode answer = Json.object();
        answer.putObject("customfields").putArray(entity).addObject().put("customfield_id", OWN_REFERENCE_ID)
                .put("api_name", OWN_REFERENCE).put("label", "Own reference").put("data_type", "string").put("is_active", true)
                .put("is_unique", unique);
        return answer;
    }

    /** Turns the {@code custom_fields} that a client sends into flat keys. */
    static void take(ObjectNode sent) {
        JsonNode fields = sent.path("custom_fields");
        sent.remove("custom_fields");
        for (JsonNode field : fields) {
            String name = field.path("customfield_id").asText().equals(OWN_REFERENCE_ID) ? OWN_REFERENCE
                    : field.path("api_name").asText("cf_" + field.path("label").asText().toLowerCase(Locale.ROOT).replace(' ', '_'));
            sent.set(name, field.get("value"));
        }
    }

    private static ArrayNode fields(ObjectNode record) {
        ArrayNode fields = Json.array();
        record.fields().forEachRemaining(field -> {
            if (field.getKey().startsWith("cf_")) {
                JsonNode value = field.getValue();
                fields.addObject().put("customfield_id", field.getKey().equals(OWN_REFERENCE)
                                ? OWN_REFERENCE_ID : "600000000005" + (1000 + fields.size()))
                        .put("label", field.getKey().substring(3).replace('_', ' '))
                        .put("value", value.isNull() ? "" : value.isValueNode() ? value.asText() : value.toString());
            }
        });
        return fields;
    }
}
