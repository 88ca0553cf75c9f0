package io.saddlebag.security;

import io.saddlebag.audit.AuditLog;
import jakarta.servlet.http.HttpServletRequest;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.event.AuthenticationFailureBadCredentialsEvent;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Adds rows to the audit for logins in a browser, logouts, failed logins and requests that a role does not allow. A program that sends its password with each request
 * gets rows for its actions only. A login without its row is none; other rows that cannot be written are logged instead.
 */
@Component
class LoginAudit {

    static final String AUDIT_LOGIN = "login";
    static final String AUDIT_LOGOUT = "logout";
    static final String AUDIT_REQUEST = "request";

    private static final Logger LOG = LoggerFactory.getLogger(LoginAudit.class);

    private final AuditLog audit;
    private final StaffUsers users;
    /** Counts failed logins by address; refusals counts refused requests by user. */
    private final AuditedAttempts failures = new AuditedAttempts(InstantSource.system());
    private final AuditedAttempts refusals = new AuditedAttempts(InstantSource.system());

    LoginAudit(AuditLog audit, StaffUsers users) {
        this.audit = audit;
        this.users = users;
    }

    /**
     * Adds a row for a login in the transaction that stores its session.
     *
     * @throws DataAccessException if the row cannot be written: there is no session then
     */
    void loggedIn(Authentication login) {
        Map<String, Object> details = login.getPrincipal() instanceof OidcUser user
            ? Map.of("issuer", String.valueOf(user.getIssuer()), "subject", user.getSubject()) : Map.of();
        audit.add(login.getName(), Caller.roleOf(login), address(login), AUDIT_LOGIN, null, null, "done", details);
    }

    @EventListener
    void loggedOut(LogoutSuccessEvent event) {
        note(event.getAuthentication(), AUDIT_LOGOUT, null, "done", Map.of());
    }

    @EventListener
    void failed(AuthenticationFailureBadCredentialsEvent event) {
        failed(event.getAuthentication());
    }

    /** A name that no user has is not stored, because it may be a password in the wrong field. */
    void failed(Authentication login) {
        Integer before = failures.place(LoginPauses.network(address(login)));
        if (before == null) {
            return;
        }
        Map<String, Object> details = before == 0 ? Map.of() : Map.of("failuresNotNoted", before);
        try {
            boolean known = StaffLogin.ADMIN.equals(login.getName()) || SchedulerLogin.USER.equals(login.getName()) || users.find(login.getName()).isPresent();
            audit.add(known ? login.getName() : "unknown", null, address(login), AUDIT_LOGIN, null, null, "refused", details);
        } catch (DataAccessException e) {
            LOG.warn("Not in the audit: a failed login from {}: {}", address(login), e.getMessage());
        }
    }

    /**
     * Adds a row for a failed login at the provider of OpenID Connect.
     *
     * @param who the user according to the provider; null if unknown
     * @return whether a row was added; false after too many failures
     */
    boolean failed(String who, HttpServletRequest request, String reason) {
        Integer before = failures.place(LoginPauses.network(request.getRemoteAddr()));
        if (before == null) {
            return false;
        }
        Map<String, Object> details = new HashMap<>(Map.of("reason", reason));
        if (before > 0) {
            details.put("failuresNotNoted", before);
        }
        add(who == null ? "unknown" : who, null, request.getRemoteAddr(), AUDIT_LOGIN, null, "refused", details);
        return true;
    }

    /** Adds a row for a request that was refused before it reached its route. */
    void refused(Authentication caller, HttpServletRequest request, String reason) {
        Integer before = caller == null || caller instanceof AnonymousAuthenticationToken ? null : refusals.place(caller.getName());
        if (before != null) {
            Map<String, Object> details = new HashMap<>();
            if (before > 0) {
                details.put("refusalsNotNoted", before);
            }
            details.put("status", 403);
            details.put("reason", reason);
            String object = AccessRules.method(request) + " " + request.getRequestURI();
            note(caller, request.getRemoteAddr(), AUDIT_REQUEST, object.substring(0, Math.min(500, object.length())), "refused", details);
        }
    }

    private void note(Authentication caller, String action, String object, String outcome, Map<String, Object> details) {
        note(caller, address(caller), action, object, outcome, details);
    }

    private void note(Authentication caller, String address, String action, String object, String outcome, Map<String, Object> details) {
        add(caller.getName(), Caller.roleOf(caller), address, action, object, outcome, details);
    }

    private void add(String who, String role, String address, String action, String object, String outcome, Map<String, Object> details) {
        try {
            audit.add(who, role, address, action, null, object, outcome, details);
        } catch (DataAccessException e) {
            LOG.warn("Not in the audit: {} of {} from {}: {}", action, who, address, e.getMessage());
        }
    }

    /** A login that was read from a session has no address. */
    private static String address(Authentication login) {
        return login.getDetails() instanceof WebAuthenticationDetails details ? details.getRemoteAddress()
            : RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes current ? current.getRequest().getRemoteAddr() : null;
    }
}
