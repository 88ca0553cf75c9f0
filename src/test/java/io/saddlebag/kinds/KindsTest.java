package io.saddlebag.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.common.BadSettingException;
import java.io.IOException;
import io.saddlebag.declarations.DeclarationFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The declarations of kinds: which are shipped, how each key is read, and with which words a wrong one is refused. */
class KindsTest {

    private static final Path SHIPPED = Path.of("routes/kinds");
    private static final String ORDERS = """
        # yaml-language-server: $schema=kind.schema.json
        description: Sales orders of Zoho Books.
        path: /books/v3/salesorders
        listKey: salesorders
        recordKey: salesorder
        idKey: salesorder_id
        scopes: [ZohoBooks.salesorders.READ]
        """;

    @TempDir
    private Path folder;

    @Test
    void theKindsOfTheProjectAreDeclared() {
        Kinds kinds = new Kinds(SHIPPED);
        assertThat(kinds.names()).containsExactly("bills", "categories", "contacts", "customer-payments", "invoices", "items",
            "price-lists", "stock-adjustments");
        assertThat(kinds.list()).isEqualTo(String.join(",", kinds.names()));
        Kind items = kinds.of("items");
        assertThat(items.path()).isEqualTo("/inventory/v1/items");
        assertThat(items.product()).isEqualTo("/inventory/v1");
        assertThat(items.statement()).isEqualTo("routes/kinds/items.sql");
        assertThat(items.quality()).isEqualTo("routes/kinds/items-quality.sql");
        assertThat(items.inRecordsTable()).isFalse();
        assertThat(items.webhookModules()).containsExactly("item");
        assertThat(kinds.of("price-lists").webhookModules()).isEmpty();
        assertThat(kinds.of("price-lists").listsChanges()).isFalse();
        assertThat(kinds.of("contacts").listsChanges()).isTrue();
        assertThat(kinds.of("customer-payments").listKey()).containsExactly("customerpayments", "customer_payments");
        assertThat(kinds.scopes()).contains("ZohoInventory.items.READ", "ZohoBooks.bills.READ").doesNotHaveDuplicates();
    }

    @Test
    void aKindThatDeclaresNothingPersonalHasThePersonalKeysOfAllKinds() throws Exception {
        Kinds kinds = new Kinds(SHIPPED);
        JsonNode personal = new ObjectMapper().readTree(kinds.personal());

        assertThat(personal.at("/items/keys")).extracting(JsonNode::asText).containsExactly("vendor_name");
        assertThat(personal.at("/price-lists/keys")).isNotEmpty().isEqualTo(personal.at("/*/keys"));
        assertThat(personal.at("/price-lists/label").asBoolean()).isFalse();
        save("orders.yaml", ORDERS + "searchBy: [customer_name]\npersonal: [email]\n");
        save("payments.yaml", ORDERS + "searchBy: [email]\n");
        Kinds own = new Kinds(folder);
        assertThat(own.isLabelPersonal(own.of("orders"))).isFalse();
        assertThat(own.isLabelPersonal(own.of("payments"))).as("as if it declared what orders declares").isTrue();
        assertThat(own.searchAs(true)).contains("\"exactBy\":[\"email\"]");
    }

    @Test
    void aKindWithoutAStatementIsKeptAsJson() {
        Kind categories = new Kinds(SHIPPED).of("categories");
        assertThat(categories.inRecordsTable()).isTrue();
        assertThat(categories.table()).isEqualTo("records_categories");
        assertThat(categories.idColumn()).isEqualTo("zoho_id");
        assertThat(categories.statement()).isEqualTo("routes/kinds/records.sql");
        assertThat(categories.webhookKeys()).isEmpty();
    }

    @Test
    void inventoryStandsInForBooksWithoutItsFilterAndOrder() {
        Kind bills = new Kinds(SHIPPED).of("bills").inInventory();
        assertThat(bills.path()).isEqualTo("/inventory/v1/bills");
        assertThat(bills.listsChanges()).isFalse();
        assertThat(bills.sortByCreation()).isNull();
        assertThat(bills.table()).isEqualTo("bills");
    }

    /** The schema is read from the application, and by editors from the folder of the declarations. */
    @Test
    void editorsCompleteBySameSchemaThatTheStartReads() throws IOException {
        assertThat(SHIPPED.resolve("kind.schema.json")).hasSameTextualContentAs(Path.of("src/main/resources/kind.schema.json"));
        for (Path file : new Kinds(SHIPPED).files()) {
            assertThat(Files.readString(file)).startsWith("# yaml-language-server: $schema=kind.schema.json\n");
        }
        JsonNode schema = new ObjectMapper().readTree(SHIPPED.resolve("kind.schema.json").toFile());
        assertThat(schema.get("properties")).hasSizeGreaterThan(15).allSatisfy(key -> {
            assertThat(key.path("title").asText()).isNotBlank();
            assertThat(key.path("description").asText()).endsWith(".");
            assertThat(key.path("examples")).isNotEmpty();
        });
    }

