package io.saddlebag.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import io.saddlebag.push.Targets;
import io.saddlebag.sink.PullPage;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** Reads requests of the sync API into variables, and refuses invalid ones. */
@Component("apiRequest")
public class ApiRequest {

    private static final Set<String> STATUSES = Set.of("running", "succeeded", "partial", "failed", "cancelled", "abandoned");
    private static final int MAX_RUNS = 500;
    private static final int MAX_CALLS = 1000;
    /** A kind and an id, or nothing. */
    private static final Pattern PLACE = Pattern.compile("(?:([a-z0-9-]+):(.+))?");
    private static final int MAX_SEARCH_LENGTH = 100;
    private static final int RECORDS_OF_A_KIND = 25;
    private static final int MAX_FOUND = 100;
    /** 30 days. */
    private static final int MAX_HOURS = 720;

    private final Kinds kinds;
    private final Targets targets;
    private final PersonalData personal;

    ApiRequest(Kinds kinds, Targets targets, PersonalData personal) {
        this.kinds = kinds;
        this.targets = targets;
        this.personal = personal;
    }

    /** @return the parameter as text that PostgreSQL can store; null if it is absent */
    public String text(String parameter) {
        return parameter == null ? null : parameter.replaceAll("\\p{Cntrl}", "?");
    }

    /**
     * Sets the variable org. In: the row of the look-up as body, null if there is no such organisation.
     *
     * @throws ApiException 404 if there is no such organisation
     */
    public void organisation(Exchange exchange) {
        String found = exchange.getMessage().getBody(String.class);
        if (found == null) {
            throw new ApiException(404, "There is no organisation \"" + exchange.getVariable("org")
                    + "\" here; omit org= for the default one", Map.of());
        }
        exchange.setVariable("org", found);
    }

    /** Sets the variables entity and zohoId. */
    public void record(Exchange exchange) {
        exchange.setVariable("entity", kind(exchange.getMessage().getHeader("entity", String.class)));
        String id = exchange.getMessage().getHeader("zohoId", String.class);
        if (!id.matches("[0-9A-Za-z_-]{1,64}")) {
            throw new ApiException(400, "\"" + id + "\" is not a Zoho id", Map.of());
        }
        exchange.setVariable("zohoId", id);
    }

    /** Sets the variable id. */
    public void run(Exchange exchange) {
        String id = exchange.getMessage().getHeader("id", String.class);
        if (!id.matches("[0-9]{1,18}")) {
            throw noSuchRun(id);
        }
        exchange.setVariable("id", Long.valueOf(id));
    }

    /** @return a map with entity and status, which are null if absent, before and limit */
    public Map<String, Object> runList(Exchange exchange) {
        Message request = exchange.getMessage();
        String entity = request.getHeader("entity", String.class);
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("entity", entity == null ? null : kindOrTarget(entity));
        parameters.put("status", RequestParameter.oneOf(request, "status", null, STATUSES));
        parameters.put("before", RequestParameter.number(request, "before", Long.MAX_VALUE, Long.MAX_VALUE));
        parameters.put("limit", ListExport.limit(request, 50, MAX_RUNS));
        return parameters;
    }

    /** @return a map with limit, afterEntity and afterId of the records of a run */
    public Map<String, Object> runRecords(Exchange exchange) {
        Message request = exchange.getMessage();
        Matcher after = PLACE.matcher(text(request.getHeader("after", "", String.class)));
        if (!after.matches()) {
            throw new ApiException(400, "after must be the next of an answer to the same request", Map.of());
        }
        return Map.of("limit", ListExport.limit(request, 50, MAX_RUNS), "afterEntity", Objects.requireNonNullElse(after.group(1), ""), "afterId", Objects.requireNonNullElse(after.group(2), ""));
    }

