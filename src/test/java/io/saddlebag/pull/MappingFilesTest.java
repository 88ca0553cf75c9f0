package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.testkit.Tutorial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No mapping has PostgreSQL read what Zoho wrote: its input guesses. The strict readers do, zoho_date and the others. */
class MappingFilesTest {

    private static final Path KINDS = Path.of("routes/kinds");
    /** What a statement casts of its own parameters (:?records) is nothing that Zoho wrote. */
    private static final Pattern CAST = Pattern.compile("(?i)\\bCAST\\s*\\((?!\\s*:)[^)]*\\)|::|\\b(?:date|timestamptz|timestamp|numeric|interval)\\s+'"
            + "|\\bto_(?:date|timestamp|number)\\s*\\(|\\b(?:numeric|timestamptz|boolean)\\s*\\(");
    /** Columns of a record that are typed by their definition are read by PostgreSQL too. */
    private static final Pattern TYPED = Pattern.compile("(?is)jsonb_to_record(?:set)?\\([^()]*\\) AS \\w+\\(([^)]*)\\)");

    static Stream<Path> mappings() {
        return new Kinds(KINDS).all().stream().map(Kind::statement).map(Path::of).distinct().sorted();
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void noMappingCastsTextByItself(Path mapping) throws IOException {
        assertThat(casts(Files.readString(mapping))).as("Use zoho_number, zoho_date, zoho_time, zoho_version and the others").isEmpty();
    }

    @Test
    void theTutorialDoesNotEither() throws IOException {
        String mapping = Tutorial.read("add-a-kind").blocks().stream().filter(block -> block.startsWith("-- routes/")).findFirst().orElseThrow();
        assertThat(casts(mapping)).isEmpty();
    }

    @Test
    void everyMappingOfAKindIsLookedAt() throws IOException {
        assertThat(mappings().map(Path::getFileName).map(Path::toString)).contains("items.sql", "records.sql", "customer-payments.sql")
                .hasSizeGreaterThanOrEqualTo(8);
    }

    @Test
    void castsAreFoundInEachOfTheirForms() {
        assertThat(casts("CAST(r.total AS numeric), r.date::date, date '2025-01-01', to_date(r.date, 'x')")).hasSize(4);
        assertThat(casts("FROM x CROSS JOIN LATERAL jsonb_to_record(n.source) AS r(name text, total numeric)")).containsExactly("total numeric");
        assertThat(casts("CAST(:?records AS jsonb), zoho_number('rate', r.rate), jsonb_to_record(n.source) AS r(name text)")).isEmpty();
    }

    private static List<String> casts(String sql) {
        String statement = sql.replaceAll("--[^\n]*", "");
        return Stream.concat(CAST.matcher(statement).results().map(MatchResult::group),
                TYPED.matcher(statement).results().flatMap(columns -> Stream.of(columns.group(1).split(",")))
                        .map(String::strip).filter(column -> !column.endsWith(" text"))).toList();
    }
}
