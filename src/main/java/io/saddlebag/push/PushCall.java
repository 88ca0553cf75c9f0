package io.saddlebag.push;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/** Turns an operation of a target and the keys of a record into the variables of zoho-request: method, path, query, headers, content, repeatable and records. */
@Component("pushCall")
public class PushCall {

    private static final TypeReference<List<String>> KEYS = new TypeReference<>() { };

    private final ObjectMapper json = new ObjectMapper();

    /** @param keys as JSON array */
    public BatchParts parts(String keys) throws JsonProcessingException {
        return new BatchParts(json.readValue(keys, KEYS));
    }

    /** @return what push-record has in the place of a run: one record is asked for, whether it changed or not */
    public Map<String, Object> alone(String key) throws JsonProcessingException {
        return Map.of("request", json.writeValueAsString(Map.of("keys", List.of(key), "force", true)));
    }

    /** @return the keys as JSON array */
    public String json(List<String> keys) throws JsonProcessingException {
        return json.writeValueAsString(keys);
    }

    /**
     * In: variables target and op; attempt, the row of push_attempt (content, external_key, zoho_id, records); uniqueField, the organisation's field of own
     * references (may be null).
     */
    public void prepare(Exchange exchange) {
        Target target = exchange.getVariable("target", Target.class);
        String op = exchange.getVariable("op", String.class);
        Target.Operation operation = target.operation(op);
        Map<?, ?> request = exchange.getVariable("attempt", Map.class);
        Map<String, String> values = new HashMap<>();
        values.put("externalKey", (String) request.get("external_key"));
        values.put("zohoId", (String) request.get("zoho_id"));
        values.put("modifiedAt", (String) request.get("modified_at"));
        values.put("uniqueField", exchange.getVariable("uniqueField", String.class));
        String content = (String) request.get("content");
        String[] line = operation.request().split(" ", 2);
        exchange.setVariable("method", line[0]);
        exchange.setVariable("path", filled(line[1], values, true));
        exchange.setVariable("query", operation.query() == null ? "" : filled(operation.query(), values, true));
        exchange.setVariable("headers", operation.headers().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, header -> filled(header.getValue(), values, false))));
        exchange.setVariable("content", content == null ? null : content.getBytes(StandardCharsets.UTF_8));
        exchange.setVariable("repeatable", target.repeatable() || !op.equals("create"));
        exchange.setVariable("records", request.get("records"));
    }

    /** Sets the variables of the question what became of a batch. In: variables target and accepted, a row of push_handles_due. */
    public void prepareJudge(Exchange exchange) {
        Target.Judge judge = exchange.getVariable("target", Target.class).judge();
        Map<String, String> values = Map.of("handle", exchange.getVariable("accepted", Map.class).get("handle").toString());
        String[] line = judge.request().split(" ", 2);
        exchange.setVariable("method", line[0]);
        exchange.setVariable("path", line[1]);
        exchange.setVariable("query", judge.query() == null ? "" : filled(judge.query(), values, true));
    }

    /** @throws IllegalArgumentException when a value is missing: a call with half an address would meet another record */
    static String filled(String template, Map<String, String> values, boolean encoded) {
        String filled = template;
        for (Map.Entry<String, String> value : values.entrySet()) {
            String place = "{" + value.getKey() + "}";
            if (filled.contains(place)) {
                if (value.getValue() == null || value.getValue().isEmpty()) {
                    throw new IllegalArgumentException("The call " + template + " needs " + value.getKey() + ", and there is none");
                }
                filled = filled.replace(place, encoded ? URLEncoder.encode(value.getValue(), StandardCharsets.UTF_8).replace("+", "%20") : value.getValue());
            }
        }
        return filled;
    }
}
