package io.saddlebag.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import io.saddlebag.push.Target;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;

/** Reads requests about records of a push target into the variables target, key and request, and words the answers. */
@Component("pushRecordRequest")
public class PushRecordRequest {

    private static final int MOST_ROWS = 1000;
    private static final int MOST_KEYS = 100;
    private static final int LONGEST = 4096;

    private final ObjectMapper json = new ObjectMapper();
    private final ApiPush pushes;
    private final ApiRequest requests;

    PushRecordRequest(ApiPush pushes, ApiRequest requests) {
        this.pushes = pushes;
        this.requests = requests;
    }

    /** Sets target and request: status, limit and next of a list, or keys (JSON) of single records. */
    public void list(Exchange exchange) throws JsonProcessingException {
        Message message = exchange.getMessage();
        exchange.setVariable("target", pushes.target(message.getHeader("target", String.class)));
        Map<String, Object> request = new HashMap<>();
        request.put("status", RequestParameter.oneOf(message, "status", null, ApiPush.STATUSES));
        request.put("next", requests.text(message.getHeader("next", String.class)));
        String limit = message.getHeader("limit", "100", String.class);
        if (!limit.matches("[0-9]{1,4}") || Integer.parseInt(limit) < 1 || Integer.parseInt(limit) > MOST_ROWS) {
            throw new ApiException(400, "limit must be a number from 1 to " + MOST_ROWS, Map.of());
        }
        request.put("limit", Integer.valueOf(limit));
        String keys = requests.text(message.getHeader("keys", String.class));
        request.put("keys", keys == null ? null : json.writeValueAsString(keys(keys)));
        exchange.setVariable("request", request);
    }

    private static List<String> keys(String keys) {
        List<String> all = Arrays.stream(keys.split(",")).filter(key -> !key.isEmpty()).toList();
        if (all.isEmpty() || all.size() > MOST_KEYS) {
            throw new ApiException(400, "keys must be 1 to " + MOST_KEYS + " keys, with a comma between two", Map.of());
        }
        return all;
    }

    /** Sets target, key and request (keys, JSON). The parameter keys has the one key where a path does not take it. */
    public void one(Exchange exchange) {
        Message message = exchange.getMessage();
        String key = message.getHeader("keys", String.class);
        about(exchange, pushes.target(message.getHeader("target", String.class)), requests.text(key != null ? key : decoded(message.getHeader("key", String.class))));
    }

    void about(Exchange exchange, Target target, String key) {
        exchange.setVariable("target", target);
        exchange.setVariable("key", key);
        exchange.setVariable("request", Map.of("keys", json.createArrayNode().add(key).toString()));
    }

    /** Camel decodes parameters, but not names in the path. */
    private static String decoded(String encoded) {
        try {
            return UriUtils.decode(encoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return encoded;
        }
    }

    /** @return the record, without the list around it; 404 where there is none */
    public String found(@Body String records, @Variable("target") Target target, @Variable("key") String key) throws JsonProcessingException {
        JsonNode rows = json.readTree(records).get("rows");
        if (rows.isEmpty()) {
            throw new ApiException(404, "The target " + target.name() + " has no record with the key \"" + key + "\": neither its view nor its state has it. "
                + "A key that a path does not take goes by ?keys=, with - in its place", Map.of());
        }
        return rows.get(0).toString();
    }

    /** In: the row refused and busy as body. 409 if the target may not write, or a run or another request has the record in hand. */
    public void sendable(@Body Map<String, Object> state, @Variable("key") String key) {
        if (state.get("refused") != null) {
            throw new ApiException(409, (String) state.get("refused"), Map.of());
        }
        if (Boolean.TRUE.equals(state.get("busy"))) {
            Object run = state.get("run_id");
            throw new ApiException(409, key + " is being sent at this moment" + (run == null ? "" : " by run " + run) + "; its outcome is there when that call is answered",
                run == null ? Map.of() : Map.of("runId", run));
        }
    }

    /**
     * @param body null where Camel left it in the request: a form, the content type of curl -d
     * @return the id of a request to adopt
     */
    public String zohoId(@Header("CamelHttpServletRequest") HttpServletRequest http, @Body InputStream body) throws IOException {
        byte[] bytes = (body == null ? http.getInputStream() : body).readNBytes(LONGEST);
        try {
            JsonNode id = json.readTree(bytes).path("zohoId");
            if (id.isTextual() && id.textValue().matches("[0-9A-Za-z_-]{1,64}")) {
                return id.textValue();
            }
        } catch (JsonProcessingException e) {
            // refused below
        }
        throw ApiException.ofField(400, "zohoId", "send {\"zohoId\": \"...\"} with the id that Zoho shows of the record: letters and digits, as text");
    }

    /** In: the row status and problem as body: a decision that was refused. */
    public void decided(@Body Map<String, Object> decision) {
        if (decision.get("status") != null) {
            throw new ApiException((Integer) decision.get("status"), Objects.toString(decision.get("problem")), Map.of());
        }
    }

    /** @return the answer about a row that is tied to no record any more */
    public String forgotten(@Variable("key") String key) throws JsonProcessingException {
        Map<String, Object> row = new HashMap<>();
        row.put("recordKey", key);
        row.put("zohoId", null);
        row.put("status", null);
        return json.writeValueAsString(row);
    }
}
