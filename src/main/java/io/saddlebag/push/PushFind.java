package io.saddlebag.push;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/** Looks a record up in Zoho, as its target's findOne says. The variable lookUp holds what was found so far. */
@Component("pushFind")
public class PushFind {

    private static final int PAGE = 200;

    private final ObjectMapper json = new ObjectMapper();

    /**
     * @param attempt the row of push_attempt
     * @throws IllegalStateException where the target declares no look-up
     */
    public RecordLookUp of(Target target, Map<String, Object> attempt) {
        if (target.findOne() == null) {
            throw new IllegalStateException("The target " + target + " declares neither repeatable nor findOne: whether a record was created cannot be found out");
        }
        Timestamp triedAt = (Timestamp) attempt.get("tried_at");
        return new RecordLookUp(target.findOne(), (String) attempt.get("key"), (String) attempt.get("external_key"), triedAt.toInstant());
    }

    /** Sets the variables of zoho-request for the next page. */
    public void prepare(Exchange exchange) {
        Target.LookUp how = exchange.getVariable("target", Target.class).findOne();
        Map<?, ?> attempt = exchange.getVariable("attempt", Map.class);
        int page = exchange.getVariable("lookUp", RecordLookUp.class).nextPage();
        Map<String, String> values = new HashMap<>();
        values.put("externalKey", (String) attempt.get("external_key"));
        String query = how.query() == null ? "" : PushCall.filled(how.query(), values, true);
        String paging = how.pages() ? (query.isEmpty() ? "" : "&") + "page=" + page + "&per_page=" + PAGE : "";
        exchange.setVariable("method", "GET");
        exchange.setVariable("path", PushCall.filled(how.request().split(" ", 2)[1], values, true));
        exchange.setVariable("query", query + paging);
        exchange.setVariable("headers", Map.of());
        exchange.setVariable("content", null);
        exchange.setVariable("repeatable", true);
        exchange.setVariable("records", 1);
    }

    /** Reads the answer in the body. */
    public void read(Exchange exchange) {
        exchange.getVariable("lookUp", RecordLookUp.class).read(exchange.getMessage().getBody(Map.class));
    }

    /** Sets outcomes, the JSON that push_settle takes: found, absent, or failed where several records have the key. */
    public void outcome(Exchange exchange) throws JsonProcessingException {
        RecordLookUp lookUp = exchange.getVariable("lookUp", RecordLookUp.class);
        exchange.getVariable("parts", BatchParts.class).accepted();
        Target.LookUp how = exchange.getVariable("target", Target.class).findOne();
        Map<String, Object> outcome = new HashMap<>();
        outcome.put("key", lookUp.recordKey());
        List<String> ids = lookUp.found().stream().map(record -> id(record, how)).toList();
        if (ids.size() > 1) {
            outcome.putAll(Map.of("outcome", "failed", "code", "several",
                "text", "Zoho has " + ids.size() + " records with this key: " + String.join(", ", ids) + ". adopt ties the row to one of them"));
        } else if (ids.isEmpty() && how.mayMiss()) {
            outcome.putAll(Map.of("outcome", "failed", "code", "not found", "text", "Whether Zoho carried the create out is not known, and its list, which may lag, does not "
                + "show the record. adopt ties the row to a record of Zoho; POST /api/push/" + exchange.getVariable("target", Target.class) + "/{key} creates one"));
        } else if (ids.isEmpty()) {
            outcome.put("outcome", "absent");
        } else {
            outcome.putAll(Map.of("outcome", "found", "record", lookUp.found().get(0)));
            outcome.put("zohoId", ids.get(0));
        }
        exchange.setVariable("outcomes", json.writeValueAsString(List.of(outcome)));
    }

    private static String id(Map<?, ?> record, Target.LookUp how) {
        Object id = how.id() == null ? null : record.get(how.id());
        return id == null ? null : id.toString();
    }
}
