package io.saddlebag.console;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** Builds queries for the API from the query of a page. */
final class Addresses {

    private Addresses() {
    }

    /** @return {@code ?org=...} as in the query of the page; an empty text if the page has no org */
    static String org(HttpServletRequest request) {
        return query(request, "org");
    }

    /** @return the query of the page with these parameters only, and without those that are empty */
    static String query(HttpServletRequest request, String... names) {
        UriComponentsBuilder query = UriComponentsBuilder.newInstance();
        for (String name : names) {
            String value = request.getParameter(name);
            if (value != null && !value.isBlank()) {
                query.queryParam(name, UriUtils.encode(value.strip(), StandardCharsets.UTF_8)); // also of braces and &
            }
        }
        return query.build(true).toUriString();
    }

    /** @return the text, encoded as a part of a path */
    static String segment(String text) {
        return UriUtils.encodePathSegment(text, StandardCharsets.UTF_8);
    }

    /** @return the text, encoded as the value of a parameter */
    static String value(String text) {
        return UriUtils.encode(text, StandardCharsets.UTF_8);
    }

    /** @return the query with one more parameter, which needs no encoding */
    static String with(String query, String parameter) {
        return query + (query.isEmpty() ? "?" : "&") + parameter;
    }
}
