package io.saddlebag.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.filter.OncePerRequestFilter;

/** Hawtio's pages read the CSRF token from its cookie. Spring sets the cookie only when the token is read, so this filter reads it. */
class CsrfCookieFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (StaffSessions.hasSessionCookie(request)) {
            ((CsrfToken) request.getAttribute(CsrfToken.class.getName())).getToken();
        }
        chain.doFilter(request, response);
    }
}
