package io.saddlebag.api;

import io.saddlebag.problem.RequestParameter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/** Reads requests for the audit, and refuses invalid ones. */
@Component("auditRequest")
public class AuditRequest {

    private static final int MAX_LIMIT = 500;

    private final ApiRequest requests;
    private final PersonalData personal;

    AuditRequest(ApiRequest requests, PersonalData personal) {
        this.requests = requests;
        this.personal = personal;
    }

    /**
     * @return a map with from, to, who, action and object, which are null if absent, before and limit; and masked: whether the details are left out, because they may
     *         contain what other users searched for
     */
    public Map<String, Object> list(Exchange exchange) {
        Message request = exchange.getMessage();
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("from", DeadLetterRequest.time(request, "from"));
        parameters.put("to", DeadLetterRequest.time(request, "to"));
        for (String name : new String[] {"who", "action", "object"}) {
            parameters.put(name, requests.text(request.getHeader(name, String.class)));
        }
        parameters.put("masked", personal.isMasked(request.getHeader("CamelHttpServletRequest", HttpServletRequest.class)));
        parameters.put("limit", ListExport.limit(request, 50, MAX_LIMIT));
        parameters.put("before", RequestParameter.number(request, "before", Long.MAX_VALUE, Long.MAX_VALUE));
        return parameters;
    }
}
