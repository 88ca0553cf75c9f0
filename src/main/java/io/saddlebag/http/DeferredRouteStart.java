package io.saddlebag.http;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpConsumer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Starts the route of a request when the server's thread is done with the request and the body is complete. Camel alone would start the
 * route while filters may still write headers to the same response, which only one thread at a time may use: 1 of some 5,000 answers under
 * load was garbage. docs/decisions/0001-request-hand-over.md says why Spring Security's eager headers do not replace this class. Only a route
 * with {@code useStreaming: true} reads a body. For other routes no body is kept: what arrives within a moment is discarded, so that the
 * connection stays usable; a longer body ends the connection. This class is not an Executor itself, because Spring Boot would then create none.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public class DeferredRouteStart extends OncePerRequestFilter {

    private static final String ROUTE = DeferredRouteStart.class.getName();
    private static final long DRAIN_MILLIS = 500;
    private static final String RETRY_AFTER_SECONDS = "5";

    private final Executor routes;
    private final BodyBudget budget;

    DeferredRouteStart(@Qualifier("applicationTaskExecutor") Executor routes, BodyBudget budget) {
        this.routes = routes;
        this.budget = budget;
    }

    /** @param route started when all filters have finished with the current request of this thread */
    public void later(Runnable route) {
        RequestContextHolder.currentRequestAttributes().setAttribute(ROUTE, route, RequestAttributes.SCOPE_REQUEST);
    }

    /** The answer of a route passes through this filter in an asynchronous dispatch. */
    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            chain.doFilter(request, response);
            StreamedAnswer.sendWhatFollows(request, response);
            return;
        }
        BufferedRequest buffered = new BufferedRequest(request, budget);
        boolean handedOver = false;
        try {
            chain.doFilter(buffered, response);
            if (request.getAttribute(ROUTE) instanceof Runnable route) {
                request.getAsyncContext().addListener(new Answered(buffered));
                handedOver = true;
                begin(buffered, response, () -> start(route, buffered, response));
            }
        } finally {
            if (!handedOver) {
                buffered.release();
            }
        }
    }

    private void start(Runnable route, BufferedRequest buffered, HttpServletResponse response) {
        try {
            routes.execute(() -> {
                if (!buffered.isOver()) {
                    if (buffered.isPassedBy()) {
                        response.setHeader(HttpHeaders.CONNECTION, "close");
                    }
                    route.run();
                }
            });
        } catch (RejectedExecutionException stopping) {
            if (!buffered.isOver()) {
                refuse(buffered, response, "Saddlebag is shutting down; send this request again");
            }
        }
    }

    private void begin(BufferedRequest buffered, HttpServletResponse response, Runnable route) throws IOException {
        long kept = readsBody(buffered) ? buffered.kept() : 0;
        if (!buffered.hasBody()) {
            route.run();
        } else if (kept > 0) {
            buffered.keep(kept, new BufferedRequest.BodyListener() {
                @Override
                public void complete() {
                    route.run();
                }

                @Override
                public void refused() {
                    refuse(buffered, response, "Too many request bodies are on their way at this moment; send this one again");
                }
            });
        } else {
            AtomicBoolean begun = new AtomicBoolean();
            Runnable once = () -> {
                if (begun.compareAndSet(false, true)) {
                    route.run();
                }
            };
            buffered.pass(BufferedRequest.LONGEST, once);
            CompletableFuture.delayedExecutor(DRAIN_MILLIS, TimeUnit.MILLISECONDS, Runnable::run).execute(once);
        }
    }

    private static boolean readsBody(HttpServletRequest request) {
        return request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) instanceof HandlerMethod handler
            && handler.getBean() instanceof SpringBootPlatformHttpConsumer consumer && consumer.getEndpoint().isUseStreaming();
    }

    private static void refuse(HttpServletRequest request, HttpServletResponse response, String detail) {
        try {
            response.setStatus(HttpStatus.SERVICE_UNAVAILABLE.value());
            response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
            response.setContentType("application/problem+json");
            response.getOutputStream().print("{\"title\":\"Service Unavailable\",\"status\":503,\"detail\":\"" + detail + "\"}");
        } catch (IOException gone) {
            // the sender has closed the connection
        }
        request.getAsyncContext().complete();
    }

    /** Marks a request as over. After an answer, also that of a timeout, the server uses the same objects for another request. */
    private static final class Answered implements AsyncListener {

        private final BufferedRequest request;

        Answered(BufferedRequest request) {
            this.request = request;
        }

        @Override
        public void onComplete(AsyncEvent event) {
            request.end();
            request.release();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            request.end();
        }

        /** The sender is gone. If the answer has begun, Tomcat would look for an error page in vain and log a stack trace. */
        @Override
        public void onError(AsyncEvent event) {
            request.end();
            if (event.getSuppliedResponse().isCommitted()) {
                try {
                    event.getAsyncContext().complete();
                } catch (IllegalStateException over) {
                    // another thread completed it
                }
            }
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // it is still the same request
        }
    }
}
