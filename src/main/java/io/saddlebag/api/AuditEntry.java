package io.saddlebag.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import io.saddlebag.common.StorableJson;
import io.saddlebag.http.BufferedRequest;
import io.saddlebag.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;

/**
 * Builds a row of the audit from a request: the user, the caller's address, the action and its object. The variable audit is the name of the action, or a map with
 * the keys action, org, object, outcome and details. What the map leaves out comes from the request.
 */
@Component("auditEntry")
public class AuditEntry {

    private static final Pattern SECRET = Pattern.compile("secret|token|password", Pattern.CASE_INSENSITIVE);
    /** At the addresses of a consent, these are secrets too; elsewhere they are filters of a list. */
    private static final Pattern SECRET_OF_CONSENT = Pattern.compile(SECRET + "|code|state|choice", Pattern.CASE_INSENSITIVE);
    private static final Pattern PATH_PARAMETER = Pattern.compile("(?:\\{|%7B)(\\w+)(?:}|%7D)");
    /** Fields of an answer that are computed from other fields. */
    private static final Set<String> DERIVED = Set.of("pushPlans", "toDo", "passwordSetAt", "createdAt", "createdBy");
    private static final int MAX_LENGTH = 500;

    private final Caller caller;
    private final ObjectMapper json = new ObjectMapper();

    AuditEntry(Caller caller) {
        this.caller = caller;
    }

    /** @return the row of an action that was carried out: who, role, address, action, org, object, outcome and details (JSON) */
    public Map<String, Object> row(Exchange exchange) throws JsonProcessingException {
        return row(exchange, given(exchange), "done", Map.of());
    }

    /** @return the row of an action that begins. A second row stores its outcome. */
    public Map<String, Object> started(Exchange exchange) throws JsonProcessingException {
        Map<Object, Object> begun = new HashMap<>(given(exchange));
        begun.put("outcome", "started");
        return row(exchange, begun, "started", Map.of());
    }

    /**
     * Adds to the details of an action.
     *
     * @param audit the variable audit
     * @param value a text or another value; a text with a JSON object or array is stored as JSON; may be null
     * @return the new value of the variable audit
     */
    public Map<String, Object> with(Object audit, String name, Object value) {
        Map<String, Object> longer = new LinkedHashMap<>();
        (audit instanceof Map<?, ?> map ? map : Map.of("action", audit)).forEach((key, given) -> longer.put(key.toString(), given));
        Map<String, Object> details = new LinkedHashMap<>();
        if (longer.get("details") instanceof Map<?, ?> before) {
            before.forEach((key, given) -> details.put(key.toString(), given));
        }
        details.put(name, value instanceof String text ? parsed(text) : value);
        longer.put("details", details);
        return longer;
    }

    /** As {@link #with}, but adds only one field of a JSON object, because the other fields may hold personal data. */
    public Map<String, Object> withField(Object audit, String name, String object) {
        return with(audit, name, parsed(object) instanceof JsonNode node ? node.get(name) : null);
    }

    /**
     * Adds the values that a request changed, before and after the change, and the names of the secrets that the request set.
     *
     * @param given  the values in the request, by field
     * @param before the object before the change as JSON; null if it did not exist
     * @param after  the object after the change as JSON
     * @return the new value of the variable audit
     */
    public Map<String, Object> change(Object audit, Map<String, Object> given, String before, String after) throws JsonProcessingException {
        JsonNode old = before == null ? json.createObjectNode() : json.readTree(before);
        JsonNode now = json.readTree(after);
        Map<String, Object> changes = new LinkedHashMap<>();
        now.fieldNames().forEachRemaining(field -> {
            JsonNode was = old.has(field) ? old.get(field) : NullNode.instance;
            if (!DERIVED.contains(field) && !was.equals(now.get(field))) {
                changes.put(field, List.of(was, now.get(field)));
            }
        });
        Map<String, Object> changed = with(audit, "changes", changes);
        List<String> secrets = secrets("", given).sorted().toList();
        return secrets.isEmpty() ? changed : with(changed, "secretsSet", secrets);
    }

    private static Stream<String> secrets(String within, Map<?, ?> given) {
        return given.entrySet().stream().flatMap(field -> {
            String name = within + field.getKey();
            return field.getValue() instanceof Map<?, ?> inner ? secrets(name + ".", inner)
                : field.getValue() != null && SECRET.matcher(name).find() ? Stream.of(name) : Stream.empty();
        });
    }

    private Object parsed(String text) {
        try {
            return text.matches("(?s)\\s*[\\[{].*") ? json.readTree(text) : cut(text);
        } catch (JsonProcessingException e) {
            return cut(text);
        }
    }

