package io.saddlebag.api;

import io.saddlebag.kinds.Kinds;
import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import io.saddlebag.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/** Reads a request for runs into the variable request (entities, all, mode, trigger, dry_run), and writes the answer. */
@Component("apiSync")
public class ApiSync {

    private final Kinds kinds;
    private final ApiRequest requests;
    private final Caller caller;

    ApiSync(Kinds kinds, ApiRequest requests, Caller caller) {
        this.kinds = kinds;
        this.requests = requests;
        this.caller = caller;
    }

    /** Reads a request for a run that reads from Zoho. */
    public void sync(Exchange exchange) {
        Message request = exchange.getMessage();
        read(exchange, RequestParameter.oneOf(request, "mode", "incremental", Set.of("incremental", "full")), RequestParameter.flag(request, "dryRun"));
    }

    /** Reads a request for a verification. Only a verification with repair=true writes rows. */
    public void verify(Exchange exchange) {
        read(exchange, "verify", !RequestParameter.flag(exchange.getMessage(), "repair"));
    }

    /** Reads a request for a run that applies the mapping to the stored records again. */
    public void remap(Exchange exchange) {
        read(exchange, "remap", RequestParameter.flag(exchange.getMessage(), "dryRun"));
    }

    private void read(Exchange exchange, String mode, boolean dryRun) {
        String entity = exchange.getMessage().getHeader("entity", String.class);
        boolean all = "all".equals(entity);
        exchange.setVariable("request", new HashMap<>(Map.of("entities", all ? kinds.names() : List.of(requests.kind(entity)), "all", all,
            "mode", mode, "dry_run", dryRun,
            "trigger", caller.trigger(exchange.getMessage().getHeader("CamelHttpServletRequest", HttpServletRequest.class)))));
    }

    /**
     * Removes the kinds that are not copied for the organisation from a request for "all". In: the organisation's kinds as body.
     *
     * @throws ApiException 409 if a kind is requested that is not copied
     */
    public void selected(Exchange exchange) {
        String selection = exchange.getMessage().getBody(String.class);
        String entity = exchange.getMessage().getHeader("entity", String.class);
        if (selection == null) {
            return;
        }
        List<String> selected = List.of(selection.split(","));
        if ("all".equals(entity)) {
            request(exchange).put("entities", kinds.names().stream().filter(selected::contains).toList());
        } else if (!selected.contains(entity)) {
            String org = exchange.getVariable("org", String.class);
            throw new ApiException(409, "Organisation " + org + " leaves out " + entity + "; its kinds are " + selection.replace(",", ", ")
                    + ". PATCH /api/organisations/" + org + " with \"kinds\" adds it; null selects all kinds", Map.of("kinds", selected));
        }
    }

    /**
     * Sets the variable started, the rows of the new runs with their entity. In: the entered runs as body, rows with run_id and started, in the order of the
     * requested entities.
     *
     * @return the answer, 202 with the id of the started run
     * @throws ApiException 409 with the id of the run that is under way
     */
    public String runs(Exchange exchange) {
        List<?> runs = exchange.getMessage().getBody(List.class);
        List<?> entities = (List<?>) request(exchange).get("entities");
        exchange.setVariable("started", IntStream.range(0, runs.size()).filter(i -> (Boolean) ((Map<?, ?>) runs.get(i)).get("started"))
            .mapToObj(i -> Map.of("run_id", ((Map<?, ?>) runs.get(i)).get("run_id"), "entity", entities.get(i))).toList());
        Message answer = exchange.getMessage();
        answer.setHeader(Exchange.HTTP_RESPONSE_CODE, 202);
        if ((Boolean) request(exchange).get("all")) {
            return "{\"runIds\":" + runs.stream().map(run -> ((Map<?, ?>) run).get("run_id")).toList() + "}";
        }
        Map<?, ?> run = (Map<?, ?>) runs.get(0);
        if (!(Boolean) run.get("started")) {
            throw new ApiException(409, "Run " + run.get("run_id") + " of this kind is under way; wait for it or cancel it",
                    Map.of("runId", run.get("run_id")));
        }
        exchange.setVariable("location", "/api/sync/runs/" + run.get("run_id"));
        return "{\"runId\":" + run.get("run_id") + ",\"status\":\"running\"}";
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> request(Exchange exchange) {
        return exchange.getVariable("request", Map.class);
    }

    /**
     * @return the report
     * @throws ApiException 404 if the run has no report
     */
    public String report(Long id, String report) {
        if (report.isEmpty()) {
            throw new ApiException(404, "Run " + id + " keeps no report: it was neither a dry run nor a verification, nor a release of deletes. What it changed"
                    + " is in record_changes, run_id " + id, Map.of("runId", id));
        }
        return report;
    }
}
