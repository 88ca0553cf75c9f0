package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One of Zoho's OpenAPI descriptions. They agree with the wire but for a few things that are known: more keys are sent
 * than described, numbers may be empty or written as text, anything may be null.
 */
final class ZohoDescription {

    private final JsonNode file;
    private final Set<String> seenOnTheWire;

    ZohoDescription(Path yaml, Set<String> seenOnTheWire) throws IOException {
        this.file = new ObjectMapper(new YAMLFactory()).readTree(yaml.toFile());
        this.seenOnTheWire = seenOnTheWire;
    }

    /** What in the answer to a GET does not agree; one line each. */
    List<String> differences(String path, JsonNode answer) {
        JsonNode schema = file.path("paths").path(path).path("get").path("responses").path("200").path("content")
                .path("application/json").path("schema");
        List<String> found = new ArrayList<>();
        if (resolved(schema).path("properties").isEmpty()) {
            found.add(path + " is not described");
        }
        compare("", schema, answer, found);
        return found.stream().distinct().toList();
    }

    private void compare(String where, JsonNode reference, JsonNode value, List<String> found) {
        JsonNode schema = resolved(reference);
        if (!fits(schema.path("type").asText(), value)) {
            found.add(where + " is described as " + schema.path("type").asText() + " and sent as " + value.getNodeType());
        }
        if (value.isArray()) {
            value.forEach(element -> compare(where + "[]", schema.path("items"), element, found));
        } else if (value.isObject() && schema.has("properties")) {
            value.fields().forEachRemaining(field -> {
                JsonNode property = schema.path("properties").path(field.getKey());
                if (!property.isMissingNode()) {
                    compare(where + "/" + field.getKey(), property, field.getValue(), found);
                } else if (!seenOnTheWire.contains(field.getKey()) && !field.getKey().startsWith("cf_")) {
                    found.add(where + "/" + field.getKey() + " is neither described nor seen");
                }
            });
        }
    }

    private static boolean fits(String type, JsonNode value) {
        return value.isNull() || switch (type) {
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            case "number", "integer" -> value.isNumber() || value.isTextual() && value.asText().matches("|-?\\d+(\\.\\d+)?");
            default -> true;
        };
    }

    private JsonNode resolved(JsonNode schema) {
        return schema.has("$ref") ? resolved(file.at(schema.get("$ref").asText().substring(1))) : schema;
    }
}
