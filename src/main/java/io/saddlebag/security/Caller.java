package io.saddlebag.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HexFormat;
import org.apache.camel.Header;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.stereotype.Component;

/** Tells a route who sent its request. */
@Component
public class Caller {

    /** Spring's thread-local is not used, because a route runs on another thread than the check of the login. */
    private final StaffSessions logins;

    Caller(StaffSessions logins) {
        this.logins = logins;
    }

    /** @return the {@code trigger} of a run that this caller starts: {@code api} for the scheduler, {@code staff} for staff */
    public String trigger(@Header("CamelHttpServletRequest") HttpServletRequest request) {
        Authentication login = login(request);
        return login != null && SchedulerLogin.USER.equals(login.getName()) ? "api" : "staff";
    }

    /** @return the user name; null if the caller is not logged in */
    public String name(@Header("CamelHttpServletRequest") HttpServletRequest request) {
        Authentication login = login(request);
        return login == null ? null : login.getName();
    }

    /** @return {@code viewer}, {@code operator} or {@code admin}; for the scheduler {@code scheduler}; null if the caller is not logged in */
    public String role(@Header("CamelHttpServletRequest") HttpServletRequest request) {
        Authentication login = login(request);
        return login == null ? null : roleOf(login);
    }

    /** @return the id of the caller's session in hexadecimal digits; empty for a program, which has no session */
    public String session(@Header("CamelHttpServletRequest") HttpServletRequest request) {
        return logins.id(request).map(HexFormat.of()::formatHex).orElse("");
    }

    static String roleOf(Authentication login) {
        return Role.among(login.getAuthorities()).map(Role::text).orElse(SchedulerLogin.USER);
    }

    /** @return whether the caller is logged in, as staff or as the scheduler */
    public boolean isKnown(@Header("CamelHttpServletRequest") HttpServletRequest request) {
        return login(request) != null;
    }

    @SuppressWarnings("deprecation")
    private Authentication login(HttpServletRequest request) {
        Authentication login = logins.loadContext(new HttpRequestResponseHolder(request, null)).getAuthentication();
        return login instanceof AnonymousAuthenticationToken ? null : login;
    }
}
