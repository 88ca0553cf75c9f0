package io.saddlebag.problem;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives a body to errors that Camel sends from a route's thread, such as 503 for a suspended route. The server has no error
 * page for them and would send an empty body.
 */
@Component
class RouteErrorFilter extends OncePerRequestFilter {

    /** The rule of Spring Security's firewall. */
    private static final Pattern NAME = Pattern.compile("[\\p{IsAssigned}&&[^\\p{IsControl}]]*");

    private final ObjectMapper json;

    RouteErrorFilter(ObjectMapper json) {
        this.json = json;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        // The firewall refuses a header when it is first read: a 400 here, but a 500 with a stack trace in a route's thread.
        Collections.list(request.getHeaderNames()).forEach(name -> Collections.list(request.getHeaders(name)));
        refuseNames(request.getQueryString());
        Thread server = Thread.currentThread();
        chain.doFilter(request, new HttpServletResponseWrapper(response) {
            @Override
            public void sendError(int status) throws IOException {
                // Not request.isAsyncStarted(): the route's thread may get here before the server's thread has set it.
                if (Thread.currentThread() != server) {
                    write(HttpStatus.valueOf(status), request, response);
                } else {
                    super.sendError(status);
                }
            }
        });
    }

    /** Reads the query itself: getParameterNames would consume the body of a form, which the route needs. */
    private static void refuseNames(String query) {
        for (String pair : query == null ? new String[0] : query.split("&")) {
            try {
                if (!NAME.matcher(URLDecoder.decode(pair.split("=", 2)[0], StandardCharsets.UTF_8)).matches()) {
                    throw new RequestRejectedException("The name of a parameter holds invisible characters");
                }
            } catch (IllegalArgumentException e) {
                // the server ignores parameters that cannot be decoded
            }
        }
    }

    private void write(HttpStatus reported, HttpServletRequest request, HttpServletResponse response) throws IOException {
        HttpStatus status = ProblemController.whoseFault(reported, request);
        ProblemDetail problem = ProblemController.problem(status, "", request, response);
        problem.setInstance(URI.create(request.getRequestURI()));
        response.setStatus(status.value());
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            response.setHeader(HttpHeaders.RETRY_AFTER, ProblemController.AGAIN);
        }
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(json.writeValueAsBytes(problem));
    }
}
