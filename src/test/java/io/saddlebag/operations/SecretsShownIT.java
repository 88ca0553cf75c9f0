package io.saddlebag.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.AppProcess;
import io.saddlebag.common.MasterKey;
import io.saddlebag.common.SecretCipher;
import io.saddlebag.database.TestDatabase;
import io.saddlebag.sandbox.Fault;
import io.saddlebag.sandbox.SandboxServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A process of its own, with recognisable secrets, that had its share of trouble: nothing that it shows may hold one. */
class SecretsShownIT {

    private static final String ADMIN = "admin pass/word+1";
    private static final String CRON = "cron/secret+2";
    private static final String KEY = Base64.getEncoder().encodeToString("a master key of thirty-two bytes".getBytes());

    @TempDir
    static Path folder;

    private static final Secrets SECRETS = new Secrets();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static SandboxServer zoho;
    private static Connection connection;
    private static JdbcTemplate database;
    private static AppProcess saddlebag;
    private static URI site;
    private static ManagedBeans beans;
    private static int tokens;

    @BeforeAll
    static void haveTrouble() throws Exception {
        zoho = SandboxServer.start("--saddlebag.sandbox.items=30");
        String url = TestDatabase.fresh();
        connection = TestDatabase.connect(url);
        database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
        Map<String, String> settings = new HashMap<>(Map.of(
            "DATABASE_URL", "jdbc:" + url.replace("postgres:any@", "") + "?user=postgres&password=data%2Fbase%2B3",
            "SADDLEBAG_MASTER_KEY", KEY, "SADDLEBAG_ADMIN_PASSWORD", ADMIN, "CRON_SECRET", CRON,
            "ZOHO_WEBHOOK_SECRET", "webhooksecret4,webhooksecret5",
            "ZOHO_CLIENT_ID", zoho.connection().clientId(), "ZOHO_CLIENT_SECRET", zoho.connection().clientSecret(),
            "ZOHO_REFRESH_TOKEN", zoho.connection().refreshToken(), "ZOHO_ORG_ID", zoho.connection().organizationId()));
        settings.putAll(Map.of("ZOHO_ACCOUNTS_URL", zoho.url(), "ZOHO_API_URL", zoho.url(), "ZOHO_CALLS_PER_MINUTE", "60000",
            "SADDLEBAG_REDELIVERY_DELAY", "10"));
        settings.putAll(Map.of("LOGGING_LEVEL_ROOT", "DEBUG", "LOGGING_LEVEL_ORG_APACHE_CAMEL", "TRACE", // as if in trouble
            "LOGGING_LEVEL_ORG_APACHE_COYOTE", "TRACE", "LOGGING_LEVEL_IO_SADDLEBAG", "TRACE"));
        SECRETS.add("admin password", ADMIN).add("cron secret", CRON).add("master key", KEY).add("webhook secret", "webhooksecret4")
            .add("second webhook secret", "webhooksecret5").add("database password", "data/base+3")
            .add("client secret", zoho.connection().clientSecret()).add("refresh token", zoho.connection().refreshToken());

        saddlebag = AppProcess.start(folder, settings).awaitReady();
        site = saddlebag.uri("/");
        await().atMost(Duration.ofSeconds(60)).until(() -> count("sync_runs WHERE status = 'succeeded'") == 1);
        noteToken();
        troubles();
        beans = new ManagedBeans(saddlebag.pid());
    }

    @AfterAll
    static void stop() throws Exception {
        beans.close();
        saddlebag.close();
        connection.close();
        zoho.close();
    }

    /** Each fault once; those of the accounts server by a token that is due. */
    private static void troubles() throws Exception {
        List<Fault> ofTokens = List.of(Fault.status(Fault.Kind.ERROR, 500).on("/oauth/v2/token"), Fault.of(Fault.Kind.CUT).on("/oauth/v2/token"),
            Fault.of(Fault.Kind.TOKEN_THROTTLE), Fault.of(Fault.Kind.INVALID_CODE));
        for (Fault fault : Stream.concat(Stream.of(Fault.limit(57).next(1), Fault.limit(57).next(2), Fault.status(Fault.Kind.ERROR, 500),
                Fault.of(Fault.Kind.CUT), Fault.of(Fault.Kind.DROP), Fault.of(Fault.Kind.HTML), Fault.of(Fault.Kind.DEAD_TOKENS).next(1)),
                ofTokens.stream()).toList()) {
            database.update("UPDATE connections SET cooldown_until = NULL, ends_at = CASE WHEN ? THEN now() ELSE ends_at END, "
                + "refresh_at = CASE WHEN ? THEN now() ELSE refresh_at END", ofTokens.contains(fault), ofTokens.contains(fault));
            zoho.faults().add(fault);
            staff("POST", "/api/sync/items/6000000000010000001");
            noteToken();
            zoho.faults().clear();
        }
        call("POST", "/api/sync/items?mode=full", "Bearer " + CRON);
        await().atMost(Duration.ofSeconds(60)).until(() -> count("sync_runs WHERE status = 'running'") == 0);
        call("GET", "/api/sync/runs/1", "Bearer not-" + CRON);
        staff("POST", "/api/sync/nonsense?org=nobody");
        call("POST", "/api/zoho/sync-products?org=60000000001", null);
    }

