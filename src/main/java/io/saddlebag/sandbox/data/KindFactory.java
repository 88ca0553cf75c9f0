package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.ZohoTime;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/** Makes the records of a kind other than items: its sample makes them, and every ninth has an oddity of real, grown data. */
public final class KindFactory implements RecordFactory {

    /** Distance of two awkward records. */
    private static final int SPREAD = 9;
    /** 2015-01-01T00:00:00+0530; 5 million records at a minute each end in 2024. */
    private static final long FIRST_CREATED = 1_420_050_600L;
    private static final long CREATED_STEP = 60;
    private static final long HOUR = 3600;

    private final String idKey;
    private final IdRange ids;
    private final IntFunction<ObjectNode> sample;
    private final JsonNode awkward;

    /** @param awkward a list of what is to be merged over ({@code with}), to go ({@code without}), or to be a number */
    KindFactory(String idKey, IdRange ids, IntFunction<ObjectNode> sample, JsonNode awkward) {
        this.idKey = idKey;
        this.ids = ids;
        this.sample = sample;
        this.awkward = awkward;
    }

    @Override
    public String idKey() {
        return idKey;
    }

    @Override
    public String id(int index) {
        return ids.id(index);
    }

    @Override
    public String newId(long number) {
        return ids.newId(number);
    }

    @Override
    public int index(String id) {
        return ids.index(id);
    }

    /** The whole record, from which each API answers a part. */
    @Override
    public ObjectNode list(int index, int recordBytes, RecordChange change) {
        ObjectNode record = Json.object().put(idKey, id(index));
        record.setAll(sample.apply(index));
        record.put("created_time", ZohoTime.write(created(index)))
                .put("last_modified_time", ZohoTime.write(modified(index)));
        JsonNode trouble = trouble(index);
        trouble.path("with").fields().forEachRemaining(field -> record.set(field.getKey(), field.getValue()));
        trouble.path("without").forEach(key -> record.remove(key.asText()));
        trouble.path("numbers").forEach(key -> record.put(key.asText(), record.path(key.asText()).asLong()));
        return record.<ObjectNode>setAll(change.set()).remove(change.without());
    }

    @Override
    public ObjectNode detail(int index, int recordBytes, RecordChange change) {
        return list(index, recordBytes, change);
    }

    @Override
    public OptionalLong seconds(int index, String key) {
        return switch (trouble(index).isMissingNode() ? key : "") {
            case "created_time" -> OptionalLong.of(created(index));
            case "last_modified_time" -> OptionalLong.of(modified(index));
            default -> OptionalLong.empty();
        };
    }

    private JsonNode trouble(int index) {
        return awkward.path(index % SPREAD == 0 ? index / SPREAD : -1);
    }

    /** Seconds since 1970; a higher index is younger. */
    private static long created(int index) {
        return FIRST_CREATED + index * CREATED_STEP;
    }

    /** Seconds since 1970; records are changed in bulk at the full hour, so 60 share each second. */
    private static long modified(int index) {
        return (created(index) / HOUR + 25) * HOUR;
    }
}
