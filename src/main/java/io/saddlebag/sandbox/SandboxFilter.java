package io.saddlebag.sandbox;

import io.saddlebag.http.BufferedRequest;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Prepares requests for the sandbox's route, which takes every path below {@code /sandbox}. A path or method that the sandbox
 * does not have goes no further: the server's own error page answers it, as anywhere else.
 */
class SandboxFilter extends OncePerRequestFilter {

    /** 7 MB: Zoho's own limit for a picture. */
    static final int LONGEST_BODY = 7 << 20;

    private final Addresses addresses;

    SandboxFilter(Addresses addresses) {
        this.addresses = addresses;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !(request.getRequestURI() + "/").startsWith("/sandbox/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (addresses.find(request.getMethod(), request.getRequestURI()).isEmpty()) {
            refuse(request, response);
            return;
        }
        // One byte more than the limit shows that a body is longer.
        request.setAttribute(BufferedRequest.KEPT, LONGEST_BODY + 1L);
        chain.doFilter(Addresses.isControl(request.getRequestURI()) ? asJson(request) : request, response);
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Set<String> methods = addresses.methods(request.getRequestURI());
        if (methods.isEmpty()) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        response.setHeader(HttpHeaders.ALLOW, String.join(", ", methods));
        if (!HttpMethod.OPTIONS.matches(request.getMethod())) {
            response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        }
    }

    /** {@code curl -d} calls every body a form; the control API takes it for JSON all the same. */
    private static HttpServletRequest asJson(HttpServletRequest request) {
        return new HttpServletRequestWrapper(request) {
            @Override
            public String getContentType() {
                return MediaType.APPLICATION_JSON_VALUE;
            }
        };
    }
}
