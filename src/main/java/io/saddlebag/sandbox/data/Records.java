package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.ZohoTime;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The records of one catalogue by index. Kept are only changes, removals and ids that were given from outside;
 * everything else follows from the index. Not safe for threads: {@link Catalogue} holds the lock.
 */
public final class Records {

    private final RecordFactory factory;
    private final int recordBytes;
    private final Map<Integer, RecordChange> changes = new HashMap<>();
    private final Map<String, Integer> givenIds = new HashMap<>();
    private final BitSet removed = new BitSet();
    private int end;

    Records(RecordFactory factory, int size, int recordBytes) {
        this.factory = factory;
        this.recordBytes = recordBytes;
        this.end = size;
    }

    int size() {
        return end - removed.cardinality();
    }

    IntStream indexes() {
        return IntStream.range(0, end).filter(index -> !removed.get(index));
    }

    /** The index of a record that is there; -1 when none has the id. */
    int find(String id) {
        int index = anyIndex(id);
        return index < 0 || removed.get(index) ? -1 : index;
    }

    RecordChange change(int index) {
        return changes.getOrDefault(index, RecordChange.NONE);
    }

    ObjectNode list(int index) {
        return factory.list(index, recordBytes, change(index));
    }

    int recordBytes() {
        return recordBytes;
    }

    /** A time of the record in seconds since 1970; 0 when a change put something else there. */
    long seconds(int index, String key) {
        OptionalLong known = changes.containsKey(index) ? OptionalLong.empty() : factory.seconds(index, key);
        return known.orElseGet(() -> ZohoTime.read(list(index).path(key).asText()).orElse(0));
    }

    void change(int index, ObjectNode set, Set<String> without) {
        changes.put(index, change(index).then(set, without));
    }

    /** The index that the next new record gets. */
    int end() {
        return end;
    }

    /** Whether the id was ever taken. */
    boolean knows(String id) {
        return anyIndex(id) >= 0;
    }

    /** A new record, or a removed one that comes back under its old id; its index. */
    int add(String id) {
        int index = anyIndex(id);
        if (index < 0) {
            index = end++;
            givenIds.put(id, index);
        }
        removed.clear(index);
        return index;
    }

    void remove(int index) {
        removed.set(index);
    }

    private int anyIndex(String id) {
        int index = givenIds.getOrDefault(id, factory.index(id));
        return index < end ? index : -1;
    }
}
