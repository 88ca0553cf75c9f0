package io.saddlebag.testkit;

import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** A browser in which staff has logged in, with its cookies; it follows no redirect by itself. */
public final class Browser {

    private final CookieManager cookies = new CookieManager();
    private final HttpClient http = HttpClient.newBuilder().cookieHandler(cookies).build();
    private final String base;

    /** Logs in. */
    public Browser(SaddlebagServer server) {
        base = "http://localhost:" + server.port();
        get("/login");
        HttpResponse<String> in = post("/login", Map.of("username", "admin", "password", "staff-password", "_csrf", token()));
        if (in.headers().firstValue("Location").orElse("error").contains("error")) {
            throw new AssertionError("no login: " + in.statusCode());
        }
    }

    public HttpResponse<String> get(String path, String... headers) {
        return get(URI.create(base + path), headers);
    }

    public HttpResponse<String> get(URI uri, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30));
        return send((headers.length == 0 ? request.header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            : request.headers(headers)).build());
    }

    public HttpResponse<String> post(String path, Map<String, String> form) {
        String body = form.entrySet().stream().map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
        return send(HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/x-www-form-urlencoded").header("Origin", base).header("Accept", "text/html")
            .POST(BodyPublishers.ofString(body)).build());
    }

    private String token() {
        return cookies.getCookieStore().get(URI.create(base)).stream().filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
            .findFirst().map(HttpCookie::getValue).orElseThrow();
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(request.toString(), e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
