package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every item of the sandbox, as awkward as it is, stands in products as the contract maps it. */
@Tag("sql")
class ItemsMappingIT extends PullCase {

    private static final DateTimeFormatter ZOHO_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxx");

    @Test
    void everyItemIsMappedColumnByColumn() {
        assertThat(saddlebag().pull("full").get("status").asText()).isEqualTo("succeeded");

        List<Map<String, Object>> rows = saddlebag().database().queryForList("SELECT *, source::text AS json FROM products");
        assertThat(rows).hasSize(1319);
        for (Map<String, Object> row : rows) {
            JsonNode item = ZOHO.catalogue().find((String) row.get("zoho_item_id")).orElseThrow();
            assertThat(row.get("org_id")).isEqualTo("60000000001");
            for (Map.Entry<String, String> text : Map.of("name", "name", "sku", "sku", "description", "description",
                    "unit", "unit", "brand", "brand", "category", "category_name", "item_type", "item_type",
                    "image_name", "image_name").entrySet()) {
                assertThat(row.get(text.getKey())).as("%s of %s", text.getKey(), item).isEqualTo(text(item, text.getValue()));
            }
            number(row, "price", item, "rate");
            number(row, "purchase_price", item, "purchase_rate");
            number(row, "stock_quantity", item, "stock_on_hand");
            assertThat(row.get("is_active")).isEqualTo("active".equals(item.path("status").asText()));
            time(row, "zoho_created_at", item, "created_time");
            time(row, "zoho_modified_at", item, "last_modified_time");
            assertThat(row.get("deleted_at")).isNull();
        }
    }

    @Test
    void theAwkwardOnesAreThereToBeMapped() {
        saddlebag().pull("full");

        for (String awkward : List.of("sku IS NULL", "price = 0", "price = 12345678901.50", "price IS NULL", "stock_quantity = 10.75",
                "stock_quantity = -3", "NOT is_active", "name ~ '[\\u0600-\\u06FF]'", "name ~ '[\\U0001F300-\\U0001FAFF]'",
                "source ->> 'product_type' = 'service' AND stock_quantity IS NULL", "source ->> 'reorder_level' = ''",
                "EXISTS (SELECT 1 FROM jsonb_each(source) e WHERE e.key LIKE 'cf\\_%')",
                "EXISTS (SELECT 1 FROM jsonb_each(source) e WHERE e.value = 'null')",
                "sku IN (SELECT sku FROM products GROUP BY sku HAVING count(*) > 1)")) {
            assertThat(saddlebag().count("products WHERE " + awkward)).as(awkward).isPositive();
        }
    }

    @Test
    void theSourceIsTheRecordAsSentWithItsDecimals() {
        ObjectNode item = JsonNodeFactory.withExactBigDecimals(true).objectNode().put("name", "exact")
                .put("rate", new BigDecimal("98765432109876.543210")).put("note", "a\\b\"c\n");
        String id = ZOHO.catalogue().add(item);
        saddlebag().call("POST", "/api/sync/items/" + id);

        assertThat(saddlebag().database().queryForObject(
                "SELECT source ->> 'rate' || '|' || price || '|' || (source ->> 'note') FROM products", String.class))
                .isEqualTo("98765432109876.543210|98765432109876.543210|a\\b\"c\n");
    }

    private static String text(JsonNode item, String key) {
        String text = item.path(key).isNull() || item.path(key).isMissingNode() ? "" : item.get(key).asText();
        return text.isEmpty() ? null : text;
    }

    private static void number(Map<String, Object> row, String column, JsonNode item, String key) {
        boolean service = "service".equals(item.path("product_type").asText()) && key.equals("stock_on_hand");
        String text = service ? null : text(item, key);
        BigDecimal stored = (BigDecimal) row.get(column);
        if (text == null) {
            assertThat(stored).as("%s of %s", column, item).isNull();
        } else {
            assertThat(stored).as("%s of %s", column, item).isEqualByComparingTo(new BigDecimal(text));
        }
    }

    private static void time(Map<String, Object> row, String column, JsonNode item, String key) {
        assertThat(((Timestamp) row.get(column)).toInstant()).as("%s of %s", column, item)
                .isEqualTo(OffsetDateTime.parse(item.get(key).asText(), ZOHO_TIME).toInstant());
    }
}
