package io.saddlebag.webhook;

import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Pairs of a query string or a form, decoded, in their order.
 *
 * @param list may hold a key several times
 */
public record FormParameters(List<Pair> list) {

    /** Most fields of a form: as many as a query may have (max-parameter-count). A pair costs many times its characters. */
    private static final int MOST = 200;

    record Pair(String key, String value) {
    }

    /** @param encoded a query string; null is none. What cannot be decoded stays as it is */
    public static FormParameters of(String encoded) {
        return of(encoded, StandardCharsets.UTF_8);
    }

    /**
     * @param encoded a body that anybody may have sent
     * @param charset of the percent-encoded bytes
     * @throws WebhookRefusedException 413 if the form has too many fields; it is not split then
     */
    static FormParameters ofForm(String encoded, Charset charset) {
        if (encoded.chars().filter(letter -> letter == '&').count() >= MOST) {
            throw new WebhookRefusedException(413, "too-long", "The form has more than " + MOST + " fields. Send the record in the field JSONString, or choose "
                + "the default payload (application/json) for the webhook in Zoho");
        }
        return of(encoded, charset);
    }

    private static FormParameters of(String encoded, Charset charset) {
        List<Pair> pairs = new ArrayList<>();
        for (String part : encoded == null ? new String[0] : encoded.split("&")) {
            if (!part.isEmpty()) {
                int end = part.indexOf('=');
                pairs.add(new Pair(decoded(end < 0 ? part : part.substring(0, end), charset), end < 0 ? "" : decoded(part.substring(end + 1), charset)));
            }
        }
        return new FormParameters(pairs);
    }

    FormParameters and(FormParameters others) {
        return new FormParameters(Stream.concat(list.stream(), others.list.stream()).toList());
    }

    /** @return the first value of a key; null where there is none */
    String first(String key) {
        return list.stream().filter(pair -> pair.key.equals(key)).map(Pair::value).findFirst().orElse(null);
    }

    /** @return keys and values without anything between them, sorted by the keys: what Zoho signs of them */
    String joined() {
        return list.stream().sorted(Comparator.comparing(Pair::key)).map(pair -> pair.key + pair.value).collect(Collectors.joining());
    }

    private static String decoded(String text, Charset charset) {
        try {
            return URLDecoder.decode(text, charset);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
