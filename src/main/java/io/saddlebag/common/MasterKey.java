package io.saddlebag.common;

import java.util.Base64;

/**
 * The key that encrypts stored tokens and secrets: 32 bytes. Written as standard base64, as {@code openssl rand -base64 32}
 * makes it.
 */
public record MasterKey(byte[] bytes) {

    static final int BYTES = 32;

    /**
     * @param source where the text comes from, for the message: a variable or a file
     * @throws BadSettingException when the text is not base64 of 32 bytes; the text itself is not told
     */
    public static MasterKey parse(String source, String text) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw bad(source, "is not base64");
        }
        if (bytes.length != BYTES) {
            throw bad(source, "holds " + bytes.length + " bytes instead of " + BYTES);
        }
        return new MasterKey(bytes);
    }

    private static BadSettingException bad(String source, String problem) {
        return new BadSettingException(source, problem, "Make one with: openssl rand -base64 " + BYTES);
    }

    /** Never the key: records end up in logs. */
    @Override
    public String toString() {
        return "MasterKey";
    }
}
