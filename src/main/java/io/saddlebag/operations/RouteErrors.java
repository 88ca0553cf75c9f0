package io.saddlebag.operations;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.URI;
import java.util.Collections;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives a body to errors that Camel sends from a route's thread, such as 503 for a suspended route: the server has no error
 * page for these and would send none.
 */
@Component
@Profile("!sandbox")
class RouteErrors extends OncePerRequestFilter {

    private final ObjectMapper json;

    RouteErrors(ObjectMapper json) {
        this.json = json;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        // What the firewall refuses, it refuses when it is first read: here that is a 400, in a route's thread a 500 and a stack trace.
        Collections.list(request.getHeaderNames()).forEach(name -> Collections.list(request.getHeaders(name)));
        Thread server = Thread.currentThread();
        chain.doFilter(request, new HttpServletResponseWrapper(response) {
            @Override
            public void sendError(int status) throws IOException {
                // Not request.isAsyncStarted(): the route's thread may be here before the server's has told so.
                if (Thread.currentThread() != server) {
                    write(HttpStatus.valueOf(status), request, response);
                } else {
                    super.sendError(status);
                }
            }
        });
    }

    private void write(HttpStatus status, HttpServletRequest request, HttpServletResponse response) throws IOException {
        ProblemDetail problem = ProblemAnswers.problem(status, "", request, response);
        problem.setInstance(URI.create(request.getRequestURI()));
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(json.writeValueAsBytes(problem));
    }
}
