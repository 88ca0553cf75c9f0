package io.saddlebag.security;

import io.saddlebag.http.LaxCookie;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.security.web.savedrequest.SavedRequest;
import org.springframework.security.web.savedrequest.SimpleSavedRequest;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.util.WebUtils;

/**
 * Keeps the page that a browser requested before the login, or whose form it sent, in a cookie, so that a caller who is not logged in uses no memory of this process. A
 * value that is not a path on this server is ignored. A login never leads to Zoho's consent page: browsers refuse a form whose redirects leave this server, as the
 * Content-Security-Policy of the login page says. The page of the connections, where a person follows the link, takes its place.
 */
record RequestedPageCookie(RequestMatcher browsers) implements RequestCache {

    static final String COOKIE = "PAGE";

    private static final int MAX_LENGTH = 1000;
    /** A path on this server. A browser would take two slashes, or a slash and a backslash, as the beginning of another server's address. */
    private static final String LOCAL_PATH = "/(?![/\\\\])[\\x21-\\x7E]*";

    /** The address that redirects to Zoho's consent page. */
    private static final Pattern CONSENT = Pattern.compile("/oauth/connect(\\?.*)?");
    private static final Pattern ORGANISATION = Pattern.compile("[?&](org=[^&]+)");

    @Override
    public void saveRequest(HttpServletRequest request, HttpServletResponse response) {
        String page = withoutConsent(HttpMethod.GET.matches(request.getMethod()) ? request.getRequestURI() + query(request.getQueryString()) : pageOfForm(request));
        if (browsers.matches(request) && page.matches(LOCAL_PATH) && !page.startsWith(Permissions.BUTTONS) && page.length() <= MAX_LENGTH) {
            response.addCookie(LaxCookie.of(request, COOKIE, URLEncoder.encode(page, StandardCharsets.UTF_8), "/", -1));
        }
    }

    private static String withoutConsent(String page) {
        if (!CONSENT.matcher(page).matches()) {
            return page;
        }
        Matcher organisation = ORGANISATION.matcher(page);
        return "/connections" + (organisation.find() ? query(organisation.group(1)) : "");
    }

    /** @return the page from which the browser sent a form; an empty text if the browser does not say it */
    private static String pageOfForm(HttpServletRequest request) {
        try {
            URI page = URI.create(Objects.requireNonNullElse(request.getHeader(HttpHeaders.REFERER), ""));
            return page.getRawPath() + query(page.getRawQuery());
        } catch (IllegalArgumentException notAnAddress) {
            return "";
        }
    }

    private static String query(String query) {
        return query == null ? "" : "?" + query;
    }

    /** Called after a login. The cookie is removed. */
    @Override
    public SavedRequest getRequest(HttpServletRequest request, HttpServletResponse response) {
        removeRequest(request, response);
        return page(request).map(SimpleSavedRequest::new).orElse(null);
    }

    /** The browser requests the page again, so there is no request to restore. */
    @Override
    public HttpServletRequest getMatchingRequest(HttpServletRequest request, HttpServletResponse response) {
        return null;
    }

    @Override
    public void removeRequest(HttpServletRequest request, HttpServletResponse response) {
        if (WebUtils.getCookie(request, COOKIE) != null) {
            response.addCookie(LaxCookie.of(request, COOKIE, "", "/", 0));
        }
    }

    private static Optional<String> page(HttpServletRequest request) {
        try {
            return Optional.ofNullable(WebUtils.getCookie(request, COOKIE)).map(Cookie::getValue)
                .map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8)).filter(page -> page.matches(LOCAL_PATH));
        } catch (IllegalArgumentException badPercent) {
            return Optional.empty();
        }
    }
}
