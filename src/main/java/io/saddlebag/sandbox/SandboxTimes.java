package io.saddlebag.sandbox;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;

/** Times as Zoho writes them: seconds, and an offset without a colon ({@code 2024-02-01T10:54:54+0530}). */
final class SandboxTimes {

    private static final DateTimeFormatter ZOHO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxx");
    private static final DateTimeFormatter LENIENT = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss[XXX][xx]");

    private SandboxTimes() {
    }

    /** @param seconds since 1970 */
    static String write(long seconds) {
        return ZOHO.format(Instant.ofEpochSecond(seconds).atZone(SandboxLimits.ZONE));
    }

    /** Seconds since 1970; empty when it is not a time with an offset (a {@code +} sent bare arrives as a blank). */
    static OptionalLong read(String text) {
        try {
            return OptionalLong.of(OffsetDateTime.parse(text, LENIENT).toEpochSecond());
        } catch (DateTimeParseException notATime) {
            return OptionalLong.empty();
        }
    }
}
