package io.saddlebag.common;

import java.time.Duration;
import java.util.Locale;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.PropertyResolver;

/**
 * Reads settings as text, flag, number or length of time and says in the operator's words what is wrong with one: every error is a
 * {@link BadSettingException} that names the environment variable. Values are trimmed; an absent one is empty, never null.
 */
public record Settings(PropertyResolver properties) {

    /** Characters of a password or secret that guards an address; Zoho wants as many of a webhook's. */
    private static final int SHORTEST_SECRET = 12;

    public String text(String property) {
        return properties.getProperty(property, "").strip();
    }

    public boolean given(String property) {
        return !text(property).isEmpty();
    }

    /** True or false; anything else is an error, for "yes" or "1" would otherwise mean false without a word. */
    public boolean flag(String variable, String property) {
        return switch (text(property).toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new BadSettingException(
                variable, quoted(text(property)) + " is neither true nor false", "Write true or false");
        };
    }

    /**
     * Refuses a secret that is short enough to be found by trying.
     *
     * @param variable the name the operator knows the secret by
     */
    public static void checkLength(String variable, String secret) {
        if (secret.length() < SHORTEST_SECRET) {
            throw new BadSettingException(variable, "has fewer than " + SHORTEST_SECRET + " characters, and could be found by trying",
                "Make one with: openssl rand -hex 24");
        }
    }

    /** A whole number within both bounds, which count as good. */
    public long number(String variable, String property, long least, long most) {
        try {
            long number = Long.parseLong(text(property));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below, in the same words as a number out of range
        }
        throw new BadSettingException(variable,
            quoted(text(property)) + " is not a whole number from " + least + " to " + most, "Write such a number");
    }

    /** A number with its unit, so that Spring and PostgreSQL read the same: a bare one is milliseconds here and seconds there. */
    public Duration duration(String property) {
        String text = text(property);
        if (!text.matches("[1-9][0-9]{0,8}(ms|s|m|h)")) {
            throw new BadSettingException(property, quoted(text) + " is no length of time", "Write a number and ms, s, m or h: 30s");
        }
        return DurationStyle.SIMPLE.parse(text);
    }

    /** For messages only; never around a secret. */
    public static String quoted(String text) {
        return '"' + text + '"';
    }
}
