package io.saddlebag.security;

import io.saddlebag.problem.ProblemController;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.csrf.CsrfException;

/** Answers 403 to whom we know and do not let in; {@link ProblemController} writes the body. */
class ForbiddenHandler implements AccessDeniedHandler {

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException reason)
            throws IOException {
        response.sendError(HttpServletResponse.SC_FORBIDDEN, detail(request, reason));
    }

    private static String detail(HttpServletRequest request, AccessDeniedException reason) {
        if (reason instanceof CsrfException) {
            return "A browser sent this without the token of its page: reload the page and try again";
        }
        return request.isUserInRole("SCHEDULER")
            ? "CRON_SECRET opens only POST /api/sync/{entity} and GET /api/sync/runs/{id}: log in as staff"
            : "Nobody may do this: Jolokia is asked by POST only, and the sandbox on its own machine, as localhost";
    }
}
