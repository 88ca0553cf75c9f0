package io.saddlebag.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.docs.RouteVariables.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * docs/reference/variables.md: each variable of an exchange has one owner and one meaning. People write name, owner and meaning of a row;
 * who sets and who reads the variable is written from the routes, the statements and the classes.
 */
class VariablesPageTest {

    private static final Path PAGE = Path.of("docs/reference/variables.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| `([^`]+)` \\| ([^|\n]+) \\|.*$");
    /** More users than this are not named. */
    private static final int MOST_USERS = 6;

    private final Map<String, Use> uses = RouteVariables.read();
    private final String page = Pages.read(PAGE);
    private final Map<String, String> owners = new TreeMap<>();

    VariablesPageTest() throws IOException {
        ROW.matcher(page).results().forEach(row -> assertThat(owners.put(row.group(1), row.group(2))).as("a second row of " + row.group(1)).isNull());
    }

    @Test
    void everyVariableIsInTheTable() {
        assertThat(owners.keySet()).as("%s knows every variable. Use the body or a variable of the table, or add a row with name, owner (a flow) and "
            + "meaning; then mvn test -Dtest=VariablesPageTest -Dsaddlebag.docs=write", PAGE).containsAll(uses.keySet()).isNotEmpty();
    }

    @Test
    void everyVariableOfTheTableIsSetAndRead() {
        assertThat(owners.keySet()).allSatisfy(name -> {
            assertThat(uses).containsKey(name);
            assertThat(uses.get(name).readBy()).as("who reads " + name).isNotEmpty();
        });
    }

    @Test
    void theOwnerIsAFlowThatUsesTheVariable() {
        assertThat(owners).allSatisfy((name, owner) -> {
            assertThat(Files.exists(Path.of("routes", owner + ".camel.yaml"))).as("%s, the owner of %s, is a flow", owner, name).isTrue();
            assertThat(flow(owner)).as("%s, the owner of %s", owner, name).contains(name);
        });
    }

    @Test
    void thePageIsUpToDate() throws IOException {
        Pages.assertUpToDate(PAGE, ROW.matcher(page).replaceAll(row -> uses.containsKey(row.group(1))
            ? "| `" + row.group(1) + "` | `" + row.group(2) + "` | " + row.group(3) + " | " + users(uses.get(row.group(1)).setBy()) + " | "
                + users(uses.get(row.group(1)).readBy()) + " |" : row.group()), getClass());
    }

    private static String flow(String owner) {
        return Pages.read(Path.of("routes", owner + ".camel.yaml"));
    }

    private static String users(Set<String> users) {
        return users.size() > MOST_USERS ? "many"
            : users.stream().map(user -> '`' + user + '`').collect(Collectors.joining(", "));
    }
}
