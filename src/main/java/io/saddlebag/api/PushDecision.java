package io.saddlebag.api;

import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import io.saddlebag.push.Targets;
import io.saddlebag.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** Reads a user's decision on the rows that a push held or wrote into the variable request, see run-enter (also entities and all). */
@Component("pushDecision")
public class PushDecision {

    private static final int MAX_RECORDS = 1000;

    private final ApiRequest requests;
    private final Targets targets;
    private final Caller caller;

    PushDecision(ApiRequest requests, Targets targets, Caller caller) {
        this.requests = requests;
        this.targets = targets;
        this.caller = caller;
    }

    /**
     * Sets the variables org, entity and deciding (the row). In: the row of the run as body, null if there is no such run.
     *
     * @throws ApiException 404 if there is no such run of a target
     */
    public void run(Exchange exchange, @Variable("id") Long id) {
        Map<?, ?> run = exchange.getMessage().getBody(Map.class);
        if (run == null) {
            throw ApiRequest.noSuchRun(id.toString());
        }
        String entity = (String) run.get("entity");
        if (!targets.has(entity)) {
            throw new ApiException(404, "Run " + id + " is about " + entity + ", which is no push target; there are " + String.join(", ", targets.names()),
                Map.of("targets", targets.names()));
        }
        exchange.setVariable("org", run.get("org"));
        exchange.setVariable("entity", entity);
        exchange.setVariable("deciding", run);
    }

    /** @throws ApiException 409 if the run holds no rows */
    public void held(Long id, Map<String, Object> run) {
        if (run.get("nothing_held") != null) {
            throw new ApiException(409, (String) run.get("nothing_held"), Map.of("runId", id));
        }
    }

    /** @return the request of a run that sends the rows which this run held; if this run was a revert, the request says so too */
    public Map<String, Object> release(Exchange exchange, @Variable("id") Long id, @Variable("deciding") Map<String, Object> run) {
        allowed(run);
        String reverts = run.get("reverts") == null ? "" : ",\"revert\":" + run.get("reverts");
        return request(exchange, "{\"release\":" + id + reverts + "}", false);
    }

    /**
     * @return the request of a run that restores the values before this run
     * @throws ApiException 409 if all records that this run changed were changed again since
     */
    public Map<String, Object> revert(Exchange exchange, @Variable("id") Long id, @Variable("deciding") Map<String, Object> run) {
        boolean dryRun = RequestParameter.flag(exchange.getMessage(), "dryRun");
        if (!dryRun) {
            allowed(run);
        }
        if ("running".equals(run.get("status"))) {
            throw new ApiException(409, "Run " + id + " is under way; cancel it or wait for its end first", Map.of("runId", id));
        }
        if ((Long) run.get("written") == 0) {
            throw new ApiException(409, "Run " + id + " has nothing to revert: it updated no record, or every record was changed again since. "
                + "Records that it created are not deleted", Map.of("runId", id));
        }
        return request(exchange, "{\"revert\":" + id + "}", dryRun);
    }

    /** @return a map with after, which is null if absent, and limit of the list of the records of a run */
    public Map<String, Object> records(Exchange exchange) {
        Message request = exchange.getMessage();
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("after", requests.text(request.getHeader("after", String.class)));
        parameters.put("limit", ListExport.limit(request, 50, MAX_RECORDS));
        return parameters;
    }

    private static void allowed(Map<String, Object> run) {
        if (run.get("refused") != null) {
            throw new ApiException(409, (String) run.get("refused"), Map.of());
        }
    }

    private Map<String, Object> request(Exchange exchange, String wanted, boolean dryRun) {
        Message message = exchange.getMessage();
        return new HashMap<>(Map.of("entities", List.of(exchange.getVariable("entity", String.class)), "all", false, "mode", "push", "dry_run", dryRun,
            "wanted", wanted, "trigger", caller.trigger(message.getHeader("CamelHttpServletRequest", HttpServletRequest.class))));
    }
}
