package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.util.OptionalLong;

/**
 * Makes the item of an index. An unchanged item is the same at every start and in every process. The first
 * 1,319 are those of {@code sandbox/awkward-items.json}, spread over all pages, among varied ones; the rest are plain.
 */
public class ItemFactory implements RecordFactory {

    /** Distance of two awkward items: 60 of them reach over seven pages of 200. */
    private static final int SPREAD = 21;
    private static final String FILLER = "Hand-stitched by people who have walked with camels all their lives. ";

    /** Made when the first item is asked for, and not when the sandbox starts. */
    private static final class Made {

        private static final JsonNode AWKWARD = Json.resource("/sandbox/awkward-items.json").get("items");
        private static final int PLAIN_BYTES = Json.bytes(ItemShape.list(PlainItem.make(100_000))).length;
    }

    @Override
    public String idKey() {
        return "item_id";
    }

    @Override
    public String id(int index) {
        return PlainItem.id(index);
    }

    @Override
    public String newId(long number) {
        return IdRange.ITEMS.newId(number);
    }

    @Override
    public int index(String id) {
        return PlainItem.index(id);
    }

    @Override
    public OptionalLong seconds(int index, String key) {
        if (index < VariedItem.COUNT) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(key.equals("created_time") ? PlainItem.created(index) : PlainItem.modified(index));
    }

    @Override
    public ObjectNode list(int index, int recordBytes, RecordChange change) {
        return ItemShape.list(changed(index, recordBytes, change)).remove(change.without());
    }

    @Override
    public ObjectNode detail(int index, int recordBytes, RecordChange change) {
        return ItemShape.detail(changed(index, recordBytes, change)).remove(change.without());
    }

    private ObjectNode changed(int index, int recordBytes, RecordChange change) {
        return index < VariedItem.COUNT
                ? special(index).setAll(change.set())
                : plain(index, recordBytes).setAll(change.set());
    }

    private ObjectNode plain(int index, int recordBytes) {
        ObjectNode item = PlainItem.make(index);
        int missing = recordBytes - Made.PLAIN_BYTES;
        if (missing > 0) {
            item.put("description", FILLER.repeat(missing / FILLER.length() + 1).substring(0, missing));
        }
        return item;
    }

    private ObjectNode special(int index) {
        ObjectNode item = VariedItem.make(index);
        JsonNode entry = index % SPREAD == 0 ? Made.AWKWARD.path(index / SPREAD) : Made.AWKWARD.path(-1);
        entry.path("with").fields().forEachRemaining(field -> item.set(field.getKey(), field.getValue()));
        entry.path("without").forEach(key -> item.remove(key.asText()));
        return item;
    }
}
