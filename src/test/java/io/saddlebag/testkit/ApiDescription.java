package io.saddlebag.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.Yaml;

/**
 * src/main/resources/openapi.yaml, and what it says about the answers that tests get. An answer with a status, a type or a key that the file
 * does not have fails the test that got it.
 */
public final class ApiDescription {

    public static final Path FILE = Path.of("src/main/resources/openapi.yaml");
    /** Statuses that every operation may answer; the description says so once, on top. All others stand in their operation. */
    public static final Set<String> EVERYWHERE = Set.of("400", "401", "403", "404", "405", "408", "413", "415", "429", "500", "503");

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Zoho's stand-in; and what only the pages of the console and of Hawtio use. */
    private static final Pattern OTHERS = Pattern.compile("/sandbox(/.*)?|/actuator/(jolokia|hawtio)/.*|/(act|export|assets|docs)/.*|/[a-z-]+/");
    private static final String SCHEMAS = "#/components/schemas/";
    private static final String OPEN = "-open";

    /** Characters of an answer that a failure shows. */
    private static final int SHOWN = 1000;

    private static ApiDescription only;

    private final JsonNode document;
    private final List<Address> addresses = new ArrayList<>();
    private final JsonSchemaFactory factory = JsonSchemaFactory.getInstance(VersionFlag.V202012);
    private final SchemaValidatorsConfig formats = SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    private final JsonNode definitions;
    private final Map<String, JsonSchema> schemas = new ConcurrentHashMap<>();

    /**
     * An operation.
     *
     * @param pattern of the paths that it takes
     */
    public record Address(String method, String path, Pattern pattern, JsonNode item, JsonNode operation) {

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private ApiDescription() throws IOException {
        try (InputStream file = Files.newInputStream(FILE)) {
            document = JSON.valueToTree(new Yaml().load(file)); // Jackson's own reader leaves aliases as they are
        }
        document.get("paths").fields().forEachRemaining(path -> path.getValue().fields().forEachRemaining(operation -> {
            if (!operation.getKey().equals("parameters")) {
                addresses.add(new Address(operation.getKey().toUpperCase(Locale.ROOT), path.getKey(),
                    Pattern.compile(path.getKey().replaceAll("\\{[^}]*}", "[^/]+")), path.getValue(), operation.getValue()));
            }
        }));
        addresses.sort(Comparator.comparing(address -> address.path().chars().filter(letter -> letter == '{').count()));
        definitions = definitions(document.at("/components/schemas"));
    }

