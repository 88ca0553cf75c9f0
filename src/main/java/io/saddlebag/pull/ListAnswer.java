package io.saddlebag.pull;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * One page of a list as it came through the door and its check.
 *
 * @param page the records
 * @param hasMore whether Zoho says that a page follows
 * @param answeredAt Zoho's clock in the answer ({@code Date}); the moment of the request where it is missing
 */
record ListAnswer(PullPage page, boolean hasMore, Instant answeredAt) {

    /** @param pageSize records in a full page, for answers without {@code page_context} */
    static ListAnswer of(Exchange exchange, int pageSize) {
        PullPage page = exchange.getVariable("page", PullPage.class);
        page.by((Long) exchange.getVariable("slot", Map.class).get("call_id"));
        boolean hasMore = exchange.getVariable("context") instanceof Map<?, ?> context && context.containsKey("has_more_page")
                ? Boolean.parseBoolean(String.valueOf(context.get("has_more_page")))
                : page.seen() >= pageSize;
        return new ListAnswer(page, hasMore, date(exchange, page.requestedAt().toInstant()));
    }

    private static Instant date(Exchange exchange, Instant otherwise) {
        String date = exchange.getVariable("answeredAt", String.class);
        try {
            return date == null ? otherwise
                    : ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).withZoneSameInstant(ZoneOffset.UTC).toInstant();
        } catch (DateTimeParseException notADate) {
            return otherwise;
        }
    }
}
