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
 * How long an answer asks to be left alone (RFC 9110, 10.2.3): seconds, or an HTTP date, which is measured against the answer's own
 * {@code Date}. What is neither, is zero or lies in the past says nothing.
 */
@Component("zohoRetryAfter")
public class RetryAfter {

    /** Whoever asks for more is asked again after this: a mistake must not stop an organisation for days. */
    private static final Duration LONGEST = Duration.ofMinutes(15);
    /** A spent day may ask for all of the next one, and for the hour that it has more when the clocks change. */
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
     * @return whole seconds; null where nothing is said, or where the answer is none that waiting helps
     */
    public Integer seconds(Object header, Object date, ZohoAnswer answer) {
        return switch (answer.meaning()) {
            case MINUTE, IN_PROCESS, RETRY, FAILURE -> seconds(header, date, LONGEST);
            case DAY -> seconds(header, date, LONGEST_DAY);
            default -> null;
        };
    }

    /** The same of an answer of the token endpoint. */
    public Integer seconds(Object header, Object date) {
        return seconds(header, date, LONGEST);
    }

    private Integer seconds(Object header, Object date, Duration longest) {
        if (!(header instanceof String value)) {
            return null;
        }
        String text = value.strip().replaceAll(" +", " "); // one of the three forms of a date has two before a day of one digit
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

    /** @return null where it is none of the three forms of an HTTP date */
    private static Instant date(String text) {
        return DateUtils.parseDate(text, DateUtils.FORMATTER_RFC1123, DateUtils.FORMATTER_RFC1036, ASCTIME);
    }
}
