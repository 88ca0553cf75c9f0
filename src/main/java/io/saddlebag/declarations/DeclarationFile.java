package io.saddlebag.declarations;

import com.fasterxml.jackson.databind.ObjectMapper;
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

/** Reads the declarations of one folder, each a YAML file, and holds them against their JSON schema. The file's name is the name of what it declares. */
public class DeclarationFile {

    public static final String SUFFIX = ".yaml";

    /** Partitions and addresses are called so. */
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,49}");
    private static final int SIMILAR = 3;

    private final ObjectMapper json = new ObjectMapper();
    private final JsonSchema schema;
    private final String schemaName;
    private final String what;
    private final List<String> keys = new ArrayList<>();

    /**
     * @param schemaName a resource at the top of the class path, such as kind.schema.json
     * @param what       a file declares, for messages: kind
     */
    public DeclarationFile(String schemaName, String what) {
        this.schemaName = schemaName;
        this.what = what;
        try (InputStream in = DeclarationFile.class.getResourceAsStream("/" + schemaName)) {
            schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
            schema.getSchemaNode().get("properties").fieldNames().forEachRemaining(keys::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a file says: its keys with their values, and at which line each stands. */
    public record Declaration(Path file, Map<String, Object> values, Node root) {

        /** @return the line of a key; 1 where it is not there */
        public int line(String key) {
            return DeclarationFile.line(root, key);
        }
    }

    /** @throws DeclarationFault when the file is no declaration */
    public Declaration read(Path file) throws DeclarationFault {
        if (!NAME.matcher(name(file)).matches()) {
            throw new DeclarationFault(file, 1, "the name of a " + what + " is lower case with hyphens, such as sales-orders", "Rename the file");
        }
        Node root = compose(file);
        Object tree = construct(file, root);
        check(file, root, tree);
        Map<String, Object> values = new HashMap<>();
        ((Map<?, ?>) tree).forEach((key, value) -> values.put(key.toString(), value));
        return new Declaration(file, values, root);
    }

    /** @return the name of what a file declares */
    public static String name(Path file) {
        return file.getFileName().toString().replaceFirst(Pattern.quote(SUFFIX) + "$", "");
    }

    private Node compose(Path file) throws DeclarationFault {
        try {
            return new Compose(settings(file)).composeString(Files.readString(file))
                .orElseThrow(() -> new DeclarationFault(file, 1, "is empty", "Declare the " + what + ", as the files beside it do, or delete the file"));
        } catch (CharacterCodingException e) {
            throw new DeclarationFault(file, 1, "is not UTF-8", "Save it in that encoding");
        } catch (IOException e) {
            throw new DeclarationFault(file, 1, "cannot be read: " + e, "See to its permissions");
        } catch (YamlEngineException e) {
            throw notYaml(file, e);
        }
    }

    private static Object construct(Path file, Node root) throws DeclarationFault {
        try {
            return new StandardConstructor(settings(file)).constructSingleDocument(Optional.of(root));
        } catch (YamlEngineException e) { // a key that stands twice
            throw notYaml(file, e);
        }
    }

    private static LoadSettings settings(Path file) {
        return LoadSettings.builder().setLabel(file.toString()).build();
    }

    private static DeclarationFault notYaml(Path file, YamlEngineException e) {
        String reason = e.getMessage();
        int line = 1;
        if (e instanceof MarkedYamlEngineException marked) {
            reason = marked.getProblem();
            // What is open at the end of the file is missing where it began.
            boolean unfinished = String.valueOf(reason).contains("end of stream") && marked.getContextMark().isPresent();
            line = (unfinished ? marked.getContextMark() : marked.getProblemMark()).map(mark -> mark.getLine() + 1).orElse(1);
        }
        return new DeclarationFault(file, line, "is not YAML: " + reason.replaceAll("\\s+", " "), "Correct this line or the one above");
    }

    private void check(Path file, Node root, Object tree) throws DeclarationFault {
        List<DeclarationFault.Place> faults = new ArrayList<>();
        List<ValidationMessage> messages = new ArrayList<>(schema.validate(json.valueToTree(tree)));
        // A missing key comes last: it may be there, misspelt.
        messages.sort(Comparator.comparing((ValidationMessage message) -> message.getType().equals("required"))
            .thenComparing(message -> line(root, key(message))));
        for (ValidationMessage message : messages) {
            String key = key(message);
            DeclarationFault.Place fault = new DeclarationFault.Place(line(root, key), reason(message, key), remedy(message, key));
            if (faults.stream().noneMatch(other -> other.line() == fault.line() && key != null)) {
                faults.add(fault); // a choice between two forms fails once for each of them
            }
        }
        if (!faults.isEmpty()) {
            throw new DeclarationFault(file, List.copyOf(faults));
        }
    }

    /** @return the key of the file at which something is wrong; null where that is the whole file */
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
                .orElse("The keys of a " + what + " are " + String.join(", ", keys));
        }
        return wanted == null ? "See the description of each key in " + schemaName : "An example: " + wanted + ": " + example(wanted);
    }

    private String example(String key) {
        return StreamSupport.stream(schema.getSchemaNode().at("/properties/" + key + "/examples").spliterator(), false)
            .findFirst().map(example -> example.isTextual() ? example.asText() : example.toString().replace("\"", "")).orElse("");
    }

    /** How many letters have to be put in, taken out or changed. */
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
