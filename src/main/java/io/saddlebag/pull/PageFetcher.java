package io.saddlebag.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.kinds.Kind;
import io.saddlebag.zoho.CallTicket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;

/** Prefetches pages on Camel's own thread pool. Requests are sent in order; each is an exchange with the run's variables. */
class PageFetcher {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ProducerTemplate producer;
    private final Exchange run;
    private final int pageSize;
    private AtomicBoolean withdrawn = new AtomicBoolean();
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    PageFetcher(ProducerTemplate producer, Exchange run, int pageSize) {
        this.producer = producer;
        this.run = run;
        this.pageSize = pageSize;
    }

    int pageSize() {
        return pageSize;
    }

    Kind kind() {
        return run.getVariable("kind", Kind.class);
    }

    /** What decides which records a page number or a time stands for. */
    String list() {
        return list(kind(), pageSize);
    }

    static String list(Kind kind, int pageSize) {
        return "%s by %s, %s or %s, %d a page".formatted(kind.path(), kind.sortByCreation(), kind.sortByChange(), kind.sinceParameter(), pageSize);
    }

    /**
     * @param place in the list
     * @return JSON that finds the place again, and tells to which list it belongs
     */
    String cursor(Map<String, ?> place) {
        Map<String, Object> cursor = new HashMap<>(place);
        cursor.put("list", list());
        try {
            return JSON.writeValueAsString(cursor);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Sends one request. The future fails with the exception of the Zoho client. */
    CompletableFuture<ListAnswer> fetch(int page, Map<String, String> parameters) {
        stopHere();
        Map<String, String> query = new LinkedHashMap<>(parameters);
        query.put("page", String.valueOf(page));
        query.put("per_page", String.valueOf(pageSize));
        Exchange request = new DefaultExchange(run.getContext());
        run.getVariables().forEach(request::setVariable);
        CallTicket ticket = new CallTicket(withdrawn);
        request.setVariable("ticket", ticket);
        request.setVariable("query", query.entrySet().stream()
                .map(p -> p.getKey() + "=" + URLEncoder.encode(p.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&")));
        CompletableFuture<Exchange> answer = last.thenCompose(gone -> producer.asyncSend("direct:pull-fetch", request));
        answer.whenComplete((answered, failure) -> ticket.taken().complete(null));
        last = ticket.taken();
        return answer.thenApply(answered -> {
            if (answered.getException() != null) {
                throw new CompletionException(answered.getException());
            }
            return ListAnswer.of(answered);
        });
    }

    /** Withdraws requests that still wait for a slot, and waits for those that were sent. Their answers are not used. */
    void withdraw(Collection<CompletableFuture<ListAnswer>> asked) {
        withdrawn.set(true);
        asked.forEach(answer -> answer.exceptionally(unwanted -> null).join());
        withdrawn = new AtomicBoolean();
    }

    /** Waits for an answer, and throws the exception of its request unchanged. */
    ListAnswer await(CompletableFuture<ListAnswer> answer) {
        try {
            return answer.join();
        } catch (CompletionException failure) {
            stopHere(); // a call that a shutdown interrupted is not a failure of the run
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failure;
        }
    }

    private void stopHere() {
        if (run.getContext().isStopping()) {
            throw new RunStoppedException();
        }
    }
}
