package io.saddlebag.database;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The tables as all migrations together make them, in one file for people to read. The file is written from the catalogue of a migrated
 * database, by queries whose texts are the same in all versions of PostgreSQL that the tests use.
 */
@Tag("sql")
class SchemaFileIT {

    private static final Path FILE = Path.of("src/main/resources/db/schema.sql");
    private static final Path FUNCTIONS = Path.of("src/main/resources/db/functions");
    private static final String WRITE = "-Dsaddlebag.schema=write";

    private static JdbcTemplate database;

    @BeforeAll
    static void migrate() throws Exception {
        database = new JdbcTemplate(new SingleConnectionDataSource(TestDatabase.connect(TestDatabase.migrated()), true));
    }

    @Test
    void theFileSaysWhatTheMigrationsMake() throws Exception {
        String schema = header() + tables("c.relname NOT LIKE 'qrtz%'") + "\n-- The tables of the timers, as Quartz wants them.\n" + tables("c.relname LIKE 'qrtz%'")
            + sequences() + views() + functions();
        if ("write".equals(System.getProperty("saddlebag.schema"))) {
            Files.writeString(FILE, schema);
        }
        assertThat(schema).as("the database is no longer as %s says: write the file anew with mvn verify -Dit.test=SchemaFileIT %s", FILE, WRITE)
            .isEqualToIgnoringNewLines(Files.readString(FILE));
    }

    /** PostgreSQL checks the body of an SQL function where it is made, but not again when what it uses changes. */
    @Test
    void eachSqlFunctionFindsWhatItUses() {
        List<String> functions = strings("SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
            + " WHERE p.pronamespace = CAST('public' AS regnamespace) AND l.lanname = 'sql'");
        assertThat(functions).hasSizeGreaterThan(20).allSatisfy(database::execute);
    }

    private static String header() {
        return """
            -- The tables of Saddlebag, for people to read. Made from the migrated database by SchemaFileIT (%s); do not edit.
            -- How a table came about: db/migration. What functions, views and triggers do: the files of db/functions that are named below.
            -- "(reader)": the role saddlebag_reader may read it.
            """.formatted(WRITE);
    }

    private static String tables(String which) {
        return strings("""
            SELECT c.relname FROM pg_class c
             WHERE c.relnamespace = CAST('public' AS regnamespace) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
               AND c.relname <> 'flyway_schema_history' AND %s ORDER BY c.relname COLLATE "C"
            """.formatted(which)).stream().map(SchemaFileIT::table).collect(joining());
    }

    private static String table(String name) {
        List<String> columns = strings("""
            SELECT rpad(quote_ident(a.attname), max(length(quote_ident(a.attname))) OVER ()) || ' ' || format_type(a.atttypid, a.atttypmod)
                   || CASE WHEN a.attidentity = 'a' THEN ' GENERATED ALWAYS AS IDENTITY' WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
                   || CASE WHEN a.attgenerated = 's' THEN format(' GENERATED ALWAYS AS (%s) STORED', pg_get_expr(d.adbin, d.adrelid))
                           WHEN d.adbin IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) ELSE '' END
                   || coalesce(E'\\t-- ' || replace(col_description(a.attrelid, a.attnum), E'\\n', ' '), '')
              FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
             WHERE a.attrelid = CAST(? AS regclass) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum""", name);
        List<String> constraints = strings("""
            SELECT pg_get_constraintdef(oid, true) FROM pg_constraint
             WHERE conrelid = CAST(? AS regclass) AND contype IN ('p', 'u', 'f', 'c')
             ORDER BY position(CAST(contype AS text) IN 'pufc'), pg_get_constraintdef(oid) COLLATE "C\"""", name);
        int width = columns.stream().mapToInt(column -> column.split("\t")[0].length()).max().orElse(0) + 1;
        String lines = Stream.concat(columns.stream(), constraints.stream()).collect(joining(",\n    ", "    ", ""));
        lines = Pattern.compile("(?m)^    ([^\t\n]*)\t(.*?)(,?)$").matcher(lines).replaceAll(line ->
            Matcher.quoteReplacement("    " + String.format("%-" + (width + 2) + "s", line.group(1) + line.group(3)) + line.group(2)));
        return "\n" + comment(one("SELECT obj_description(CAST(? AS regclass), 'pg_class')", name), reader(name))
            + "CREATE TABLE " + name + " (\n" + lines + "\n)" + one("SELECT coalesce(' PARTITION BY ' || pg_get_partkeydef(CAST(? AS regclass)), '')", name) + ";\n"
            + statements("""
                SELECT replace(replace(pg_get_indexdef(i.indexrelid), ' ON public.', ' ON '), ' ON ONLY public.', ' ON ') FROM pg_index i
                 WHERE i.indrelid = CAST(? AS regclass) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))
                 ORDER BY CAST(CAST(i.indexrelid AS regclass) AS text) COLLATE "C\"""", name)
            + statements("""
                SELECT replace(pg_get_triggerdef(oid), ' ON public.', ' ON ') FROM pg_trigger
                 WHERE tgrelid = CAST(? AS regclass) AND NOT tgisinternal ORDER BY tgname COLLATE "C\"""", name);
    }

