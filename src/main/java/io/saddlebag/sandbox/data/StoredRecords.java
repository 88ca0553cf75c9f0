package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Records that only clients and engineers make: there are none at the start. A record is never changed but replaced, so what was
 * handed out stays as it was.
 */
public class StoredRecords {

    /** Writes times and authors into a record that is new or changed. */
    public interface Stamp {
        void on(ObjectNode record, boolean isNew, boolean byPerson);
    }

    private record Stored(ObjectNode record, long addedAt) {
    }

    private final String idKey;
    private final long firstId;
    private final Set<String> indexed;
    private final Stamp stamp;
    private final InstantSource clock;
    private final Map<String, Map<String, TreeSet<Long>>> index = new HashMap<>();
    private final TreeMap<Long, Stored> records = new TreeMap<>();
    private final NewNumbers numbers;

    /**
     * @param firstId below the ids of all records
     * @param indexed keys that {@link #by} looks up without reading every record
     */
    public StoredRecords(String idKey, long firstId, Set<String> indexed, Stamp stamp, InstantSource clock) {
        this.idKey = idKey;
        this.firstId = firstId;
        this.indexed = indexed;
        this.stamp = stamp;
        this.clock = clock;
        this.numbers = new NewNumbers(clock);
    }

    public final synchronized void reset() {
        records.clear();
        index.clear();
    }

    public synchronized ObjectNode add(ObjectNode given, boolean byPerson) {
        long id = firstId + numbers.next();
        ObjectNode record = Json.object().put(idKey, Long.toString(id)).setAll(given);
        record.put(idKey, Long.toString(id));
        dropNulls(record);
        stamp.on(record, true, byPerson);
        put(id, new Stored(record, clock.millis()));
        return record;
    }

    /** Lays the keys over the record; null takes a key away. */
    public synchronized Optional<ObjectNode> change(String id, ObjectNode set, boolean byPerson) {
        Stored old = stored(id);
        if (old == null) {
            return Optional.empty();
        }
        ObjectNode record = old.record().deepCopy();
        record.setAll(set);
        record.put(idKey, id);
        dropNulls(record);
        stamp.on(record, false, byPerson);
        remove(id);
        put(Long.parseLong(id), new Stored(record, old.addedAt()));
        return Optional.of(record);
    }

    public synchronized boolean remove(String id) {
        Stored old = stored(id);
        if (old == null) {
            return false;
        }
        records.remove(Long.valueOf(id));
        indexed.forEach(key -> ids(key, old.record().path(key)).remove(Long.valueOf(id)));
        return true;
    }

    public synchronized Optional<ObjectNode> find(String id) {
        return Optional.ofNullable(stored(id)).map(Stored::record);
    }

    /** The oldest record with this value, in upper or lower case, of an indexed key. */
    public synchronized Optional<ObjectNode> by(String key, JsonNode value) {
        TreeSet<Long> ids = ids(key, value);
        return ids.isEmpty() ? Optional.empty() : Optional.of(records.get(ids.first()).record());
    }

    /** The records, the oldest first, without those younger than so many milliseconds. */
    public synchronized List<ObjectNode> all(long ageMs) {
        long latest = clock.millis() - ageMs;
        return records.values().stream().filter(stored -> stored.addedAt() <= latest).map(Stored::record).toList();
    }

    private Stored stored(String id) {
        return id.matches("\\d{1,18}|[1-8]\\d{18}") ? records.get(Long.valueOf(id)) : null;
    }

    private void put(long id, Stored stored) {
        records.put(id, stored);
        indexed.forEach(key -> ids(key, stored.record().path(key)).add(id));
    }

    private TreeSet<Long> ids(String key, JsonNode value) {
        String text = value.isValueNode() ? value.asText().toLowerCase(Locale.ROOT) : "";
        return text.isEmpty() ? new TreeSet<>()
                : index.computeIfAbsent(key, k -> new HashMap<>()).computeIfAbsent(text, t -> new TreeSet<>());
    }

    private static void dropNulls(ObjectNode record) {
        record.properties().removeIf(field -> field.getValue().isNull());
    }
}
