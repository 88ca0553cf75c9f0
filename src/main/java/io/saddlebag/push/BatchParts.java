package io.saddlebag.push;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parts in which one batch is sent. The whole batch is the first part. When Zoho refuses a part as a whole, it is halved until the bad
 * record is alone; the records that stood beside it are sent together afterwards. One bad record among 100 costs at most 8 more calls. Not thread safe.
 */
public class BatchParts {

    private List<String> unsent;
    private List<String> suspects = List.of();
    private List<String> current = List.of();
    private boolean accepted;
    private int isolated;
    private boolean narrowed;
    private int largest = Integer.MAX_VALUE;
    private Map<String, Object> refusal = Map.of();
    private final Set<String> doubtful = new HashSet<>();

    /** @param keys of the records */
    public BatchParts(List<String> keys) {
        unsent = List.copyOf(keys);
    }

    /** @param outcome the outcome that a record of the refused part gets if it is at fault */
    void refusedFor(Map<String, Object> outcome) {
        refusal = outcome;
    }

    /** @return the outcome of the last refusal; empty: no part was refused */
    Map<String, Object> refusal() {
        return refusal;
    }

    /** An attempt to send the part may have been carried out, although Zoho refused the last attempt. */
    void doubt() {
        doubtful.addAll(current);
    }

    /** @return whether an attempt to send an earlier part may have written the records of this part: all of them, or none */
    public boolean isDoubtful() {
        return mayBeWritten(current.get(0));
    }

    /** @return whether an attempt that Zoho did not confirm may have written the record */
    boolean mayBeWritten(String key) {
        return doubtful.contains(key);
    }

    public boolean hasNext() {
        return !suspects.isEmpty() || !unsent.isEmpty();
    }

    /** @return the keys of the next part; it is followed by one of accepted, answered, refused, tooLarge and settled */
    public List<String> next() {
        if (suspects.isEmpty()) {
            boolean first = mayBeWritten(unsent.get(0)); // doubtful records are sent without others, so that the outcome of each is its own
            int size = (int) unsent.stream().limit(largest).takeWhile(key -> mayBeWritten(key) == first).count();
            current = unsent.subList(0, size);
            unsent = unsent.subList(size, unsent.size());
        } else {
            current = suspects.subList(0, (suspects.size() + 1) / 2);
        }
        return current;
    }

    /**
     * Zoho accepted each record of the part.
     *
     * @return the record that caused the last refusal, because Zoho accepted all other records of the refused part; empty if the record is not known yet. If Zoho
     *         refused none of the smaller parts, the first refusal may have had another cause, and the last record is sent alone
     */
    public List<String> accepted() {
        accepted = true;
        List<String> rest = without(suspects, current);
        boolean alone = rest.size() == 1 && narrowed;
        suspects = alone ? List.of() : rest;
        isolated += alone ? 1 : 0;
        return alone ? rest : List.of();
    }

    /**
     * Zoho answered record by record, and not each record was accepted. So the suspects beside the part may all be good, and are sent later.
     *
     * @param some whether Zoho accepted at least one record, or its answer does not tell
     */
    void answered(boolean some) {
        accepted |= some;
        isolated += current.size() == 1 && !some ? 1 : 0;
        settled();
        narrowed = false;
    }

    /**
     * Zoho refused the part as a whole.
     *
     * @return the records that fail: the record at fault; or all of the part, if two records at fault were found before and Zoho still accepts nothing; empty if the
     *         record at fault is not known yet
     */
    public List<String> refused() {
        unsent = join(unsent, without(suspects, current));
        if (current.size() == 1 || isolated > 1 && !accepted) {
            suspects = List.of();
            isolated++;
            return current;
        }
        narrowed = !suspects.isEmpty();
        suspects = current;
        return List.of();
    }

    /**
     * The part has too many records or bytes: smaller parts are sent, and no record is suspected.
     *
     * @return the record that fails, if the part has only one; otherwise empty
     */
    public List<String> tooLarge() {
        if (current.size() == 1) {
            return refused();
        }
        largest = current.size() / 2;
        unsent = join(join(current, without(suspects, current)), unsent);
        suspects = List.of();
        return List.of();
    }

    /**
     * All records of the part have one outcome. The suspects beside it are sent later.
     *
     * @return the keys of the part
     */
    public List<String> settled() {
        unsent = join(unsent, without(suspects, current));
        suspects = List.of();
        return current;
    }

    /** @return the keys of all records that were in no part yet or wait to be sent again. After this call there is no next part. */
    public List<String> rest() {
        List<String> rest = join(suspects, unsent);
        suspects = List.of();
        unsent = List.of();
        return rest;
    }

    private static List<String> without(List<String> keys, List<String> others) {
        return keys.stream().filter(key -> !others.contains(key)).toList();
    }

    private static List<String> join(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }
}
