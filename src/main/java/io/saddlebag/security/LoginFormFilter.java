package io.saddlebag.security;

import io.saddlebag.http.BufferedRequest;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads the forms whose sender is not known yet: the form of the login page, and every form of a browser with a session's cookie, because the form contains the CSRF
 * token. A thread waits for each form. So the number of forms at one time is limited, also for each address, and forms must be short and arrive soon. Only a form of a
 * browser that is logged in may be longer.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class LoginFormFilter extends OncePerRequestFilter {

    static final String ADDRESS = "/login";

    static final int AT_ONCE_OF_AN_ADDRESS = 8;
    private static final int AT_ONCE = 32;
    private static final int MAX_BODY_BYTES = 8192;
    /** Of whoever is logged in: filters of a connection may be long. */
    private static final int MAX_BODY_BYTES_OF_A_SESSION = 1 << 18;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** How many forms of an address are being read at present. */
    private final Map<String, Integer> addresses = new HashMap<>();
    private final ObjectProvider<StaffSessions> sessions;
    private int all;

    /** @param sessions asked for at the first long form: filters are made before the start has looked at the database */
    LoginFormFilter(ObjectProvider<StaffSessions> sessions) {
        this.sessions = sessions;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String type = request.getContentType();
        return !HttpMethod.POST.matches(request.getMethod()) || type == null
            || !type.regionMatches(true, 0, MediaType.APPLICATION_FORM_URLENCODED_VALUE, 0, MediaType.APPLICATION_FORM_URLENCODED_VALUE.length())
            || !ADDRESS.equals(request.getRequestURI()) && !StaffSessions.hasSessionCookie(request)
            && request.getHeader(HttpHeaders.AUTHORIZATION) == null;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String address = LoginPauses.network(request.getRemoteAddr());
        int most = request.getContentLengthLong() > MAX_BODY_BYTES && isLoggedIn(request) ? MAX_BODY_BYTES_OF_A_SESSION : MAX_BODY_BYTES;
        if (request.getContentLengthLong() > most) {
            response.sendError(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, "A form has no more than " + most + " bytes here");
        } else if (!enter(address)) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        } else if (isHere(BufferedRequest.of(request), most, address)) {
            chain.doFilter(request, response);
        } else if (!response.isCommitted()) { // Tomcat itself answers if nothing arrived
            response.sendError(HttpServletResponse.SC_REQUEST_TIMEOUT);
        }
    }

    /** The session that is found here is not looked up again for this request. */
    private boolean isLoggedIn(HttpServletRequest request) {
        return !ADDRESS.equals(request.getRequestURI()) && sessions.getObject().loadDeferredContext(request).get().getAuthentication() != null;
    }

    private synchronized boolean enter(String address) {
        boolean free = all < AT_ONCE && addresses.getOrDefault(address, 0) < AT_ONCE_OF_AN_ADDRESS;
        if (free) {
            all++;
            addresses.merge(address, 1, Integer::sum);
        }
        return free;
    }

    private synchronized void leave(String address) {
        all--;
        addresses.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
    }

    private boolean isHere(BufferedRequest request, int most, String address) {
        try {
            boolean here = request.await(most, PATIENCE);
            if (here) {
                request.asForm();
            }
            return here;
        } catch (IOException gone) {
            return false;
        } finally {
            leave(address);
        }
    }
}
