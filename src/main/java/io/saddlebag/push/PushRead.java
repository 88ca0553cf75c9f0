package io.saddlebag.push;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/** Turns the reads of a plan or a verification into the variables of zoho-request, and Zoho's answers into the variable results (JSON). */
@Component("pushRead")
public class PushRead {

    private final ObjectMapper json = new ObjectMapper();

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
        exchange.setVariable("results", json.writeValueAsString(exchange.getMessage().getBody()));
    }

    /** Zoho has no such record. */
    public void absent(Exchange exchange) {
        exchange.setVariable("results", "{}");
    }
}
