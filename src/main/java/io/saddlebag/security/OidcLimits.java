package io.saddlebag.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Limits the logins at the provider of OpenID Connect by address, because a login waits for the provider, and few calls to the provider run at one time: an address has
 * few logins at one time, and waits after several failed ones.
 */
class OidcLimits extends OncePerRequestFilter {

    /** The failed logins at the provider are counted apart from wrong passwords. */
    static final String GROUP = "oidc";
    static final int AT_ONCE_OF_AN_ADDRESS = 2;

    private static final RequestMatcher LOGINS = PathPatternRequestMatcher.withDefaults().matcher(OidcLogin.ADDRESS + "/**");

    private final LoginPauses pauses;
    private final AuthenticationFailureHandler paused;
    /** How many logins of an address run at present. */
    private final Map<String, Integer> addresses = new HashMap<>();

    /** @param paused answers a login whose address has to wait */
    OidcLimits(LoginPauses pauses, AuthenticationFailureHandler paused) {
        this.pauses = pauses;
        this.paused = paused;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !LOGINS.matches(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws ServletException, IOException {
        try {
            pauses.checkAddress(GROUP, request.getRemoteAddr());
        } catch (LoginPausedException wait) {
            paused.onAuthenticationFailure(request, response, wait);
            return;
        }
        String address = LoginPauses.network(request.getRemoteAddr());
        if (!enter(address)) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            leave(address);
        }
    }

    private synchronized boolean enter(String address) {
        boolean free = addresses.getOrDefault(address, 0) < AT_ONCE_OF_AN_ADDRESS;
        if (free) {
            addresses.merge(address, 1, Integer::sum);
        }
        return free;
    }

    private synchronized void leave(String address) {
        addresses.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
    }
}
