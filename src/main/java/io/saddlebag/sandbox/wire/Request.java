package io.saddlebag.sandbox.wire;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A request as the client sent it. Read from the servlet request, because Camel's headers join parameters and headers of the
 * same name.
 *
 * @param method        GET, POST, PUT or DELETE
 * @param base          address of the sandbox as the client knows it, for example {@code http://127.0.0.1:8080/sandbox}
 * @param path          the path from {@code /sandbox} on
 * @param query         the query string as sent; empty when there was none
 * @param parameters    parameters of the query, then of a form body, decoded; the first of a name counts
 * @param headers       the headers, by name in any case; the first of a name counts
 * @param takesGzip     whether the answer may be packed
 * @param body          the body's bytes
 */
public record Request(String method, String base, String path, String query, Map<String, String> parameters,
                             Map<String, String> headers, boolean takesGzip, byte[] body) {

    /** Neither x-gzip nor a refusal by {@code gzip;q=0}. */
    private static final Pattern GZIP = Pattern.compile("(?<![\\w-])gzip(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))");
    private static final String FORM = "application/x-www-form-urlencoded";

    public static Request of(HttpServletRequest http, InputStream stream) throws IOException {
        // Camel leaves a form alone that comes by PUT or PATCH; curl -d calls everything a form.
        byte[] body = (stream == null ? http.getInputStream() : stream).readAllBytes();
        Map<String, String> parameters = new LinkedHashMap<>();
        String query = http.getQueryString() == null ? "" : http.getQueryString();
        decode(query, parameters);
        if (http.getContentType() != null && http.getContentType().startsWith(FORM)) {
            decode(new String(body, StandardCharsets.UTF_8), parameters);
        }
        String url = http.getRequestURL().toString();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        http.getHeaderNames().asIterator().forEachRemaining(name -> headers.put(name, http.getHeader(name)));
        String encodings = http.getHeader("Accept-Encoding");
        return new Request(http.getMethod(), url.substring(0, url.indexOf("/sandbox") + "/sandbox".length()),
                http.getRequestURI(), query, parameters, headers,
                encodings != null && GZIP.matcher(encodings).find(), body);
    }

    /** The parameter's value; empty when it was not sent. */
    public String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    /** The header's value; empty when it was not sent. */
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    public String authorization() {
        return header("Authorization");
    }

    /** Which of Zoho's products the request is for: {@code crm}. */
    public String product() {
        String[] parts = path.split("/");
        return parts.length < 3 ? "" : parts[2];
    }

    /** The parts of the path after the version: {@code [items, 4815, active]}. */
    public List<String> resource() {
        List<String> parts = List.of(path.split("/"));
        return parts.subList(Math.min(4, parts.size()), parts.size());
    }

    /** The path from the API's name to the kind of record: {@code /books/v3/invoices}. */
    public String collection() {
        String[] parts = path.split("/");
        return parts.length < 5 ? "" : "/" + parts[2] + "/" + parts[3] + "/" + parts[4];
    }

    /** The text that the pattern of a fault is matched with. */
    public String line() {
        return method + " " + path + (query.isEmpty() ? "" : "?" + query);
    }

    private static void decode(String encoded, Map<String, String> into) {
        for (String pair : encoded.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                into.putIfAbsent(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException badPercent) {
            return text;
        }
    }
}
