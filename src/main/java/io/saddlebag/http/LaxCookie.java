package io.saddlebag.http;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;

/** Makes cookies that scripts cannot read and that the browser does not send with the forms of other sites. */
public final class LaxCookie {

    private LaxCookie() {
    }

    /** @param maxAge seconds; -1: until the browser is closed; 0: the browser removes the cookie now */
    public static Cookie of(HttpServletRequest request, String name, String value, String path, int maxAge) {
        Cookie cookie = new Cookie(name, value);
        cookie.setPath(path);
        cookie.setHttpOnly(true);
        cookie.setSecure(request.isSecure());
        cookie.setMaxAge(maxAge);
        cookie.setAttribute("SameSite", "Lax"); // not Strict, so that the browser sends the cookie when a login provider redirects it here
        return cookie;
    }
}
