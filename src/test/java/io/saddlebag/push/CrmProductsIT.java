package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** Own products in Zoho CRM. */
class CrmProductsIT extends PushCase {

    @Test
    void newProductsAreCreatedInBatchesAndAQuietRunWritesNothing() {
        products(250);
        on("crm-products");

        JsonNode first = push("crm-products");

        assertThat(first.get("status").asText()).as(first.toString()).isEqualTo("succeeded");
        assertThat(first.get("created").asInt()).isEqualTo(250);
        assertThat(first.get("calls").asInt()).isEqualTo(3);
        assertThat(one("SELECT count(*) FROM push_state WHERE status = 'ok' AND zoho_id IS NOT NULL")).isEqualTo("250");

        String before = one("SELECT string_agg(CAST(xmin AS text), ',' ORDER BY record_key) FROM push_state");
        JsonNode second = push("crm-products");

        assertThat(second.get("unchanged").asInt()).as(second.toString()).isEqualTo(250);
        assertThat(second.get("calls").asInt()).isZero();
        assertThat(one("SELECT string_agg(CAST(xmin AS text), ',' ORDER BY record_key) FROM push_state")).isEqualTo(before);
    }
}
