package io.saddlebag.health;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.saddlebag.common.MasterKey;
import io.saddlebag.common.SecretCipher;
import io.saddlebag.security.Secrets;
import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.OidcServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.web.util.UriUtils;

/**
 * The packaged application, its secrets known, its log as talkative as people make it when they look for a fault. Its lines are JSON, which has
 * all that text has, and the fields of the exchange.
 */
public final class TroubledApp implements AutoCloseable {

    /** Loggers that name classes, methods and exchanges only, and what Java says of the calls with which the test reads MBeans: two thirds of 390 MB. */
    private static final List<String> WITHOUT_DATA = List.of("sun.rmi", "javax.management", "org.apache.camel.impl.engine.DefaultReactiveExecutor",
        "org.apache.camel.impl.engine.CamelInternalProcessor", "org.apache.camel.impl.engine.DefaultAsyncProcessorAwaitManager",
        "org.apache.camel.component.bean.BeanInfo", "org.apache.camel.support.management.MBeanInfoAssembler",
        "org.apache.camel.management.DefaultInstrumentationProcessor");

    private static final String ADMIN = "admin pass/word+1";
    private static final String CRON = "cron/secret+2";
    private static final String KEY = Base64.getEncoder().encodeToString("a master key of thirty-two bytes".getBytes());

    private static final String MAIL = "mail/pass+word11";
    private static final String SIGNED = "whsec_" + Base64.getEncoder().encodeToString("a key of alerts, long enough".getBytes());

    private final HttpClient http = HttpClient.newHttpClient();
    private final Secrets secrets = new Secrets();
    private final SandboxServer zoho = SandboxServer.start("--saddlebag.sandbox.items=30", "--saddlebag.sandbox.organisations=2");
    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final OidcServer provider = OidcServer.start();
    private final Connection connection;
    private final JdbcTemplate database;
    private final AppProcess process;
    private final URI site;

    public TroubledApp(Path folder) throws Exception {
        String url = TestDatabase.migrated();
        connection = TestDatabase.connect(url);
        database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
        Map<String, String> settings = new HashMap<>(Map.of(
            "DATABASE_URL", "jdbc:" + url.replace("postgres:any@", "") + "?user=postgres&password=data%2Fbase%2B3",
            "SADDLEBAG_MASTER_KEY", KEY, "SADDLEBAG_ADMIN_PASSWORD", ADMIN, "CRON_SECRET", CRON,
            "ZOHO_WEBHOOK_SECRET", "webhooksecret4,webhooksecret5",
            "ZOHO_CLIENT_ID", zoho.connection().clientId(), "ZOHO_CLIENT_SECRET", zoho.connection().clientSecret(),
            "ZOHO_REFRESH_TOKEN", zoho.connection().refreshToken(), "ZOHO_ORG_ID", zoho.connection().organizationId()));
        settings.putAll(Map.of("ZOHO_ACCOUNTS_URL", zoho.url(), "ZOHO_API_URL", zoho.url(), "ZOHO_CALLS_PER_MINUTE", "60000",
            "SADDLEBAG_META_URL", zoho.url() + "/meta", "SADDLEBAG_PUSH_CRON", "0 0 0 1 1 ? 2099",
            "SADDLEBAG_REDELIVERY_DELAY", "10", "LOGGING_LEVEL_ROOT", "DEBUG", "LOGGING_LEVEL_ORG_APACHE_CAMEL", "TRACE",
            "LOGGING_LEVEL_ORG_APACHE_COYOTE", "TRACE", "LOGGING_LEVEL_IO_SADDLEBAG", "TRACE"));
        settings.put("SADDLEBAG_LOG_FORMAT", "ecs");
        mail.start();
        mail.setUser("ops@example.com", "mailer", MAIL);
        settings.putAll(Map.of("SADDLEBAG_ALERT_WEBHOOK", zoho.url() + "/services/hook8secret", "SADDLEBAG_ALERT_WEBHOOK_SECRET", SIGNED,
            "SADDLEBAG_HEARTBEAT_URL", zoho.url() + "/ping9secret?key=ping10secret", "SADDLEBAG_ALERTS_EVERY", "1s", "SADDLEBAG_ALERT_EMAIL", "ops@example.com",
            "SADDLEBAG_SMTP_URL", "smtp://mailer:" + UriUtils.encode(MAIL, StandardCharsets.UTF_8) + "@127.0.0.1:" + mail.getSmtp().getPort()));
        secrets.add("webhook of alerts", "hook8secret").add("heartbeat", "ping9secret").add("key of the heartbeat", "ping10secret")
            .add("secret of alerts", SIGNED.substring("whsec_".length())).add("password of the mail server", MAIL);
        secrets.add("admin password", ADMIN).add("cron secret", CRON).add("master key", KEY).add("webhook secret", "webhooksecret4")
            .add("second webhook secret", "webhooksecret5").add("database password", "data/base+3")
            .add("client secret", zoho.connection().clientSecret());
        provider.user(Map.of("email", "lisa@example.com", "groups", List.of("staff")));
        settings.putAll(Map.of("SADDLEBAG_OIDC_ISSUER", provider.url(), "SADDLEBAG_OIDC_CLIENT_ID", OidcServer.CLIENT, "SADDLEBAG_OIDC_CLIENT_SECRET", OidcServer.SECRET,
            "SADDLEBAG_OIDC_VIEWERS", "staff"));
        secrets.add("secret of the provider's client", OidcServer.SECRET);
        settings.put("CAMEL_MAIN_JMXENABLED", "true"); // each step shows what it knows
        process = AppProcess.command(folder, settings, WITHOUT_DATA.stream().map(logger -> "--logging.level." + logger + "=info").toList()).awaitReady();
        site = process.uri("/");
    }

