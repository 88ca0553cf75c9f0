package io.saddlebag.zoho;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times in the forms that Zoho documents, read as strictly as {@code zoho_time} reads them in PostgreSQL. */
public final class ZohoTime {

    /** A last_modified_time further ahead of the clock than this does not count as a version: one of the two clocks is wrong, or the time is forged. */
    public static final Duration AHEAD = Duration.ofMinutes(5);

    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{3}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]{1,9})?)?)"
            + " ?(?:(Z)|([+-](?:0[0-9]|1[0-4]))(?::?([0-5][0-9]))?)");

    private ZohoTime() {
    }

    /** @return the time in UTC; null if the value is no time, or names no zone */
    public static OffsetDateTime read(Object text) {
        Matcher form = FORM.matcher(text == null ? "" : text.toString());
        if (!form.matches()) {
            return null;
        }
        String offset = form.group(3) != null ? "Z" : form.group(4) + ":" + (form.group(5) == null ? "00" : form.group(5));
        try {
            return OffsetDateTime.parse(form.group(1) + "T" + form.group(2) + offset, DateTimeFormatter.ISO_OFFSET_DATE_TIME)
                    .withOffsetSameInstant(ZoneOffset.UTC);
        } catch (DateTimeException noSuchDay) {
            return null;
        }
    }

    /** @return the time in an answer's header {@code Date}; null if there is none */
    public static Instant ofHeader(String date) {
        try {
            return date == null ? null : ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        } catch (DateTimeException notADate) {
            return null;
        }
    }
}
