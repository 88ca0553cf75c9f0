package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A target whose updates carry If-Unmodified-Since: what a person changed in Zoho since is not written over. */
class GuardedTargetIT extends PushCase {

    @TempDir
    private Path folder;

    @BeforeEach
    void guarded() throws Exception {
        Files.writeString(folder.resolve("guarded-products.yaml"), """
            description: Own products, never over what a person changed.
            create: {request: POST /crm/v8/Products/upsert, body: {data: "@records", duplicate_check_fields: [Product_Code], trigger: []}}
            update: {request: "PUT /crm/v8/Products/{zohoId}", body: {data: "@records", trigger: []}, headers: {If-Unmodified-Since: "{modifiedAt}"}}
            answers: each
            idPointer: /details/id
            required: [Product_Name, Product_Code]
            repeatable: true
            uniqueField: Products.Product_Code
            scopes: [ZohoCRM.modules.products.ALL]
            """);
        Files.copy(Path.of("routes/push/crm-products.sql"), folder.resolve("guarded-products.sql"));
        saddlebag().bean(Targets.class).put(new Targets(folder, Map.of("changeShare", 20), name -> false).of("guarded-products"));
        on("guarded-products");
    }

    @AfterEach
    void gone() {
        saddlebag().bean(Targets.class).remove("guarded-products");
    }

    @Test
    void whatAPersonChangedSinceIsNotWrittenOver() {
        products(2);
        push("guarded-products");
        String id = one("SELECT zoho_id FROM push_state WHERE external_key = 'SKU-1'");
        saddlebag().database().update("UPDATE push_state SET zoho_modified_at = zoho_modified_at - interval '1 minute' WHERE external_key = 'SKU-1'");
        control("PATCH", "/control/store/crm/Products/" + id, "{\"Description\":\"typed in CRM\"}");

        saddlebag().database().update("UPDATE own_products SET price = price + 1");
        JsonNode run = push("guarded-products");

        assertThat(run.get("updated").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(rows("SELECT external_key, status, error_code FROM push_state ORDER BY external_key").toString())
            .isEqualTo("[{external_key=SKU-1, status=failed, error_code=ALREADY_MODIFIED}, {external_key=SKU-2, status=ok, error_code=null}]");
    }
}
