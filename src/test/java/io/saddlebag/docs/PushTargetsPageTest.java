package io.saddlebag.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.push.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of push targets explains every key of target.schema.json, every column of an SQL file and every shipped target, and no other. */
class PushTargetsPageTest {

    private static final Path PAGE = Path.of("docs/reference/push-targets.md");
    /** The first cell of a row of a table, which may name several keys. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]*) \\|");
    private static final Pattern NAME = Pattern.compile("`([\\w-]+)`");

    @Test
    void theKeysAreThoseOfTheSchema() throws IOException {
        assertThat(named("Keys of a declaration")).isEqualTo(keys(schema().get("properties"))).isNotEmpty();
        assertThat(named("Calls and look-ups")).isEqualTo(keys(schema().at("/$defs/lookUp/properties"))).isNotEmpty();
    }

    @Test
    void theColumnsAreThoseOfATarget() throws IOException {
        Set<String> columns = new TreeSet<>(Target.COLUMNS.keySet());
        columns.addAll(Target.OPTIONAL_COLUMNS.keySet());
        assertThat(named("The SQL file")).isEqualTo(columns);
    }

    @Test
    void theShippedTargetsAreThere() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes/push"))) {
            assertThat(named("The shipped targets")).isEqualTo(files.map(file -> file.getFileName().toString())
                .filter(name -> name.endsWith(".yaml") && !name.endsWith(".camel.yaml")).map(name -> name.replace(".yaml", ""))
                .collect(Collectors.toCollection(TreeSet::new)));
        }
    }

    @Test
    void theSchemaOfEditorsIsThatOfTheApplication() throws IOException {
        assertThat(Files.readString(Path.of("src/main/resources/target.schema.json"))).isEqualTo(Files.readString(Path.of("routes/push/target.schema.json")));
    }

    private static Set<String> named(String title) throws IOException {
        String section = Pattern.compile("(?s)\n## " + title + "\n(.*?)(?=\n## |$)").matcher(Pages.read(PAGE)).results().findFirst().orElseThrow().group(1);
        return ROW.matcher(section).results().flatMap(row -> NAME.matcher(row.group(1)).results()).map(name -> name.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static JsonNode schema() throws IOException {
        return new ObjectMapper().readTree(Path.of("routes/push/target.schema.json").toFile());
    }

    private static Set<String> keys(JsonNode properties) {
        Set<String> keys = new TreeSet<>();
        properties.fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
