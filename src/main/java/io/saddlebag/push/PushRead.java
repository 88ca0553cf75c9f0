package io.saddlebag.push;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.saddlebag.common.StorableJson;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/**
 * The calls that read from Zoho: for a plan, a verification, a check of the account, or a record that somebody changed. {@link #prepare}, {@link #check},
 * {@link #checkReference} and {@link #record} set the variables of zoho-request; the route then makes the call. {@link #read} or {@link #absent} sets the variable
 * results (JSON) for the SQL that follows.
 */
@Component("pushRead")
public class PushRead {

    /** Prepares the next read of a plan or a verification. In: variable reading, the row of push_read_next: a request with placeholders, and their values. */
    public void prepare(Exchange exchange) {
        Map<?, ?> reading = exchange.getVariable("reading", Map.class);
        Map<String, String> values = new HashMap<>();
        values.put("externalKey", (String) reading.get("external_key"));
        values.put("externalKeys", (String) reading.get("external_keys"));
        values.put("zohoId", (String) reading.get("zoho_id"));
        values.put("zohoIds", (String) reading.get("zoho_ids"));
        values.put("fields", (String) reading.get("fields"));
        String[] line = ((String) reading.get("request")).split(" ", 2);
        String query = (String) reading.get("query");
        String content = (String) reading.get("content");
        request(exchange, line[0], PushCall.filled(line[1], values, true), query == null ? "" : PushCall.filled(query, values, true),
            content == null ? null : content.getBytes(StandardCharsets.UTF_8));
    }

    /** Prepares the call that lists the fields of a module of Zoho CRM, the one that the target's uniqueField names. In: variable target. */
    public void check(Exchange exchange) {
        request(exchange, "GET", "/crm/v8/settings/fields", "module=" + exchange.getVariable("target", Target.class).uniqueField().split("\\.")[0], null);
    }

    /** Prepares the call that lists the custom fields of the target's kind of document in Zoho Books. In: variable target. */
    public void checkReference(Exchange exchange) {
        request(exchange, "GET", "/books/v3/settings/customfields", "entity=" + exchange.getVariable("target", Target.class).referenceOf(), null);
    }

    /** Prepares the call that reads by its id the record that an attempt was about. In: variables target and attempt. */
    public void record(Exchange exchange) {
        Target.LookUp how = exchange.getVariable("target", Target.class).readMany();
        Map<?, ?> attempt = exchange.getVariable("attempt", Map.class);
        Map<String, String> values = new HashMap<>();
        values.put("zohoId", (String) attempt.get("zoho_id"));
        values.put("zohoIds", (String) attempt.get("zoho_id"));
        values.put("fields", (String) attempt.get("fields"));
        request(exchange, "GET", PushCall.filled(how.request().split(" ", 2)[1], values, true), how.query() == null ? "" : PushCall.filled(how.query(), values, true), null);
    }

    /** @return the record in the answer to the call that {@link #record} prepared; null if the answer has none, or several */
    public Map<?, ?> only(@Variable("target") Target target, @Body Map<?, ?> answer) {
        List<?> list = answer.get(target.readMany().list()) instanceof List<?> records ? records : List.of();
        return list.size() == 1 && list.get(0) instanceof Map<?, ?> record ? record : null;
    }

    private static void request(Exchange exchange, String method, String path, String query, byte[] content) {
        exchange.setVariable("method", method);
        exchange.setVariable("path", path);
        exchange.setVariable("query", query);
        exchange.setVariable("headers", Map.of());
        exchange.setVariable("content", content);
        exchange.setVariable("repeatable", true);
        exchange.setVariable("records", 1);
    }

    /** Sets the variable results to Zoho's answer. In: the answer as body. */
    public void read(Exchange exchange) throws JsonProcessingException {
        exchange.setVariable("results", StorableJson.write(exchange.getMessage().getBody()));
    }

    /** Sets the variable results to an empty answer: Zoho does not have the record, or does not show what was asked for. */
    public void absent(Exchange exchange) {
        exchange.setVariable("results", "{}");
    }
}
