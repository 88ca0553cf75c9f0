package io.saddlebag.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** Reads a user's decision on the deletes of a run, and writes the answer. */
@Component("deletesRequest")
public class DeletesRequest {

    private static final Set<String> STATES = Set.of("proposed", "held", "living", "gone", "refused", "restored");
    private static final int MAX_LIMIT = 1000;
    private static final int MAX_RUNS = 100;
    private static final int MAX_BODY_BYTES = 131_072;

    private final ObjectMapper json = new ObjectMapper();
    private final Kinds kinds;
    private final ApiRequest requests;

    DeletesRequest(Kinds kinds, ApiRequest requests) {
        this.kinds = kinds;
        this.requests = requests;
    }

    /** @return a map with entity, which is null if absent, before and limit */
    public Map<String, Object> runs(Exchange exchange) {
        Message request = exchange.getMessage();
        String entity = request.getHeader("entity", String.class);
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("entity", entity == null ? null : requests.kind(entity));
        parameters.put("before", RequestParameter.number(request, "before", Long.MAX_VALUE, Long.MAX_VALUE));
        parameters.put("limit", ListExport.limit(request, 20, MAX_RUNS));
        return parameters;
    }

    /** @return a map with state and after, which are null if absent, and limit */
    public Map<String, Object> page(Exchange exchange) {
        Message request = exchange.getMessage();
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("state", RequestParameter.oneOf(request, "state", null, STATES));
        parameters.put("after", requests.text(request.getHeader("after", String.class)));
        parameters.put("limit", ListExport.limit(request, MAX_LIMIT, MAX_LIMIT));
        return parameters;
    }

    /**
     * @param body null if Camel did not read the body, because its content type is that of a form, which curl -d sends
     * @return the chosen ids as a JSON array; null if the request has no body, which means all
     * @throws ApiException 413 if the body is too long, 400 if it names no records
     */
    public String chosen(@Header("CamelHttpServletRequest") HttpServletRequest http, @Body InputStream body) throws IOException {
        byte[] bytes = (body == null ? http.getInputStream() : body).readNBytes(MAX_BODY_BYTES + 1);
        if (bytes.length > MAX_BODY_BYTES) {
            throw new ApiException(413, "The body must not exceed " + MAX_BODY_BYTES + " bytes; refuse the records in several requests", Map.of());
        }
        if (bytes.length == 0) {
            return null;
        }
        try {
            JsonNode ids = json.readTree(bytes).path("zohoIds");
            if (ids.isArray() && !ids.isEmpty() && StreamSupport.stream(ids.spliterator(), false).allMatch(id -> id.isTextual() && id.textValue().matches("[0-9A-Za-z_-]{1,64}"))) {
                return ids.toString();
            }
        } catch (JsonProcessingException e) {
            // refused below
        }
        throw ApiException.ofField(400, "zohoIds", "choose at least one record: {\"zohoIds\": [\"...\"]}. A request without a body refuses all");
    }

    /**
     * Takes over the run that a request is about. In: the run's row as body, null if there is no such run. Sets the variables org and entity of the run, and deletes, the
     * row itself. Its column list is the id of the run that proposed the deletes.
     *
     * @throws ApiException 404 if there is no such run, or if its kind no longer exists
     */
    public void list(Exchange exchange, @Variable("id") Long id) {
        Map<?, ?> run = exchange.getMessage().getBody(Map.class);
        if (run == null) {
            throw ApiRequest.noSuchRun(id.toString());
        }
        if (!kinds.has((String) run.get("entity"))) {
            throw new ApiException(404, "Run " + id + " is about " + run.get("entity") + ", a kind that no longer exists",
                    Map.of());
        }
        exchange.setVariable("org", run.get("org"));
        exchange.setVariable("entity", run.get("entity"));
        exchange.setVariable("deletes", run);
    }

    /** @throws ApiException 409 if a release has nothing to check, or if another run is under way */
    public void released(@Body Map<String, Object> release, @Variable("deletes") Map<String, Object> deletes) {
        if ((Long) release.get("left_over") == 0) {
            throw nothingLeft(deletes);
        }
        if (!(Boolean) release.get("started")) {
            throw new ApiException(409, "Run " + release.get("run_id") + " of this kind is under way; release the deletes when it has ended",
                    Map.of("runId", release.get("run_id")));
        }
    }

    /**
     * @return how many deletes were refused
     * @throws ApiException 409 if there were none, or if a run is checking them
     */
    public String refused(@Body Map<String, Object> refusal, @Variable("deletes") Map<String, Object> deletes) {
        if (refusal.get("busy") != null) {
            throw new ApiException(409, "Run " + refusal.get("busy") + " is checking these deletes; cancel it first",
                    Map.of("runId", refusal.get("busy")));
        }
        if ((Long) refusal.get("refused") == 0) {
            throw nothingLeft(deletes);
        }
        return "{\"runId\":" + deletes.get("list") + ",\"refused\":" + refusal.get("refused") + "}";
    }

    /**
     * @return how many records were restored
     * @throws ApiException 409 if the run has no tombstones, or no longer has any
     */
    public String restored(@Body Long count, @Variable("id") Long id) {
        if (count == 0) {
            throw new ApiException(409, "No record is marked as deleted by run " + id + "; GET /api/sync/runs/" + id
                    + "/deletes shows the outcome of each", Map.of("runId", id));
        }
        return "{\"runId\":" + id + ",\"restored\":" + count + "}";
    }

    private static ApiException nothingLeft(Map<String, Object> deletes) {
        Object list = deletes.get("list");
        return new ApiException(409, "Run " + list + " holds no deletes: they are decided, or a later full run has replaced them. "
                + "GET /api/sync/runs/" + list + "/deletes shows the outcome of each", Map.of("runId", list));
    }
}