    /** @return a map with steps and calls: how many of the newest pages and waits, and of the newest calls, the progress of a run has */
    public Map<String, Object> progress(Exchange exchange) {
        Message request = exchange.getMessage();
        return Map.of("steps", ListExport.rows(request, 200), "calls", ListExport.rows(request, 100));
    }

    /** @return a map with most: how many runs, and how many of the slowest calls, the summary of calls has */
    public Map<String, Object> callSummary(Exchange exchange) {
        return Map.of("most", ListExport.rows(exchange.getMessage(), 10));
    }

    /** @return a map with hours */
    public Map<String, Object> hours(Exchange exchange) {
        String hours = exchange.getMessage().getHeader("hours", "24", String.class);
        if (!hours.matches("[0-9]{1,3}") || Integer.parseInt(hours) < 1 || Integer.parseInt(hours) > MAX_HOURS) {
            throw new ApiException(400, "hours must be a number from 1 to " + MAX_HOURS, Map.of());
        }
        return Map.of("hours", Integer.valueOf(hours));
    }

    /** Sets the variable entity. */
    public void entity(Exchange exchange) {
        exchange.setVariable("entity", kind(exchange.getMessage().getHeader("entity", String.class)));
    }

    /** @return a map with before and limit of a history */
    public Map<String, Object> history(Exchange exchange) {
        Message request = exchange.getMessage();
        return Map.of("before", RequestParameter.number(request, "before", Long.MAX_VALUE, Long.MAX_VALUE), "limit", ListExport.limit(request, 100, MAX_RUNS));
    }

    /**
     * @return a map with measure, after, and limit, which is one more than the page has
     * @throws ApiException 404 if the kind lists no records of a measure
     */
    public Map<String, Object> measure(Exchange exchange, @Variable("kind") Kind kind) {
        Message request = exchange.getMessage();
        if (kind.qualityRecords() == null) {
            throw new ApiException(404, "Records of a measure of " + kind.name() + " are not listed: there is no routes/kinds/" + kind.name() + "-quality-records.sql", Map.of());
        }
        return Map.of("measure", text(request.getHeader("measure", String.class)), "after", text(request.getHeader("after", "", String.class)),
            "limit", ListExport.limit(request, 50, MAX_RUNS) + 1);
    }

    /** @param rows one more than the page has, if there is a next page. @return the answer, as JSON */
    public String measured(String entity, Map<String, Object> request, List<Map<String, Object>> rows) {
        long limit = (Long) request.get("limit") - 1;
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode records = answer.putArray("records");
        rows.stream().limit(limit).forEach(row -> records.addObject().put("entity", entity).put("zohoId", (String) row.get("zoho_id")).put("label", (String) row.get("label")));
        return answer.put("next", rows.size() > limit ? (String) rows.get((int) limit - 1).get("zoho_id") : null).toString();
    }

    /** @return a map with purpose and only (refused or slow), which are null if absent, before and limit */
    public Map<String, Object> callList(Exchange exchange) {
        Message request = exchange.getMessage();
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("purpose", RequestParameter.oneOf(request, "purpose", null, Set.of("pull", "webhook", "push", "check")));
        parameters.put("only", RequestParameter.oneOf(request, "only", null, Set.of("refused", "slow")));
        parameters.put("before", RequestParameter.number(request, "before", Long.MAX_VALUE, Long.MAX_VALUE));
        parameters.put("id", request.getHeader("id") == null ? null : RequestParameter.number(request, "id", 0, Long.MAX_VALUE));
        parameters.put("limit", ListExport.limit(request, 100, MAX_CALLS));
        return parameters;
    }

