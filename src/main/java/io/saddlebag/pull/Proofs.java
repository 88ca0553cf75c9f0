package io.saddlebag.pull;

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

/** What the routes of a proof do that they cannot say themselves. */
@Component("proofs")
public class Proofs {

    /**
     * @param rows zoho_id and requested_at of the records in question
     * @param controls ids of living records, comma-separated; null where there are none
     */
    public Proof of(List<Map<String, Object>> rows, String controls) {
        return new Proof(rows.stream().map(row -> row.get("zoho_id").toString()).toList(), split(controls));
    }

    /** The proof of a record of which Zoho has just said that it is gone. */
    public Proof ofGone(String zohoId, Timestamp requestedAt, Long callId, String controls) {
        Proof proof = new Proof(List.of(zohoId), split(controls));
        proof.gone(zohoId, requestedAt, callId);
        return proof;
    }

    /** Takes note of what Zoho sent of the living. */
    public void lives(@Variable("proof") Proof proof, @Variable("page") PullPage page,
            @Variable("slot") Map<String, Object> slot) {
        proof.lives(page.by((Long) slot.get("call_id")));
    }

    /** Takes note of what Zoho said. */
    public void gone(@Variable("proof") Proof proof, @Variable("zohoId") String zohoId,
            @Variable("requestedAt") Timestamp requestedAt, @Variable("slot") Map<String, Object> slot) {
        proof.gone(zohoId, requestedAt, (Long) slot.get("call_id"));
    }

    /** Takes note of what Zoho refused in words of its own, of a record that a person released. */
    public void refused(@Variable("proof") Proof proof, @Variable("zohoId") String zohoId, @Variable("requestedAt") Timestamp requestedAt,
            @Variable("slot") Map<String, Object> slot, @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception refusal) {
        proof.gone(zohoId, requestedAt, (Long) slot.get("call_id"), refusal.getMessage());
    }

    /** The living record was found on the path. */
    public void confirm(@Variable("proof") Proof proof) {
        proof.confirm();
    }

    /** Where Zoho cannot be asked, a person's word counts, as of the list that did not show the records. */
    public void believe(Proof proof, List<Map<String, Object>> rows) {
        rows.forEach(row -> proof.gone(row.get("zoho_id").toString(), (Timestamp) row.get("requested_at"), null));
    }

    /** @return the query that asks for several records at once */
    public String together(List<Map<String, Object>> rows, String parameter) {
        return parameter + "=" + URLEncoder.encode(
                String.join(",", rows.stream().map(row -> row.get("zoho_id").toString()).toList()), StandardCharsets.UTF_8);
    }

    /**
     * @param page of one record
     * @throws ZohoRejectedException when it is not the one that was asked for
     */
    public void checkIsOf(@Variable("page") PullPage page, @Variable("zohoId") String zohoId, @Variable("idKey") String idKey) {
        Object id = page.records().get(0) instanceof Map<?, ?> record ? record.get(idKey) : null;
        if (id == null || !zohoId.equals(id.toString())) {
            throw new ZohoRejectedException("Zoho was asked for " + zohoId + " and sent another record");
        }
    }

    /** @throws RunStoppedException when this process is stopping: what breaks off then is no failure, and is carried on */
    public void stopHere(Exchange exchange) {
        if (exchange.getContext().isStopping()) {
            throw new RunStoppedException();
        }
    }

    private static List<String> split(String ids) {
        return ids == null ? List.of() : List.of(ids.split(","));
    }
}
