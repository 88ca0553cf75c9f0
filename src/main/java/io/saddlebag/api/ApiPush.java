package io.saddlebag.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import io.saddlebag.push.Target;
import io.saddlebag.push.Targets;
import io.saddlebag.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/** Reads a request for a run of push targets into the variable request, see run-enter (also entities, names and all). */
@Component("apiPush")
public class ApiPush {

    static final Set<String> STATUSES = Set.of("ok", "failed", "refused", "waiting", "unknown", "held", "accepted", "gone");
    private static final Set<String> PARAMETERS = Set.of("org", "dryRun", "force", "limit", "status", "keys");

    private static final TypeReference<List<String>> NAMES = new TypeReference<>() { };

    private final ObjectMapper json = new ObjectMapper();
    private final Targets targets;
    private final Caller caller;

    ApiPush(Targets targets, Caller caller) {
        this.targets = targets;
        this.caller = caller;
    }

    /**
     * Reads dryRun, force, limit, status and keys. Any other parameter of the query is a column of the target's view.
     *
     * @throws ApiException 404 if the target does not exist, 400 if a value is invalid
     */
    public void read(Exchange exchange) {
        Message request = exchange.getMessage();
        String name = request.getHeader("target", String.class);
        boolean all = "all".equals(name);
        ObjectNode wanted = json.createObjectNode();
        if (RequestParameter.flag(request, "force")) {
            wanted.put("force", true);
        }
        limit(request.getHeader("limit", String.class), wanted);
        String status = RequestParameter.oneOf(request, "status", null, STATUSES);
        if (status != null) {
            wanted.put("status", status);
        }
        keys(request.getHeader("keys", String.class), wanted);
        Target target = all ? null : target(name);
        columns(request.getHeader(Exchange.HTTP_QUERY, String.class), target, wanted);
        List<String> names = all ? targets.inOrder() : List.of(target.name());
        exchange.setVariable("request", new HashMap<>(Map.of("entities", names, "names", String.join(",", names), "all", all, "mode", "push",
            "dry_run", RequestParameter.flag(request, "dryRun"), "wanted", text(wanted), "view", all || target.view() == null ? "" : target.view(),
            "trigger", caller.trigger(request.getHeader("CamelHttpServletRequest", HttpServletRequest.class)))));
    }

    /**
     * Checks the parameters that name columns. In: a row of push_columns as body.
     *
     * @throws ApiException 400 if the view has no such column, or if a value is none of its column
     */
    public void columns(Exchange exchange, @Body Map<String, Object> view) throws JsonProcessingException {
        List<String> columns = json.readValue((String) view.get("columns"), NAMES);
        json.readTree((String) request(exchange).get("wanted")).path("columns").fieldNames().forEachRemaining(name -> {
            if (!columns.contains(name)) {
                throw new ApiException(400, "The view " + request(exchange).get("view") + " has no column \"" + name + "\"; its columns are " + String.join(", ", columns),
                    Map.of("columns", columns));
            }
        });
        if (view.get("problem") != null) {
            throw new ApiException(400, "The view " + request(exchange).get("view") + " cannot be searched by that value: " + view.get("problem"), Map.of());
        }
    }

    /** Reads a request to compare a target with Zoho: repair and keys. */
    public void verify(Exchange exchange) {
        Message request = exchange.getMessage();
        boolean repair = RequestParameter.flag(request, "repair");
        ObjectNode wanted = json.createObjectNode();
        keys(request.getHeader("keys", String.class), wanted);
        if (repair) {
            wanted.put("repair", true);
        }
        String name = target(request.getHeader("entity", String.class)).name();
        exchange.setVariable("request", new HashMap<>(Map.of("entities", List.of(name), "names", name, "all", false, "mode", "verify", "dry_run", !repair,
            "wanted", text(wanted), "trigger", caller.trigger(request.getHeader("CamelHttpServletRequest", HttpServletRequest.class)))));
    }

    private static void keys(String keys, ObjectNode wanted) {
        if (keys != null) {
            Arrays.stream(storable(keys).split(",")).filter(key -> !key.isEmpty()).forEach(wanted.withArray("keys")::add);
            if (wanted.withArray("keys").isEmpty()) {
                throw new ApiException(400, "keys must be keys of records, with a comma between two", Map.of());
            }
        }
    }

    private static void limit(String limit, ObjectNode wanted) {
        if (limit != null) {
            if (!limit.matches("[1-9][0-9]{0,8}")) {
                throw new ApiException(400, "limit must be a whole number from 1, not \"" + limit + "\"", Map.of());
            }
            wanted.put("limit", Integer.parseInt(limit));
        }
    }

    private static void columns(String query, Target target, ObjectNode wanted) {
        for (String pair : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
            String[] column = pair.split("=", 2);
            String name = URLDecoder.decode(column[0], StandardCharsets.UTF_8);
            if (PARAMETERS.contains(name)) {
                continue;
            }
            if (target == null || target.view() == null || !name.matches("[a-z_][a-z0-9_]*") || column.length < 2) {
                throw new ApiException(400, "There is no parameter \"" + name + "\". A push takes " + String.join(", ", new TreeSet<>(PARAMETERS))
                    + " and, for one target, column=value of a column of its view", Map.of());
            }
            wanted.withObject("/columns").put(name, storable(URLDecoder.decode(column[1], StandardCharsets.UTF_8)));
        }
    }

    private static String storable(String value) {
        return value.replace('\u0000', '?');
    }

    /** @throws ApiException 404 with the names of the targets */
    Target target(String name) {
        if (!targets.has(name)) {
            throw new ApiException(404, "There is no push target \"" + name + "\"; there are " + String.join(", ", targets.names()), Map.of("targets", targets.names()));
        }
        return targets.of(name);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> request(Exchange exchange) {
        return exchange.getVariable("request", Map.class);
    }

    /**
     * Removes the targets that may not write from a request for "all". A plan is allowed for every target. In: rows with name and refused as body.
     *
     * @throws ApiException 409 if no requested target may write
     */
    public void allowed(Exchange exchange) {
        List<?> rows = exchange.getMessage().getBody(List.class);
        if ((Boolean) request(exchange).get("dry_run")) {
            return;
        }
        List<Map<?, ?>> states = rows.stream().<Map<?, ?>>map(row -> (Map<?, ?>) row).toList();
        if ((Boolean) request(exchange).get("all")) {
            List<?> on = states.stream().filter(row -> row.get("refused") == null).map(row -> row.get("name")).toList();
            List<?> reasons = states.stream().map(row -> row.get("refused")).distinct().toList();
            if (on.isEmpty()) { // if all targets have the same reason, it is that this process writes nothing
                throw new ApiException(409, reasons.size() == 1 ? (String) reasons.get(0) : "No push target of this organisation is switched on. GET /api/push lists the targets. "
                    + "Before a target is switched on, make a plan: POST /api/push/{target}?dryRun=true", Map.of());
            }
            request(exchange).put("entities", on);
        } else if (states.get(0).get("refused") != null) {
            throw new ApiException(409, (String) states.get(0).get("refused"), Map.of());
        }
    }

    private String text(ObjectNode wanted) {
        try {
            return json.writeValueAsString(wanted);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
