package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.saddlebag.common.SecretCipher;
import io.saddlebag.testkit.GuardedApp;
import io.saddlebag.testkit.OidcServer;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.HttpCookie;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Logins at a provider of OpenID Connect, by a browser that follows each redirect, at two replicas with one database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class OidcLoginIT {

    private static final Map<String, Object> LISA = Map.of("email", "Lisa@example.com", "email_verified", true, "groups", List.of("staff", "sync-team"));

    private final SandboxServer zoho = SandboxServer.shared();
    private OidcServer provider;
    private SaddlebagServer one;
    private SaddlebagServer other;

    /** Each test has an address of its own, because failed logins of an address make it wait. */
    private int addresses;
    private String address;
    private CookieManager cookies;
    private HttpClient browser;

    @BeforeAll
    void start() throws Exception {
        zoho.reset();
        provider = OidcServer.start();
        String database = TestDatabase.migrated();
        one = saddlebag(database, provider.url());
        other = saddlebag(database, provider.url(), "--saddlebag.oidc.scopes=groups");
    }

    private SaddlebagServer saddlebag(String database, String issuer, String... further) {
        return SaddlebagServer.start(zoho, Stream.concat(Stream.of("--DATABASE_URL=" + database, "--saddlebag.oidc.issuer=" + issuer, "--saddlebag.oidc.client-id=" + OidcServer.CLIENT,
            "--saddlebag.oidc.client-secret=" + OidcServer.SECRET, "--saddlebag.oidc.name=Acme", "--saddlebag.oidc.viewers=staff",
            "--saddlebag.oidc.operators=sync-team, night-team", "--saddlebag.oidc.admins=it", "--logging.level.org.springframework.security=TRACE",
            "--logging.level.org.springframework.web=TRACE"), Stream.of(further)).toArray(String[]::new));
    }

    @AfterAll
    void stop() {
        other.close();
        one.close();
        provider.close();
    }

    @BeforeEach
    void newBrowser() {
        newAddress();
        cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
        browser = HttpClient.newBuilder().cookieHandler(cookies).build();
        one.database().update("DELETE FROM staff_sessions");
        one.database().update("DELETE FROM staff");
        provider.user(LISA);
    }

    @Test
    void aLoginLeadsToThePageThatWasAskedFor() {
        assertThat(location(get(one, "/runs?status=failed"))).isEqualTo("/login");
        assertThat(Jsoup.parse(get(one, "/login").body()).select("a[href=/login/oidc]").text()).isEqualTo("Log in with Acme");

        HttpResponse<String> there = get(one, "/login/oidc");
        assertThat(location(there)).startsWith(provider.url() + "/authorize?").contains("code_challenge_method=S256", "scope=openid%20profile%20email", "nonce=");
        assertThat(there.headers().allValues("Set-Cookie")).anyMatch(cookie -> cookie.startsWith("OIDC=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax")
            && cookie.contains("Path=/login/oidc") && cookie.contains("Max-Age=600"));
        HttpResponse<String> in = get(URI.create(location(get(URI.create(location(there))))));

        assertThat(URI.create(location(in))).hasPath("/runs").hasQuery("status=failed");
        assertThat(Jsoup.parse(get(one, "/runs").body()).select("form.who a").text()).isEqualTo("oidc:lisa@example.com");
        assertThat(audit()).startsWith("oidc:lisa@example.com operator " + address + " done").contains("\"subject\": \"subject-7\"", provider.url());
        assertThat(get(one, "/staff").statusCode()).as("for admins").isEqualTo(403);
        assertThat(cookies.getCookieStore().getCookies()).extracting(HttpCookie::getName).contains("SESSION").doesNotContain("OIDC", "JSESSIONID");
    }

    @Test
    void aLoginThatBeganAtOneReplicaEndsAtAnother() {
        URI back = back();

        HttpResponse<String> in = get(elsewhere(back));

        assertThat(location(in)).isEqualTo("/");
        assertThat(get(one, "/").body()).contains("oidc:lisa@example.com");
        assertThat(get(other, "/").body()).contains("oidc:lisa@example.com");
    }

    @ParameterizedTest
    @CsvSource({"it,admin", "night-team,operator", "staff,viewer"})
    void aValueOfTheClaimHasARole(String group, String role) {
        provider.user(Map.of("preferred_username", "nora", "groups", group));

        assertThat(location(login())).isEqualTo("/");
        assertThat(audit()).startsWith("oidc:nora " + role);
    }

    @Test
    void theClaimMayComeFromTheAddressOfTheUser() {
        provider.user(Map.of());
        provider.further(Map.of("email", "vera@example.com", "groups", List.of("staff")));

        assertThat(location(login())).isEqualTo("/");
        assertThat(audit()).startsWith("oidc:vera@example.com viewer");
    }

    @Test
    void theClaimMayComeFromTheAddressOfTheUserForAScopeOfItsOwn() {
        provider.user(Map.of());
        provider.further(Map.of("preferred_username", "vera", "groups", List.of("staff")));

        assertThat(location(get(back(other)))).isEqualTo("/");
        assertThat(audit()).startsWith("oidc:vera viewer");
    }

    @Test
    void anAddressThatNobodyCheckedHasNoRole() throws Exception {
        try (SaddlebagServer byAddress = saddlebag(TestDatabase.migrated(), provider.url(), "--saddlebag.oidc.claim=email", "--saddlebag.oidc.admins=boss@example.com")) {
            provider.user(Map.of("email", "boss@example.com", "email_verified", false));
            assertThat(location(get(back(byAddress)))).isEqualTo("/login?oidc=unverified");
            assertThat(get(byAddress, "/login?oidc=unverified").body()).contains("does not say that your e-mail address is verified");
            provider.user(Map.of("email", "boss@example.com"));
            assertThat(location(get(back(byAddress)))).isEqualTo("/login?oidc=unverified");
            assertThat(byAddress.count("staff_sessions")).isZero();

            provider.user(Map.of("email", "boss@example.com", "email_verified", true));
            assertThat(location(get(back(byAddress)))).isEqualTo("/");
            assertThat(byAddress.count("staff_sessions WHERE name = 'oidc:boss@example.com' AND role = 'admin'")).isEqualTo(1);
        }
    }

    @Test
    void anAddressThatNobodyCheckedNamesNobody() {
        provider.user(Map.of("email", "boss@example.com", "email_verified", false, "preferred_username", "eve", "groups", List.of("staff")));

        login();

        assertThat(audit()).startsWith("oidc:eve viewer");
    }

    @Test
    void nobodyAtTheProviderIsAdminOrAnotherUserByName() {
        one.send("POST", "/api/staff", "{\"name\":\"lisa\",\"role\":\"admin\",\"password\":\"a long enough password\"}");
        Map<String, String> names = Map.of("admin", "subject-7", "lisa", "lisa", "scheduler", "subject-7");
        for (String name : names.keySet()) {
            newCookies();
            provider.user(Map.of("preferred_username", name, "groups", List.of("staff")));
            assertThat(location(login())).isEqualTo("/");
            assertThat(get(one, "/api/staff").statusCode()).as(name).isEqualTo(403);
            assertThat(one.count("staff_sessions WHERE name = 'oidc:" + names.get(name) + "' AND role = 'viewer'")).as(name).isPositive();
        }
    }

    @Test
    void whoHasNoRoleIsToldWhatIsMissing() {
        provider.user(Map.of("email", "max@example.com", "groups", List.of("guests")));
        assertThat(refused(login(), "oidc:max@example.com")).contains("none of your values of the claim \"groups\"", "SADDLEBAG_OIDC_ADMINS");

        newCookies();
        provider.user(Map.of("email", "max@example.com"));
        assertThat(refused(login(), "oidc:max@example.com")).contains("Acme did not send the claim \"groups\"");
    }

    @Test
    void whoIsDisabledInStaffIsRefusedAndLoggedOutAtOnce() {
        assertThat(location(login())).isEqualTo("/");
        assertThat(get(other, "/").statusCode()).isEqualTo(200);
        one.send("POST", "/api/staff", "{\"name\":\"lisa@example.com\",\"role\":\"viewer\",\"password\":\"a long enough password\"}");
        one.send("PATCH", "/api/staff/lisa@example.com", "{\"disabled\":true}");
        assertThat(location(get(other, "/"))).isEqualTo("/login?expired");

        assertThat(refused(login(), "oidc:lisa@example.com")).contains("Your user is disabled");
        one.send("PATCH", "/api/staff/lisa@example.com", "{\"disabled\":false}");
        assertThat(one.count("staff_sessions WHERE name LIKE 'oidc:%'")).as("the session does not come back").isZero();
        assertThat(location(login())).isEqualTo("/");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {"pat'o@example.com,Pat_O,pat_o", "pat'o@example.com,Pat O,subject-7", ",\u212Aate,subject-7", ",Unknown,subject-7", "p@example.com,pat,p@example.com"})
    void aUserHasANameThatCanBeDisabled(String email, String user, String name) {
        Map<String, Object> claims = new HashMap<>(Map.of("preferred_username", user, "groups", List.of("staff")));
        if (email != null) {
            claims.put("email", email);
        }
        provider.user(claims);

        assertThat(location(login())).isEqualTo("/");
        assertThat(audit()).startsWith("oidc:" + name + " viewer");
        assertThatItCanBeDisabled(name);
    }

    @Test
    void aUserWithoutSuchANameIsCalledByADigestOfTheSubject() {
        provider.user(Map.of("sub", "auth0|5f7c8ec7", "groups", List.of("staff")));

        assertThat(location(login())).isEqualTo("/");
        String name = audit().replaceFirst("oidc:(subject-[0-9a-f]{32}) viewer .*", "$1");
        assertThat(name).startsWith("subject-");
        assertThatItCanBeDisabled(name);
        newCookies();
        provider.user(Map.of("sub", "auth0|another", "groups", List.of("staff")));
        assertThat(location(login())).as("somebody else").isEqualTo("/");
    }

    private void assertThatItCanBeDisabled(String name) {
        assertThat(one.send("POST", "/api/staff", "{\"name\":\"" + name + "\",\"role\":\"viewer\",\"password\":\"a long enough password\"}").statusCode()).isEqualTo(201);
        one.send("PATCH", "/api/staff/" + name, "{\"disabled\":true}");
        assertThat(location(get(one, "/"))).isEqualTo("/login?expired");
        assertThat(refused(login(), "oidc:" + name)).contains("Your user is disabled");
    }

    @Test
    void aSessionLastsTwelveHoursAtMost() {
        login();
        one.database().update("UPDATE staff_sessions SET created_at = clock_timestamp() - interval '12 hours 1 minute'");

        assertThat(location(get(one, "/"))).isEqualTo("/login?expired");
    }

    @Test
    void aLogoutEndsTheSession() throws Exception {
        login();
        get(one, "/");
        String token = cookie("XSRF-TOKEN").getValue();

        HttpResponse<String> out = browser.send(request(one, "/logout").header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("_csrf=" + token)).build(), BodyHandlers.ofString());

        assertThat(location(out)).isEqualTo("/login?out");
        assertThat(one.count("staff_sessions")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"nonce,invalid_nonce", "audience,aud", "issuer,iss", "time,expired", "key,no matching key", "subject,invalid_user_info_response"})
    void anIdTokenThatIsNotForThisLoginIsRefused(String what, String reason) {
        provider.change((claims, request) -> {
            switch (what) {
                case "nonce" -> claims.claim("nonce", "another");
                case "audience" -> claims.audience("another-client");
                case "issuer" -> claims.issuer("https://elsewhere.example");
                case "time" -> claims.expirationTime(Date.from(Instant.now().minusSeconds(120))).issueTime(Date.from(Instant.now().minusSeconds(600)));
                default -> { }
            }
        });
        if (what.equals("key")) {
            provider.signWithAnUnpublishedKey();
        }
        if (what.equals("subject")) {
            provider.further(Map.of("sub", "somebody else"));
        }

        assertThat(refused(login(), "unknown")).contains("The answer of Acme was not valid");
        assertThat(audit()).contains(reason);
    }

    @Test
    void aPersonWhoSaysNoIsNotLoggedIn() {
        provider.deny();

        assertThat(refused(login(), "unknown")).contains("Acme did not log you in");
    }

    @Test
    void anAnswerIsGoodForOneLoginOfTheBrowserThatBegan() {
        URI back = back();
        HttpCookie begun = cookie("OIDC");
        assertThat(location(get(back))).isEqualTo("/");

        assertThat(refused(get(back), "unknown")).as("sent again").contains("was not begun in this browser");
        newCookies();
        assertThat(refused(get(back), "unknown")).as("another browser").contains("was not begun in this browser");
        back();
        assertThat(refused(get(back), "unknown")).as("a browser that began another login").contains("was not begun in this browser");
        newCookies();
        cookies.getCookieStore().add(URI.create("http://localhost/login/oidc"), begun);
        assertThat(refused(get(back), "unknown")).as("with a copy of the cookie").contains("was used before");
        assertThat(audit()).contains("authorization_request_not_found");
        cookies.getCookieStore().add(URI.create("http://localhost/login/oidc"), begun);
        assertThat(refused(get(elsewhere(back)), "unknown")).as("with a copy of the cookie at another replica").contains("The answer of Acme was not valid");
        assertThat(audit()).contains("invalid_grant");
    }

    @Test
    void anAddressWhoseLoginsFailWaitsAndAnotherLogsIn() throws Exception {
        double before = failures();
        for (int guess = 0; guess < 3; guess++) {
            get(URI.create(back().toString().replaceFirst("code=[^&]*", "code=guess")));
        }
        assertThat(failures() - before).isEqualTo(3);
        URI begun = back();
        newCookies();
        get(begun);
        assertThat(failures() - before).as("an answer to a login that this browser did not begin").isEqualTo(3);

        for (int guess = 0; guess < 10; guess++) {
            one.bean(LoginPauses.class).failed(OidcLimits.GROUP, address);
        }
        assertThat(location(get(one, "/login/oidc"))).matches("/login\\?paused=[0-9]+");
        assertThat(location(get(begun))).matches("/login\\?paused=[0-9]+");
        HttpResponse<String> program = HttpClient.newHttpClient().send(HttpRequest.newBuilder(begun).header("X-Forwarded-For", address).build(), BodyHandlers.ofString());
        assertThat(program.statusCode()).isEqualTo(429);
        newAddress();
        assertThat(location(login())).isEqualTo("/");
    }

    private double failures() {
        return one.bean(MeterRegistry.class).counter("saddlebag.logins.failed", "user", OidcLimits.GROUP).count();
    }

    @Test
    void anAddressHasTwoLoginsAtATimeAndAnotherLogsIn() throws Exception {
        HttpClient plain = HttpClient.newHttpClient();
        List<HttpRequest> returns = new ArrayList<>();
        for (int login = 0; login < 3; login++) {
            newCookies();
            URI back = back();
            returns.add(HttpRequest.newBuilder(back).header("Accept", "text/html").header("X-Forwarded-For", address).header("Cookie", "OIDC=" + cookie("OIDC").getValue()).build());
        }
        CountDownLatch answer = new CountDownLatch(1);
        provider.hold(2, answer);
        try {
            var first = plain.sendAsync(returns.get(0), BodyHandlers.ofString());
            var second = plain.sendAsync(returns.get(1), BodyHandlers.ofString());
            await().until(() -> provider.toHold() == 0);

            assertThat(plain.send(returns.get(2), BodyHandlers.ofString()).statusCode()).isEqualTo(503);
            newAddress();
            newCookies();
            assertThat(location(login())).isEqualTo("/");

            answer.countDown();
            assertThat(location(first.get())).isEqualTo("/");
            assertThat(location(second.get())).isEqualTo("/");
            assertThat(location(plain.send(returns.get(2), BodyHandlers.ofString()))).as("once the others are done").isEqualTo("/");
        } finally {
            answer.countDown();
        }
    }

    @Test
    void aCodeOfAnotherLoginIsUselessWithoutItsVerifier() {
        String stolen = back().getRawQuery().replaceFirst(".*code=([^&]*).*", "$1");
        newCookies();

        URI own = back();

        assertThat(refused(get(URI.create(own.toString().replaceFirst("code=[^&]*", "code=" + stolen))), "unknown")).contains("was not valid");
        assertThat(audit()).contains("invalid_grant");
    }

    @Test
    void aLoginTakesTenMinutesAtMost() {
        URI back = back();
        SecretCipher cipher = one.bean(SecretCipher.class);
        String text = cipher.decrypt(Base64.getUrlDecoder().decode(cookie("OIDC").getValue()), "cookie/OIDC");
        cookie("OIDC").setValue(Base64.getUrlEncoder().withoutPadding().encodeToString(cipher.encrypt(
            text.replaceFirst("\"until\":\"[^\"]*", "\"until\":\"" + Instant.now().minusSeconds(1)), "cookie/OIDC")));

        assertThat(refused(get(back), "unknown")).contains("took more than 10 minutes");
    }

    @ParameterizedTest
    @CsvSource({"AAAA", "%", "eyJzdGF0ZSI6IngifQ"})
    void aCookieThatIsNotOursBeginsNothing(String value) {
        URI back = back();
        cookie("OIDC").setValue(value);

        assertThat(refused(get(back), "unknown")).contains("was not begun in this browser");
    }

    @Test
    void anAnswerOfAnotherProviderIsRefused() {
        provider.issuer("https://elsewhere.example");

        assertThat(refused(login(), "unknown")).contains("was not valid");
        assertThat(audit()).contains("https://elsewhere.example");
    }

    @Test
    void aLoginLeadsToNoOtherServer() {
        HttpCookie page = new HttpCookie("PAGE", URLEncoder.encode("//elsewhere.example", StandardCharsets.UTF_8));
        page.setPath("/");
        page.setVersion(0);
        cookies.getCookieStore().add(URI.create("http://localhost/"), page);

        assertThat(location(login())).isEqualTo("/");
        assertThat(location(get(one, "/login/oidc?redirect_uri=https://elsewhere.example&action=x"))).contains("redirect_uri=http://localhost:" + one.port() + "/login/oidc/return")
            .doesNotContain("elsewhere");
    }

    @Test
    void aHostThatNobodyVouchesForGetsNoBrowsers() throws Exception {
        String answer = GuardedApp.raw(one.port(), "GET /login/oidc HTTP/1.1\r\nHost: elsewhere.example\r\nAccept: text/html");

        assertThat(answer).startsWith("HTTP/1.1 302").contains("Location: /login?oidc=host");
        assertThat(get(one, "/login?oidc=host").body()).contains("SADDLEBAG_PUBLIC_URL");
    }

    @Test
    void theOwnPasswordIsAtTheProvider() {
        login();

        assertThat(Jsoup.parse(get(one, "/password").body()).select("main").text()).contains("Acme");
        assertThat(Jsoup.parse(get(one, "/password").body()).select("main form")).isEmpty();
    }

    @Test
    void neitherSecretNorTokensAreLoggedOrStored(CapturedOutput log) {
        login();

        assertThat(log.getAll()).contains("/login/oidc/return");
        for (String secret : Stream.concat(provider.tokens().stream(), Stream.of(OidcServer.SECRET, Base64.getEncoder().encodeToString(
                (URLEncoder.encode(OidcServer.CLIENT, StandardCharsets.UTF_8) + ":" + URLEncoder.encode(OidcServer.SECRET, StandardCharsets.UTF_8)).getBytes()))).toList()) {
            assertThat(log.getAll().contains(secret)).as(secret).isFalse();
        }
    }

    @Test
    void aProviderThatIsAwayStopsNothing() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (SaddlebagServer server = saddlebag(TestDatabase.migrated(), "http://127.0.0.1:" + port)) {
            assertThat(location(get(server, "/login/oidc"))).isEqualTo("/login?oidc=away");
            assertThat(get(server, "/login?oidc=away").body()).contains("Acme does not answer as it should", "name=\"password\"");
            assertThat(server.call("GET", "/api/sync/runs").statusCode()).isEqualTo(200);
            assertThat(server.database().queryForObject("SELECT CAST(details AS text) FROM audit_log WHERE action = 'login' ORDER BY id DESC LIMIT 1", String.class))
                .contains("/.well-known/openid-configuration cannot be read");
            assertThat(server.call("GET", "/api/zoho/health").body()).contains("The provider Acme did not answer a login");

            try (OidcServer back = OidcServer.start(port)) {
                back.discovered("https://elsewhere.example");
                await().until(() -> location(get(server, "/login/oidc")).equals("/login?oidc=away")
                    && server.count("audit_log WHERE CAST(details AS text) LIKE '%https://elsewhere.example, which is not SADDLEBAG_OIDC_ISSUER%'") > 0);
                back.user(LISA);
                back.userInfoAddress("http://127.evil.example/userinfo");
                await().until(() -> location(get(server, "/login/oidc")).equals("/login?oidc=away")
                    && server.count("audit_log WHERE CAST(details AS text) LIKE '%userinfo_endpoint is not an https address%'") > 0);
                back.user(LISA);
                await().until(() -> location(get(server, "/login/oidc")).startsWith(back.url() + "/authorize"));
                URI answer = URI.create(location(get(URI.create(location(get(server, "/login/oidc"))))));
                assertThat(location(get(answer))).as(() -> server.database().queryForObject("SELECT CAST(details AS text) FROM audit_log ORDER BY id DESC LIMIT 1", String.class)).isEqualTo("/");
                assertThat(server.call("GET", "/api/zoho/health").body()).doesNotContain("The provider Acme");
            }
            newCookies();
            assertThat(location(get(server, "/login/oidc"))).as("known by now").startsWith("http://127.0.0.1:" + port);
        }
    }

    @Test
    void withoutAProviderNothingOffersOne() {
        try (SaddlebagServer plain = SaddlebagServer.start(zoho)) {
            assertThat(get(plain, "/login").body()).doesNotContain("/login/oidc");
            assertThat(get(plain, "/login?oidc=role").body()).doesNotContain("SADDLEBAG_OIDC");
            assertThat(get(plain, "/login/oidc").statusCode()).isEqualTo(404);
            assertThatThrownBy(() -> plain.bean(OidcLogin.class)).isInstanceOf(NoSuchBeanDefinitionException.class);
        }
    }

    private void newAddress() {
        address = "198.51.100." + ++addresses;
    }

    private void newCookies() {
        cookies.getCookieStore().removeAll();
    }

    /** @return the answer of Saddlebag to the browser that the provider sent back */
    private HttpResponse<String> login() {
        return get(back());
    }

    /** @return the address to which the provider sends the browser back */
    private URI back() {
        return back(one);
    }

    private URI back(SaddlebagServer server) {
        return URI.create(location(get(URI.create(location(get(server, "/login/oidc"))))));
    }

    private URI elsewhere(URI back) {
        return URI.create(back.toString().replace(":" + one.port(), ":" + other.port()));
    }

    /** @return what the login page says after it, having looked for the row of the audit */
    private String refused(HttpResponse<String> answer, String who) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
        assertThat(location(answer)).startsWith("/login?oidc=");
        assertThat(audit()).startsWith(who + " - " + address + " refused").contains("reason");
        assertThat(cookies.getCookieStore().getCookies()).extracting(HttpCookie::getName).doesNotContain("OIDC");
        return Jsoup.parse(get(one, location(answer)).body()).select("[role=alert]").text();
    }

    private String audit() {
        return one.database().queryForObject("SELECT who || ' ' || coalesce(role, '-') || ' ' || address || ' ' || outcome || ' ' || CAST(details AS text)"
            + " FROM audit_log WHERE action = 'login' ORDER BY id DESC LIMIT 1", String.class);
    }

    private HttpCookie cookie(String name) {
        return cookies.getCookieStore().getCookies().stream().filter(one -> one.getName().equals(name)).findFirst().orElseThrow();
    }

    private static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElse(answer.statusCode() + " " + answer.body());
    }

    private HttpResponse<String> get(SaddlebagServer server, String path) {
        return send(request(server, path).GET().build());
    }

    private HttpResponse<String> get(URI uri) {
        return send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).header("Accept", "text/html").header("X-Forwarded-For", address).GET().build());
    }

    private HttpRequest.Builder request(SaddlebagServer server, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path)).timeout(Duration.ofSeconds(30)).header("Accept", "text/html").header("X-Forwarded-For", address);
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return browser.send(request, BodyHandlers.ofString());
        } catch (Exception e) {
            throw new AssertionError(request.toString(), e);
        }
    }
}
