package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sandbox's answers against Zoho's own descriptions, where somebody has put these beside the project. */
class SandboxDescriptionIT {

    private static final Path FOLDER = Path.of("..", "shared", "zoho-openapi", "inventory-v1");
    /** Not described for items, and sent by Zoho all the same. */
    private static final Set<String> SEEN = Set.of("page_context", "item_name", "unit", "brand", "manufacturer",
            "zcrm_product_id", "is_linked_with_zohocrm", "is_combo_product", "account_id", "account_name",
            "purchase_account_id", "purchase_account_name", "stock_on_hand", "available_stock", "actual_available_stock",
            "available_for_sale_stock", "actual_available_for_sale_stock", "committed_stock", "has_attachment",
            "is_returnable", "image_document_id", "length", "width", "height", "weight", "weight_unit", "dimension_unit",
            "created_time", "last_modified_time", "custom_field_hash", "category_id", "category_name", "sales_rate",
            "documents", "track_inventory", "can_be_sold", "can_be_purchased", "group_id", "group_name", "source",
            "attribute_id2", "attribute_name2", "attribute_option_id2", "attribute_option_name2",
            "attribute_id3", "attribute_name3", "attribute_option_id3", "attribute_option_name3");

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        assumeTrue(Files.isDirectory(FOLDER), "Zoho's descriptions are not here");
        server.reset();
        zoho.withToken();
        withoutInventedKeys();
    }

    @Test
    void everyItemOfEveryListAgrees() throws IOException {
        ZohoDescription items = new ZohoDescription(FOLDER.resolve("items.yml"), SEEN);
        for (int page = 1; page <= 7; page++) {
            assertThat(items.differences("/items", json(zoho.get("/items?page=" + page)))).isEmpty();
        }
    }

    @Test
    void everyItemAloneAndInDetailsAgrees() throws IOException {
        zoho.control("PUT", "/quotas", "{\"perMinute\":0,\"perDay\":0}");
        ZohoDescription items = new ZohoDescription(FOLDER.resolve("items.yml"), SEEN);
        List<String> ids = new ArrayList<>();
        for (int page = 1; page <= 7; page++) {
            ids.addAll(json(zoho.get("/items?page=" + page)).get("items").findValuesAsText("item_id"));
        }
        for (int from = 0; from < ids.size(); from += 100) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + 100));
            JsonNode details = json(zoho.get("/itemdetails?item_ids=" + String.join(",", some)));
            assertThat(details.get("items")).hasSize(some.size());
            assertThat(items.differences("/itemdetails", details)).isEmpty();
            assertThat(items.differences("/items/{item_id}", json(zoho.get("/items/" + some.get(0))))).isEmpty();
        }
    }

    @Test
    void organisationsAgree() throws IOException {
        ZohoDescription organizations = new ZohoDescription(FOLDER.resolve("organizations.yml"), Set.of());
        assertThat(organizations.differences("/organizations", json(zoho.get("/organizations")))).isEmpty();
        assertThat(organizations.differences("/organizations/{organization_id}",
                json(zoho.get("/organizations/60000000001")))).isEmpty();
    }

    /** One item stands for what Zoho may send tomorrow, and agrees with nothing. */
    private void withoutInventedKeys() {
        String id = json(zoho.get("/items?name=Tomorrow%27s%20keys")).at("/items/0/item_id").textValue();
        zoho.control("PATCH", "/items/" + id + "?without=new_feature,is_new", "{}");
    }
}
