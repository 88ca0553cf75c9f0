package io.saddlebag.security;

import io.saddlebag.problem.ProblemController;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.csrf.CsrfException;

/** Answers 403 to a user whose role does not allow the request; {@link ProblemController} writes the body. */
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
        String path = request.getRequestURI();
        if (path.equals("/sandbox") || path.startsWith("/sandbox/")) {
            return "The sandbox may be called only from its own machine, as localhost";
        }
        if (request.isUserInRole("SCHEDULER")) {
            return "CRON_SECRET may start runs (POST /api/sync/{entity}), read a run and its report, and read health. For this call log in as "
                + StaffLogin.USER;
        }
        return "Jolokia accepts POST only";
    }
}
