package io.saddlebag.testkit;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.Saddlebag;
import io.saddlebag.pull.ActiveRuns;
import io.saddlebag.zoho.connection.ZohoServers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The whole application in this JVM, with a new database and a Zoho over HTTP; quick where production is patient. */
public final class SaddlebagServer implements AutoCloseable {

    public static final String ORG = "60000000001";
    /** What staff sends as Authorization. */
    public static final String STAFF = "Basic " + Base64.getEncoder().encodeToString("admin:staff-password".getBytes());

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicInteger STARTED = new AtomicInteger();

    /** The application that a family of test classes shares, and the family. */
    private static SaddlebagServer shared;
    private static Class<?> family;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ConfigurableApplicationContext spring;
    private final JdbcTemplate database;

    private SaddlebagServer(ConfigurableApplicationContext spring) {
        this.spring = spring;
        this.database = new Tables(spring.getBean(DataSource.class));
    }

    /** Against a Zoho; further settings as on a command line. Nothing runs by itself: no timer fires, no first pull. */
    public static SaddlebagServer start(SandboxServer zoho, String... settings) {
        return start(null, zoho, settings);
    }

    /** As above, with other servers in the place of Zoho's own; null for those. */
    public static SaddlebagServer start(ZohoServers servers, SandboxServer zoho, String... settings) {
        try {
            List<String> defaults = List.of(
                    "--server.port=0",
                    "--camel.main.name=saddlebag-" + STARTED.incrementAndGet(), // in JMX, where several of them meet
                    "--camel.main.jmx-enabled=false", // the MBeans of all routes are a tenth of a start
                    "--saddlebag.data-directory=" + Files.createTempDirectory(Files.createDirectories(Path.of("target/servers")), "data"),
                    "--saddlebag.master-key=" + Base64.getEncoder().encodeToString(new byte[32]),
                    "--saddlebag.admin-password=staff-password", "--saddlebag.cron-secret=scheduler-secret",
                    "--zoho.client-id=1000.SANDBOX", "--zoho.client-secret=sandbox-secret",
                    "--zoho.refresh-token=1000.sandbox-refresh", "--zoho.org-id=" + ORG,
                    "--zoho.accounts-url=" + zoho.url(), "--zoho.api-url=" + zoho.url(), "--saddlebag.meta.url=" + zoho.url() + "/meta",
                    "--zoho.calls-per-minute=60000", "--zoho.circuit.calls=1000",
                    "--saddlebag.pull.at-start=false", "--spring.jmx.unique-names=true", "--saddlebag.pull.cron=0 0 0 1 1 ? 2099",
                    "--saddlebag.pull.full-cron=0 0 0 1 1 ? 2099", "--saddlebag.pull.stock-sweep-cron=0 0 0 1 1 ? 2099",
                    "--saddlebag.pull.details-every=24h", "--saddlebag.pull.stock-every=24h",
                    "--saddlebag.pull.heartbeat=200ms", "--saddlebag.pull.stale-after=15s", "--saddlebag.pull.resume-every=500ms",
                    "--saddlebag.push.cron=0 0 0 1 1 ? 2099", "--saddlebag.push.full-cron=0 0 0 1 1 ? 2099",
                    "--saddlebag.images.every=24h", "--saddlebag.alerts.every=24h", "--saddlebag.redelivery.delay=10", "--saddlebag.redelivery.longest-delay=20",
                    "--saddlebag.redelivery.in-process-delay=10");
            Map<String, String> all = new LinkedHashMap<>(); // an argument given twice would be a list
            Stream.concat(defaults.stream(), Stream.of(settings)).forEach(setting -> all.put(setting.split("=")[0], setting));
            if (!all.containsKey("--DATABASE_URL")) {
                all.put("--DATABASE_URL", "--DATABASE_URL=" + TestDatabase.migrated());
            }
            // Quartz finds its pool by this name in the whole JVM; who shares a database is one cluster
            String database = all.get("--DATABASE_URL");
            all.put("scheduler", "--spring.quartz.properties.org.quartz.scheduler.instanceName=saddlebag-"
                    + database.substring(database.lastIndexOf('/') + 1));
            SpringApplicationBuilder application = new SpringApplicationBuilder(Saddlebag.class);
            if (servers != null) {
                application.initializers(context -> ((GenericApplicationContext) context).registerBean("localServers",
                        ZohoServers.class, () -> servers, bean -> bean.setPrimary(true)));
            }
            return new SaddlebagServer(application.run(all.values().toArray(String[]::new)));
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The application that the test classes of a family share. It ends when another family asks for its own: those of webhooks and pushes take 3.5 % of a
     * core each while nothing is asked of them.
     */
    public static SaddlebagServer shared(Class<?> ofFamily, SandboxServer zoho, String... settings) {
        return shared(ofFamily, zoho, started -> { }, settings);
    }

    /**
     * As above.
     *
     * @param prepare makes what the family's tests expect, once after the start
     */
    public static synchronized SaddlebagServer shared(Class<?> ofFamily, SandboxServer zoho, Consumer<SaddlebagServer> prepare, String... settings) {
        if (family != ofFamily) {
            if (shared != null) {
                shared.close();
            }
            shared = start(zoho, settings);
            prepare.accept(shared);
            family = ofFamily;
        }
        return shared;
    }

    /** The application with no settings of its own, which the classes share that need no others. {@link #asStarted} gives it to a class as new. */
    public static SaddlebagServer plain() {
        return shared(SaddlebagServer.class, SandboxServer.shared(), SaddlebagServer::keepRows);
    }

    /** Keeps the rows of all tables. */
    private void keepRows() {
        database.execute("""
            CREATE SCHEMA as_started;
            DO $$
            DECLARE
                v_table name;
            BEGIN
                FOR v_table IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = CAST('public' AS regnamespace)
                                  AND relname NOT LIKE 'qrtz%' AND relname <> 'flyway_schema_history' LOOP
                    EXECUTE format('CREATE TABLE as_started.%1$I AS TABLE public.%1$I', v_table);
                END LOOP;
            END
            $$""");
    }

    /**
     * Gives all tables the rows that they had after the start, and resets the sandbox. A run that is still at work ends, because its row is gone; after its
     * end the sandbox forgets its calls too.
     */
    public SaddlebagServer asStarted() {
        SandboxServer.shared().reset();
        withoutTriggers("""
            DO $$
            DECLARE
                v_table name;
                v_columns text;
                v_is_empty boolean;
            BEGIN
                FOR v_table IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = CAST('as_started' AS regnamespace) ORDER BY oid LOOP
                    EXECUTE format('SELECT NOT EXISTS (TABLE public.%1$I) AND NOT EXISTS (TABLE as_started.%1$I)', v_table) INTO v_is_empty;
                    CONTINUE WHEN v_is_empty;
                    SELECT string_agg(quote_ident(attname), ', ') INTO v_columns -- a test may have added others
                      FROM pg_attribute kept JOIN pg_attribute a USING (attname)
                     WHERE kept.attrelid = CAST(format('as_started.%I', v_table) AS regclass) AND kept.attnum > 0
                       AND a.attrelid = CAST(format('public.%I', v_table) AS regclass) AND a.attgenerated = '';
                    EXECUTE format('LOCK TABLE public.%I IN SHARE ROW EXCLUSIVE MODE', v_table);
                    EXECUTE format('DELETE FROM public.%I', v_table);
                    EXECUTE format('INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM as_started.%1$I', v_table, v_columns);
                END LOOP;
            END
            $$""");
        await().atMost(Duration.ofMinutes(1)).until(() -> bean(ActiveRuns.class).list().isEmpty());
        SandboxServer.shared().reset();
        return this;
    }

    public JdbcTemplate database() {
        return database;
    }

    /** Repeats statements that meet a timer of the application in a deadlock. */
    private static final class Tables extends JdbcTemplate {

        private static final int REPETITIONS = 5;

        Tables(DataSource pool) {
            super(pool);
        }

        @Override
        public void execute(String sql) {
            for (int left = REPETITIONS;; left--) {
                try {
                    super.execute(sql);
                    return;
                } catch (PessimisticLockingFailureException e) {
                    if (left == 0) {
                        throw e;
                    }
                }
            }
        }
    }

    /**
     * Empties tables and those that refer to them, without triggers, as TRUNCATE CASCADE does. TRUNCATE writes new files for each table and index, and
     * makes every connection plan its statements anew, which took a fifth of PostgreSQL's processor time in DriftIT.
     */
    public void empty(String... tables) {
        withoutTriggers("""
            DO $$
            DECLARE
                v_tables regclass[] := ARRAY(
                    WITH RECURSIVE emptied AS (SELECT unnest(CAST('{%s}' AS regclass[])) AS id
                                                UNION SELECT r.conrelid FROM emptied e JOIN pg_constraint r ON r.confrelid = e.id AND r.contype = 'f')
                    SELECT id FROM emptied ORDER BY id);
                v_table regclass;
            BEGIN
                EXECUTE 'LOCK TABLE ' || array_to_string(v_tables, ', ') || ' IN SHARE ROW EXCLUSIVE MODE'; -- after what is being written
                FOREACH v_table IN ARRAY v_tables LOOP
                    EXECUTE 'DELETE FROM ' || v_table;
                END LOOP;
            END
            $$""".formatted(String.join(",", tables)));
    }

    private void withoutTriggers(String sql) {
        HikariDataSource pool = (HikariDataSource) spring.getBean(DataSource.class);
        // past the pool: to switch triggers off makes a connection plan all its statements anew
        try (SingleConnectionDataSource connection = new SingleConnectionDataSource(pool.getJdbcUrl(), pool.getUsername(), pool.getPassword(), true)) {
            JdbcTemplate tables = new Tables(connection);
            tables.execute("SET session_replication_role = replica");
            tables.execute(sql);
        }
    }

    public <T> T bean(Class<T> type) {
        return spring.getBean(type);
    }

    public int port() {
        return ((ServletWebServerApplicationContext) spring).getWebServer().getPort();
    }

    /** A request of staff. */
    public HttpResponse<String> call(String method, String path) {
        return call(method, path, STAFF);
    }

    /** @param authorization the header; null for none */
    public HttpResponse<String> call(String method, String path, String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path))
                .timeout(Duration.ofSeconds(30)).method(method, HttpRequest.BodyPublishers.noBody());
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        try {
            return ApiDescription.checked(http.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A request of staff that brings JSON. */
    public HttpResponse<String> send(String method, String path, String json) {
        return send(method, path, json, STAFF);
    }

    /** @param authorization the header */
    public HttpResponse<String> send(String method, String path, String json, String authorization) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path))
                .timeout(Duration.ofSeconds(30)).header("Content-Type", "application/json").header("Authorization", authorization)
                .method(method, HttpRequest.BodyPublishers.ofString(json)).build();
        try {
            return ApiDescription.checked(http.send(request, BodyHandlers.ofString()), json);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(method + " " + path, e);
        }
    }

    public static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    /** Starts a run of items. @return its id */
    public long start(String mode) {
        return start("items", mode);
    }

    /** Starts a run. @return its id */
    public long start(String entity, String mode) {
        HttpResponse<String> answer = call("POST", "/api/sync/" + entity + "?mode=" + mode);
        if (answer.statusCode() != 202) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return json(answer).get("runId").asLong();
    }

    public JsonNode run(long id) {
        return json(call("GET", "/api/sync/runs/" + id));
    }

    /** Waits for the end of a run, which may make a hundred calls on a busy machine. */
    public JsonNode ended(long id) {
        await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(20))
                .until(() -> !status(id).equals("running"));
        return run(id);
    }

    /** A run of items from start to end. */
    public JsonNode pull(String mode) {
        return ended(start(mode));
    }

    /** A run of a kind from start to end. */
    public JsonNode pull(String entity, String mode) {
        return ended(start(entity, mode));
    }

    public String status(long id) {
        return database.queryForObject("SELECT status FROM sync_runs WHERE id = ?", String.class, id);
    }

    public long count(String fromWhere) {
        return database.queryForObject("SELECT count(*) FROM " + fromWhere, Long.class);
    }

    @Override
    public void close() {
        spring.close();
    }
}
