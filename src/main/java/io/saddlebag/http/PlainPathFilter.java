package io.saddlebag.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The first filter of a request. Refuses a path that has a second spelling, because parts of the server could read it as different addresses.
 * Every answer tells browsers to load nothing from elsewhere, not to guess media types, and to send no referrer to other sites.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public class PlainPathFilter extends OncePerRequestFilter {

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    private static final Map<String, String> HEADERS =
        Map.of("Content-Security-Policy", POLICY, "Referrer-Policy", "same-origin", "X-Content-Type-Options", "nosniff");
    static final String DETAIL = "The path is not in its plain form. Leave out empty and dot segments, semicolons and backslashes, and what of "
        + "these, of slashes, percent signs and control characters is percent-encoded. Write letters, digits, hyphens and underscores as they are";

    private static final Pattern OTHER_SPELLING =
        Pattern.compile("(?i)^(?!/)|//|[;\\\\]|/\\.{1,2}(/|$)|%(2[d-f5]|3[0-9b]|[46][1-9a-f]|[57][0-9a]|5[cf]|7f|[01][0-9a-f])");
    /** Its pages come with policies of their own, of which browsers would keep both; what is refused there gets ours in the end. */
    private static final String HAWTIO = "/actuator/hawtio/";

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean plain = !OTHER_SPELLING.matcher(request.getRequestURI()).find();
        if (!plain || !request.getRequestURI().startsWith(HAWTIO)) {
            addHeaders(response);
        }
        if (plain) {
            chain.doFilter(request, response);
        } else if (isBrowser(request)) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, DETAIL); // the error page of the console
        } else {
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            response.setContentType("application/problem+json");
            response.getOutputStream().print(problem(HttpServletResponse.SC_BAD_REQUEST, "Bad Request", DETAIL));
        }
    }

    static boolean isBrowser(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return accept != null && accept.contains("text/html");
    }

    /** Sets the headers that are not set yet. */
    public static void addHeaders(HttpServletResponse response) {
        HEADERS.forEach((name, value) -> {
            if (!response.containsHeader(name)) {
                response.setHeader(name, value);
            }
        });
    }

    /** @return RFC 9457, of texts that need no escapes */
    static String problem(int status, String title, String detail) {
        return "{\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\"" + detail + "\"}";
    }
}
