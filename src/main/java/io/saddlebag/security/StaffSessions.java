package io.saddlebag.security;

import io.saddlebag.common.Secret;
import io.saddlebag.http.LaxCookie;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Lazy;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.util.WebUtils;

/**
 * Holds the sessions of logged-in browsers in the table {@code staff_sessions}, so that any replica serves any browser. A row has the name of its user. The role of a
 * user of the table {@code staff} is read from there with each request; the role of any other user is stored in the row. Requests without the session's cookie, and
 * requests with {@code Authorization}, do not touch the table.
 */
@Component
class StaffSessions implements SecurityContextRepository {

    static final String COOKIE = "SESSION";
    /** Attribute of a request whose session could not be read or written, so that the caller is unknown. */
    private static final String DATABASE_UNAVAILABLE = StaffSessions.class.getName() + ".databaseUnavailable";

    private static final int MAX_SESSIONS_PER_USER = 100;
    private static final int BYTES = 32;
    /** Of users who log in at the provider of OpenID Connect, because the provider does not report when their role changes. */
    private static final String MAX_AGE_WITH_STORED_ROLE = "12 hours";
    /** A user's action keeps the session alive; this is stored at most once a minute. Requests that an open page sends by itself do not keep it alive. */
    private static final String FIND = """
        WITH seen AS (
            UPDATE staff_sessions SET seen_at = clock_timestamp()
             WHERE ? AND id = ? AND seen_at > clock_timestamp() - CAST(? AS interval) AND seen_at < clock_timestamp() - interval '1 minute')
        SELECT s.name, coalesce(s.role, u.role) AS role
          FROM staff_sessions s LEFT JOIN staff u ON u.name = s.name AND u.disabled_at IS NULL
         WHERE s.id = ? AND s.seen_at > clock_timestamp() - CAST(? AS interval) AND coalesce(s.role, u.role) IS NOT NULL
           AND (s.role IS NULL OR s.name = 'admin' OR s.created_at > clock_timestamp() - interval '%s')
           AND NOT EXISTS (SELECT FROM staff d WHERE s.name = 'oidc:' || d.name AND d.disabled_at IS NOT NULL)""".formatted(MAX_AGE_WITH_STORED_ROLE);
    /** If a user has more sessions than MAX_SESSIONS_PER_USER, the oldest session ends. */
    private static final String ADD = """
        WITH added AS (INSERT INTO staff_sessions (id, name, role) VALUES (?, ?, ?))
        DELETE FROM staff_sessions WHERE id IN (SELECT id FROM staff_sessions WHERE name = ? ORDER BY created_at DESC OFFSET %d)""".formatted(MAX_SESSIONS_PER_USER - 1);

    private final StaffUsers users;
    private final LoginAudit audit;
    private final TransactionTemplate together;
    private final Secret adminPassword;
    private final JdbcTemplate database;
    private final String idle;
    private final SecurityContextRepository found = new RequestAttributeSecurityContextRepository();
    private final SecureRandom random = new SecureRandom();

    StaffSessions(StaffUsers users, LoginAudit audit, Secret adminPassword, @Lazy JdbcTemplate database, @Lazy PlatformTransactionManager transactions,
            @Value("${saddlebag.staff.session-idle}") Duration idle) {
        this.audit = audit;
        this.together = new TransactionTemplate(transactions);
        this.users = users;
        this.adminPassword = adminPassword;
        this.database = database;
        this.idle = idle.toSeconds() + " s";
    }

    /** @return whether the request has a session's cookie, valid or not */
    static boolean hasSessionCookie(HttpServletRequest request) {
        return WebUtils.getCookie(request, COOKIE) != null;
    }

    /** @return whether the database did not answer when the session was read or written */
    static boolean isDatabaseUnavailable(HttpServletRequest request) {
        return request.getAttribute(DATABASE_UNAVAILABLE) != null;
    }

    @Override
    public boolean containsContext(HttpServletRequest request) {
        return found.containsContext(request) || hasSessionCookie(request);
    }

    /** The session is looked up once for each request; routes call this again from another thread. */
    @Override
    @SuppressWarnings("deprecation")
    public SecurityContext loadContext(HttpRequestResponseHolder both) {
        HttpServletRequest request = both.getRequest();
        if (found.containsContext(request)) {
            return found.loadDeferredContext(request).get();
        }
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        if (!isDatabaseUnavailable(request)) {
            id(request).ifPresent(id -> context.setAuthentication(login(request, id)));
        }
        if (!isDatabaseUnavailable(request)) {
            found.saveContext(context, request, both.getResponse());
        }
        return context;
    }

    /** @return the id of the session in the request's cookie; empty if there is none, or if the request has {@code Authorization} */
    Optional<byte[]> id(HttpServletRequest request) {
        return request.getHeader(HttpHeaders.AUTHORIZATION) != null ? Optional.empty()
            : Optional.ofNullable(WebUtils.getCookie(request, COOKIE)).map(cookie -> adminPassword.digestWith(cookie.getValue()));
    }

    /** @return null if there is no such session */
    private Authentication login(HttpServletRequest request, byte[] id) {
        try {
            List<Authentication> logins = users.ask(() -> database.query(FIND, (row, number) -> UsernamePasswordAuthenticationToken.authenticated(
                row.getString("name"), null, Role.of(row.getString("role")).orElseThrow().authorities()), isAct(request), id, idle, id, idle));
            return logins.isEmpty() ? null : logins.get(0);
        } catch (DataAccessException away) {
            request.setAttribute(DATABASE_UNAVAILABLE, true);
            return null;
        }
    }

    /** Requests of open pages are no actions: pages renew parts by htmx and listen to events, and Hawtio calls Jolokia every few seconds. */
    private static boolean isAct(HttpServletRequest request) {
        String path = request.getRequestURI();
        return request.getHeader("HX-Request") == null && !path.equals("/events") && !path.endsWith("/jolokia");
    }

    /** Called after a login, and with an empty context after a logout. The session and the audit's row of its login are one transaction. */
    @Override
    public void saveContext(SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
        Authentication login = context.getAuthentication();
        try {
            Cookie old = WebUtils.getCookie(request, COOKIE);
            if (old != null) {
                byte[] id = adminPassword.digestWith(old.getValue());
                // before the statement, so that the browser forgets the cookie even if the database is not available
                response.addCookie(LaxCookie.of(request, COOKIE, "", "/", 0));
                users.ask(() -> database.update("DELETE FROM staff_sessions WHERE id = ?", id));
            }
            if (login != null && login.isAuthenticated()) {
                String value = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes());
                users.ask(() -> together.execute(status -> {
                    audit.loggedIn(login);
                    return database.update(ADD, adminPassword.digestWith(value), login.getName(), ownRole(login), login.getName());
                }));
                response.addCookie(LaxCookie.of(request, COOKIE, value, "/", -1));
            }
            found.saveContext(new SecurityContextImpl(login), request, response);
        } catch (DataAccessException | TransactionException away) {
            request.setAttribute(DATABASE_UNAVAILABLE, true);
        }
    }

    /** @return the role to store for a user who has no row in staff; null for a user of staff */
    private static String ownRole(Authentication login) {
        boolean isInStaff = login instanceof UsernamePasswordAuthenticationToken && !StaffLogin.ADMIN.equals(login.getName());
        return isInStaff ? null : Role.among(login.getAuthorities()).orElseThrow().text();
    }

    private byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return bytes;
    }

    static void expire(HttpServletRequest request, HttpServletResponse response) {
        response.addCookie(LaxCookie.of(request, COOKIE, "", "/", 0));
    }
}
