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

/** Turns the reads of a plan or a verification into the variables of zoho-request, and Zoho's answers into the variable results (JSON). */
@Component("pushRead")
public class PushRead {

    /** In: variable reading, the row of push_read_next. */
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

    /** The call that lists the fields of the module that uniqueField names. In: variable target. */
    public void check(Exchange exchange) {
        request(exchange, "GET", "/crm/v8/settings/fields", "module=" + exchange.getVariable("target", Target.class).uniqueField().split("\\.")[0], null);
    }

    /** The call that lists the custom fields of a kind of document in Zoho Books. In: variable target. */
    public void checkReference(Exchange exchange) {
        request(exchange, "GET", "/books/v3/settings/customfields", "entity=" + exchange.getVariable("target", Target.class).referenceOf(), null);
    }

    /** The call that reads the record of an attempt by Zoho's id. In: variables target and attempt. */
    public void record(Exchange exchange) {
        Target.LookUp how = exchange.getVariable("target", Target.class).readMany();
        Map<?, ?> attempt = exchange.getVariable("attempt", Map.class);
        Map<String, String> values = new HashMap<>();
        values.put("zohoId", (String) attempt.get("zoho_id"));
        values.put("zohoIds", (String) attempt.get("zoho_id"));
        values.put("fields", (String) attempt.get("fields"));
        request(exchange, "GET", PushCall.filled(how.request().split(" ", 2)[1], values, true), how.query() == null ? "" : PushCall.filled(how.query(), values, true), null);
    }

    /** @return the only record in the answer to that call; null if there is none */
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

    /** In: the answer as body. */
    public void read(Exchange exchange) throws JsonProcessingException {
        exchange.setVariable("results", StorableJson.write(exchange.getMessage().getBody()));
    }

    /** Sets results as for a record that Zoho does not have. */
    public void absent(Exchange exchange) {
        exchange.setVariable("results", "{}");
    }
}
