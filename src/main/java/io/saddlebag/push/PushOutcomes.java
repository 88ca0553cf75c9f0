package io.saddlebag.push;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.common.FailureReason;
import io.saddlebag.common.StorableJson;
import io.saddlebag.database.TransactionFailure;
import io.saddlebag.zoho.ZohoException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/**
 * The outcomes of the records of one part of a batch. Each method from... sets the variable outcomes, the JSON that push_settle reads. Each but fromChanged also tells
 * the variable parts what became of the part; by that {@link BatchParts} chooses the next part. The variable results is Zoho's answer as JSON, from which push_results
 * reads the outcome of each record. If the outcomes hold every record already, results is removed.
 */
@Component("pushOutcomes")
public class PushOutcomes {

    private static final TypeReference<List<Map<String, Object>>> OUTCOMES = new TypeReference<>() { };

    private final ObjectMapper json = new ObjectMapper();
    private final FailureReason reason;

    PushOutcomes(FailureReason reason) {
        this.reason = reason;
    }

    /** Zoho answered record by record. The outcomes hold only the record for which Zoho refused an earlier part; push_results adds the others. */
    public void fromAnswer(Exchange exchange) throws JsonProcessingException {
        BatchParts parts = exchange.getVariable("parts", BatchParts.class);
        Object answer = exchange.getMessage().getBody();
        exchange.setVariable("results", StorableJson.write(answer));
        List<String> refused = List.of();
        int records = (Integer) exchange.getVariable("attempt", Map.class).get("records");
        int successes = successes(exchange.getVariable("target", Target.class), answer, records);
        if (successes == records) {
            refused = parts.accepted();
        } else {
            parts.answered(successes != 0);
        }
        exchange.setVariable("outcomes", StorableJson.write(outcomes(refused, parts.refusal())));
    }

    /** @return how many of the records the answer accepts; -1 if it does not have a result for each */
    private static int successes(Target target, Object answer, int records) {
        if (!target.answers().equals("each")) {
            return records;
        }
        return answer instanceof Map<?, ?> map && map.get(target.answerList()) instanceof List<?> results && results.size() == records
            ? (int) results.stream().filter(result -> result instanceof Map<?, ?> one && "success".equals(one.get("status"))).count() : -1;
    }

    /** Zoho refused the part as a whole. The record at fault fails once it is known; the other records are sent again in smaller parts. */
    public void fromRefusal(Exchange exchange) throws JsonProcessingException {
        BatchParts parts = exchange.getVariable("parts", BatchParts.class);
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        ZohoException answer = FailureReason.find(ZohoException.class, caught); // null if no call was made
        String code = answer == null ? null : answer.getCode();
        Map<String, Object> refusal = new HashMap<>();
        refusal.put("outcome", "failed");
        refusal.put("code", code != null || answer == null || answer.getStatus() == null ? code : answer.getStatus().toString());
        refusal.put("errorKey", answer == null ? null : answer.getRefusedKey());
        refusal.put("text", answer == null || answer.getZohoMessage() == null || answer.getZohoMessage().isEmpty() ? reason.of(caught) : answer.getZohoMessage());
        parts.refusedFor(refusal);
        if (isUncertain(exchange)) {
            parts.doubt();
        }
        List<String> failed = answer != null && answer.isTooLarge() ? parts.tooLarge() : parts.refused();
        // Transient, so tried again later, in two cases. Several records fail together, because Zoho accepted nothing of the batch: hardly the fault of each record. Or the
        // status came without a code of Zoho's: a proxy or another server answered.
        refusal.put("transient", failed.size() > 1 || answer != null && answer.getStatus() != null && code == null && !answer.isTooLarge());
        without(exchange, outcomes(failed, refusal));
    }

    /** Zoho has nothing left to delete. */
    public void fromNothingToDelete(Exchange exchange) throws JsonProcessingException {
        without(exchange, outcomes(exchange.getVariable("parts", BatchParts.class).settled(), Map.of("outcome", "ok")));
    }

    /** Zoho did not write over what somebody changed since. In: the record as Zoho has it now, as body; null if that could not be read. */
    public void fromChanged(Exchange exchange) throws JsonProcessingException {
        List<Map<String, Object>> outcomes = json.readValue(exchange.getVariable("outcomes", String.class), OUTCOMES);
        Object record = exchange.getMessage().getBody();
        outcomes.forEach(outcome -> {
            outcome.put("outcome", "changed");
            outcome.put("record", record);
        });
        exchange.setVariable("outcomes", StorableJson.write(outcomes));
    }

    /** Zoho may have carried out the call; or a look-up did not tell whether it did. */
    public void fromUnknown(Exchange exchange) throws JsonProcessingException {
        without(exchange, outcomes(exchange.getVariable("parts", BatchParts.class).settled(), withoutAnswer(exchange, "unknown")));
    }

    /**
     * Zoho did not carry out the last attempt of the call, or no usable answer came. If an attempt may have been carried out, also one that sent the record in a larger
     * part, the outcome is unknown, whatever became of the last one. Nothing more of this batch is sent now.
     */
    public void fromUnsent(Exchange exchange) throws JsonProcessingException {
        BatchParts parts = exchange.getVariable("parts", BatchParts.class);
        Map<String, Object> outcome = withoutAnswer(exchange, isUncertain(exchange) ? "unknown" : "unsent");
        List<Map<String, Object>> outcomes = outcomes(parts.settled(), outcome);
        parts.rest().forEach(key ->
            outcomes.addAll(outcomes(List.of(key), Map.of("outcome", parts.mayBeWritten(key) ? "unknown" : "unsent", "text", outcome.get("text")))));
        without(exchange, outcomes);
    }

    private static boolean isUncertain(Exchange exchange) {
        return Boolean.TRUE.equals(exchange.getVariable("uncertain", Boolean.class));
    }

    private Map<String, Object> withoutAnswer(Exchange exchange, String outcome) {
        return Map.of("outcome", outcome, "text", reason.of(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)),
            "limit", Boolean.TRUE.equals(exchange.getVariable("limited")));
    }

    /** @throws Exception the exception in the variable failure, for the caller's error handler: push-call's own left its marks */
    public void rethrow(Exchange exchange) throws Exception {
        TransactionFailure.settle(exchange);
        throw exchange.getVariable("failure", Exception.class);
    }

    private void without(Exchange exchange, List<Map<String, Object>> outcomes) throws JsonProcessingException {
        exchange.removeVariable("results");
        exchange.setVariable("outcomes", StorableJson.write(outcomes));
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
