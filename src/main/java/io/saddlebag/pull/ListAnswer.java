package io.saddlebag.pull;

import io.saddlebag.zoho.ZohoRejectedException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * One page of a list as it came through the door.
 *
 * @param records the records, as Zoho sent them
 * @param hasMore whether Zoho says that a page follows
 * @param requestedAt when the request was sent, by the database's clock
 * @param answeredAt Zoho's clock in the answer ({@code Date}); the moment of the request where it is missing
 */
record ListAnswer(List<?> records, boolean hasMore, Instant requestedAt, Instant answeredAt) {

    /** @param pageSize records in a full page, for answers without {@code page_context} */
    static ListAnswer of(Exchange exchange, int pageSize) {
        String listKey = exchange.getVariable("listKey", String.class);
        Map<?, ?> answer = exchange.getMessage().getBody(Map.class);
        if (!(answer.get(listKey) instanceof List<?> records)) {
            throw new ZohoRejectedException("Zoho's answer has no list \"" + listKey + "\"");
        }
        boolean hasMore = answer.get("page_context") instanceof Map<?, ?> context && context.containsKey("has_more_page")
                ? Boolean.parseBoolean(String.valueOf(context.get("has_more_page")))
                : records.size() >= pageSize;
        Instant requestedAt = exchange.getVariable("requestedAt", java.sql.Timestamp.class).toInstant();
        return new ListAnswer(records, hasMore, requestedAt, date(exchange, requestedAt));
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
