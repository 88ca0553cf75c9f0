package io.saddlebag.webhook;

import io.saddlebag.http.BufferedRequest;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * What bounds a webhook's request before a route sees it. The body of a request that its route refuses by its head is not read. Other bodies end one
 * byte after the longest that is taken in, because Camel keeps a body whole before the first step of a route. A route that has no answer in time,
 * because the database stands still, is not waited for: 503.
 */
@Component("webhookBody")
class WebhookBody extends OncePerRequestFilter {

    private final WebhookRequest webhooks;
    private final long longest;
    private final long patience;

    WebhookBody(WebhookRequest webhooks, @Value("${saddlebag.webhook.longest-body}") DataSize longest,
            @Value("${saddlebag.webhook.answer-within}") Duration patience) {
        this.webhooks = webhooks;
        this.longest = longest.toBytes();
        this.patience = patience.toMillis();
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !HttpMethod.POST.matches(request.getMethod()) || !request.getRequestURI().startsWith("/api/zoho/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        request.setAttribute(BufferedRequest.KEPT, webhooks.needsBody(request) ? longest + 1 : 0);
        chain.doFilter(new HttpServletRequestWrapper(request) {
            @Override
            public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
                AsyncContext answer = super.startAsync(request, response);
                answer.setTimeout(patience);
                return answer;
            }
        }, response);
    }
}
