package io.saddlebag.api;

import io.saddlebag.kinds.Kinds;
import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import io.saddlebag.push.Targets;
import io.saddlebag.sink.PullPage;
import java.util.List;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/** Reads requests of the sync API into variables, and refuses invalid ones. */
@Component("apiRequest")
public class ApiRequest {

    private static final Set<String> STATUSES = Set.of("running", "succeeded", "partial", "failed", "cancelled", "abandoned");
    private static final int MOST_RUNS = 500;
    /** 30 days. */
    private static final int MOST_HOURS = 720;

    private final Kinds kinds;
    private final Targets targets;

    ApiRequest(Kinds kinds, Targets targets) {
        this.kinds = kinds;
        this.targets = targets;
    }

    /** @return a parameter as text that PostgreSQL can store; null if absent */
    public String text(String parameter) {
        return parameter == null ? null : parameter.replaceAll("\\p{Cntrl}", "?");
    }

    /** After the look-up: the organisation, or 404. */
    public void organisation(Exchange exchange) {
        String found = exchange.getMessage().getBody(String.class);
        if (found == null) {
            throw new ApiException(404, "There is no organisation \"" + exchange.getVariable("org")
                    + "\" here; omit org= for the default one", Map.of());
        }
        exchange.setVariable("org", found);
    }

    /** Sets entity and zohoId. */
    public void record(Exchange exchange) {
        exchange.setVariable("entity", kind(exchange.getMessage().getHeader("entity", String.class)));
        String id = exchange.getMessage().getHeader("zohoId", String.class);
        if (!id.matches("[0-9A-Za-z_-]{1,64}")) {
            throw new ApiException(400, "\"" + id + "\" is not a Zoho id", Map.of());
        }
        exchange.setVariable("zohoId", id);
    }

    /** Sets id. */
    public void run(Exchange exchange) {
        String id = exchange.getMessage().getHeader("id", String.class);
        if (!id.matches("[0-9]{1,18}")) {
            throw noSuchRun(id);
        }
        exchange.setVariable("id", Long.valueOf(id));
    }

    /** @return entity and status, each null if absent, and limit */
    public Map<String, Object> runList(Exchange exchange) {
        Message request = exchange.getMessage();
        String entity = request.getHeader("entity", String.class);
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("entity", entity == null ? null : kindOrTarget(entity));
        parameters.put("status", RequestParameter.oneOf(request, "status", null, STATUSES));
        String limit = request.getHeader("limit", "50", String.class);
        if (!limit.matches("[0-9]{1,3}") || Integer.parseInt(limit) < 1 || Integer.parseInt(limit) > MOST_RUNS) {
            throw new ApiException(400, "limit must be a number from 1 to " + MOST_RUNS, Map.of());
        }
        parameters.put("limit", Integer.valueOf(limit));
        return parameters;
    }

    /** @return hours */
    public Map<String, Object> hours(Exchange exchange) {
        String hours = exchange.getMessage().getHeader("hours", "24", String.class);
        if (!hours.matches("[0-9]{1,3}") || Integer.parseInt(hours) < 1 || Integer.parseInt(hours) > MOST_HOURS) {
            throw new ApiException(400, "hours must be a number from 1 to " + MOST_HOURS, Map.of());
        }
        return Map.of("hours", Integer.valueOf(hours));
    }

    /** After the look-up: the run, or 404. */
    public String found(Exchange exchange) {
        if (exchange.getMessage().getBody() == null) {
            throw noSuchRun(exchange.getVariable("id", String.class));
        }
        return exchange.getMessage().getBody(String.class);
    }

    /** @return the cancelled run; 409 if it had ended before */
    public String cancelled(Long id, Integer updated, String run) {
        if (updated == 0) {
            throw new ApiException(409, "Run " + id + " has ended already", Map.of("runId", id));
        }
        return run;
    }

    /**
     * @param deleted rows marked as deleted (0: a later request fetched the record meanwhile); null if the record was fetched
     * @return the result for a single record; 422 if it cannot be stored
     */
    public String recordStored(String zohoId, PullPage page, Long deleted) {
        if (deleted != null) {
            return "{\"zohoId\":\"" + zohoId + "\",\"result\":\"" + (deleted > 0 ? "deleted" : "unchanged") + "\"}";
        }
        if (page.rejected() > 0) {
            throw new ApiException(422, "The record was fetched but cannot be stored: " + page.rejects().get(0).error()
                    + ". It is kept in dead_letters", Map.of("zohoId", zohoId));
        }
        String result = page.created() > 0 ? "created" : page.updated() > 0 ? "updated" : "unchanged";
        return "{\"zohoId\":\"" + zohoId + "\",\"result\":\"" + result + "\"}";
    }

    /** @return the entity; 404 if there is no such kind */
    String kind(String entity) {
        if (!kinds.has(entity)) {
            throw new ApiException(404, "There is no kind \"" + entity + "\"; there are " + String.join(", ", kinds.names()),
                    Map.of("entities", kinds.names()));
        }
        return entity;
    }

    /** @return the entity; 404 if there is neither such a kind nor such a push target */
    String kindOrTarget(String entity) {
        return targets.has(entity) ? entity : kind(entity);
    }

    static ApiException noSuchRun(String id) {
        return new ApiException(404, "There is no run " + id, Map.of());
    }
}