    /**
     * @return a map with q, the text to search for; kinds, where and how to search; limit, for each kind; and after, a JSON object with the id of the last record of each kind
     *         on the page before, or null for the first page
     */
    public Map<String, Object> search(Exchange exchange) {
        Message request = exchange.getMessage();
        String text = text(request.getHeader("q", "", String.class)).strip();
        if (text.isEmpty() || text.length() > MAX_SEARCH_LENGTH) {
            throw new ApiException(400, "q must be an id, or a part of a name or number, of at most " + MAX_SEARCH_LENGTH + " characters", Map.of());
        }
        boolean masked = personal.isMasked(request.getHeader("CamelHttpServletRequest", HttpServletRequest.class));
        Map<String, Object> parameters = new HashMap<>(Map.of("q", text, "kinds", kinds.searchAs(masked), "limit", ListExport.limit(request, RECORDS_OF_A_KIND, MAX_FOUND)));
        parameters.put("after", after(request.getHeader("after", String.class)));
        return parameters;
    }

    private static String after(String places) {
        if (places == null) {
            return null;
        }
        if (!places.matches("[a-z0-9-]+:[0-9A-Za-z_-]{1,64}(,[a-z0-9-]+:[0-9A-Za-z_-]{1,64})*")) {
            throw new ApiException(400, "after must be the next of an answer to the same request", Map.of());
        }
        return Arrays.stream(places.split(",")).map(place -> "\"" + place.replace(":", "\":\"") + "\"").collect(Collectors.joining(",", "{", "}"));
    }

    /**
     * @return the record
     * @throws ApiException 404 if the record does not exist
     */
    public String recordFound(Exchange exchange) {
        if (exchange.getMessage().getBody() == null) {
            throw new ApiException(404, "There is no record " + exchange.getVariable("zohoId") + " of " + exchange.getVariable("entity")
                + " here. POST /api/sync/" + exchange.getVariable("entity") + "/" + exchange.getVariable("zohoId") + " fetches it from Zoho", Map.of());
        }
        return exchange.getMessage().getBody(String.class);
    }

    /**
     * @return the result
     * @throws ApiException 409 if the record has no deletion mark or does not exist
     */
    public String recordRestored(Exchange exchange) {
        String zohoId = exchange.getVariable("zohoId", String.class);
        if (!exchange.getMessage().getBody(Boolean.class)) {
            throw new ApiException(409, "Record " + zohoId + " has no deletion mark here", Map.of("zohoId", zohoId));
        }
        return "{\"zohoId\":\"" + zohoId + "\",\"result\":\"restored\"}";
    }

    /**
     * @return the run
     * @throws ApiException 404 if the run does not exist
     */
    public String found(Exchange exchange) {
        if (exchange.getMessage().getBody() == null) {
            throw noSuchRun(exchange.getVariable("id", String.class));
        }
        return exchange.getMessage().getBody(String.class);
    }

    /**
     * Sets the variable org after a cancellation. In: a row with org, entity and cancelled as body.
     *
     * @throws ApiException 404 if the run does not exist, 409 if it had ended before
     */
    public void cancelled(Exchange exchange, @Variable("id") Long id, @Body Map<String, Object> run) {
        if (run == null) {
            throw noSuchRun(id.toString());
        }
        exchange.setVariable("org", run.get("org"));
        if (!(Boolean) run.get("cancelled")) {
            throw new ApiException(409, "Run " + id + " has ended already", Map.of("runId", id));
        }
    }

    /**
     * @param deleted the number of rows marked as deleted, 0 if a later request has fetched the record; null if the record was fetched
     * @return the result for a single record
     * @throws ApiException 422 if the record cannot be stored
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

    /**
     * @return the entity
     * @throws ApiException 404 if there is no such kind
     */
    String kind(String entity) {
        if (!kinds.has(entity)) {
            throw new ApiException(404, "There is no kind \"" + entity + "\"; there are " + String.join(", ", kinds.names()),
                    Map.of("entities", kinds.names()));
        }
        return entity;
    }

    /**
     * @return the entity
     * @throws ApiException 404 if neither a kind nor a push target has this name
     */
    String kindOrTarget(String entity) {
        return targets.has(entity) ? entity : kind(entity);
    }

    static ApiException noSuchRun(String id) {
        return new ApiException(404, "There is no run " + id, Map.of());
    }
}
