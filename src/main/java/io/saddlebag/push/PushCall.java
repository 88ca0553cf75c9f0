package io.saddlebag.push;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/** Turns an operation of a target and the keys of a record into the variables of zoho-request: method, path, query, headers, content, repeatable and records. */
@Component("pushCall")
public class PushCall {

    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");
    private static final TypeReference<List<String>> KEYS = new TypeReference<>() { };

    private final ObjectMapper json = new ObjectMapper();

    /** @param keys as JSON array */
    public BatchParts parts(String keys) throws JsonProcessingException {
        return new BatchParts(json.readValue(keys, KEYS));
    }

    /** @return the row that push-record uses in place of a run. Its request names one record, which is sent even if it did not change. */
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

    /** Sets the variables of the call that asks for the result of a batch. In: variables target and accepted, a row of push_handles_due. */
    public void prepareResultRequest(Exchange exchange) {
        Target.ResultCall call = exchange.getVariable("target", Target.class).judge();
        Map<String, String> values = Map.of("handle", exchange.getVariable("accepted", Map.class).get("handle").toString());
        String[] line = call.request().split(" ", 2);
        exchange.setVariable("method", line[0]);
        exchange.setVariable("path", line[1]);
        exchange.setVariable("query", call.query() == null ? "" : filled(call.query(), values, true));
    }

    /** @throws IllegalArgumentException when a value is missing: a call with half an address would meet another record */
    static String filled(String template, Map<String, String> values, boolean encoded) {
        return PLACE.matcher(template).replaceAll(place -> {
            if (!values.containsKey(place.group(1))) {
                return Matcher.quoteReplacement(place.group());
            }
            String value = values.get(place.group(1));
            if (value == null || value.isEmpty()) {
                throw new IllegalArgumentException("The call " + template + " needs " + place.group(1) + ", and there is none");
            }
            return Matcher.quoteReplacement(encoded ? URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20") : value);
        });
    }
}
