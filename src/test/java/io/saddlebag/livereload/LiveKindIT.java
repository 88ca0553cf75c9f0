package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A declaration of a kind is taken over as a route is: accepted, refused with file, line and reason, or removed. */
class LiveKindIT extends LiveEditingTestBase {

    private static final String FILE = "kinds/orders.yaml";
    private static final String ORDERS = """
        description: For a test.
        path: /books/v3/orders
        listKey: orders
        idKey: order_id
        scopes: [ZohoBooks.orders.READ]
        """;

    @Autowired Kinds kinds;

    @BeforeEach
    void declare() {
        FOLDER.save(FILE, ORDERS);
        await().until(() -> kinds.has("orders") && kinds.of("orders").idKey().equals("order_id"));
    }

    @AfterEach
    void removeKinds() {
        for (String name : kinds.names()) {
            for (String end : List.of(".yaml", ".sql")) {
                try {
                    Files.deleteIfExists(FOLDER.path("kinds/" + name + end));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        }
        await().until(() -> kinds.names().isEmpty());
    }

    @Test
    void aChangedDeclarationIsInForceAndWhoHasTheOldOneGoesOnWithIt() {
        Kind before = kinds.of("orders");
        FOLDER.save(FILE, ORDERS.replace("order_id", "id"));
        await().until(() -> kinds.of("orders").idKey().equals("id"));
        assertThat(before.idKey()).isEqualTo("order_id");
        await().untilAsserted(() -> assertThat(report.getTakenOver()).contains("Taken over " + FOLDER.path(FILE)));
        assertUntouched();
    }

    @Test
    void aBrokenDeclarationIsRefusedAndTheOldOneGoesOn() {
        Kind before = kinds.of("orders");
        FOLDER.save(FILE, ORDERS.replace("listKey", "lsitKey"));
        refusedAt(FILE, 3, "unknown key \"lsitKey\". Did you mean listKey?");
        assertThat(kinds.of("orders")).isSameAs(before);
        FOLDER.save(FILE, "orders: [");
        refusedAt(FILE, 1, "is not YAML");
        assertThat(kinds.of("orders")).isSameAs(before);
        FOLDER.save(FILE, ORDERS);
        await().untilAsserted(() -> assertThat(report.getRefused()).isEmpty());
    }

    @Test
    void aDeclarationWaitsForItsStatementAndForAGoodOne() {
        FOLDER.save(FILE, ORDERS + "table: orders\nidColumn: zoho_order_id\n");
        refusedAt(FILE, 6, "there is no orders.sql beside it");
        FOLDER.save("kinds/orders.sql", "SELECT\n  nothing");
        awaitRefused("kinds/orders.sql", 2, "column \"nothing\" does not exist");
        assertThat(kinds.of("orders").inRecordsTable()).isTrue();
        FOLDER.save("kinds/orders.sql", "SELECT :?org");
        await().until(() -> !kinds.of("orders").inRecordsTable());
        await().untilAsserted(() -> assertThat(report.getRefused()).isEmpty());
    }

    @Test
    void aDeletedDeclarationGoesWhenNoRouteNamesIt() {
        FOLDER.saveRoute("names-orders", "direct:names-orders",
            "        - setVariable: {name: kind, method: {ref: kinds, method: \"of('orders')\"}}\n        - setBody: {simple: \"${variable.kind.idKey}\"}\n");
        await().until(() -> camel.getRoute("names-orders") != null);
        FOLDER.delete(FILE);
        awaitRefused(FILE, 1, "names-orders.camel.yaml:7 names this kind");
        assertThat(ask("names-orders")).isEqualTo("order_id");
        FOLDER.delete("names-orders.camel.yaml");
        await().until(() -> !kinds.has("orders"));
        await().untilAsserted(() -> assertThat(report.getTakenOver()).contains("Removed " + FOLDER.path(FILE)));
        assertThat(report.getRefused()).isEmpty();
    }

    @Test
    void whenMostDeclarationsAreGoneAtOnceNothingIsTakenOver() {
        List<String> names = List.of("a", "b", "c", "d");
        names.forEach(name -> FOLDER.save("kinds/" + name + ".yaml", ORDERS));
        await().until(() -> kinds.names().containsAll(names));
        FOLDER.path("kinds").toFile().renameTo(FOLDER.path("away").toFile()); // all at once, whenever somebody looks
        await().untilAsserted(() -> assertThat(report.getHeld()).contains("declarations of kinds are gone at once"));
        assertThat(kinds.names()).containsAll(names);
        FOLDER.path("away").toFile().renameTo(FOLDER.path("kinds").toFile());
        await().until(() -> report.getHeld().isEmpty());
        names.forEach(name -> { // one by one, as a person deletes
            FOLDER.delete("kinds/" + name + ".yaml");
            await().until(() -> !kinds.has(name));
        });
    }
}
