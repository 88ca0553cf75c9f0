package io.saddlebag.pull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.sink.PullPage;
import java.sql.Timestamp;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks for a few records by their ids: which Zoho says are gone, and what it sent of those that live. That a record is gone
 * counts only once a record that is known to live was found on the same path.
 */
public class Proof {

    private final List<String> ids;
    private final Deque<String> toAsk;
    private final Deque<String> controls;
    private final Map<String, Answer> gone = new LinkedHashMap<>();
    private final List<PullPage> living = new ArrayList<>();
    private boolean confirmed;

    /** Which call said so, in the ledger (null: none), when it was sent, and in which words (null: Zoho's own for it). */
    private record Answer(Timestamp requestedAt, Long callId, String words) {
    }

    /**
     * @param ids of the records in question
     * @param controls ids of other records of the kind that are known to live; empty where none is
     */
    Proof(Collection<String> ids, Collection<String> controls) {
        this.ids = List.copyOf(ids);
        this.toAsk = new ArrayDeque<>(ids);
        this.controls = new ArrayDeque<>(controls);
    }

    /** @return whether a record is still to be asked for by its id */
    public boolean hasNext() {
        return !toAsk.isEmpty();
    }

    public String next() {
        return toAsk.remove();
    }

    /** @return whether something is said to be gone and no living record was found yet */
    public boolean needsControl() {
        return !gone.isEmpty() && !confirmed;
    }

    /** @throws UnprovenException when there is none, or none is left */
    public String nextControl() {
        if (controls.isEmpty()) {
            throw new UnprovenException(gone.keySet().iterator().next());
        }
        return controls.remove();
    }

    public void confirm() {
        confirmed = true;
    }

    /**
     * @param requestedAt when the request was sent that Zoho answered so
     * @param callId of that request, in the ledger; null where a person said so
     */
    public void gone(String id, Timestamp requestedAt, Long callId) {
        gone(id, requestedAt, callId, null);
    }

    /** @param words what Zoho said where it is not what it says of a record that is gone; null where it is */
    void gone(String id, Timestamp requestedAt, Long callId, String words) {
        toAsk.remove(id);
        gone.put(id, new Answer(requestedAt, callId, words));
    }

    /** @param page one or more of the records, as Zoho sent them */
    public void lives(PullPage page) {
        living.add(page);
    }

    /** @return what of the records came, to be stored as a page of a list is */
    public List<PullPage> pages() {
        return living;
    }

    /** @return the ids of the records in question, as a PostgreSQL array literal */
    public String ids() {
        return "{" + String.join(",", ids) + "}";
    }

    /** @return [{"id": …, "at": …, "call": …, "words": …}] of those that are gone */
    public String goneJson() {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        gone.forEach((id, answer) -> array.addObject().put("id", id)
                .put("at", answer.requestedAt().toInstant().toString()).put("call", answer.callId())
                .put("words", answer.words()));
        return array.toString();
    }

    /** @return the ids of those that came, as a PostgreSQL array literal */
    public String livingIds() {
        return "{" + String.join(",", living.stream().map(PullPage::ids).map(list -> list.substring(1, list.length() - 1))
                .filter(list -> !list.isEmpty()).toList()) + "}";
    }

    @Override
    public String toString() {
        return ids.size() + " asked for, " + seen() + " came, " + gone.size() + " gone";
    }

    /** The sums of the living ones' pages, for the counts of a run. */
    public long seen() {
        return living.stream().mapToLong(PullPage::seen).sum();
    }

    public long created() {
        return living.stream().mapToLong(PullPage::created).sum();
    }

    public long updated() {
        return living.stream().mapToLong(PullPage::updated).sum();
    }

    public long unchanged() {
        return living.stream().mapToLong(PullPage::unchanged).sum();
    }

    public long rejected() {
        return living.stream().mapToLong(PullPage::rejected).sum();
    }
}
