package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.push.Target;
import io.saddlebag.push.Targets;
import io.saddlebag.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The declarations of push targets and their SQL files: PostgreSQL can run each file against the shipped views, and its rows have the columns of a target. */
class TargetFilesIT {

    private static final Path PUSH = Path.of("routes/push");
    private static Connection connection;

    @BeforeAll
    static void connect() throws Exception {
        connection = TestDatabase.connect(TestDatabase.migrated());
    }

    @AfterAll
    static void close() throws Exception {
        connection.close();
    }

    static Stream<Target> targets() {
        return new Targets(PUSH, Map.of(), name -> false).all().stream();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void theRowsOfEachSqlFileAreThoseOfATarget(Target target) {
        assertThat(new SqlFileCheck(new SingleConnectionDataSource(connection, true))
            .checkRows(PUSH.resolve(target.name() + ".sql"), Target.COLUMNS, Target.OPTIONAL_COLUMNS)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void aDeclarationHoldsNoNumberButZohosBatch(Target target) throws Exception {
        Set<String> numbers = new TreeSet<>();
        collect("", new ObjectMapper().readTree(target.settings()), numbers);
        assertThat(numbers).allMatch(key -> key.matches("(\\w+\\.)*batch"));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void whatMustComeFirstIsATarget(Target target) {
        assertThat(targets().map(Target::name)).containsAll(target.after());
    }

    @Test
    void everyTargetWasLookedAt() {
        assertThat(targets().map(Target::name)).contains("billing-addons", "billing-items", "billing-plans", "billing-products", "books-bills", "books-invoices",
            "books-sales-orders", "crm-products", "inventory-items");
    }

    private static void collect(String path, JsonNode node, Set<String> numbers) {
        if (node.isNumber()) {
            numbers.add(path.substring(1));
        }
        node.fields().forEachRemaining(field -> collect(path + "." + field.getKey(), field.getValue(), numbers));
    }
}
