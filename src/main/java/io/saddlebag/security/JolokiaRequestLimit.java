package io.saddlebag.security;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saddlebag.audit.AuditLog;
import io.saddlebag.http.BufferedRequest;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Limits the requests to JMX that run at the same time, because Jolokia builds an answer in memory: one request for many MBeans, and a few requests for single
 * MBeans. Further requests wait for a moment. Adds a row to the audit for each call of an operation and each change of an attribute, before Jolokia gets the
 * request. This filter runs after the login.
 */
@Component
class JolokiaRequestLimit extends OncePerRequestFilter {

    static final String AUDIT_EXEC = "jmx.exec";
    static final String AUDIT_WRITE = "jmx.write";

    private static final Logger LOG = LoggerFactory.getLogger(JolokiaRequestLimit.class);
    private static final List<String> ADDRESSES = List.of("/actuator/jolokia", "/actuator/hawtio/jolokia");
    private static final int MAX_BODY_BYTES = 1 << 18;
    private static final int MAX_ENTRIES = 500;
    private static final int MAX_CALLS = 20;
    private static final int MAX_OBJECT_LENGTH = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Semaphore listing = new Semaphore(1);
    private final Semaphore others = new Semaphore(3);
    /** Refuses what Jolokia might read in another way, because the audit would then name another action. */
    private final ObjectMapper json = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private final AuditLog audit;
    private final Caller caller;

    /** Both are made by the first request: this filter is made before the start has looked at the database, and a failed start says so in one line. */
    JolokiaRequestLimit(@Lazy AuditLog audit, @Lazy Caller caller) {
        this.audit = audit;
        this.caller = caller;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return ADDRESSES.stream().noneMatch(request.getRequestURI()::startsWith);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        BufferedRequest buffered = BufferedRequest.of(request);
        boolean complete;
        try {
            complete = buffered.await(MAX_BODY_BYTES, PATIENCE);
        } catch (IOException silent) {
            if (!response.isCommitted()) {
                response.sendError(HttpServletResponse.SC_REQUEST_TIMEOUT);
            }
            return;
        }
        if (!complete) {
            response.sendError(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, "A request to Jolokia may have " + MAX_BODY_BYTES
                + " bytes at most and must arrive within " + PATIENCE.toSeconds() + " s");
            return;
        }
        Asked asked;
        try {
            asked = asked(buffered);
        } catch (JsonProcessingException none) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "A request to Jolokia must be one JSON value, in which no object has the same key twice");
            return;
        }
        if (asked.all > MAX_ENTRIES || asked.calls > MAX_CALLS || asked.many > 1) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "A request to Jolokia may have " + MAX_ENTRIES + " entries at most, "
                + MAX_CALLS + " of them calls and one of them a list, a search or a pattern");
            return;
        }
        Semaphore place = asked.many > 0 ? listing : others;
        if (!isFree(place)) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        try {
            if (isAudited(asked.changes, request)) {
                chain.doFilter(request, response);
            } else {
                response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "Nothing was done, because the audit cannot be written. See health for the database");
            }
        } finally {
            place.release();
        }
    }

    /** The rows say what was asked for, not with which values. The answer of Jolokia has the outcome, so the rows are those of actions that have started. */
    private boolean isAudited(List<JsonNode> changes, HttpServletRequest request) {
        try {
            for (JsonNode change : changes) {
                boolean call = isOfType(change, "exec");
                String object = (change.path("mbean").asText() + " " + change.path(call ? "operation" : "attribute").asText()).replaceAll("\\p{Cntrl}", "?");
                audit.add(caller.name(request), caller.role(request), request.getRemoteAddr(), call ? AUDIT_EXEC : AUDIT_WRITE, null,
                    object.substring(0, Math.min(MAX_OBJECT_LENGTH, object.length())), "started", Map.of());
            }
            return true;
        } catch (DataAccessException e) {
            LOG.warn("Refused, because it is not in the audit: a request of {} to Jolokia: {}", caller.name(request), e.getMessage());
            return false;
        }
    }

    private static boolean isOfType(JsonNode entry, String type) {
        return entry.path("type").asText().equalsIgnoreCase(type);
    }

    private static boolean isFree(Semaphore place) {
        try {
            return place.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * The entries of a request.
     *
     * @param all     the number of entries
     * @param calls   the number of entries that call an operation
     * @param many    the number of entries that ask for many MBeans
     * @param changes the entries that call an operation or change an attribute
     */
    private record Asked(int all, int calls, int many, List<JsonNode> changes) {
    }

    private Asked asked(BufferedRequest request) throws IOException {
        int all = 0;
        int calls = 0;
        int many = 0;
        List<JsonNode> changes = new ArrayList<>();
        JsonNode sent = json.readTree(request.getInputStream());
        for (JsonNode entry : sent != null && sent.isArray() ? sent : json.createArrayNode().add(sent)) {
            boolean call = isOfType(entry, "exec");
            all++;
            calls += call ? 1 : 0;
            many += isOfType(entry, "list") || isOfType(entry, "search") || entry.path("mbean").asText().matches("(?s).*[*?].*") ? 1 : 0;
            if (call || isOfType(entry, "write")) {
                changes.add(entry);
            }
        }
        return new Asked(all, calls, many, changes);
    }
}
