package io.saddlebag.kinds;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads the declaration of one kind and validates it against the schema. The SQL files of the kind are found beside the declaration. */
class KindFile {

    static final String SUFFIX = ".yaml";

    /** The form of a kind's name, which its partition of {@code records} and its addresses have too. */
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,49}");
    private static final int SIMILAR = 3;

    private final ObjectMapper json = JsonMapper.builder().enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY).build();
    private final JsonSchema schema;
    private final List<String> keys = new ArrayList<>();

    KindFile() {
        try (InputStream in = KindFile.class.getResourceAsStream("/kind.schema.json")) {
            schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
            schema.getSchemaNode().get("properties").fieldNames().forEachRemaining(keys::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws KindFault if the file is not a valid declaration of a kind */
    Kind read(Path file) throws KindFault {
        String name = name(file);
        if (!NAME.matcher(name).matches()) {
            throw new KindFault(file, 1, "the name of a kind is lower case with hyphens, such as sales-orders", "Rename the file");
        }
        Node root = compose(file);
        Object tree = construct(file, root);
        Path sql = file.resolveSibling(name + ".sql");
        Path quality = file.resolveSibling(name + "-quality.sql");
        check(file, root, tree, Files.exists(sql));
        Map<String, Object> values = new HashMap<>();
        ((Map<?, ?>) tree).forEach((key, value) -> values.put(key.toString(), value));
        values.put("name", name);
        values.put("inRecordsTable", !Files.exists(sql));
        values.put("quality", Files.exists(quality) ? quality.toString() : null);
        if (Files.exists(sql)) {
            values.put("statement", sql.toString());
        } else {
            values.put("statement", file.resolveSibling(Kinds.RECORDS).toString());
            values.put("table", "records_" + name.replace('-', '_'));
            values.put("idColumn", "zoho_id");
        }
        return json.convertValue(values, Kind.class);
    }

    static String name(Path file) {
        return file.getFileName().toString().replaceFirst(Pattern.quote(SUFFIX) + "$", "");
    }

    private static Node compose(Path file) throws KindFault {
        try {
            return new Compose(settings(file)).composeString(Files.readString(file))
                .orElseThrow(() -> new KindFault(file, 1, "is empty", "Declare the kind, as the files beside it do, or delete the file"));
        } catch (CharacterCodingException e) {
            throw new KindFault(file, 1, "is not UTF-8", "Save it in that encoding");
        } catch (IOException e) {
            throw new KindFault(file, 1, "cannot be read: " + e, "See to its permissions");
        } catch (YamlEngineException e) {
            throw notYaml(file, e);
        }
    }

    private static Object construct(Path file, Node root) throws KindFault {
        try {
            return new StandardConstructor(settings(file)).constructSingleDocument(Optional.of(root));
        } catch (YamlEngineException e) { // a duplicate key
            throw notYaml(file, e);
        }
    }

    private static LoadSettings settings(Path file) {
        return LoadSettings.builder().setLabel(file.toString()).build();
    }

    private static KindFault notYaml(Path file, YamlEngineException e) {
        String reason = e.getMessage();
        int line = 1;
        if (e instanceof MarkedYamlEngineException marked) {
            reason = marked.getProblem();
            // An error at the end of the file is reported where the open element began.
            boolean unfinished = String.valueOf(reason).contains("end of stream") && marked.getContextMark().isPresent();
            line = (unfinished ? marked.getContextMark() : marked.getProblemMark()).map(mark -> mark.getLine() + 1).orElse(1);
        }
        return new KindFault(file, line, "is not YAML: " + reason.replaceAll("\\s+", " "), "Correct this line or the one above");
    }

    private void check(Path file, Node root, Object tree, boolean hasSql) throws KindFault {
        List<KindFault.Place> faults = new ArrayList<>();
        List<ValidationMessage> messages = new ArrayList<>(schema.validate(json.valueToTree(tree)));
        // A missing key is reported last, because it may be present but misspelt.
        messages.sort(Comparator.comparing((ValidationMessage message) -> message.getType().equals("required"))
            .thenComparing(message -> line(root, key(message))));
        for (ValidationMessage message : messages) {
            String key = key(message);
            KindFault.Place fault = new KindFault.Place(line(root, key), reason(message, key), remedy(message, key));
            if (faults.stream().noneMatch(other -> other.line() == fault.line() && key != null)) {
                faults.add(fault); // a choice between two forms fails once for each form
            }
        }
        if (tree instanceof Map<?, ?> values && faults.isEmpty()) {
            String sql = name(file) + ".sql";
            if (hasSql && !values.containsKey("table")) {
                faults.add(new KindFault.Place(1, "names no table, and " + sql + " beside it writes the records into one",
                    "Add table and idColumn, or delete " + sql));
            } else if (!hasSql && values.containsKey("table")) {
                faults.add(new KindFault.Place(line(root, "table"), "names the table " + values.get("table") + ", and there is no " + sql
                    + " beside it to write the records", "Add that file; or take table, idColumn and detailKey out, and they are kept as JSON"));
            }
        }
        if (!faults.isEmpty()) {
            throw new KindFault(file, List.copyOf(faults));
        }
    }

    /** @return the key that is wrong; null if the whole file is */
    private static String key(ValidationMessage message) {
        if (message.getInstanceLocation().getNameCount() > 0) {
            return message.getInstanceLocation().getElement(0).toString();
        }
        return message.getType().equals("additionalProperties") ? message.getProperty() : null;
    }

    private static int line(Node root, String key) {
        Optional<Node> found = key == null || !(root instanceof MappingNode mapping) ? Optional.empty() : mapping.getValue().stream()
            .map(NodeTuple::getKeyNode).filter(node -> node instanceof ScalarNode scalar && scalar.getValue().equals(key)).findFirst();
        return found.flatMap(Node::getStartMark).map(mark -> mark.getLine() + 1).orElse(1);
    }

    private static String reason(ValidationMessage message, String key) {
        String text = message.getMessage().replaceFirst("^[^:]*: ", "");
        return switch (message.getType()) {
            case "additionalProperties" -> "unknown key \"" + key + "\"";
            case "required" -> "the key " + message.getProperty() + " is missing";
            case "type" -> key == null ? "holds no keys" : "\"" + key + "\" is of the wrong type: " + text;
            default -> key == null ? text : "the value of \"" + key + "\" cannot be used: " + text;
        };
    }

    private String remedy(ValidationMessage message, String key) {
        String wanted = message.getType().equals("required") ? message.getProperty() : key;
        if (message.getType().equals("additionalProperties")) {
            return keys.stream().min(Comparator.comparingInt(known -> distance(known, key)))
                .filter(nearest -> distance(nearest, key) <= SIMILAR).map(nearest -> "Did you mean " + nearest + "?")
                .orElse("The keys of a kind are " + String.join(", ", keys));
        }
        return wanted == null ? "See the description of each key in kind.schema.json" : "An example: " + wanted + ": " + example(wanted);
    }

    private String example(String key) {
        return StreamSupport.stream(schema.getSchemaNode().at("/properties/" + key + "/examples").spliterator(), false)
            .findFirst().map(example -> example.isTextual() ? example.asText() : example.toString().replace("\"", "")).orElse("");
    }

    /** @return the number of letters to insert, remove or change */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int above = row[j];
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[to.length()];
    }
}
