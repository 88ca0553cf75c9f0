package io.saddlebag.api;

import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/** Reads requests for the events of the inbox, and refuses invalid ones. */
@Component("inboxRequest")
public class InboxRequest {

    private static final Set<String> STATUSES = Set.of("pending", "done", "ignored", "dead");
    private static final int MAX_LIMIT = 500;

    private final ApiRequest requests;

    InboxRequest(ApiRequest requests) {
        this.requests = requests;
    }

    /** @return a map with entity, status and zohoId, which are null if absent, before and limit */
    public Map<String, Object> list(Exchange exchange) {
        Message request = exchange.getMessage();
        String entity = request.getHeader("entity", String.class);
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("entity", entity == null ? null : requests.kind(entity));
        parameters.put("status", RequestParameter.oneOf(request, "status", null, STATUSES));
        parameters.put("zohoId", requests.text(request.getHeader("zohoId", String.class)));
        parameters.put("before", RequestParameter.number(request, "before", Long.MAX_VALUE, Long.MAX_VALUE));
        parameters.put("limit", ListExport.limit(request, 50, MAX_LIMIT));
        return parameters;
    }

    /** Sets the variable id. */
    public void event(Exchange exchange) {
        String id = exchange.getMessage().getHeader("id", String.class);
        if (!id.matches("[0-9]{1,18}")) {
            throw noSuchEvent(id);
        }
        exchange.setVariable("id", Long.valueOf(id));
    }

    /**
     * @return the event
     * @throws ApiException 404 if the event does not exist
     */
    public String found(Long id, String event) {
        if (event == null) {
            throw noSuchEvent(id);
        }
        return event;
    }

    private static ApiException noSuchEvent(Object id) {
        return new ApiException(404, "There is no event " + id + " in the inbox. Settled events are removed after some days (saddlebag.webhook.keep-days)", Map.of());
    }
}
