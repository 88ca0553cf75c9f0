package io.saddlebag.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** A provider of OpenID Connect that logs in whoever the test says, and holds its client to the rules: registered address, PKCE, a code once. */
public final class OidcServer implements AutoCloseable {

    public static final String CLIENT = "saddlebag";
    public static final String SECRET = "client/secret+of saddlebag";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** All servers of a JVM sign with the same keys: to make one takes up to a second of processor time. */
    private static final RSAKey PUBLISHED = key("published");
    private static final RSAKey UNPUBLISHED = key("unpublished");

    private final HttpServer server;
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Object>> accessTokens = new ConcurrentHashMap<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private volatile Map<String, Object> user = Map.of();
    private volatile Map<String, Object> userInfo = Map.of();
    private volatile BiConsumer<JWTClaimsSet.Builder, Map<String, String>> change = (claims, request) -> { };
    private volatile boolean wrongKey;
    private volatile boolean denies;
    private volatile String issuer;
    private volatile String discovered;
    private volatile String userInfoAddress;
    private final AtomicInteger toHold = new AtomicInteger();
    private volatile CountDownLatch hold = new CountDownLatch(0);

    private OidcServer(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/.well-known/openid-configuration", this::discovery);
        server.createContext("/authorize", this::authorize);
        server.createContext("/token", this::token);
        server.createContext("/userinfo", this::userInfo);
        server.createContext("/keys", exchange -> json(exchange, 200, new JWKSet(PUBLISHED.toPublicJWK()).toJSONObject()));
        server.start();
        issuer = url();
        discovered = url();
        userInfoAddress = url() + "/userinfo";
    }

    private static RSAKey key(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public static OidcServer start() {
        return new OidcServer(0);
    }

    /** At a port where nothing answered before. */
    public static OidcServer start(int port) {
        return new OidcServer(port);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Who logs in next, rightly. */
    public void user(Map<String, Object> claims) {
        user = claims;
        userInfo = Map.of();
        change = (built, request) -> { };
        wrongKey = false;
        denies = false;
        issuer = url();
        discovered = url();
        userInfoAddress = url() + "/userinfo";
    }

    /** What only the userinfo address says. */
    public void further(Map<String, Object> claims) {
        userInfo = claims;
    }

    /** @param change of the ID token, with the parameters of the authorization request */
    public void change(BiConsumer<JWTClaimsSet.Builder, Map<String, String>> change) {
        this.change = change;
    }

    public void signWithAnUnpublishedKey() {
        wrongKey = true;
    }

    public void deny() {
        denies = true;
    }

    /** As the issuer that the answer to the browser names. */
    public void issuer(String other) {
        issuer = other;
    }

    /** As the issuer of the discovery document. */
    public void discovered(String other) {
        discovered = other;
    }

    /** As the userinfo address of the discovery document. */
    public void userInfoAddress(String other) {
        userInfoAddress = other;
    }

    /** The next answers with tokens wait for the latch. */
    public void hold(int answers, CountDownLatch until) {
        hold = until;
        toHold.set(answers);
    }

    /** @return how many of the answers to hold are not held yet */
    public int toHold() {
        return toHold.get();
    }

    /** @return ID tokens and access tokens that were given */
    public List<String> tokens() {
        return tokens;
    }

    private void discovery(HttpExchange exchange) throws IOException {
        json(exchange, 200, Map.of("issuer", discovered, "authorization_endpoint", url() + "/authorize", "token_endpoint", url() + "/token",
            "jwks_uri", url() + "/keys", "userinfo_endpoint", userInfoAddress, "id_token_signing_alg_values_supported", List.of("RS256", "HS256"),
            "token_endpoint_auth_methods_supported", List.of("client_secret_basic")));
    }

    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> asked = form(exchange.getRequestURI().getRawQuery());
        String redirect = asked.getOrDefault("redirect_uri", "");
        if (!CLIENT.equals(asked.get("client_id")) || !redirect.matches("http://localhost:[0-9]+/login/oidc/return") || !"code".equals(asked.get("response_type"))
                || !"S256".equals(asked.get("code_challenge_method")) || !asked.getOrDefault("scope", "").contains("openid") || asked.get("state") == null) {
            json(exchange, 400, Map.of("error", "invalid_request"));
            return;
        }
        String code = UUID.randomUUID().toString();
        codes.put(code, asked);
        String answer = denies ? "error=access_denied&error_description=The+person+said+no" : "code=" + code;
        exchange.getResponseHeaders().add("Location", redirect + "?" + answer + "&state=" + encoded(asked.get("state")) + "&iss=" + encoded(issuer));
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> sent = form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        String basic = "Basic " + Base64.getEncoder().encodeToString((encoded(CLIENT) + ":" + encoded(SECRET)).getBytes(StandardCharsets.UTF_8));
        if (!basic.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            json(exchange, 401, Map.of("error", "invalid_client"));
            return;
        }
        if (toHold.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            awaitRelease();
        }
        Map<String, String> asked = codes.remove(sent.getOrDefault("code", ""));
        if (asked == null || !asked.get("redirect_uri").equals(sent.get("redirect_uri")) || !asked.get("code_challenge").equals(digest(sent.getOrDefault("code_verifier", "")))) {
            json(exchange, 400, Map.of("error", "invalid_grant"));
            return;
        }
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder().issuer(url()).audience(CLIENT).subject("subject-7").issueTime(new Date())
            .expirationTime(Date.from(Instant.now().plusSeconds(300))).claim("nonce", asked.get("nonce"));
        user.forEach(claims::claim);
        change.accept(claims, asked);
        RSAKey signing = wrongKey ? UNPUBLISHED : PUBLISHED;
        SignedJWT token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(signing.getKeyID()).build(), claims.build());
        try {
            token.sign(new RSASSASigner(signing));
        } catch (JOSEException e) {
            throw new IOException(e);
        }
        String access = "access-" + UUID.randomUUID();
        Map<String, Object> info = new HashMap<>(userInfo);
        info.putIfAbsent("sub", claims.build().getSubject());
        accessTokens.put(access, info);
        tokens.addAll(List.of(access, token.serialize()));
        json(exchange, 200, Map.of("access_token", access, "token_type", "Bearer", "expires_in", 300, "scope", asked.get("scope"), "id_token", token.serialize()));
    }

    private void awaitRelease() throws IOException {
        try {
            hold.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void userInfo(HttpExchange exchange) throws IOException {
        String access = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")).replaceFirst("Bearer ", "");
        json(exchange, accessTokens.containsKey(access) ? 200 : 401, accessTokens.getOrDefault(access, Map.of("error", "invalid_token")));
    }

    private static String digest(String verifier) {
        try {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> form(String text) {
        Map<String, String> fields = new HashMap<>();
        for (String field : text.split("&")) {
            String[] parts = field.split("=", 2);
            fields.put(URLDecoder.decode(parts[0], StandardCharsets.UTF_8), parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return fields;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void json(HttpExchange exchange, int status, Map<String, Object> body) throws IOException {
        byte[] bytes = bytes(body);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static byte[] bytes(Map<String, Object> body) throws JsonProcessingException {
        return JSON.writeValueAsBytes(body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
