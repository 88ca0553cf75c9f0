package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.util.Map;

/** Custom fields: flat {@code cf_*} keys in a list, a list under {@code custom_fields} in a record answered alone. */
public final class CustomFields {

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

    private static ArrayNode fields(ObjectNode record) {
        ArrayNode fields = Json.array();
        record.fields().forEachRemaining(field -> {
            if (field.getKey().startsWith("cf_")) {
                JsonNode value = field.getValue();
                fields.addObject().put("customfield_id", "600000000005" + (1000 + fields.size()))
                        .put("label", field.getKey().substring(3).replace('_', ' '))
                        .put("value", value.isNull() ? "" : value.isValueNode() ? value.asText() : value.toString());
            }
        });
        return fields;
    }
}
