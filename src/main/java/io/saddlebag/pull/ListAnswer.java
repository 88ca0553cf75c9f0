package io.saddlebag.pull;

import io.saddlebag.sink.PullPage;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * One page of a list as pull-fetch requested and checked it.
 *
 * @param page the records
 * @param hasMore whether a page may follow. False only if Zoho says clearly that there is none
 * @param more what the answer says about a following page, in words
 * @param answeredAt the answer's {@code Date}, or the time of our own clock if that is earlier; the time of the request if there is no Date
 */
record ListAnswer(PullPage page, boolean hasMore, String more, Instant answeredAt) {

    static ListAnswer of(Exchange exchange) {
        PullPage page = exchange.getVariable("page", PullPage.class);
        page.by((Long) exchange.getVariable("slot", Map.class).get("call_id"));
        Object more = exchange.getVariable("context") instanceof Map<?, ?> context ? context.get("has_more_page") : null;
        Timestamp answered = page.answeredAt() == null ? page.requestedAt() : page.answeredAt();
        Instant now = Instant.now();
        return new ListAnswer(page, !Boolean.FALSE.equals(more), more instanceof Boolean ? "Zoho promises more"
                : "nothing says that the list ends there: page_context.has_more_page is neither true nor false",
                answered.toInstant().isAfter(now) ? now : answered.toInstant());
    }
}
