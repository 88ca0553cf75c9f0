package io.saddlebag.push;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.common.FailureReason;
import io.saddlebag.zoho.ZohoException;
import io.saddlebag.zoho.ZohoLimitException;
import io.saddlebag.zoho.ZohoPausedException;
import io.saddlebag.zoho.ZohoUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/**
 * What became of the records of one part of a batch: sets outcomes, the JSON that push_settle takes. In: variables parts, keys, op, target and answer (null: nothing was
 * sent). A method also moves the parts on. Sets results, the answer as JSON that push_results reads record by record; null where the outcomes say all.
 */
@Component("pushOutcomes")
public class PushOutcomes {

    private final ObjectMapper json = new ObjectMapper();
    private final FailureReason reason;

    PushOutcomes(FailureReason reason) {
        this.reason = reason;
    }

    /** Zoho answered record by record: only a record that the refusals before were about is decided here. */
    public void answered(Exchange exchange) throws JsonProcessingException {
        BatchParts parts = exchange.getVariable("parts", BatchParts.class);
        exchange.setVariable("results", json.writeValueAsString(exchange.getMessage().getBody()));
        exchange.setVariable("outcomes", json.writeValueAsString(outcomes(parts.accepted(), parts.refusal())));
    }

    /** Zoho refused the part as a whole: the record that it is about fails, others are sent in smaller parts. */
    public void refused(Exchange exchange) throws JsonProcessingException {
        BatchParts parts = exchange.getVariable("parts", BatchParts.class);
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        ZohoException answer = FailureReason.find(ZohoException.class, caught); // null: no call was made
        String code = answer == null ? null : answer.getCode();
        Map<String, Object> refusal = new HashMap<>();
        refusal.put("outcome", "failed");
        refusal.put("code", code != null || answer == null || answer.getStatus() == null ? code : answer.getStatus().toString());
        refusal.put("text", answer == null || answer.getZohoMessage() == null || answer.getZohoMessage().isEmpty() ? reason.of(caught) : answer.getZohoMessage());
        parts.refusedFor(refusal);
        List<String> failed = answer != null && answer.isTooLarge() ? parts.tooLarge() : parts.refused();
        refusal.put("transient", failed.size() > 1); // nothing of the batch was accepted: hardly the fault of each record
        without(exchange, outcomes(failed, refusal));
    }

    /** The call may have been carried out. */
    public void unknown(Exchange exchange) throws JsonProcessingException {
        BatchParts parts = exchange.getVariable("parts", BatchParts.class);
        without(exchange, outcomes(parts.unknown(), Map.of("outcome", "unknown",
            "text", reason.of(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)))));
    }

    /** The call was surely not carried out, or was repeated in vain: nothing more of this batch is sent now. */
    public void unsent(Exchange exchange) throws JsonProcessingException {
        BatchParts parts = exchange.getVariable("parts", BatchParts.class);
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        boolean mayHaveBeen = failure instanceof ZohoUnavailableException && !(failure instanceof ZohoPausedException);
        String text = reason.of(failure);
        List<Map<String, Object>> outcomes = outcomes(parts.unknown(), mayHaveBeen ? Map.of("outcome", "unknown", "text", text)
            : Map.of("outcome", "unsent", "text", text, "limit", failure instanceof ZohoLimitException));
        outcomes.addAll(outcomes(parts.rest(), Map.of("outcome", "unsent", "text", text)));
        without(exchange, outcomes);
    }

    /** @throws Exception the failure in variable failure */
    public void rethrow(Exchange exchange) throws Exception {
        throw exchange.getVariable("failure", Exception.class);
    }

    private void without(Exchange exchange, List<Map<String, Object>> outcomes) throws JsonProcessingException {
        exchange.removeVariable("results");
        exchange.setVariable("outcomes", json.writeValueAsString(outcomes));
    }

    private static List<Map<String, Object>> outcomes(List<String> keys, Map<?, ?> outcome) {
        List<Map<String, Object>> outcomes = new ArrayList<>();
        for (String key : keys) {
            Map<String, Object> one = new HashMap<>();
            outcome.forEach((name, value) -> one.put((String) name, value));
            one.put("key", key);
            outcomes.add(one);
        }
        return outcomes;
    }
}
