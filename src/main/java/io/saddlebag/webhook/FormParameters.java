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

    record Pair(String key, String value) {
    }

    /** @param encoded a query string; null is none. What cannot be decoded stays as it is */
    public static FormParameters of(String encoded) {
        return of(encoded, StandardCharsets.UTF_8);
    }

    /** @param charset of the percent-encoded bytes */
    static FormParameters of(String encoded, Charset charset) {
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