    @Test
    void inTheLog() {
        assertThat(tokens).isGreaterThanOrEqualTo(3);
        assertThat(saddlebag.log()).contains("invalid_code", "No answer from Zoho", " TRACE ");
        assertThat(saddlebag.log().lines().filter(line -> !SECRETS.in(line).isEmpty()).limit(20)).isEmpty();
    }

    @Test
    void inJmx() throws Exception {
        Map<String, String> shown = beans.everything();
        assertThat(shown).hasSizeGreaterThan(1000);
        assertNoneIn(shown);
    }

    @Test
    void inTheDatabase() throws SQLException {
        Map<String, String> shown = new TreeMap<>();
        for (Map<String, Object> table : database.queryForList("SELECT table_schema, table_name FROM information_schema.tables "
                + "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')")) {
            String name = table.get("table_schema") + "." + table.get("table_name");
            StringBuilder text = new StringBuilder();
            database.query("SELECT * FROM " + name, rows -> {
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    Object value = rows.getObject(column);
                    text.append(value instanceof byte[] bytes ? new String(bytes, StandardCharsets.ISO_8859_1) : value).append('\n');
                }
            });
            shown.put(name, text.toString());
        }
        assertThat(shown.get("public.connections")).contains(zoho.connection().clientId());
        assertNoneIn(shown);
    }

    @Test
    void inAnswers() throws Exception {
        Map<String, String> shown = new TreeMap<>();
        for (String path : beans.addresses()) {
            String filled = path.replace("{entity}", "items").replaceAll("\\{[^}]*}", "1");
            for (String method : List.of("GET", "PUT")) {
                shown.put(method + " " + filled, staff(method, filled));
                shown.put(method + " " + filled + " as nobody", call(method, filled, "Basic bm9ib2R5Om5vYm9keQ=="));
            }
        }
        for (String endpoint : List.of("", "/health", "/health/readiness", "/prometheus", "/hawtio", "/jolokia", "/env", "/configprops",
                "/heapdump", "/loggers", "/beans", "/threaddump", "/httpexchanges", "/camel", "/mappings", "/logfile")) {
            shown.put("/actuator" + endpoint, staff("GET", "/actuator" + endpoint));
        }
        assertThat(shown).containsKeys("GET /api/zoho/health", "GET /api/sync/runs");
        assertThat(shown.get("GET /api/zoho/health")).contains("organisations");
        assertNoneIn(shown);
    }

    @Test
    void inWhatTheConsoleMayAsk() throws Exception {
        Map<String, String> shown = new TreeMap<>();
        for (String console : List.of("/actuator/jolokia", "/actuator/hawtio/jolokia")) {
            JsonNode domains = JSON.readTree(post(console, "{\"type\":\"list\"}")).get("value");
            shown.put(console, domains.toString());
            domains.fields().forEachRemaining(domain -> domain.getValue().fieldNames().forEachRemaining(bean -> {
                String name = domain.getKey() + ":" + bean;
                shown.put(console + " " + name, post(console, JSON.createObjectNode().put("type", "read").put("mbean", name).toString()));
            }));
        }
        assertThat(shown).hasSizeGreaterThan(200);
        assertNoneIn(shown);
    }

    private static void assertNoneIn(Map<String, String> shown) {
        assertThat(shown.entrySet().stream().filter(entry -> !SECRETS.in(entry.getValue()).isEmpty())
            .map(entry -> entry.getKey() + " shows " + SECRETS.in(entry.getValue()))).isEmpty();
    }

    /** The access token of the moment is a secret from now on. */
    private static void noteToken() {
        byte[] stored = database.queryForObject("SELECT access_token FROM connections", byte[].class);
        String token = new SecretCipher(MasterKey.parse("KEY", KEY), null).decrypt(stored, "connections/1/access_token");
        SECRETS.add("access token " + token.hashCode(), token);
        tokens = SECRETS.count() - 8;
    }

    private static long count(String fromWhere) {
        return database.queryForObject("SELECT count(*) FROM " + fromWhere, Long.class);
    }

    private static String staff(String method, String path) throws Exception {
        return call(method, path, "Basic " + Base64.getEncoder().encodeToString(("admin:" + ADMIN).getBytes()));
    }

    private static String call(String method, String path, String authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(site.resolve(path)).timeout(Duration.ofSeconds(60))
            .method(method, HttpRequest.BodyPublishers.noBody());
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.headers().map() + "\n" + answer.body();
    }

    private static String post(String path, String body) {
        try {
            return HTTP.send(HttpRequest.newBuilder(site.resolve(path)).header("Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(("admin:" + ADMIN).getBytes()))
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofString()).body();
        } catch (Exception e) {
            throw new AssertionError(path + " " + body, e);
        }
    }
}
