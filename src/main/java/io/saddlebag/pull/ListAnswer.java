package io.saddlebag.pull;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * One page of a list as it came through the door and its check.
 *
 * @param page the records
 * @param hasMore whether Zoho says that a page follows
 * @param answeredAt Zoho's clock in the answer ({@code Date}), or our own where that is earlier; the moment of the request where it is missing
 */
record ListAnswer(PullPage page, boolean hasMore, Instant answeredAt) {

    /** @param pageSize records in a full page, for answers without {@code page_context} */
    static ListAnswer of(Exchange exchange, int pageSize) {
        PullPage page = exchange.getVariable("page", PullPage.class);
        page.by((Long) exchange.getVariable("slot", Map.class).get("call_id"));
        boolean hasMore = exchange.getVariable("context") instanceof Map<?, ?> context && context.containsKey("has_more_page")
                ? Boolean.parseBoolean(String.valueOf(context.get("has_more_page")))
                : page.seen() >= pageSize;
        Timestamp answered = page.answeredAt() == null ? page.requestedAt() : page.answeredAt();
        Instant now = Instant.now();
        return new ListAnswer(page, hasMore, answered.toInstant().isAfter(now) ? now : answered.toInstant());
    }
}
