package io.saddlebag.security;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Matches requests that need a CSRF token: requests that change something and that a page of another site could make a user's browser send. A browser adds the
 * session's cookie, or a stored password, by itself. A page cannot keep the browser from adding Origin, so a request with Authorization and without Origin comes
 * from a program.
 */
class CsrfRequired implements RequestMatcher {

    @Override
    public boolean matches(HttpServletRequest request) {
        boolean authorization = request.getHeader(HttpHeaders.AUTHORIZATION) != null;
        boolean session = StaffSessions.hasSessionCookie(request);
        return CsrfFilter.DEFAULT_CSRF_MATCHER.matches(request)
            && (request.getHeader(HttpHeaders.ORIGIN) != null || session && !authorization);
    }
}
