package io.saddlebag.security;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Secrets by their names, and whether a text shows one: as it is, URL-encoded, or in base64 at any place of a longer text. A text is read once for all of them:
 * a search for each of 200 forms took half a minute of a log of 127 MB.
 */
public final class Secrets {

    /** Characters that lead from a place in a text to the forms that may begin there. */
    private static final int BEGINNING = 4;

    private final Set<String> names = new HashSet<>();
    /** The names of the secrets that have a form. */
    private final Map<String, Set<String>> forms = new HashMap<>();
    private final boolean[] beginnings = new boolean[1 << 16];

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
        names.add(name);
        for (String form : shown) {
            if (form.length() < BEGINNING) {
                throw new IllegalArgumentException("The secret " + name + " is too short to be searched for");
            }
            forms.computeIfAbsent(form, one -> new HashSet<>()).add(name);
            beginnings[place(form.substring(0, BEGINNING).chars().reduce(0, Secrets::append))] = true;
        }
        return this;
    }

    /** @return the names of those that the text shows */
    public Set<String> in(String text) {
        Set<String> found = new TreeSet<>();
        int last = 0;
        for (int end = 0; end < text.length(); end++) {
            last = append(last, text.charAt(end));
            if (end + 1 >= BEGINNING && beginnings[place(last)]) {
                int start = end + 1 - BEGINNING;
                forms.forEach((form, named) -> {
                    if (text.startsWith(form, start)) {
                        found.addAll(named);
                    }
                });
            }
        }
        return found;
    }

    /** @return the last four characters of a text, by a byte of each */
    private static int append(int last, int character) {
        return last << 8 | character & 0xff;
    }

    private static int place(int last) {
        return last * 0x9E3779B1 >>> 16;
    }

    int count() {
        return names.size();
    }
}