    @Test
    void theReferenceExplainsEveryKey() throws IOException {
        String page = Files.readString(Path.of("docs/reference/kinds.md"));
        new ObjectMapper().readTree(SHIPPED.resolve("kind.schema.json").toFile()).get("properties").fieldNames()
            .forEachRemaining(key -> assertThat(page).containsPattern("(?m)^\\|[^|]*`" + key + "`[^|]*\\|"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        listKey: salesorders            | lsitKey: salesorders        | 4 | unknown key "lsitKey". Did you mean listKey?
        listKey: salesorders            | colour: red                 | 4 | unknown key "colour". The keys of a kind are description, path, inventoryPath
        idKey: salesorder_id            | ''                          | 1 | the key idKey is missing. An example: idKey: item_id
        path: /books/v3/salesorders     | path: salesorders           | 3 | the value of "path" cannot be used: does not match the regex pattern
        recordKey: salesorder           | recordKey: [salesorder]     | 5 | "recordKey" is of the wrong type: array found, string expected. An example: recordKey: item
        recordKey: salesorder           | 'recordKey: "a'             | 5 | is not YAML:
        recordKey: salesorder           | idKey: x                    | 6 | is not YAML: found duplicate key idKey
        recordKey: salesorder           | table: sales_orders         | 1 | table
        recordKey: salesorder           | detailKey: line_items       | 1 | detailKey
        recordKey: salesorder           | batchPath: /books/v3/many   | 1 | batchParameter
        scopes: [ZohoBooks.salesorders.READ] | scopes: books          | 7 | "scopes" is of the wrong type: string found, array expected. An example: scopes: [ZohoInventory.items.READ]
        scopes: [ZohoBooks.salesorders.READ] | scopes: [books]        | 7 | the value of "scopes" cannot be used
        description: Sales orders of Zoho Books. | webhookAddress: check | 2 | the value of "webhookAddress" cannot be used
        """)
    void aWrongDeclarationIsRefusedWithItsLineAndARemedy(String right, String wrong, int line, String words) throws IOException {
        assertThat(ORDERS).contains(right);
        Path file = save("sales-orders.yaml", ORDERS.replace(right, wrong));
        DeclarationFault fault = catchThrowableOfType(DeclarationFault.class, () -> new KindFile().read(file));
        assertThat(fault.file()).isEqualTo(file);
        assertThat(fault.places()).anySatisfy(place -> {
            assertThat(place.line()).isEqualTo(line);
            assertThat(place.toString()).contains(words);
        });
    }

    @Test
    void theStartIsRefusedInOneLineThatNamesFileLineAndRemedy() throws IOException {
        Path file = save("sales-orders.yaml", ORDERS.replace("listKey", "lsitKey"));
        assertThatThrownBy(() -> new Kinds(folder)).isInstanceOf(BadSettingException.class)
            .hasMessage(file + ":4: unknown key \"lsitKey\". Did you mean listKey?");
    }

    @Test
    void aFileThatHoldsNoDeclarationIsRefused() throws IOException {
        assertThat(fault(save("a.yaml", ""))).contains("a.yaml:1: is empty");
        assertThat(fault(save("b.yaml", "- items\n"))).contains("b.yaml:1: holds no keys");
        assertThat(fault(save("Sales_Orders.yaml", ORDERS))).contains("the name of a kind is lower case with hyphens");
        Path latin = Files.write(folder.resolve("c.yaml"), new byte[] {'a', ':', ' ', (byte) 0xFC});
        assertThat(fault(latin)).contains("c.yaml:1: is not UTF-8");
    }

    @Test
    void aTableAndItsStatementBelongTogether() throws IOException {
        Path file = save("sales-orders.yaml", ORDERS + "table: sales_orders\nidColumn: zoho_salesorder_id\n");
        assertThat(fault(file)).contains("sales-orders.yaml:8: names the table sales_orders, and there is no sales-orders.sql beside it");
        save("sales-orders.sql", "SELECT 1");
        assertThat(new Kinds(folder).of("sales-orders").table()).isEqualTo("sales_orders");
        save("sales-orders.yaml", ORDERS);
        assertThat(fault(file)).contains("sales-orders.yaml:1: names no table, and sales-orders.sql beside it writes the records into one");
    }

    @Test
    void twoKindsHaveNoWebhookAddressInCommon() throws IOException {
        save("orders.yaml", ORDERS + "webhookAddress: sync-orders\n");
        Path second = save("sales-orders.yaml", ORDERS + "webhookAddress: sync-orders\n");
        assertThatThrownBy(() -> new Kinds(folder)).isInstanceOf(BadSettingException.class)
            .hasMessageStartingWith(second + ":1: the webhookAddress sync-orders is also that of the kind orders.");
    }

    @Test
    void whoHasAKindGoesOnWithIt() throws Exception {
        Path file = save("sales-orders.yaml", ORDERS);
        Kinds kinds = new Kinds(folder);
        Kind before = kinds.of("sales-orders");
        List<String> names = kinds.names();
        save("sales-orders.yaml", ORDERS.replace("salesorder_id", "id"));
        assertThat(kinds.of("sales-orders")).isSameAs(before);
        kinds.put(kinds.read(file));
        assertThat(kinds.of("sales-orders").idKey()).isEqualTo("id");
        assertThat(before.idKey()).isEqualTo("salesorder_id");
        kinds.remove("sales-orders");
        assertThat(kinds.names()).isEmpty();
        assertThat(names).containsExactly("sales-orders");
        assertThatThrownBy(() -> kinds.of("sales-orders")).hasMessageContaining("There is no kind \"sales-orders\" here");
    }

    private static String fault(Path file) {
        return catchThrowableOfType(DeclarationFault.class, () -> new KindFile().read(file)).getMessage();
    }

    private Path save(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
