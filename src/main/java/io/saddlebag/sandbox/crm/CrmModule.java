package io.saddlebag.sandbox.crm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * A module as {@code sandbox/crm.json} describes it.
 *
 * @param keyField  the field that the count of writes names a record by
 * @param nameField the system-defined field that an upsert looks for duplicates by
 * @param firstId   id of the first record
 * @param unique    fields that take no duplicates at the start
 */
public record CrmModule(String name, String keyField, String nameField, long firstId, List<String> unique, List<Field> fields) {

    private static final Set<String> NUMBERS = Set.of("currency", "double", "integer");
    private static final BigDecimal MOST = BigDecimal.TEN.pow(16);

    /**
     * A field.
     *
     * @param length longest text, in characters; digits before the point of a number
     * @param lookup the module whose records it names
     */
    record Field(String apiName, String type, Integer length, boolean mandatory, String lookup) {

        boolean isText() {
            return type.equals("text");
        }

        /** What is wrong with the value; null for nothing. */
        ObjectNode wrong(JsonNode value, BiPredicate<String, String> exists) {
            String expected = expected(value);
            if (expected != null) {
                return Json.object().put("expected_data_type", expected);
            }
            if (value.isTextual() && length != null && value.asText().length() > length) {
                return Json.object().put("maximum_length", length);
            }
            return lookup != null && !exists.test(lookup, value.path("id").asText()) ? Json.object() : null;
        }

        private String expected(JsonNode value) {
            if (NUMBERS.contains(type)) {
                boolean good = value.isNumber() && value.decimalValue().abs().compareTo(MOST) < 0
                        && (!type.equals("integer") || value.isIntegralNumber());
                return good ? null : type;
            }
            return switch (type) {
                case "boolean" -> value.isBoolean() ? null : "boolean";
                case "lookup", "ownerlookup" -> value.path("id").isTextual() ? null : "jsonobject";
                case "date" -> value.asText().matches("\\d{4}-\\d\\d-\\d\\d") ? null : "date";
                default -> value.isTextual() ? null : "text";
            };
        }

        ObjectNode described(String id, boolean isUnique) {
            ObjectNode field = Json.object().put("id", id).put("api_name", apiName).put("field_label", apiName.replace('_', ' '))
                    .put("data_type", type).put("length", length == null ? 50 : length).put("system_mandatory", mandatory)
                    .put("custom_field", false).put("read_only", false).put("visible", true);
            ObjectNode unique = field.putObject("unique");
            if (isUnique) {
                unique.put("case_sensitive", false);
            }
            return field;
        }
    }

    Optional<Field> field(String apiName) {
        return fields.stream().filter(field -> field.apiName().equals(apiName)).findFirst();
    }
}
