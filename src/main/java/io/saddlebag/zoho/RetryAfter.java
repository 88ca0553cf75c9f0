package io.saddlebag.zoho;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.apache.hc.client5.http.utils.DateUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Reads the header Retry-After (RFC 9110, 10.2.3): seconds, or an HTTP date, which is compared with the answer's own {@code Date}. Any other value is
 * ignored, and so is zero or a time in the past.
 */
@Component("zohoRetryAfter")
public class RetryAfter {

    /** The longest wait that is accepted: a mistake at the other side must not stop an organisation for days. */
    private static final Duration LONGEST = Duration.ofMinutes(15);
    /** The longest wait after a used-up day: a whole day, and one hour more for the day on which the clocks change. */
    private static final Duration LONGEST_DAY = Duration.ofHours(25);

    /** As in HttpClient, which however does not say that it is in GMT. */
    private static final DateTimeFormatter ASCTIME = DateUtils.FORMATTER_ASCTIME.withZone(ZoneOffset.UTC);

    private final InstantSource clock;

    @Autowired
    RetryAfter() {
        this(InstantSource.system());
    }

    RetryAfter(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * @param header {@code Retry-After} of the answer, {@code date} its {@code Date}; either may be missing
     * @return whole seconds; null if the header has no usable value, or if waiting does not help after this answer
     */
    public Integer seconds(Object header, Object date, ZohoAnswer answer) {
        return switch (answer.meaning()) {
            case MINUTE, IN_PROCESS, RETRY, FAILURE -> seconds(header, date, LONGEST);
            case DAY -> seconds(header, date, LONGEST_DAY);
            default -> null;
        };
    }

    /** The same for an answer of the token endpoint. */
    public Integer seconds(Object header, Object date) {
        return seconds(header, date, LONGEST);
    }

    private Integer seconds(Object header, Object date, Duration longest) {
        if (!(header instanceof String value)) {
            return null;
        }
        String text = value.strip().replaceAll(" +", " "); // one of the three forms of a date has two spaces before a day of one digit
        long seconds;
        if (text.matches("[0-9]+")) {
            seconds = text.length() > 9 ? Integer.MAX_VALUE : Long.parseLong(text);
        } else {
            Instant until = date(text);
            Instant sent = date instanceof String own ? date(own) : null;
            seconds = until == null ? 0 : Duration.between(sent == null ? clock.instant() : sent, until).toSeconds();
        }
        return seconds <= 0 ? null : (int) Math.min(seconds, longest.toSeconds());
    }

    /** @return null if the text has none of the three forms of an HTTP date */
    private static Instant date(String text) {
        return DateUtils.parseDate(text, DateUtils.FORMATTER_RFC1123, DateUtils.FORMATTER_RFC1036, ASCTIME);
    }
}
