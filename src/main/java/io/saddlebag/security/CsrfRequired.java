package io.saddlebag.security;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Requests that change something and that another site's page might have made the browser of a member of staff send: it
 * adds the session's cookie, or a password it has kept, by itself. A page cannot keep the browser from adding Origin, so
 * what carries Authorization and no Origin was sent by a program on purpose.
 */
class CsrfRequired implements RequestMatcher {

    @Override
    public boolean matches(HttpServletRequest request) {
        boolean authorization = request.getHeader(HttpHeaders.AUTHORIZATION) != null;
        boolean session = request.getSession(false) != null;
        return CsrfFilter.DEFAULT_CSRF_MATCHER.matches(request)
            && (request.getHeader(HttpHeaders.ORIGIN) != null || session && !authorization);
    }
}
