package io.saddlebag.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saddlebag.common.FailureReason;
import io.saddlebag.kinds.Kind;
import io.saddlebag.sink.PullPage;
import io.saddlebag.sink.Reject;
import io.saddlebag.sink.SinkBatch;
import io.saddlebag.zoho.ZohoOrganisationException;
import io.saddlebag.zoho.ZohoRejectedException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Variable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;

/** Groups claimed events (rows of inbox-claim.sql) for processing, and decides the outcome of each. */
@Component("webhookEvents")
public class WebhookEvents {

    private final JsonMapper json = new JsonMapper();
    private final WebhookContent content;
    private final SinkBatch batches;

    WebhookEvents(WebhookContent content, SinkBatch batches) {
        this.content = content;
        this.batches = batches;
    }

    /**
     * @return groups that are processed together: complete events of one organisation, kind and shape at their first attempt. An event
     *         that failed in a group is a group of its own
     */
    public Collection<List<Map<String, Object>>> groups(List<Map<String, Object>> events) {
        return events.stream().collect(Collectors.groupingBy(event -> List.of(event.get("org_id"), event.get("entity"), shape(event),
            (Integer) event.get("attempts") > 1 ? event.get("event_id") : ""), LinkedHashMap::new, Collectors.toList())).values();
    }

    /** @return false after a refusal that Zoho will repeat, and for content that PostgreSQL cannot store */
    public boolean mayRetry(Exception failure) {
        ZohoRejectedException rejected = FailureReason.find(ZohoRejectedException.class, failure);
        return rejected == null ? FailureReason.find(DataIntegrityViolationException.class, failure) == null
            : !rejected.isDefinite() || rejected instanceof ZohoOrganisationException; // which a person can remedy
    }

    /** @return JSON that maps the id of each record to its event, for dead letters */
    public String ids(List<Map<String, Object>> events) throws JsonProcessingException {
        return json.writeValueAsString(events.stream()
            .collect(Collectors.toMap(event -> event.get("zoho_id"), event -> event.get("event_id"))));
    }

    /** @return a page of the records of complete events */
    public PullPage page(List<Map<String, Object>> events, @Variable("kind") Kind kind) {
        return batches.fromWebhook(events.stream().map(event -> content.record((String) event.get("payload"), kind)).toList(),
            shape(events.get(0)));
    }

    /** @return none if a template took the record out of a body, else webhook */
    private static String shape(Map<String, Object> event) {
        return ((String) event.get("payload")).startsWith("{\"" + WebhookTemplate.RECORD + "\":") ? "none" : "webhook";
    }

    public List<Map<String, Object>> with(List<Map<String, Object>> events, List<Map<String, Object>> others) {
        return Stream.concat(events.stream(), others.stream()).toList();
    }

    /**
     * Removes the records that must not be stored from the page.
     *
     * @param rows of judge_webhooks
     * @return the verdict on each record, by its id
     */
    public Map<String, String> judged(List<Map<String, Object>> rows, PullPage page, @Variable("kind") Kind kind) throws JsonProcessingException {
        Map<String, String> verdicts = rows.stream().collect(Collectors.toMap(row -> (String) row.get("zoho_id"), row -> (String) row.get("verdict")));
        batches.retainIds(page, verdicts.keySet().stream().filter(id -> verdicts.get(id).equals("store")).collect(Collectors.toSet()), kind);
        return verdicts;
    }

    /**
     * @param verdicts store, same, older or fetch (only Zoho knows the current record), by record id. A record without a verdict is
     *                 outside the filter
     * @return the outcomes of complete events, JSON for webhook-settle.sql
     */
    public String stored(List<Map<String, Object>> events, Map<String, String> verdicts, PullPage page) throws JsonProcessingException {
        List<EventOutcome> outcomes = new ArrayList<>();
        for (Map<String, Object> event : events) {
            String verdict = verdicts == null ? null : verdicts.get((String) event.get("zoho_id"));
            String error = rejected(page, event);
            outcomes.add(error != null ? EventOutcome.of(event, "dead", error)
                : verdict == null ? EventOutcome.of(event, "ignored", EventOutcome.FILTERED)
                : verdict.equals("older") ? EventOutcome.of(event, "ignored", "The row is newer")
                : verdict.equals("fetch") ? EventOutcome.of(event, "pending", null) : EventOutcome.of(event, "done", null));
        }
        return json.writeValueAsString(outcomes);
    }

    /** @return the outcomes of events whose records were fetched. A record that is missing from the answer is fetched by its id later */
    public String fetched(List<Map<String, Object>> events, PullPage page, @Variable("kind") Kind kind) throws JsonProcessingException {
        Set<String> sent = ids(page.records(), kind.idKey());
        Set<String> wanted = ids(page.batch(), kind.idKey());
        List<EventOutcome> outcomes = new ArrayList<>();
        for (Map<String, Object> event : events) {
            String id = (String) event.get("zoho_id");
            String error = rejected(page, event);
            outcomes.add(error != null ? EventOutcome.of(event, "dead", error)
                : !sent.contains(id) ? EventOutcome.of(event, "pending", null).byItself()
                : (wanted.contains(id) ? EventOutcome.of(event, "done", null) : EventOutcome.of(event, "ignored", EventOutcome.FILTERED))
                    .asked(page.requestedAt()));
        }
        return json.writeValueAsString(outcomes);
    }

    /** @return the outcomes of events after Zoho refused to send their records together: each record will be fetched by its id */
    public String alone(List<Map<String, Object>> events) throws JsonProcessingException {
        return json.writeValueAsString(events.stream().map(event -> EventOutcome.of(event, "pending", null).byItself()).toList());
    }

    /**
     * @param rowExisted whether the record had a row, which is now marked as deleted
     * @return the outcomes of events whose record is deleted
     */
    public String gone(List<Map<String, Object>> events, boolean rowExisted, Timestamp askedAt) throws JsonProcessingException {
        return json.writeValueAsString(events.stream().map(event -> (rowExisted ? EventOutcome.of(event, "done", null)
            : EventOutcome.of(event, "ignored", "Zoho has no such record, and there is no row to mark as deleted")).asked(askedAt)).toList());
    }

    private static String rejected(PullPage page, Map<String, Object> event) {
        return page.rejects().stream().filter(reject -> event.get("zoho_id").equals(reject.zohoId()))
            .map(Reject::error).findFirst().orElse(null);
    }

    private static Set<String> ids(List<?> records, String idKey) {
        return records.stream().filter(record -> record instanceof Map<?, ?>).map(record -> String.valueOf(((Map<?, ?>) record).get(idKey)))
            .collect(Collectors.toSet());
    }
}
