package io.saddlebag.security;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.http.BufferedRequest;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Limits the requests to JMX that run at the same time, because Jolokia builds an answer in memory: one request for many MBeans, and a few requests for single
 * MBeans. Further requests wait for a moment. This filter runs after the login.
 */
@Component
class JolokiaRequestLimit extends OncePerRequestFilter {

    private static final List<String> ADDRESSES = List.of("/actuator/jolokia", "/actuator/hawtio/jolokia");
    private static final int MAX_BODY_BYTES = 1 << 18;
    private static final int MAX_ENTRIES = 500;
    private static final int MAX_CALLS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Semaphore listing = new Semaphore(1);
    private final Semaphore others = new Semaphore(3);
    private final ObjectMapper json = new ObjectMapper();

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
        Asked asked = asked(buffered);
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
            chain.doFilter(request, response);
        } finally {
            place.release();
        }
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
     * @param all   the number of entries
     * @param calls the number of entries that call an operation
     * @param many  the number of entries that ask for many MBeans
     */
    private record Asked(int all, int calls, int many) {
    }

    /** A body that is not JSON counts as one entry; Jolokia refuses it. */
    private Asked asked(BufferedRequest request) throws IOException {
        int all = 0;
        int calls = 0;
        int many = 0;
        try {
            JsonNode sent = json.readTree(request.getInputStream());
            for (JsonNode entry : sent != null && sent.isArray() ? sent : json.createArrayNode().add(sent)) {
                String type = entry.path("type").asText();
                all++;
                calls += type.equalsIgnoreCase("exec") ? 1 : 0;
                many += type.equalsIgnoreCase("list") || type.equalsIgnoreCase("search")
                    || entry.path("mbean").asText().matches("(?s).*[*?].*") ? 1 : 0;
            }
        } catch (JsonProcessingException none) {
            return new Asked(1, 0, 1);
        }
        return new Asked(all, calls, many);
    }
}
