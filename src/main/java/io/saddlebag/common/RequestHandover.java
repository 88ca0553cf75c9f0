package io.saddlebag.common;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Hands a request over to its route only when the server's thread is done with it, and all of it is here. Camel begins the route
 * while filters may still write headers to the same answer, which is for one thread at a time: 1 of some 5,000 answers under load
 * was garbage. (No Executor itself, or Spring Boot would make none.)
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public class RequestHandover extends OncePerRequestFilter {

    private static final String ROUTE = RequestHandover.class.getName();

    private final Executor routes;

    RequestHandover(@Qualifier("applicationTaskExecutor") Executor routes) {
        this.routes = routes;
    }

    /** @param route begins when all filters have let go of the request that this thread is at */
    public void later(Runnable route) {
        RequestContextHolder.currentRequestAttributes().setAttribute(ROUTE, route, RequestAttributes.SCOPE_REQUEST);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        WholeRequest whole = new WholeRequest(request);
        chain.doFilter(whole, response);
        if (request.getAttribute(ROUTE) instanceof Runnable route) {
            Answered answered = new Answered();
            request.getAsyncContext().addListener(answered);
            whole.read(() -> routes.execute(() -> {
                if (!answered.already) {
                    route.run();
                }
            }));
        }
    }

    /** Whoever waited too long for a thread was told so; by now the server uses the same objects for another's request. */
    private static final class Answered implements AsyncListener {

        private volatile boolean already;

        @Override
        public void onComplete(AsyncEvent event) {
            already = true;
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            already = true;
        }

        @Override
        public void onError(AsyncEvent event) {
            already = true;
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // once more is still the same request
        }
    }
}
