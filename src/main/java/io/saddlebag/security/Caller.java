package io.saddlebag.security;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.camel.Header;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.context.DelegatingSecurityContextRepository;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.stereotype.Component;

/** Who sent the request that a route works on. */
@Component
public class Caller {

    /** Not Spring's thread-local: routes work on another thread than the one that checked the login. */
    private final SecurityContextRepository logins = new DelegatingSecurityContextRepository(
        new RequestAttributeSecurityContextRepository(), new HttpSessionSecurityContextRepository());

    /** What a run's {@code trigger} says of this caller: {@code api} for the scheduler, {@code staff} for staff. */
    public String trigger(@Header("CamelHttpServletRequest") HttpServletRequest request) {
        Authentication login = login(request);
        return login != null && SchedulerLogin.USER.equals(login.getName()) ? "api" : "staff";
    }

    /** @return the user of the login; null: nobody is logged in */
    public String name(@Header("CamelHttpServletRequest") HttpServletRequest request) {
        Authentication login = login(request);
        return login == null ? null : login.getName();
    }

    /** @return whether it is staff or the scheduler, and not a stranger at an address that is open to all */
    public boolean isKnown(@Header("CamelHttpServletRequest") HttpServletRequest request) {
        return login(request) != null;
    }

    private Authentication login(HttpServletRequest request) {
        Authentication login = logins.loadDeferredContext(request).get().getAuthentication();
        return login instanceof AnonymousAuthenticationToken ? null : login;
    }
}
