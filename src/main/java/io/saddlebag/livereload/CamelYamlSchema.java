package io.saddlebag.livereload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader;

/**
 * Camel's own JSON Schema of its YAML, of the very version that runs. In goes a route file, out come the places where it is not
 * what Camel understands, an empty list if there are none.
 *
 * <p>The schema is wrong in two points, found by trying, and corrected here: it lacks {@code inheritErrorHandler} of the circuit
 * breaker, and it knows no {@code "{{placeholder}}"} where a number or a boolean stands.
 */
class CamelYamlSchema {

    private static final String RESOURCE = "/schema/camelYamlDsl.json";
    private static final String PLACEHOLDER = "^\\{\\{.+}}$";
    private static final Set<String> NON_TEXT = Set.of("boolean", "number", "integer");
    /** What a failed choice between forms says beside the real reason. */
    private static final Set<String> NOISE = Set.of("oneOf", "anyOf", "not", "type");

    private final ObjectMapper json = new ObjectMapper();
    private final JsonSchema schema;

    CamelYamlSchema() {
        try (InputStream in = YamlRoutesBuilderLoader.class.getResourceAsStream(RESOURCE)) {
            JsonNode tree = json.readTree(in);
            ((ObjectNode) tree.at("/items/definitions/org.apache.camel.model.CircuitBreakerDefinition/properties"))
                .putObject("inheritErrorHandler").put("type", "boolean");
            correct(tree);
            // Loaded as far as a file needs it: the whole of it, with each reference in its place, takes more than the heap there is.
            schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(tree,
                SchemaValidatorsConfig.builder().preloadJsonSchema(false).build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Finding> check(RouteFile file) {
        Map<Integer, List<ValidationMessage>> byLine = new LinkedHashMap<>();
        for (ValidationMessage message : schema.validate(json.valueToTree(file.tree()))) {
            byLine.computeIfAbsent(line(file, message), line -> new ArrayList<>()).add(message);
        }
        boolean onlyNoise = byLine.values().stream().flatMap(List::stream).allMatch(CamelYamlSchema::isNoise);
        List<Finding> findings = new ArrayList<>();
        byLine.forEach((line, messages) -> messages.stream()
            .filter(message -> onlyNoise || !isNoise(message))
            .max(Comparator.comparingInt(message -> message.getInstanceLocation().getNameCount()))
            .ifPresent(message -> findings.add(new Finding(file.path(), line, reason(message)))));
        return findings;
    }

    private static void correct(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("deprecated").isBoolean()) {
            object.remove("deprecated"); // no keyword of this draft: the validator warns of each
        }
        if (node instanceof ObjectNode object && NON_TEXT.contains(object.path("type").asText())) {
            String type = object.path("type").asText();
            object.putArray("type").add(type).add("string");
            object.put("pattern", PLACEHOLDER);
        }
        node.forEach(CamelYamlSchema::correct);
    }

    private static boolean isNoise(ValidationMessage message) {
        return NOISE.contains(message.getType());
    }

    private static String reason(ValidationMessage message) {
        String text = message.getMessage().replaceFirst("^[^:]*: ", "");
        return switch (message.getType()) {
            case "additionalProperties" -> "Camel does not know " + message.getProperty() + " here";
            case "pattern" -> "a boolean, a number or a {{placeholder}} is expected";
            case "type" -> text.endsWith("string expected") ? text + ": put it in quotes" : text;
            default -> text;
        };
    }

    private static int line(RouteFile file, ValidationMessage message) {
        List<String> place = new ArrayList<>();
        JsonNodePath path = message.getInstanceLocation();
        for (int i = 0; i < path.getNameCount(); i++) {
            place.add(path.getElement(i).toString());
        }
        if (message.getProperty() != null) {
            place.add(message.getProperty());
        }
        // A missing property has no line of its own, so its parent's line is reported.
        while (!place.isEmpty() && file.entry(place).isEmpty()) {
            place.remove(place.size() - 1);
        }
        return file.entry(place).map(YamlEntry::line).orElse(1);
    }
}
