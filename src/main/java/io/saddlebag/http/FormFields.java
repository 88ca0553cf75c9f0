package io.saddlebag.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The fields of a form that was sent as application/x-www-form-urlencoded. */
final class FormFields {

    private FormFields() {
    }

    /** @param query the parameters of the query, whose values come before the form's */
    static Map<String, String[]> of(byte[] form, Map<String, String[]> query) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        query.forEach((name, values) -> all.computeIfAbsent(name, any -> new ArrayList<>()).addAll(List.of(values)));
        for (String pair : new String(form, StandardCharsets.UTF_8).split("&")) {
            int equals = pair.indexOf('=');
            if (!pair.isEmpty()) {
                all.computeIfAbsent(decoded(equals < 0 ? pair : pair.substring(0, equals)), any -> new ArrayList<>())
                    .add(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
        Map<String, String[]> fields = new LinkedHashMap<>();
        all.forEach((name, values) -> fields.put(name, values.toArray(String[]::new)));
        return fields;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException badPercent) {
            return text;
        }
    }
}
