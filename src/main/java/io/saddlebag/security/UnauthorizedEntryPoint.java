package io.saddlebag.security;

import io.saddlebag.problem.ProblemController;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;

/** Answers 401 to a program without a valid login, and 429 to a program that has to wait after failed logins. {@link ProblemController} writes the body. */
class UnauthorizedEntryPoint implements AuthenticationEntryPoint {

    private static final String HOW =
        "Log in as staff: HTTP Basic, or the page /login in a browser; the first user is admin";

    /** Retry-After while the database is not available, in seconds. */
    private static final String AGAIN = "5";

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
            throws IOException {
        if (reason instanceof LoginPausedException paused) {
            response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(paused.seconds()));
            response.sendError(HttpStatus.TOO_MANY_REQUESTS.value(), paused.getMessage());
            return;
        }
        if (reason instanceof AuthenticationServiceException || StaffSessions.isDatabaseUnavailable(request)) {
            response.setHeader(HttpHeaders.RETRY_AFTER, AGAIN);
            response.sendError(HttpStatus.SERVICE_UNAVAILABLE.value());
            return;
        }
        // The session of the page has ended. htmx loads the whole page again, which leads to the login.
        if (request.getHeader("HX-Request") != null) {
            response.setHeader("HX-Refresh", "true");
        }
        // With a challenge, the browser would open its own password box over the page.
        if (request.getHeader("Sec-Fetch-Mode") == null) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"Saddlebag\", charset=\"UTF-8\"");
        }
        response.sendError(HttpServletResponse.SC_UNAUTHORIZED,
            reason instanceof BadCredentialsException ? reason.getMessage() : HOW);
    }
}
