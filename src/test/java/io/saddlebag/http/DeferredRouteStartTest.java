package io.saddlebag.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class DeferredRouteStartTest {

    private static final BodyBudget BUDGET = new BodyBudget(1 << 20, new SimpleMeterRegistry());

    private final List<String> order = new ArrayList<>();
    private final DeferredRouteStart start = new DeferredRouteStart(Runnable::run, BUDGET);

    @AfterEach
    void leave() {
        RequestContextHolder.resetRequestAttributes();
    }

    @Test
    void aRouteBeginsWhenAllFiltersAreDone() throws Exception {
        start.doFilter(request(), new MockHttpServletResponse(), (request, response) -> {
            request.startAsync();
            RequestContextHolder.setRequestAttributes(new ServletRequestAttributes((HttpServletRequest) request));
            start.later(() -> order.add("route"));
            order.add("filter");
        });

        assertThat(order).containsExactly("filter", "route");
    }

    @Test
    void aRequestThatWasAnsweredMeanwhileHasNoRoute() throws Exception {
        List<Runnable> queue = new ArrayList<>();
        MockHttpServletRequest sent = request();
        new DeferredRouteStart(queue::add, BUDGET).doFilter(sent, new MockHttpServletResponse(), (request, response) -> {
            request.startAsync();
            RequestContextHolder.setRequestAttributes(new ServletRequestAttributes((HttpServletRequest) request));
            start.later(() -> order.add("route"));
        });
        sent.getAsyncContext().complete();

        queue.forEach(Runnable::run);

        assertThat(queue).hasSize(1);
        assertThat(order).isEmpty();
    }

    @Test
    void aRequestThatNoThreadTakesAnyMoreIsAnsweredAtOnce() throws Exception {
        MockHttpServletRequest sent = request();
        MockHttpServletResponse answer = new MockHttpServletResponse();
        DeferredRouteStart stopped = new DeferredRouteStart(route -> {
            throw new RejectedExecutionException("shut down");
        }, BUDGET);

        stopped.doFilter(sent, answer, (request, response) -> {
            request.startAsync();
            RequestContextHolder.setRequestAttributes(new ServletRequestAttributes((HttpServletRequest) request));
            stopped.later(() -> order.add("route"));
        });

        assertThat(answer.getStatus()).isEqualTo(503);
        assertThat(answer.getContentAsString()).contains("shutting down");
        assertThat(answer.getHeader("Retry-After")).isEqualTo("5");
        assertThat(sent.isAsyncStarted()).as("waits for an answer").isFalse();
        assertThat(order).isEmpty();
    }

    @Test
    void aRequestOfNoRouteIsLeftAlone() throws Exception {
        start.doFilter(new MockHttpServletRequest(), new MockHttpServletResponse(), (request, response) -> order.add("filter"));

        assertThat(order).containsExactly("filter");
    }

    private static MockHttpServletRequest request() {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setAsyncSupported(true);
        return request;
    }
}
