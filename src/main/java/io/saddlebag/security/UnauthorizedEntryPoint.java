package io.saddlebag.security;

import io.saddlebag.problem.ProblemController;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;

/** Answers 401 to a program that did not say who it is, or not rightly, and 429 to one that guesses; {@link ProblemController} writes the body. */
class UnauthorizedEntryPoint implements AuthenticationEntryPoint {

    private static final String HOW =
        "Log in as staff: HTTP Basic, or the page /login in a browser; the user is admin";

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
            throws IOException {
        if (reason instanceof LoginPausedException paused) {
            response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(paused.seconds()));
            response.sendError(HttpStatus.TOO_MANY_REQUESTS.value(), paused.getMessage());
            return;
        }
        // A browser's script that got the challenge would open the browser's own password box over the page.
        if (request.getHeader("Sec-Fetch-Mode") == null) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"Saddlebag\", charset=\"UTF-8\"");
        }
        response.sendError(HttpServletResponse.SC_UNAUTHORIZED,
            reason instanceof BadCredentialsException ? reason.getMessage() : HOW);
    }
}
