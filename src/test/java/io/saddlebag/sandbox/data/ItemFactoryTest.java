package io.saddlebag.sandbox.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.ZohoTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ItemFactoryTest {

    private final ItemFactory factory = new ItemFactory();

    @Test
    void anItemIsTheSameInEveryProcess() {
        ItemFactory other = new ItemFactory();
        for (int index : List.of(0, 21, 42, 601, 1318, 1319, 999_999)) {
            assertThat(list(index)).isEqualTo(new String(Json.bytes(other.list(index, 0, RecordChange.NONE))));
        }
    }

    @Test
    void idsAndTimesOfCreationRiseWithoutATie() {
        List<String> ids = IntStream.range(0, 3000).mapToObj(PlainItem::id).toList();
        assertThat(ids).isSorted().doesNotHaveDuplicates();
        List<Long> created = IntStream.range(0, 3000).mapToObj(PlainItem::created).toList();
        assertThat(created).isSorted().doesNotHaveDuplicates();
        assertThat(IntStream.range(0, 3000).map(index -> PlainItem.index(PlainItem.id(index))).boxed())
                .containsExactlyElementsOf(IntStream.range(0, 3000).boxed().toList());
    }

    @Test
    void theYoungestOfFiveMillionLiesInThePast() {
        assertThat(PlainItem.modified(5_000_000)).isLessThan(1_704_067_200L);
    }

    @Test
    void theStartHoldsEveryTrouble() {
        TreeMap<String, Integer> troubles = new TreeMap<>();
        Set<String> skus = new HashSet<>();
        for (int index = 0; index < VariedItem.COUNT; index++) {
            var item = factory.list(index, 0, RecordChange.NONE);
            String sku = item.path("sku").asText();
            Stream.of(
                    sku.isEmpty() ? "no sku" : skus.add(sku) ? "" : "sku again",
                    item.path("stock_on_hand").asText("-").isEmpty() ? "empty stock" : "",
                    item.has("stock_on_hand") ? "" : "no stock key",
                    item.path("status").asText().equals("inactive") ? "inactive" : "",
                    item.path("rate").isNumber() && item.path("rate").decimalValue().signum() == 0 ? "price 0" : "",
                    item.path("stock_on_hand").asText().startsWith("-") ? "oversold" : "",
                    item.path("stock_on_hand").asText().equals("10.75") ? "stock 10.75" : "",
                    item.path("name").asText().codePoints().anyMatch(c -> c >= 0x0600 && c <= 0x06FF) ? "Arabic" : "",
                    item.path("name").asText().codePoints().anyMatch(c -> c >= 0x1F300) ? "emoji" : "",
                    item.has("custom_field_hash") ? "custom fields" : "",
                    item.path("brand").isNull() ? "null" : "",
                    item.has("group_id") ? "grouped" : "",
                    item.path("description").asText().length() > 50_000 ? "very long" : "",
                    item.path("description").asText().contains("\\") ? "backslash" : "",
                    item.path("category_id").asText().isEmpty() ? "no category" : "",
                    item.path("image_name").asText().isEmpty() ? "" : "picture")
                    .filter(trouble -> !trouble.isEmpty()).forEach(trouble -> troubles.merge(trouble, 1, Integer::sum));
        }
        assertThat(troubles.keySet()).containsExactly("Arabic", "backslash", "custom fields", "emoji", "empty stock",
                "grouped", "inactive", "no category", "no sku", "no stock key", "null", "oversold", "picture", "price 0",
                "sku again", "stock 10.75", "very long");
        assertThat(troubles.values()).allMatch(count -> count >= 2);
    }

    @Test
    void noRecordOfTheStartIsPoison() {
        for (int index = 0; index < VariedItem.COUNT; index++) {
            var item = factory.list(index, 0, RecordChange.NONE);
            assertThat(item.path("item_id").textValue()).isEqualTo(PlainItem.id(index));
            assertThat(item.path("name").textValue()).isNotBlank();
            assertThat(list(index)).doesNotContain("\\u0000");
            for (String key : List.of("rate", "purchase_rate", "stock_on_hand", "reorder_level")) {
                assertThat(item.path(key).asText("")).as(key).matches("null||-?\\d+(\\.\\d+)?");
            }
            for (String key : List.of("created_time", "last_modified_time")) {
                assertThat(ZohoTime.read(item.path(key).asText())).isPresent();
            }
        }
    }

    private String list(int index) {
        return new String(Json.bytes(factory.list(index, 0, RecordChange.NONE)));
    }
}
