package io.saddlebag.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Zoho's signature: the HMAC-SHA256, in lower-case hex, of the sorted pairs of the query and then the raw body; the pairs of a
 * form are sorted in among those of the query and stand for its body. Source: zoho.com/billing/kb/webhooks/securing-webhooks.html.
 */
public final class WebhookSignature {

    private WebhookSignature() {
    }

    /**
     * @param given value of the header, in lower or upper case; null if the header is missing
     * @param secrets secrets of which any may have made the signature
     * @param pairs pairs of the query and, for a form, of the body
     * @param body bytes that are signed after the pairs; empty for a form
     */
    static boolean isGood(String given, List<String> secrets, FormParameters pairs, byte[] body) {
        byte[] sent = given == null ? new byte[0] : given.strip().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
        boolean good = false;
        for (String secret : secrets) {
            good |= MessageDigest.isEqual(of(secret, pairs, body).getBytes(StandardCharsets.UTF_8), sent);
        }
        return good;
    }

    public static String of(String secret, FormParameters pairs, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update(pairs.joined().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HMAC-SHA256", e);
        }
    }
}
