package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
            readMany: {request: GET /crm/v8/Products, query: "ids={zohoIds}&fields={fields},Modified_Time,Modified_By", list: data, id: id}
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
        assertThat(get("/api/push/guarded-products/key-1").get("errorText").asText())
            .matches("Changed in Zoho by Asha Person, \\d{4}-\\d\\d-\\d\\dT\\S+ after it was sent, so no run writes over it \\(Zoho: The record has been already modified\\)\\. "
                + "To write ours, adopt record " + id + " again: the next run then sends the row\\. Otherwise the record stays as it is in Zoho");
        assertThat(push("guarded-products").get("calls").asInt()).as("until the row changes or a person decides").isZero();

        assertThat(saddlebag().send("POST", "/api/push/guarded-products/key-1/adopt", "{\"zohoId\":\"" + id + "\"}").statusCode()).isEqualTo(200);
        assertThat(push("guarded-products").get("updated").asInt()).isEqualTo(1);
        assertThat(description(id)).isEqualTo("Described 1");
    }

    @Test
    void aRepairWritesOverWhatItReadAndThePersonWasShown() {
        products(1);
        push("guarded-products");
        String id = one("SELECT zoho_id FROM push_state");
        saddlebag().database().update("UPDATE push_state SET zoho_modified_at = zoho_modified_at - interval '1 minute'");
        control("PATCH", "/control/store/crm/Products/" + id, "{\"Description\":\"typed in CRM\"}");

        JsonNode run = saddlebag().ended(post("/api/verify/guarded-products?repair=true").get("runId").asLong());

        assertThat(run.get("updated").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(description(id)).isEqualTo("Described 1");
    }

    /** The repetition is refused, because our own first attempt changed the record. */
    @Test
    void anUpdateWhoseAnswerWasLostIsNoChangeByAPerson() {
        products(1);
        push("guarded-products");
        String created = one("SELECT CAST(zoho_modified_at AS text) FROM push_state");
        await().until(() -> one("SELECT clock_timestamp() > zoho_modified_at + interval '1 second' FROM push_state").equals("t"));
        saddlebag().database().update("UPDATE own_products SET price = price + 1");
        fault("{\"kind\":\"lost-answer\",\"match\":\"PUT .*/Products\",\"count\":1}");

        JsonNode run = push("guarded-products");

        assertThat(run.get("updated").asInt()).as(run.toString()).isEqualTo(1);
        assertThat(one("SELECT concat_ws(' ', status, error_text, sent ->> 'Unit_Price') FROM push_state")).isEqualTo("ok 102");
        assertThat(one("SELECT CAST(zoho_modified_at AS text) FROM push_state")).isNotEqualTo(created);
        assertThat(writes("").get("calls").get("PUT /crm/v8/Products/{id}").asInt()).as("a repetition was refused").isGreaterThan(1);
    }

    private static String description(String id) {
        return control("GET", "/control/store/crm/Products", null).findParents("id").stream().filter(record -> record.get("id").asText().equals(id)).findFirst().orElseThrow()
            .get("Description").asText();
    }
}
