package io.saddlebag.security;

import io.saddlebag.common.Settings;
import io.saddlebag.http.LaxCookie;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.util.WebUtils;

/** The login page, and the redirection of a browser that requested another page. The query tells the page what happened before. */
@Controller
class LoginPage implements AuthenticationEntryPoint {

    /** Keeps the typed user after a failed login. */
    private static final String TYPED = "TYPED";
    private static final int TYPED_SECONDS = 60;
    private static final int MAX_TYPED_LENGTH = 100;

    private final OidcSettings oidc;

    LoginPage(Environment environment) {
        oidc = new OidcSettings(new Settings(environment));
    }

    @GetMapping(LoginFormFilter.ADDRESS)
    String page(HttpServletRequest request, HttpServletResponse response, Model model) {
        model.addAttribute("typed", typed(request, response));
        model.addAttribute("said", said(request));
        model.addAttribute("oidc", oidc.isGiven() ? oidc.name() : null);
        model.addAttribute("out", request.getParameter("out") != null);
        return "login";
    }

    /** @return the user that was typed before a failed login, once; null for none */
    private static String typed(HttpServletRequest request, HttpServletResponse response) {
        Cookie typed = WebUtils.getCookie(request, TYPED);
        if (typed == null) {
            return null;
        }
        response.addCookie(LaxCookie.of(request, TYPED, "", LoginFormFilter.ADDRESS, 0));
        try {
            return URLDecoder.decode(typed.getValue(), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notOurs) {
            return null;
        }
    }

    private String said(HttpServletRequest request) {
        String seconds = request.getParameter("paused");
        return request.getParameter("error") != null ? "User or password is wrong."
            : seconds != null && seconds.matches("[0-9]{1,4}") ? "Too many logins from your address failed. Try again in " + seconds + " s."
            : request.getParameter("unsent") != null ? "Your session has ended, so nothing was done. Log in and send the form again."
            : request.getParameter("expired") != null ? "Your session has ended. Log in again."
            : request.getParameter("away") != null ? "The database does not answer, so nobody can log in. Try again in a moment."
            : oidc.isGiven() && request.getParameter("oidc") != null ? ofOidc(request.getParameter("oidc")) : null;
    }

    /** @return why a login at the provider of OpenID Connect failed */
    private String ofOidc(String word) {
        return switch (word) {
            case "away" -> "%s does not answer as it should. Try again in a moment, or log in with user and password.".formatted(oidc.name());
            case "again" -> "This login was not begun in this browser, took more than 10 minutes, or was used before. Log in again.";
            case "refused" -> "%s did not log you in.".formatted(oidc.name());
            case "claim" -> ("%s did not send the claim \"%s\", by which you would get a role here. Whoever looks after it has to add the claim, or its scope to "
                + "SADDLEBAG_OIDC_SCOPES.").formatted(oidc.name(), oidc.claim());
            case "role" -> ("You have no role here: none of your values of the claim \"%s\" is named in SADDLEBAG_OIDC_ADMINS, SADDLEBAG_OIDC_OPERATORS or "
                + "SADDLEBAG_OIDC_VIEWERS. Ask whoever looks after Saddlebag.").formatted(oidc.claim());
            case "unverified" -> "%s does not say that your e-mail address is verified, and by this address you would get a role here. Ask whoever looks after %s.".formatted(oidc.name(), oidc.name());
            case "disabled" -> "Your user is disabled. An admin of Saddlebag can enable it.";
            case "host" -> "Saddlebag does not know the address under which you opened it, so %s cannot lead you back. Whoever looks after Saddlebag sets SADDLEBAG_PUBLIC_URL."
                .formatted(oidc.name());
            default -> "The answer of %s was not valid, so nobody was logged in. The audit says why.".formatted(oidc.name());
        };
    }

    /** Redirects to a path without a host, because a caller can choose the Host header freely. */
    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException reason) throws IOException {
        boolean expired = StaffSessions.hasSessionCookie(request);
        if (expired) {
            StaffSessions.expire(request, response);
        }
        boolean form = HttpMethod.POST.matches(request.getMethod());
        response.sendRedirect(LoginFormFilter.ADDRESS + (form ? "?unsent" : expired ? "?expired" : ""));
    }

    /** Called after a failed login. */
    static void failed(HttpServletRequest request, HttpServletResponse response, AuthenticationException reason) throws IOException {
        String typed = request.getParameter(UsernamePasswordAuthenticationFilter.SPRING_SECURITY_FORM_USERNAME_KEY);
        if (typed != null && typed.length() <= MAX_TYPED_LENGTH) {
            response.addCookie(LaxCookie.of(request, TYPED, URLEncoder.encode(typed, StandardCharsets.UTF_8), LoginFormFilter.ADDRESS, TYPED_SECONDS));
        }
        response.sendRedirect(LoginFormFilter.ADDRESS + (reason instanceof LoginPausedException paused ? "?paused=" + paused.seconds()
            : reason instanceof AuthenticationServiceException ? "?away" : "?error"));
    }
}
