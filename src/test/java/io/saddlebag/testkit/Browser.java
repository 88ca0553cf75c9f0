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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/** A browser in which staff has logged in, with its cookies; it follows no redirect by itself. */
public final class Browser {

    private final CookieManager cookies = new CookieManager();
    private final HttpClient http = HttpClient.newBuilder().cookieHandler(cookies).build();
    private final String base;
    private String page;

    /** Logs in. */
    public Browser(SaddlebagServer server) {
        this(server, "admin", "staff-password");
    }

    /** Logs in as another user. */
    public Browser(SaddlebagServer server, String user, String password) {
        base = "http://localhost:" + server.port();
        get("/login");
        HttpResponse<String> in = post("/login", Map.of("username", user, "password", password, "_csrf", token()));
        if (in.headers().firstValue("Location").orElse("error").contains("error")) {
            throw new AssertionError("no login: " + in.statusCode());
        }
    }

    public HttpResponse<String> get(String path, String... headers) {
        page = base + path;
        return get(URI.create(page), headers);
    }

    public HttpResponse<String> get(URI uri, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30));
        return send((headers.length == 0 ? request.header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            : request.headers(headers)).build());
    }

    public HttpResponse<String> post(String path, Map<String, String> form) {
        return post(path, form.entrySet());
    }

    /** @param form its fields, of which several may have one name */
    public HttpResponse<String> post(String path, Collection<Map.Entry<String, String>> form) {
        String body = form.stream().map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
        return send(HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/x-www-form-urlencoded").header("Origin", base).header("Referer", page).header("Accept", "text/html")
            .POST(BodyPublishers.ofString(body)).build());
    }

    /** @return a page that is there */
    public Document page(String path) {
        return page(get(path), path);
    }

    private static Document page(HttpResponse<String> answer, String path) {
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + " answered " + answer.statusCode() + " " + answer.body());
        }
        return Jsoup.parse(answer.body());
    }

    /**
     * Sends a form as a browser without JavaScript does.
     *
     * @param typed names and values of fields that a person fills or ticks, or of the button
     */
    public HttpResponse<String> send(Element form, String... typed) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        form.select("input[name]:not([type=checkbox]), textarea").forEach(field -> fields.add(Map.entry(field.attr("name"), field.val())));
        form.select("select").forEach(field -> {
            Element chosen = Objects.requireNonNullElseGet(field.selectFirst("option[selected]"), () -> field.selectFirst("option"));
            fields.add(Map.entry(field.attr("name"), chosen.hasAttr("value") ? chosen.val() : chosen.text()));
        });
        for (int i = 0; i < typed.length; i += 2) {
            String name = typed[i];
            if (!name.endsWith("[]")) { // of a list each value counts
                fields.removeIf(field -> field.getKey().equals(name));
            }
            fields.add(Map.entry(name, typed[i + 1]));
        }
        return post(form.attr("action"), fields);
    }

    /** As {@link #send}. @return the path that the answer leads to */
    public String press(Element form, String... typed) {
        HttpResponse<String> sent = send(form, typed);
        if (sent.statusCode() != 302) {
            throw new AssertionError(form.attr("action") + " answered " + sent.statusCode() + " " + sent.body());
        }
        return sent.headers().firstValue("Location").orElseThrow().replaceFirst("^https?://[^/]+", "");
    }

    /** As {@link #send}. @return the page that the form gets in answer */
    public Document told(Element form, String... typed) {
        return page(send(form, typed), form.attr("action"));
    }

    /** @return the CSRF token of the last page */
    public String token() {
        return cookies.getCookieStore().get(URI.create(base)).stream().filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
            .findFirst().map(HttpCookie::getValue).orElseThrow();
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return ApiDescription.checked(http.send(request, BodyHandlers.ofString()));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(request.toString(), e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
