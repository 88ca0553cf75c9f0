package io.saddlebag.security;

import io.saddlebag.http.BufferedRequest;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads the forms that are read before it is known whose they are: that of the login page, and for the token of its page any form
 * of a browser that says that it is logged in. A thread waits for each, so there are few at one time, they are short, and they come soon.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class LoginFormFilter extends OncePerRequestFilter {

    static final String ADDRESS = "/login";

    private static final int AT_ONCE = 32;
    private static final int LONGEST = 8192;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Semaphore places = new Semaphore(AT_ONCE);

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String type = request.getContentType();
        return !HttpMethod.POST.matches(request.getMethod()) || type == null
            || !type.regionMatches(true, 0, MediaType.APPLICATION_FORM_URLENCODED_VALUE, 0, MediaType.APPLICATION_FORM_URLENCODED_VALUE.length())
            || !ADDRESS.equals(request.getRequestURI()) && request.getSession(false) == null
            && request.getHeader(HttpHeaders.AUTHORIZATION) == null;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > LONGEST) {
            response.sendError(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, "A form has no more than " + LONGEST + " bytes here");
        } else if (!places.tryAcquire()) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        } else if (isHere(BufferedRequest.of(request))) {
            chain.doFilter(request, response);
        } else if (!response.isCommitted()) { // Tomcat answers by itself where nothing came at all
            response.sendError(HttpServletResponse.SC_REQUEST_TIMEOUT);
        }
    }

    private boolean isHere(BufferedRequest request) {
        try {
            boolean here = request.await(LONGEST, PATIENCE);
            if (here) {
                request.asForm();
            }
            return here;
        } catch (IOException gone) {
            return false;
        } finally {
            places.release();
        }
    }
}
