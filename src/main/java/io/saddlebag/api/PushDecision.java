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

/** Reads a person's decision on what a push held or wrote into the variable request, see pull-start (also entities and all). */
@Component("pushDecision")
public class PushDecision {

    private final Targets targets;
    private final Caller caller;

    PushDecision(Targets targets, Caller caller) {
        this.targets = targets;
        this.caller = caller;
    }

    /** After the look-up: sets org, entity and deciding (the row); 404 if there is no such run of a target. */
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

    /** 409 if the run holds nothing that can be decided. */
    public void held(Long id, Map<String, Object> run) {
        if (run.get("nothing_held") != null) {
            throw new ApiException(409, (String) run.get("nothing_held"), Map.of("runId", id));
        }
    }

    /** @return the request of a run that sends what this run held */
    public Map<String, Object> release(Exchange exchange, @Variable("id") Long id, @Variable("deciding") Map<String, Object> run) {
        allowed(run);
        return request(exchange, "{\"release\":" + id + "}", false);
    }

    /** @return the request of a run that gives back what this run changed; 409 if it changed nothing that is still as it left it */
    public Map<String, Object> revert(Exchange exchange, @Variable("id") Long id, @Variable("deciding") Map<String, Object> run) {
        boolean dryRun = RequestParameter.flag(exchange.getMessage(), "dryRun");
        if (!dryRun) {
            allowed(run);
        }
        if ("running".equals(run.get("status"))) {
            throw new ApiException(409, "Run " + id + " is under way; cancel it or wait for its end first", Map.of("runId", id));
        }
        if ((Long) run.get("written") == 0) {
            throw new ApiException(409, "Run " + id + " changed nothing that could be given back: it updated no record, or each was changed again since. "
                + "Records that it created are not deleted", Map.of("runId", id));
        }
        return request(exchange, "{\"revert\":" + id + "}", dryRun);
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