    /** The tokens of the moment are secrets from now on. */
    void noteTokens() {
        SecretCipher cipher = new SecretCipher(MasterKey.parse("KEY", KEY), null);
        database.query("SELECT id, access_token, refresh_token FROM connections", row -> {
            for (String column : List.of("access_token", "refresh_token")) {
                String token = cipher.decrypt(row.getBytes(column), "connections/" + row.getLong("id") + "/" + column);
                if (token != null) {
                    secrets.add(column + " " + token.hashCode(), token);
                }
            }
        });
    }

    /** @return the secret, which is one from now on */
    String secret(String name, String secret) {
        secrets.add(name, secret);
        return secret;
    }

    /** Somebody logs in at the provider, and the tokens are secrets from now on. */
    void login() throws Exception {
        HttpClient browser = HttpClient.newBuilder().cookieHandler(new CookieManager()).followRedirects(HttpClient.Redirect.NORMAL).build();
        HttpResponse<String> in = browser.send(HttpRequest.newBuilder(URI.create("http://localhost:" + site.getPort() + "/login/oidc")).header("Accept", "text/html").build(),
            BodyHandlers.ofString());
        if (!in.body().contains("oidc:lisa@example.com")) {
            throw new AssertionError(in.statusCode() + " " + in.uri());
        }
        provider.tokens().forEach(token -> secrets.add("token " + token.hashCode(), token));
    }

    SandboxServer zoho() {
        return zoho;
    }

    public Set<String> secretsIn(String text) {
        return secrets.in(text);
    }

    public JdbcTemplate database() {
        return database;
    }

    /** Lines of JSON. */
    public String log() {
        return process.log();
    }

    public long pid() {
        return process.pid();
    }

    /** @return status, headers and body of the answer to the staff's user */
    public String staff(String method, String path, String body) throws Exception {
        return call(method, path, "Basic " + Base64.getEncoder().encodeToString(("admin:" + ADMIN).getBytes()), body);
    }

    /** As the scheduler's user. */
    String scheduler(String method, String path) throws Exception {
        return call(method, path, "Bearer " + CRON, "");
    }

    /** @param authorization null for none */
    public String call(String method, String path, String authorization, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(site.resolve(path)).timeout(Duration.ofSeconds(60))
            .method(method, BodyPublishers.ofString(body));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.headers().map() + "\n" + answer.body();
    }

    @Override
    public void close() throws Exception {
        process.kill(); // a stop in order writes all that it does into the log, which can take longer than the 30 s that a stop is promised
        connection.close();
        zoho.close();
        mail.stop();
        provider.close();
    }
}
