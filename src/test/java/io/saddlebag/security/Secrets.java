package io.saddlebag.security;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Secrets by their names, and whether a text shows one: as it is, URL-encoded, or in base64 at any place of a longer text. */
public final class Secrets {

    private final Map<String, Set<String>> forms = new TreeMap<>();

    public Secrets add(String name, String secret) {
        Set<String> shown = new LinkedHashSet<>(List.of(secret, URLEncoder.encode(secret, StandardCharsets.UTF_8)));
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        for (int before = 0; before < 3; before++) { // base64 cuts into threes: what stands before decides how
            byte[] shifted = new byte[before + bytes.length];
            System.arraycopy(bytes, 0, shifted, before, bytes.length);
            int whole = shifted.length - shifted.length % 3;
            String base64 = Base64.getEncoder().encodeToString(Arrays.copyOf(shifted, whole)).substring(before == 0 ? 0 : 4);
            shown.addAll(List.of(base64, base64.replace('+', '-').replace('/', '_')));
        }
        forms.put(name, shown);
        return this;
    }

    /** @return the names of those that the text shows */
    public Set<String> in(String text) {
        Set<String> found = new TreeSet<>();
        forms.forEach((name, shown) -> shown.stream().filter(text::contains).findAny().ifPresent(form -> found.add(name)));
        return found;
    }

    int count() {
        return forms.size();
    }
}
