package io.saddlebag.organisations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.problem.ApiException;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.stereotype.Component;

/** Reads which kinds are copied for an organisation, and which records of each; a refusal names the invalid field. */
@Component("selectionRequest")
public class SelectionRequest {

    private static final int MOST_VALUES = 100;

    private final JsonMapper json = new JsonMapper();
    private final Kinds kinds;

    SelectionRequest(Kinds kinds) {
        this.kinds = kinds;
    }

    /**
     * @param value an array of kinds
     * @return a PostgreSQL array literal
     * @throws ApiException when the value is not an array, or a name is not a kind
     */
    public String kinds(JsonNode value) {
        Set<String> names = new TreeSet<>();
        value.forEach(name -> names.add(kind("kinds", name.asText())));
        if (!value.isArray() || names.isEmpty()) {
            throw ApiException.ofField(400, "kinds", "must be an array with at least one kind, or null for all");
        }
        return "{" + String.join(",", names) + "}";
    }

    /**
     * @param value by kind and key of its records, the values of the records to copy
     * @return the same as JSON, each value as text
     * @throws ApiException when the value has another form
     */
    public String filters(JsonNode value) {
        if (!value.isObject()) {
            throw bad();
        }
        ObjectNode filters = json.createObjectNode();
        value.fields().forEachRemaining(of -> {
            ObjectNode filter = filters.putObject(kind("filters", of.getKey()));
            if (!of.getValue().isObject() || of.getValue().isEmpty()) {
                throw bad();
            }
            of.getValue().fields().forEachRemaining(key -> values(filter.putArray(plain(key.getKey())), key.getValue()));
        });
        return filters.toString();
    }

    private static void values(ArrayNode values, JsonNode given) {
        if (!given.isArray() || given.isEmpty() || given.size() > MOST_VALUES) {
            throw bad();
        }
        for (JsonNode value : given) {
            if (!value.isValueNode() || value.isNull()) {
                throw bad();
            }
            values.add(plain(value.asText()));
        }
    }

    private static String plain(String text) {
        if (text.indexOf('\0') >= 0) { // not in jsonb
            throw bad();
        }
        return text;
    }

    private String kind(String field, String name) {
        if (!kinds.has(name)) {
            throw ApiException.ofField(400, field, "there is no kind \"" + name + "\"; there are " + String.join(", ", kinds.names()));
        }
        return name;
    }

    private static ApiException bad() {
        return ApiException.ofField(400, "filters", "must be like {\"items\": {\"status\": [\"active\"]}}: for each kind, for each key of its "
            + "records, 1 to " + MOST_VALUES + " texts, numbers, true or false; null for no filter");
    }
}
