package io.saddlebag.push;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.common.StorableJson;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/** Looks up a record in Zoho, with the target's look-up by key. The variable lookUp holds the records found so far. */
@Component("pushFind")
public class PushFind {

    private static final int PAGE = 200;
    private static final String UNDECIDED = "Whether Zoho carried the create out is not known, and %s. adopt ties the row to a record of Zoho; POST /api/push/%s/{key} creates one";
    private static final TypeReference<List<Map<String, Object>>> OUTCOMES = new TypeReference<>() { };

    private final ObjectMapper json = new ObjectMapper();

    /**
     * @param target  declares a look-up
     * @param attempt the row of push_attempt
     */
    public RecordLookUp of(Target target, Map<String, Object> attempt) {
        Timestamp triedAt = (Timestamp) attempt.get("tried_at");
        return new RecordLookUp(target.lookUp(), (String) attempt.get("key"), (String) attempt.get("external_key"), target.uniqueField() != null,
            triedAt.toInstant());
    }

    /** Sets the variables of zoho-request for the next page. */
    public void prepare(Exchange exchange) throws JsonProcessingException {
        Target.LookUp how = exchange.getVariable("target", Target.class).lookUp();
        Map<?, ?> attempt = exchange.getVariable("attempt", Map.class);
        exchange.setVariable("headers", Map.of());
        exchange.setVariable("repeatable", true);
        exchange.setVariable("records", 1);
        if (how.coql() != null) {
            String key = ((String) attempt.get("external_key")).replace("\\", "\\\\").replace("'", "\\'");
            String select = "select id, " + attempt.get("fields") + ", Modified_Time from " + how.coql() + " where " + how.key() + " in ('" + key + "') limit 2";
            exchange.setVariable("method", "POST");
            exchange.setVariable("path", "/crm/v8/coql");
            exchange.setVariable("query", "");
            exchange.setVariable("content", StorableJson.write(Map.of("select_query", select)).getBytes(StandardCharsets.UTF_8));
            return;
        }
        int page = exchange.getVariable("lookUp", RecordLookUp.class).nextPage();
        Map<String, String> values = new HashMap<>();
        values.put("externalKey", (String) attempt.get("external_key"));
        values.put("externalKeys", (String) attempt.get("external_key"));
        String query = how.query() == null ? "" : PushCall.filled(how.query(), values, true);
        String paging = how.pages() ? (query.isEmpty() ? "" : "&") + "page=" + page + "&per_page=" + PAGE : "";
        exchange.setVariable("method", "GET");
        exchange.setVariable("path", PushCall.filled(how.request().split(" ", 2)[1], values, true));
        exchange.setVariable("query", query + paging);
        exchange.setVariable("content", null);
    }

    /** Reads the answer in the body. */
    public void read(Exchange exchange) {
        exchange.getVariable("lookUp", RecordLookUp.class).read(exchange.getMessage().getBody(Map.class));
    }

    /** Sets the variable outcomes, the JSON that push_settle reads. The outcome is found, absent, or failed if a person has to decide. */
    public void setOutcome(Exchange exchange) throws JsonProcessingException {
        RecordLookUp lookUp = exchange.getVariable("lookUp", RecordLookUp.class);
        exchange.getVariable("parts", BatchParts.class).accepted();
        Target.LookUp how = exchange.getVariable("target", Target.class).lookUp();
        Map<String, Object> outcome = new HashMap<>();
        outcome.put("key", lookUp.recordKey());
        List<String> ids = lookUp.found().stream().map(record -> id(record, how)).toList();
        if (ids.size() > 1) {
            outcome.putAll(Map.of("outcome", "failed", "code", "several",
                "text", "Zoho has " + ids.size() + " records with this key: " + String.join(", ", ids) + ". adopt ties the row to one of them"));
        } else if (ids.isEmpty() && how.mayMiss()) {
            outcome.putAll(Map.of("outcome", "failed", "code", "not found",
                "text", UNDECIDED.formatted("its list, which may lag, does not show the record", exchange.getVariable("target", Target.class))));
        } else if (ids.isEmpty()) {
            outcome.put("outcome", "absent");
        } else {
            outcome.putAll(Map.of("outcome", "found", "record", lookUp.found().get(0)));
            outcome.put("zohoId", ids.get(0));
        }
        exchange.setVariable("outcomes", StorableJson.write(List.of(outcome)));
    }

    /** Sets the variable outcomes where the target declares no look-up: a person has to decide. */
    public void withoutLookUp(Exchange exchange) throws JsonProcessingException {
        Target target = exchange.getVariable("target", Target.class);
        exchange.getVariable("parts", BatchParts.class).accepted();
        exchange.setVariable("outcomes", StorableJson.write(List.of(Map.of("key", exchange.getVariable("attempt", Map.class).get("key"), "outcome", "failed", "code", "not found",
            "text", UNDECIDED.formatted("the target declares no look-up (findOne)", target)))));
    }

    /** Adds the id of the only record that has the key to the outcome of a create that Zoho refused. */
    public void other(Exchange exchange) throws JsonProcessingException {
        List<Map<?, ?>> found = exchange.getVariable("lookUp", RecordLookUp.class).found();
        String id = found.size() == 1 ? id(found.get(0), exchange.getVariable("target", Target.class).lookUp()) : null;
        if (id != null) {
            List<Map<String, Object>> outcomes = json.readValue(exchange.getVariable("outcomes", String.class), OUTCOMES);
            outcomes.forEach(outcome -> outcome.put("otherId", id));
            exchange.setVariable("outcomes", StorableJson.write(outcomes));
        }
    }

    private static String id(Map<?, ?> record, Target.LookUp how) {
        Object id = how.id() == null ? null : record.get(how.id());
        return id == null ? null : id.toString();
    }
}
