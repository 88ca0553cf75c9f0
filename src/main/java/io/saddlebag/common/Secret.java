package io.saddlebag.common;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** A password or token to compare with: kept as a digest, compared in a time that tells neither content nor length. */
public final class Secret {

    private final byte[] digest;

    /** @param text the secret; never null or empty */
    public Secret(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("An empty secret would open to everyone");
        }
        digest = digest(text);
    }

    /** Whether the candidate, which may not be null, is the secret. */
    public boolean is(String candidate) {
        return MessageDigest.isEqual(digest, digest(candidate));
    }

    /** @return a digest of the secret and the text, from which neither can be found: it is another one when the secret has changed */
    public byte[] digestWith(String text) {
        return digest(Base64.getEncoder().encodeToString(digest) + " " + text);
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
