package io.saddlebag.sandbox.wire;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;

/** Times as Zoho writes them: seconds, and an offset without a colon ({@code 2024-02-01T10:54:54+0530}). */
public final class ZohoTime {

    /** The time zone of all organisations: their day ends and their times are written in it. Its offset is +0530 all year. */
    public static final ZoneId ZONE = ZoneId.of("Asia/Kolkata");

    private static final DateTimeFormatter ZOHO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxx");
    private static final DateTimeFormatter LENIENT = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss[XXX][xx]");

    private ZohoTime() {
    }

    /** @param seconds since 1970 */
    public static String write(long seconds) {
        return ZOHO.format(Instant.ofEpochSecond(seconds).atZone(ZONE));
    }

    /** Seconds since 1970; empty when it is not a time with an offset (a {@code +} sent bare arrives as a blank). */
    public static OptionalLong read(String text) {
        try {
            return OptionalLong.of(OffsetDateTime.parse(text, LENIENT).toEpochSecond());
        } catch (DateTimeParseException notATime) {
            return OptionalLong.empty();
        }
    }
}
