package io.saddlebag.security;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.security.web.savedrequest.SavedRequest;
import org.springframework.security.web.savedrequest.SimpleSavedRequest;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.util.WebUtils;

/**
 * The page that a browser asked for before it was sent to the login, in a cookie of its own: whoever is not logged in leaves nothing
 * in the memory of this process. It is a path of ours, whatever the cookie says.
 */
record RequestedPageCookie(RequestMatcher pages) implements RequestCache {

    static final String COOKIE = "PAGE";

    private static final int LONGEST = 1000;
    /** No address of another server: a browser takes two slashes, or one that leans the other way, for the begin of one. */
    private static final String OURS = "/(?![/\\\\])[\\x21-\\x7E]*";

    @Override
    public void saveRequest(HttpServletRequest request, HttpServletResponse response) {
        String query = request.getQueryString();
        String page = request.getRequestURI() + (query == null ? "" : "?" + query);
        if (pages.matches(request) && page.matches(OURS) && page.length() <= LONGEST) {
            response.addCookie(cookie(request, URLEncoder.encode(page, StandardCharsets.UTF_8), -1));
        }
    }

    /** Asked after a login, and used up by it. */
    @Override
    public SavedRequest getRequest(HttpServletRequest request, HttpServletResponse response) {
        removeRequest(request, response);
        return page(request).map(SimpleSavedRequest::new).orElse(null);
    }

    /** A page is asked for again as it was before, so there is nothing to restore. */
    @Override
    public HttpServletRequest getMatchingRequest(HttpServletRequest request, HttpServletResponse response) {
        return null;
    }

    @Override
    public void removeRequest(HttpServletRequest request, HttpServletResponse response) {
        if (WebUtils.getCookie(request, COOKIE) != null) {
            response.addCookie(cookie(request, "", 0));
        }
    }

    private static Optional<String> page(HttpServletRequest request) {
        try {
            return Optional.ofNullable(WebUtils.getCookie(request, COOKIE)).map(Cookie::getValue)
                .map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8)).filter(page -> page.matches(OURS));
        } catch (IllegalArgumentException badPercent) {
            return Optional.empty();
        }
    }

    private static Cookie cookie(HttpServletRequest request, String value, int age) {
        Cookie cookie = new Cookie(COOKIE, value);
        cookie.setPath("/");
        cookie.setHttpOnly(true);
        cookie.setSecure(request.isSecure());
        cookie.setMaxAge(age);
        cookie.setAttribute("SameSite", "Lax");
        return cookie;
    }
}
