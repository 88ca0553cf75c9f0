package io.saddlebag.testkit;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saddlebag.sandbox.accounts.Client;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Calls a sandbox as the product would, with a token of its own. */
public final class SandboxClient {

    public static final String REFRESH = refresh(Client.FIXED);
    public static final String ORG = "organization_id=60000000001";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;
    private String scheme = "Zoho-oauthtoken ";
    private String token = "";

    public SandboxClient(String url) {
        this.url = url;
    }

    /** Asks for an access token and uses it from now on. */
    public SandboxClient withToken() {
        return withToken(Client.FIXED);
    }

    /** The same as another client. */
    public SandboxClient withToken(Client as) {
        token = json(post("/oauth/v2/token", refresh(as))).get("access_token").asText();
        return this;
    }

    /** Uses a token whose consent named these scopes, separated by commas. */
    public SandboxClient agree(String scopes) {
        String back = "http://127.0.0.1:9/callback";
        URI consent = SandboxServer.consent(URI.create(url + "/oauth/v2/auth?response_type=code&client_id=" + Client.FIXED.clientId()
                + "&scope=" + scopes + "&redirect_uri=" + back + "&access_type=online&state=s"));
        String code = consent.getQuery().replaceFirst(".*\\bcode=([^&]+).*", "$1");
        token = json(post("/oauth/v2/token", "grant_type=authorization_code&client_id=" + Client.FIXED.clientId() + "&client_secret="
                + Client.FIXED.clientSecret() + "&redirect_uri=" + back + "&code=" + code)).get("access_token").textValue();
        return this;
    }

    public static String refresh(Client as) {
        return "grant_type=refresh_token&client_id=" + as.clientId() + "&client_secret=" + as.clientSecret()
                + "&refresh_token=" + as.refreshToken();
    }

    public void useToken(String other) {
        token = other;
    }

    /** The same as a client of Meta sends it. */
    public void useBearer(String other) {
        scheme = "Bearer ";
        token = other;
    }

    /** An API call; the organisation is added to its query. */
    public HttpResponse<String> get(String pathAndQuery) {
        String separator = pathAndQuery.contains("?") ? "&" : "?";
        return getAsItIs(pathAndQuery + separator + ORG);
    }

    /** An API call for another organisation, or for none. */
    public HttpResponse<String> getAsItIs(String pathAndQuery) {
        return send("GET", "/inventory/v1" + pathAndQuery, "application/json", "");
    }

    /** The same by a whole path: {@code /books/v3/invoices}. */
    public HttpResponse<String> at(String pathAndQuery) {
        return send("GET", pathAndQuery + (pathAndQuery.contains("?") ? "&" : "?") + ORG, "application/json", "");
    }

    public HttpResponse<String> post(String path, String form) {
        return send("POST", path, "application/x-www-form-urlencoded", form);
    }

    public HttpResponse<String> control(String method, String path, String json) {
        return send(method, "/control" + path, "application/json", json);
    }

    /** @param headers names and values in turn */
    public HttpResponse<String> send(String method, String path, String contentType, String body, String... headers) {
        try {
            return sendOrFail(method, path, contentType, body, headers);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        }
    }

    public HttpResponse<String> sendOrFail(String method, String path, String contentType, String body, String... headers)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(20))
                .header("Content-Type", contentType).header("Authorization", scheme + token)
                .method(method, BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A GET with this Accept-Encoding, its body as it came. */
    public HttpResponse<byte[]> packed(String path, String accepts) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(20))
                .header("Accept-Encoding", accepts).header("Authorization", scheme + token).build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(path, e);
        }
    }

    /** A GET without a client that could have its own view: what comes until the connection ends, a byte a letter. */
    public String bytes(String path) throws IOException {
        try (Socket socket = open(path)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /** A GET on a connection of its own, which ends with the answer; nothing has been read yet. */
    public Socket open(String path) throws IOException {
        URI uri = URI.create(url + path);
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(("GET " + uri.getRawPath() + "?" + uri.getRawQuery() + " HTTP/1.1\r\nHost: x\r\n"
                + "Connection: close\r\nAuthorization: " + scheme + token + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    public static JsonNode json(HttpResponse<String> answer) {
        return json(answer.body());
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }
}
