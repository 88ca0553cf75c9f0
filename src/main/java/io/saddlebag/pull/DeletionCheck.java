package io.saddlebag.pull;

import io.saddlebag.kinds.Kind;
import io.saddlebag.sink.PullPage;
import io.saddlebag.zoho.ZohoRejectedException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** The steps of a deletion check that YAML cannot express. The check requests records that seem deleted, one by one or by a list of ids. */
@Component("deletionCheck")
public class DeletionCheck {

    /**
     * @param rows zoho_id and requested_at of the candidates
     * @param controls ids of records known to exist, comma-separated; null where there are none
     */
    public DeletionCandidates of(List<Map<String, Object>> rows, String controls) {
        return new DeletionCandidates(rows.stream().map(row -> row.get("zoho_id").toString()).toList(), split(controls));
    }

    /** @return the check of one record; Zoho has just answered that it does not have the record */
    public DeletionCandidates ofNotFound(String zohoId, Timestamp requestedAt, Long callId, String controls) {
        DeletionCandidates candidates = new DeletionCandidates(List.of(zohoId), split(controls));
        candidates.notFound(zohoId, requestedAt, callId);
        return candidates;
    }

    /** Notes that Zoho still has these candidates, and sent them. */
    public void exists(@Variable("candidates") DeletionCandidates candidates, @Variable("page") PullPage page,
            @Variable("slot") Map<String, Object> slot) {
        candidates.exists(page.by((Long) slot.get("call_id")));
    }

    /** Notes that Zoho does not have the candidate. */
    public void notFound(@Variable("candidates") DeletionCandidates candidates, @Variable("zohoId") String zohoId,
            @Variable("requestedAt") Timestamp requestedAt, @Variable("slot") Map<String, Object> slot) {
        candidates.notFound(zohoId, requestedAt, (Long) slot.get("call_id"));
    }

    /** Notes a refusal that is not Zoho's usual answer for a deleted record. Called only for deletes that a person released. */
    public void refused(@Variable("candidates") DeletionCandidates candidates, @Variable("zohoId") String zohoId, @Variable("requestedAt") Timestamp requestedAt,
            @Variable("slot") Map<String, Object> slot, @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception refusal) {
        candidates.notFound(zohoId, requestedAt, (Long) slot.get("call_id"), refusal.getMessage());
    }

    /** Notes that the control, a record known to exist, was found at the same address. */
    public void confirm(@Variable("candidates") DeletionCandidates candidates) {
        candidates.confirm();
    }

    /** Takes a person's release in place of a control, because no row of the kind is left that could be one. */
    public void confirmByRelease(@Variable("candidates") DeletionCandidates candidates) {
        candidates.confirmByRelease();
    }

    /** @throws UnconfirmedDeletionException if a candidate of the committed batch stays undecided: the rest of the list is held */
    public void requireAllConfirmed(@Variable("candidates") DeletionCandidates candidates) {
        candidates.requireAllConfirmed();
    }

    /** Takes a person's approval as confirmation, because Zoho has no address for single records of this kind. It counts from the time of the list. */
    public void confirmByApproval(DeletionCandidates candidates, List<Map<String, Object>> rows) {
        rows.forEach(row -> candidates.notFound(row.get("zoho_id").toString(), (Timestamp) row.get("requested_at"), null));
    }

    /** @return the query that requests several records in one call */
    public String idQuery(List<Map<String, Object>> rows, String parameter) {
        return parameter + "=" + URLEncoder.encode(
                String.join(",", rows.stream().map(row -> row.get("zoho_id").toString()).toList()), StandardCharsets.UTF_8);
    }

    /**
     * @param page of one record
     * @throws ZohoRejectedException when it is not the record that was requested
     */
    public void checkId(@Variable("page") PullPage page, @Variable("zohoId") String zohoId, @Variable("kind") Kind kind) {
        Object id = page.records().get(0) instanceof Map<?, ?> record ? record.get(kind.idKey()) : null;
        if (id == null || !zohoId.equals(id.toString())) {
            throw new ZohoRejectedException("Record " + zohoId + " was requested, and Zoho sent another record");
        }
    }

    /** @throws RunStoppedException when this process is shutting down: this is no failure, because another process resumes the run */
    public void stopIfShuttingDown(Exchange exchange) {
        if (exchange.getContext().isStopping()) {
            throw new RunStoppedException();
        }
    }

    private static List<String> split(String ids) {
        return ids == null || ids.isEmpty() ? List.of() : List.of(ids.split(","));
    }
}
