package io.saddlebag.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page of kinds explains every key of kind.schema.json, and no other. */
class KindsPageTest {

    private static final Pattern SECTION = Pattern.compile("(?s)\n## Keys of a declaration\n(.*?)\n## ");
    /** The first cell of a row of the table, which may name two keys. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]*) \\|");
    private static final Pattern KEY = Pattern.compile("`(\\w+)`");

    @Test
    void theKeysAreThoseOfTheSchema() throws IOException {
        String section = SECTION.matcher(Pages.read(Path.of("docs/reference/kinds.md"))).results().findFirst().orElseThrow().group(1);
        Set<String> named = ROW.matcher(section).results().flatMap(row -> KEY.matcher(row.group(1)).results()).map(key -> key.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
        JsonNode schema = new ObjectMapper().readTree(Path.of("routes/kinds/kind.schema.json").toFile());
        Set<String> keys = new TreeSet<>();
        schema.get("properties").fieldNames().forEachRemaining(keys::add);
        assertThat(named).isEqualTo(keys).isNotEmpty();
    }
}