    /** @return the description, read once for each JVM */
    public static synchronized ApiDescription read() {
        if (only == null) {
            try {
                only = new ApiDescription();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return only;
    }

    /** Compares an answer with the description. @return the answer */
    public static HttpResponse<String> checked(HttpResponse<String> answer) {
        return checked(answer, null);
    }

    /** The same for a request that brought JSON: what is accepted must be described. */
    public static HttpResponse<String> checked(HttpResponse<String> answer, String json) {
        URI address = answer.request().uri();
        read().check(answer.request().method(), address.getRawPath(), json, answer.statusCode(),
            answer.headers().firstValue("Content-Type").orElse(null), answer.body());
        return answer;
    }

    public JsonNode document() {
        return document;
    }

    /** Every operation; those with the fewest parameters in their path come first. */
    public List<Address> addresses() {
        return addresses;
    }

    /** @return the component that a node refers to, or the node itself */
    public JsonNode resolved(JsonNode node) {
        return node != null && node.has("$ref") ? document.at(node.get("$ref").textValue().substring(1)) : node;
    }

    /** @return the parameters of an operation, its path's included */
    public List<JsonNode> parameters(Address address) {
        List<JsonNode> all = new ArrayList<>();
        address.item().path("parameters").forEach(one -> all.add(resolved(one)));
        address.operation().path("parameters").forEach(one -> all.add(resolved(one)));
        return all;
    }

    void check(String method, String path, String json, int status, String type, String body) {
        if (OTHERS.matcher(path).matches() || method.equals("OPTIONS")) {
            return;
        }
        Address address = addresses.stream().filter(one -> one.method().equals(method) && one.pattern().matcher(path).matches()).findFirst().orElse(null);
        String answer = method + " " + path + " answered " + status;
        if (address == null) {
            if (status < 400) {
                throw new AssertionError(answer + " and is not in " + FILE + ". Describe it there under paths");
            }
            return;
        }
        if (json != null && status < 300) {
            conforms(address + ", body of the request", resolved(address.operation().get("requestBody")).at("/content/application~1json/schema"), json);
        }
        JsonNode responses = address.operation().get("responses");
        JsonNode response = responses.has(String.valueOf(status)) ? responses.get(String.valueOf(status))
            : EVERYWHERE.contains(String.valueOf(status)) ? responses.get("default") : null;
        if (response == null) {
            throw new AssertionError(answer + ", a status that " + FILE + " does not name. Add it to the responses of " + address);
        }
        checkBody(answer + " (" + address + ")", resolved(response).path("content"), type, body);
    }

    private void checkBody(String answer, JsonNode content, String type, String body) {
        if (body == null || body.isEmpty()) {
            return;
        }
        String plain = type == null ? "none" : type.replaceFirst(";.*", "").trim();
        String found = content.has(plain) ? plain : plain.replaceFirst("/.*", "/*");
        if (!content.has(found)) {
            throw new AssertionError(answer + " with the content type " + type + ", which " + FILE + " does not name. Add it to the content of this answer");
        }
        if (plain.endsWith("json")) {
            conforms(answer, content.get(found).get("schema"), body);
        }
    }

    /** @param schema as it stands in the description */
    public void conforms(String subject, JsonNode schema, String json) {
        Set<String> faults;
        try {
            faults = schemas.computeIfAbsent(schema.toString(), any -> schema(schema)).validate(JSON.readTree(json)).stream()
                .map(fault -> fault.getInstanceLocation() + ": " + fault.getMessage().replaceFirst("^[^:]*: ", "")).collect(Collectors.toSet());
        } catch (JsonProcessingException e) {
            throw new AssertionError(subject + " with what is not JSON: " + json, e);
        }
        if (!faults.isEmpty()) {
            throw new AssertionError(subject + ", and " + FILE + " says otherwise: " + faults + ". Mend the schema there, or the answer: "
                + json.substring(0, Math.min(json.length(), SHOWN)));
        }
    }

    /** @return the schema with its references, in a form of its own */
    private JsonSchema schema(JsonNode schema) {
        ObjectNode whole = (ObjectNode) closed(schema.deepCopy());
        whole.set("$defs", definitions);
        try {
            return factory.getSchema(JSON.readTree(whole.toString().replace(SCHEMAS, "#/$defs/")), formats);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Forbids further keys in every object whose keys are named. Programs must allow them, but a test finds here what nobody described. */
    private static JsonNode closed(JsonNode schema) {
        schema.forEach(ApiDescription::closed);
        if (schema.isObject() && schema.has("allOf")) {
            schema.get("allOf").forEach(part -> open((ObjectNode) part));
            ((ObjectNode) schema).put("unevaluatedProperties", false);
        } else if (schema.isObject() && schema.path("properties").isObject() && !schema.has("additionalProperties")) {
            ((ObjectNode) schema).put("additionalProperties", false);
        }
        return schema;
    }

    /** A part of allOf does not know the keys of the others: they are closed together. */
    private static void open(ObjectNode part) {
        part.remove("additionalProperties");
        if (part.has("$ref")) {
            part.put("$ref", part.get("$ref").textValue() + OPEN);
        }
    }

    /** @return the schemas of the description, each also in an open form, for allOf */
    private static JsonNode definitions(JsonNode schemas) {
        ObjectNode all = (ObjectNode) closed(schemas.deepCopy());
        schemas.fieldNames().forEachRemaining(name -> {
            ObjectNode open = all.get(name).deepCopy();
            open(open);
            all.set(name + OPEN, open);
        });
        return all;
    }
}
