package io.saddlebag.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.authentication.session.SessionAuthenticationException;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Answers 403 to a user whose role does not allow the request. {@link io.saddlebag.problem.ProblemController} writes the body. The form of a page whose session has
 * ended has no valid token, so its browser is redirected to the login.
 */
class ForbiddenHandler implements AccessDeniedHandler {

    private final Permissions permissions;
    private final LoginAudit audit;
    private final RequestMatcher browsers;
    private final RequestCache pages;
    private final LoginPage login;

    ForbiddenHandler(Permissions permissions, LoginAudit audit, RequestMatcher browsers, RequestCache pages, LoginPage login) {
        this.permissions = permissions;
        this.audit = audit;
        this.browsers = browsers;
        this.pages = pages;
        this.login = login;
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException reason)
            throws IOException {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (reason instanceof CsrfException && caller == null && browsers.matches(request) && !request.getRequestURI().equals(LoginFormFilter.ADDRESS)) {
            pages.saveRequest(request, response);
            login.commence(request, response, new SessionAuthenticationException("The session has ended"));
            return;
        }
        String detail = reason instanceof CsrfException ? "A browser sent this without the token of its page: reload the page and try again"
            : permissions.refusal(caller, AccessRules.method(request), request.getRequestURI());
        audit.refused(caller, request, detail);
        response.sendError(HttpServletResponse.SC_FORBIDDEN, detail);
    }
}
