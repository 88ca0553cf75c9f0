package io.saddlebag.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.common.FailureReason;
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
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.postgresql.util.PSQLException;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;

/** Reads requests about records of a push target into the variables target, key and request, and writes the answers. */
@Component("pushRecordRequest")
public class PushRecordRequest {

    private static final int MAX_ROWS = 1000;
    private static final int MAX_KEYS = 100;
    private static final int MAX_BODY_BYTES = 4096;

    private final ObjectMapper json = new ObjectMapper();
    private final ApiPush pushes;
    private final ApiRequest requests;

    PushRecordRequest(ApiPush pushes, ApiRequest requests) {
        this.pushes = pushes;
        this.requests = requests;
    }

    /** Sets the variables target and request, a map with status, limit and next of a list, or with keys (JSON) of single records. */
    public void list(Exchange exchange) throws JsonProcessingException {
        Message message = exchange.getMessage();
        exchange.setVariable("target", pushes.target(message.getHeader("target", String.class)));
        Map<String, Object> request = new HashMap<>();
        request.put("status", RequestParameter.oneOf(message, "status", null, ApiPush.STATUSES));
        request.put("next", requests.text(message.getHeader("next", String.class)));
        request.put("limit", ListExport.limit(message, 100, MAX_ROWS));
        String keys = requests.text(message.getHeader("keys", String.class));
        request.put("keys", keys == null ? null : json.writeValueAsString(keys(keys)));
        exchange.setVariable("request", request);
    }

    private static List<String> keys(String keys) {
        List<String> all = Arrays.stream(keys.split(",")).filter(key -> !key.isEmpty()).toList();
        if (all.isEmpty() || all.size() > MAX_KEYS) {
            throw new ApiException(400, "keys must be 1 to " + MAX_KEYS + " keys, with a comma between two", Map.of());
        }
        return all;
    }

    /** Sets the variables target, key and request, a map with keys (JSON). A key that is not possible in a path is given by the parameter keys. */
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

    /** Camel decodes the query's parameters, but not the parameters of the path. */
    private static String decoded(String encoded) {
        try {
            return UriUtils.decode(encoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return encoded;
        }
    }

    /**
     * @return the record, without the list around it
     * @throws ApiException 404 if the record does not exist
     */
    public String found(@Body String records, @Variable("target") Target target, @Variable("key") String key) throws JsonProcessingException {
        JsonNode rows = json.readTree(records).get("rows");
        if (rows.isEmpty()) {
            throw new ApiException(404, "The target " + target.name() + " has no record with the key \"" + key + "\": neither its view nor its state has it. "
                + "A key that a path does not take goes by ?keys=, with - in its place", Map.of());
        }
        return rows.get(0).toString();
    }

    /** 409 where the SQL file of a target, or the view that it reads, cannot run; PostgreSQL's words name it. */
    public void broken(@ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) throws Exception {
        PSQLException cause = FailureReason.find(PSQLException.class, failure);
        if (cause == null || cause.getServerErrorMessage() == null) {
            throw failure;
        }
        throw new ApiException(409, cause.getServerErrorMessage().getMessage(), Map.of());
    }

    /**
     * In: a row with refused and busy as body.
     *
     * @throws ApiException 409 if the target may not write, or if a run or another request has claimed the record
     */
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
     * @param body null if Camel did not read the body, because its content type is that of a form, which curl -d sends
     * @return the id of Zoho in a request to adopt a record
     */
    public String zohoId(@Header("CamelHttpServletRequest") HttpServletRequest http, @Body InputStream body) throws IOException {
        byte[] bytes = (body == null ? http.getInputStream() : body).readNBytes(MAX_BODY_BYTES);
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

    /**
     * In: a row with status and problem as body; problem is null if the decision was accepted.
     *
     * @throws ApiException with the problem of a decision that was refused
     */
    public void decided(@Body Map<String, Object> decision) {
        if (decision.get("status") != null) {
            throw new ApiException((Integer) decision.get("status"), Objects.toString(decision.get("problem")), Map.of());
        }
    }

    /** @return the answer about a row that is no longer tied to a record */
    public String forgotten(@Variable("key") String key) throws JsonProcessingException {
        Map<String, Object> row = new HashMap<>();
        row.put("recordKey", key);
        row.put("zohoId", null);
        row.put("status", null);
        return json.writeValueAsString(row);
    }
}
