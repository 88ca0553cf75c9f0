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
 * A few records that seem deleted, and Zoho's answer to the request for each by its id. An answer "not found" counts only after a control,
 * a record that is known to exist, was found at the same address.
 */
public class DeletionCandidates {

    private final List<String> ids;
    private final Deque<String> toAsk;
    private final Deque<String> controls;
    private final Map<String, Answer> notFound = new LinkedHashMap<>();
    private final List<PullPage> existing = new ArrayList<>();
    private final boolean withoutControls;
    private boolean confirmed;
    private String unconfirmed;

    /** The time of the request, its call in the ledger (null: none), and the message of a refusal (null: Zoho's usual answer for a deleted record). */
    private record Answer(Timestamp requestedAt, Long callId, String words) {
    }

    /**
     * @param ids of the candidates
     * @param controls ids of other records of the kind that are known to exist; may be empty
     */
    DeletionCandidates(Collection<String> ids, Collection<String> controls) {
        this.ids = List.copyOf(ids);
        this.toAsk = new ArrayDeque<>(ids);
        this.controls = new ArrayDeque<>(controls);
        this.withoutControls = controls.isEmpty();
    }

    /** @return whether a candidate has not been requested yet */
    public boolean hasNext() {
        return !toAsk.isEmpty();
    }

    public String next() {
        return toAsk.remove();
    }

    /** @return whether a candidate was not found and no control has been found yet */
    public boolean needsControl() {
        return !notFound.isEmpty() && !confirmed;
    }

    /** @return whether the check began without a control: no other row of the kind is known to exist */
    public boolean isWithoutControls() {
        return withoutControls;
    }

    /** @throws UnconfirmedDeletionException when no control is left */
    public String nextControl() {
        if (controls.isEmpty()) {
            String id = notFound.keySet().iterator().next();
            throw withoutControls ? UnconfirmedDeletionException.withoutControls(id) : new UnconfirmedDeletionException(id);
        }
        return controls.remove();
    }

    /** Takes a person's release in place of a control. A refusal in other words than Zoho's usual "not found" does not count without a control. */
    void confirmByRelease() {
        confirmed = true;
        unconfirmed = notFound.entrySet().stream().filter(entry -> entry.getValue().words() != null).map(Map.Entry::getKey).findFirst().orElse(null);
        notFound.values().removeIf(answer -> answer.words() != null);
    }

    /** @throws UnconfirmedDeletionException if confirmByRelease left a candidate out */
    public void requireAllConfirmed() {
        if (unconfirmed != null) {
            throw UnconfirmedDeletionException.withoutControls(unconfirmed);
        }
    }

    public void confirm() {
        confirmed = true;
    }

    /**
     * @param requestedAt when the answered request was sent
     * @param callId of that request, in the ledger; null where a person approved the delete
     */
    public void notFound(String id, Timestamp requestedAt, Long callId) {
        notFound(id, requestedAt, callId, null);
    }

    /** @param words message of a refusal that is not Zoho's usual answer for a deleted record; null where it is */
    void notFound(String id, Timestamp requestedAt, Long callId, String words) {
        toAsk.remove(id);
        notFound.put(id, new Answer(requestedAt, callId, words));
    }

    /** @param page one or more of the candidates, as Zoho sent them */
    public void exists(PullPage page) {
        existing.add(page);
    }

    /** @return the candidates that exist, to be stored as a page of a list is */
    public List<PullPage> pages() {
        return existing;
    }

    /** @return the ids of the candidates, as a PostgreSQL array literal */
    public String ids() {
        return "{" + String.join(",", ids) + "}";
    }

    /** @return [{"id": …, "at": …, "call": …, "words": …}] of those that were not found */
    public String notFoundJson() {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        notFound.forEach((id, answer) -> array.addObject().put("id", id)
                .put("at", answer.requestedAt().toInstant().toString()).put("call", answer.callId())
                .put("words", answer.words()));
        return array.toString();
    }

    /** @return the ids of those that exist, as a PostgreSQL array literal */
    public String existingIds() {
        return "{" + String.join(",", existing.stream().map(PullPage::ids).map(list -> list.substring(1, list.length() - 1))
                .filter(list -> !list.isEmpty()).toList()) + "}";
    }

    @Override
    public String toString() {
        return ids.size() + " requested, " + seen() + " exist, " + notFound.size() + " not found";
    }

    /** Sums over the pages of the existing candidates, for the counts of a run. */
    public long seen() {
        return existing.stream().mapToLong(PullPage::seen).sum();
    }

    public long created() {
        return existing.stream().mapToLong(PullPage::created).sum();
    }

    public long updated() {
        return existing.stream().mapToLong(PullPage::updated).sum();
    }

    public long unchanged() {
        return existing.stream().mapToLong(PullPage::unchanged).sum();
    }

    public long rejected() {
        return existing.stream().mapToLong(PullPage::rejected).sum();
    }
}
