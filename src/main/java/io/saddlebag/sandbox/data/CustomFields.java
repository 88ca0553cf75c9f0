package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.util.Map;

/** Custom fields stand flat in lists, as {@code cf_*} keys, and deep in a record alone, under {@code custom_fields}. */
public final class CustomFields {

    private CustomFields() {
    }

    /** Puts them in {@code custom_field_hash} too, unless the record brings one. */
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

    /** Takes the flat ones away; {@code custom_fields} that the record brings win. */
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
