package io.saddlebag.api;

import io.saddlebag.kinds.Kinds;
import io.saddlebag.problem.ApiException;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** Reads a person's decision on the deletes of a run, and writes the answer. */
@Component("deletesRequest")
public class DeletesRequest {

    private final Kinds kinds;

    DeletesRequest(Kinds kinds) {
        this.kinds = kinds;
    }

    /** After the look-up: sets org, entity and deletes (the row, whose list is the run that proposed); 404 if there is no such run, or its kind no longer exists. */
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

    /** After a release: 409 if nothing is left to check, or another run is under way. */
    public void released(@Body Map<String, Object> release, @Variable("deletes") Map<String, Object> deletes) {
        if ((Long) release.get("left_over") == 0) {
            throw nothingLeft(deletes);
        }
        if (!(Boolean) release.get("started")) {
            throw new ApiException(409, "Run " + release.get("run_id") + " of this kind is under way; release the deletes when it has ended",
                    Map.of("runId", release.get("run_id")));
        }
    }

    /** @return how many were refused; 409 if there were none, or a run is checking them */
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

    /** @return how many were restored; 409 if the run has no tombstones (any more) */
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
