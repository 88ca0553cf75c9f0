package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.query.ListQuery;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.ZohoTime;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** The records of one kind; all organisations share them. A record is made from its index when it is read. */
public class Catalogue {

    /** One page of a list, its records in list shape. */
    record Page(List<ObjectNode> records, boolean hasMore) {
    }

    private record Snapshot(int index, RecordChange change) {
    }

    /** No catalogue starts with more records. */
    static final int MOST = 5_000_000;
    private static final int REMEMBERED_ORDERS = 4;

    private final RecordFactory factory;
    private final int startSize;
    private final int startRecordBytes;
    private final InstantSource clock;
    private final Map<String, int[]> orders = new LinkedHashMap<>();
    private final Map<String, Map<String, Set<Integer>>> values = new HashMap<>();
    private final NewNumbers numbers;
    private Records records;
    private BiConsumer<String, Supplier<ObjectNode>> listener = (change, record) -> { };

    public Catalogue(RecordFactory factory, int startSize, int startRecordBytes, InstantSource clock) {
        this.factory = factory;
        this.startSize = startSize;
        this.startRecordBytes = startRecordBytes;
        this.clock = clock;
        this.numbers = new NewNumbers(clock);
        reset();
    }

    /** The records of the start, unchanged. */
    public final void reset() {
        resize(startSize, startRecordBytes);
    }

    /** Calls the listener for each change ({@code add}, {@code edit}, {@code delete}), with the record in detail shape. */
    public synchronized void onChange(BiConsumer<String, Supplier<ObjectNode>> told) {
        listener = told;
    }

    /**
     * Replaces all records by newly made ones and forgets all changes.
     *
     * @param size        how many, up to 5,000,000; the first are always the same
     * @param recordBytes wanted size of a plain item in a list answer, in bytes; 0 leaves it as it comes
     * @throws IllegalArgumentException when a number is out of range
     */
    public final synchronized void resize(int size, int recordBytes) {
        if (size < 0 || size > MOST || recordBytes < 0) {
            throw new IllegalArgumentException("The number of records lies between 0 and " + MOST + ", recordBytes is 0 or more.");
        }
        records = new Records(factory, size, recordBytes);
        values.clear();
        orders.clear();
    }

    public synchronized int size() {
        return records.size();
    }

    /** The record in detail shape; empty when none has the id. */
    public synchronized Optional<ObjectNode> find(String id) {
        int index = records.find(id);
        return index < 0 ? Optional.empty()
                : Optional.of(factory.detail(index, records.recordBytes(), records.change(index)));
    }

    Page page(ListQuery query) {
        Snapshot[] found;
        int recordBytes;
        boolean hasMore;
        synchronized (this) {
            int[] order = order(query);
            int from = (int) Math.min(order.length, (query.page() - 1L) * query.perPage());
            int to = Math.min(order.length, from + query.perPage());
            found = Arrays.stream(order, from, to).mapToObj(i -> new Snapshot(i, records.change(i)))
                    .toArray(Snapshot[]::new);
            recordBytes = records.recordBytes();
            hasMore = to < order.length;
        }
        // Outside the lock, where all the work is: several pages at a time.
        return new Page(Arrays.stream(found).map(s -> factory.list(s.index, recordBytes, s.change)).toList(), hasMore);
    }

    /**
     * Changes a record.
     *
     * @param id      as in its address
     * @param set     merged over the record, whatever it is
     * @param without keys that go away
     * @param touch   whether last_modified_time moves to now, unless {@code set} brings one
     * @return the changed record in detail shape; empty when none has the id
     */
    public synchronized Optional<ObjectNode> change(String id, ObjectNode set, Set<String> without, boolean touch) {
        int index = records.find(id);
        if (index < 0) {
            return Optional.empty();
        }
        ObjectNode all = set.deepCopy();
        if (touch && !set.has("last_modified_time")) {
            all.put("last_modified_time", now());
        }
        records.change(index, all, without);
        values.forEach((key, ofKey) -> noteValue(ofKey, key, index));
        orders.clear();
        if (touch) { // what moves without a new time fires no rule
            listener.accept("edit", () -> find(id).orElseThrow());
        }
        return find(id);
    }

    /** Adds a record, or brings back a removed one whose id the record has; its id. */
    public synchronized String add(ObjectNode record) {
        String given = record.path(factory.idKey()).asText();
        String id = given.isEmpty() ? factory.newId(numbers.next()) : given;
        boolean isKnown = records.knows(id);
        int index = records.add(id);
        ObjectNode all = Json.object().put(factory.idKey(), id);
        if (!isKnown) {
            all.put("created_time", now());
        }
        records.change(index, all.put("last_modified_time", now()).<ObjectNode>setAll(record), Set.of());
        values.forEach((key, ofKey) -> noteValue(ofKey, key, index));
        orders.clear();
        listener.accept("add", () -> find(id).orElseThrow());
        return id;
    }

    /** Removes a record; false when none has the id. */
    public synchronized boolean remove(String id) {
        int index = records.find(id);
        if (index >= 0) {
            listener.accept("delete", () -> find(id).orElseThrow());
            records.remove(index);
            orders.clear();
        }
        return index >= 0;
    }

    /**
     * The id of a record that has this value of a text key now. The values of all records are read once, and kept.
     *
     * @param except the id of a record that does not count
     */
    public synchronized Optional<String> by(String key, String value, String except) {
        Map<String, Set<Integer>> ofKey = values.computeIfAbsent(key, k -> {
            Map<String, Set<Integer>> made = new HashMap<>();
            records.indexes().forEach(index -> noteValue(made, k, index));
            return made;
        });
        return ofKey.getOrDefault(value, Set.of()).stream().map(records::list)
                .filter(record -> record.path(key).asText().equals(value)).map(record -> record.path(factory.idKey()).asText())
                .filter(id -> !id.equals(except) && records.find(id) >= 0).findFirst();
    }

    private void noteValue(Map<String, Set<Integer>> ofKey, String key, int index) {
        ofKey.computeIfAbsent(records.list(index).path(key).asText(), value -> new TreeSet<>()).add(index);
    }

    /** A record in detail shape with the usual keys and without values. */
    synchronized ObjectNode blank() {
        ObjectNode blank = factory.detail(records.end(), 0, RecordChange.NONE);
        blank.remove(List.of(factory.idKey(), "created_time", "last_modified_time"));
        blank.properties().forEach(field -> field.setValue(switch (field.getValue().getNodeType()) {
            case BOOLEAN -> Json.tree(false);
            case NUMBER -> Json.tree(0);
            case ARRAY -> Json.array();
            case OBJECT -> Json.object();
            default -> Json.tree("");
        }));
        return blank;
    }

    long nowSeconds() {
        return clock.instant().getEpochSecond();
    }

    private int[] order(ListQuery query) {
        int[] order = orders.computeIfAbsent(query.key(), key -> RecordOrder.of(records, query));
        if (orders.size() > REMEMBERED_ORDERS) {
            orders.remove(orders.keySet().iterator().next());
        }
        return order;
    }

    private String now() {
        return ZohoTime.write(clock.instant().getEpochSecond());
    }
}
