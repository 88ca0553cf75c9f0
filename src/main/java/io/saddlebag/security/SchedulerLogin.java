package io.saddlebag.security;

import io.saddlebag.common.Secret;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.authentication.AuthenticationConverter;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/**
 * Logs in a scheduler, which sends CRON_SECRET as its bearer token and gets the role SCHEDULER. If no CRON_SECRET is set, every token is refused.
 * This class is not a bean, because Spring would then use it for all logins.
 */
record SchedulerLogin(Optional<Secret> cronSecret, LoginPauses pauses) implements AuthenticationConverter, AuthenticationManager {

    static final String USER = "scheduler";
    private static final String SCHEME = "Bearer ";

    /** @return the login with the request's bearer token; null if the request has none, so that another converter can handle the request */
    @Override
    public Authentication convert(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        var login = UsernamePasswordAuthenticationToken.unauthenticated(USER, header.substring(SCHEME.length()).strip());
        login.setDetails(new WebAuthenticationDetails(request));
        return login;
    }

    /**
     * @throws BadCredentialsException if the token is not CRON_SECRET
     * @throws LoginPausedException if the address has to wait
     */
    @Override
    public Authentication authenticate(Authentication login) {
        if (!pauses.attempt(USER, USER, login, () -> cronSecret.filter(secret -> secret.is(login.getCredentials().toString())).isPresent())) {
            throw new BadCredentialsException("The bearer token is not CRON_SECRET, or no CRON_SECRET is set");
        }
        return UsernamePasswordAuthenticationToken.authenticated(USER, null,
            AuthorityUtils.createAuthorityList("ROLE_SCHEDULER"));
    }
}