    private static String sequences() {
        return "\n" + statements("""
            SELECT format('CREATE SEQUENCE %I', c.relname) FROM pg_class c
             WHERE c.relnamespace = CAST('public' AS regnamespace) AND c.relkind = 'S'
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i')) ORDER BY 1""");
    }

    private static String views() {
        Map<String, String> files = definedIn("VIEW");
        return "\n-- Views and their columns.\n" + strings("""
            SELECT c.relname FROM pg_class c WHERE c.relnamespace = CAST('public' AS regnamespace) AND c.relkind = 'v'
             ORDER BY c.relname COLLATE "C\"""").stream().map(name -> "--   " + name + " (" + one("""
            SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
              FROM pg_attribute a WHERE a.attrelid = CAST(? AS regclass) AND a.attnum > 0""", name) + ")" + reader(name)
            + "  " + files.get(name) + "\n").collect(joining());
    }

    private static String functions() {
        Map<String, String> files = definedIn("FUNCTION");
        Map<String, String> found = new TreeMap<>();
        strings("""
            SELECT p.proname || E'\\t' || format('%s(%s)%s%s%s%s', p.proname, pg_get_function_arguments(p.oid),
                   coalesce(' RETURNS ' || pg_get_function_result(p.oid), ''),
                   CASE WHEN p.prosecdef THEN ' SECURITY DEFINER' ELSE '' END,
                   coalesce(' SET ' || array_to_string(p.proconfig, ', '), ''),
                   CASE WHEN has_function_privilege('public', p.oid, 'EXECUTE') THEN '' ELSE '; not for everybody' END)
              FROM pg_proc p WHERE p.pronamespace = CAST('public' AS regnamespace) ORDER BY p.proname COLLATE "C\"""").forEach(function -> {
            String name = function.substring(0, function.indexOf('\t'));
            found.merge(String.valueOf(files.get(name)), "--   " + function.substring(name.length() + 1) + "\n", String::concat);
        });
        return "\n-- Functions, by the file that defines them.\n"
            + found.entrySet().stream().map(file -> "-- " + file.getKey() + "\n" + file.getValue()).collect(joining());
    }

    /** The name of what is defined to the name of the file. */
    private static Map<String, String> definedIn(String what) {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(FUNCTIONS)) {
            for (Path file : all.toList()) {
                Pattern.compile("(?m)^CREATE OR REPLACE " + what + " (\\w+)").matcher(Files.readString(file)).results()
                    .forEach(name -> files.put(name.group(1), file.getFileName().toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private static String reader(String relation) {
        return database.queryForObject("SELECT has_table_privilege('saddlebag_reader', ?, 'SELECT')", Boolean.class, relation) ? " (reader)" : "";
    }

    private static String comment(String text, String reader) {
        return text == null && reader.isEmpty() ? "" : ("--" + (text == null ? "" : " " + text) + reader).replace("\n", "\n-- ") + "\n";
    }

    private static String statements(String query, Object... arguments) {
        return strings(query, arguments).stream().map(statement -> statement + ";\n").collect(joining());
    }

    private static String one(String query, Object... arguments) {
        return strings(query, arguments).get(0);
    }

    private static List<String> strings(String query, Object... arguments) {
        return database.queryForList(query, String.class, arguments).stream()
            .map(text -> text == null ? null : text.replace("timestamp with time zone", "timestamptz").replace(" USING btree ", " ")).toList();
    }
}
