package io.saddlebag.sandbox.limits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts what writes through the APIs did to each record; what an engineer does by the control API is not counted. */
public class WriteLog {

    /** What a write does to a record. */
    public enum Action { CREATE, UPDATE, DELETE }

    /**
     * What happened to a record.
     *
     * @param product {@code crm}
     * @param module  module, resource or collection: {@code Products}
     * @param key     what the client knows the record by
     * @param id      Zoho's
     * @param last    body of the last write; null after a delete alone
     * @param trigger the automation that the last write asked for; null where it did not say
     */
    public record Written(String product, String module, String key, String id, int creates, int updates, int deletes,
                          ObjectNode last, JsonNode trigger) {

        Written with(Action action, String latestKey, ObjectNode body, JsonNode asked) {
            return new Written(product, module, latestKey.isEmpty() ? key : latestKey, id,
                    creates + (action == Action.CREATE ? 1 : 0), updates + (action == Action.UPDATE ? 1 : 0),
                    deletes + (action == Action.DELETE ? 1 : 0), body == null ? last : body, asked);
        }
    }

    private final Map<String, Written> written = new LinkedHashMap<>();
    private final Map<String, List<Integer>> batches = new HashMap<>();

    public void note(String product, String module, String key, String id, Action action, ObjectNode body) {
        note(product, module, key, id, action, body, null);
    }

    public synchronized void note(String product, String module, String key, String id, Action action, ObjectNode body,
                                  JsonNode trigger) {
        String place = product + " " + module + " " + id;
        Written before = written.getOrDefault(place, new Written(product, module, key, id, 0, 0, 0, null, null));
        written.put(place, before.with(action, key, body, trigger));
    }

    /** A call that carries so many records. */
    public synchronized void batch(String address, int records) {
        batches.computeIfAbsent(address, a -> new ArrayList<>()).add(records);
    }

    public synchronized List<Written> list() {
        return List.copyOf(written.values());
    }

    /** The numbers of records in the calls of each address that takes several. */
    public synchronized Map<String, List<Integer>> batches() {
        Map<String, List<Integer>> copy = new LinkedHashMap<>();
        batches.forEach((address, sizes) -> copy.put(address, List.copyOf(sizes)));
        return copy;
    }

    public synchronized void reset() {
        written.clear();
        batches.clear();
    }
}