    /**
     * The row of a request that ended with an error.
     *
     * @param status of the answer
     * @param reason the detail of the answer
     * @return null if the caller is not logged in, if the request asks for no action, or if the database is not available
     */
    public Map<String, Object> failure(Exchange exchange, @Header(Exchange.HTTP_RESPONSE_CODE) int status, @Variable("error") String reason)
            throws JsonProcessingException {
        Map<?, ?> given = given(exchange);
        if (given.get("action") == null || ApiProblem.databaseIsAway(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class))
            || !(origin(exchange).get("who") instanceof String)) {
            return null;
        }
        Map<Object, Object> failed = new HashMap<>(given);
        failed.remove("outcome");
        Map<String, Object> further = new LinkedHashMap<>();
        further.put("status", status);
        further.put("reason", cut(reason));
        return row(exchange, failed, status < 500 ? "refused" : "failed", further);
    }

    private Map<String, Object> row(Exchange exchange, Map<?, ?> given, String outcome, Map<String, ?> further) throws JsonProcessingException {
        Map<String, Object> origin = origin(exchange);
        Map<String, Object> details = new LinkedHashMap<>();
        ((Map<?, ?>) origin.get("parameters")).forEach((name, value) -> details.put(name.toString(), value));
        if (given.get("details") instanceof Map<?, ?> more) {
            more.forEach((name, value) -> details.put(name.toString(), value));
        }
        details.putAll(further);
        Map<String, Object> row = new HashMap<>(origin);
        row.put("origin", origin);
        row.put("action", given.get("action"));
        row.put("org", given.containsKey("org") ? given.get("org") : exchange.getVariable("org"));
        row.put("object", cut(given.containsKey("object") ? given.get("object") : origin.get("object")));
        row.put("outcome", Objects.requireNonNullElse(given.get("outcome"), outcome));
        row.put("details", StorableJson.write(details));
        return row;
    }

    private static Map<?, ?> given(Exchange exchange) {
        Object audit = exchange.getVariable("audit");
        return audit instanceof Map<?, ?> map ? map : audit == null ? Map.of() : Map.of("action", audit);
    }

    /** The origin is kept in the row for a second row, because later steps may remove the headers of the request. */
    @SuppressWarnings("unchecked")
    private Map<String, Object> origin(Exchange exchange) {
        if (exchange.getVariable("auditRow") instanceof Map<?, ?> row) {
            return (Map<String, Object>) row.get("origin");
        }
        Map<String, Object> origin = new HashMap<>();
        origin.put("parameters", Map.of());
        origin.put("object", object(exchange));
        HttpServletRequest request = request(exchange);
        if (request != null && !isOver(request)) {
            origin.put("who", caller.name(request));
            origin.put("role", caller.role(request));
            origin.put("address", request.getRemoteAddr());
            // a request by a button of the console has its own query; the browser's request has another
            origin.put("parameters", parameters(exchange.getMessage().getHeader(Exchange.HTTP_QUERY, request.getQueryString(), String.class),
                exchange.getFromEndpoint() == null || exchange.getFromEndpoint().getEndpointUri().contains("/oauth/") ? SECRET_OF_CONSENT : SECRET));
        }
        return origin;
    }

    private static HttpServletRequest request(Exchange exchange) {
        HttpServletRequest request = exchange.getMessage().getHeader("CamelHttpServletRequest", HttpServletRequest.class);
        return request == null && exchange.getVariable("request") instanceof HttpServletRequest kept ? kept : request; // a request to /oauth, after the call to Zoho
    }

    private static boolean isOver(HttpServletRequest request) {
        BufferedRequest buffered = BufferedRequest.of(request);
        return buffered != null && buffered.isOver();
    }

    /** @return the parameters of the path, joined by a slash; null if it has none */
    private static String object(Exchange exchange) {
        String found = exchange.getFromEndpoint() == null ? "" : PATH_PARAMETER.matcher(exchange.getFromEndpoint().getEndpointUri()).results()
            .map((MatchResult name) -> exchange.getMessage().getHeader(name.group(1), String.class)).filter(Objects::nonNull).map(AuditEntry::decoded)
            .collect(Collectors.joining("/"));
        return found.isEmpty() ? null : found;
    }

    /** Camel decodes the query's parameters, but not the parameters of the path. */
    private static String decoded(String encoded) {
        try {
            return UriUtils.decode(encoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return encoded;
        }
    }

    /** @return the parameters of the query, without org, which has its own column, without parameters that may hold a secret, and without a page's own fields (_org) */
    private static Map<String, Object> parameters(String query, Pattern secret) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            String[] parts = pair.split("=", 2);
            try {
                String name = URLDecoder.decode(parts[0], StandardCharsets.UTF_8);
                if (!name.isEmpty() && !name.startsWith("_") && !name.equals("org") && !secret.matcher(name).find()) {
                    parameters.put(cut(name), parts.length == 1 ? "" : cut(URLDecoder.decode(parts[1], StandardCharsets.UTF_8)));
                }
            } catch (IllegalArgumentException e) {
                // the server ignores parameters that cannot be decoded
            }
        }
        return parameters;
    }

    /** @return text that PostgreSQL can store, of bounded length; null stays null */
    private static String cut(Object value) {
        return value == null ? null : value.toString().substring(0, Math.min(MAX_LENGTH, value.toString().length())).replaceAll("\\p{Cntrl}", "?");
    }
}
