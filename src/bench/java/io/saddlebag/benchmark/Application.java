package io.saddlebag.benchmark;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.testkit.AppProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The application in a process of its own, with its embedded PostgreSQL, pulling from a sandbox without limits. */
final class Application implements AutoCloseable {

    private static final String PASSWORD = "benchmark-staff";
    private static final String SECRET = "benchmark-webhooks";
    private static final Duration LONGEST_RUN = Duration.ofMinutes(8);

    private final AppProcess process;
    private final Path data;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    private Application(AppProcess process, Path data) {
        this.process = process;
        this.data = data;
    }

    static Application start(Path folder, Layout layout, Sandbox sandbox) throws IOException, InterruptedException {
        return start(folder, layout, sandbox, 1_000_000);
    }

    static Application start(Path folder, Layout layout, Sandbox sandbox, int callsPerMinute) throws IOException, InterruptedException {
        Figures.progress("starts the application, which makes its database");
        Map<String, String> settings = new HashMap<>(sandbox.connection());
        settings.put("ZOHO_CALLS_PER_MINUTE", String.valueOf(callsPerMinute));
        settings.put("SADDLEBAG_ADMIN_PASSWORD", PASSWORD);
        settings.put("SADDLEBAG_PULL_AT_START", "false");
        settings.put("SADDLEBAG_PUSH_CRON", "0 0 0 1 1 ? 2099");
        settings.put("SADDLEBAG_PUSH_FULL_CRON", "0 0 0 1 1 ? 2099");
        settings.put("SADDLEBAG_PUSH_CHANGESHARE", "100"); // a benchmark changes all
        settings.put("ZOHO_WEBHOOK_SECRET", SECRET);
        settings.put("SADDLEBAG_WEBHOOK_PERSECOND", "20000"); // a permit each is kept in memory
        // no other runs than those that are measured
        settings.put("SADDLEBAG_PULL_CRON", "0 0 0 1 1 ? 2099");
        settings.put("SADDLEBAG_FULL_CRON", "0 0 0 1 1 ? 2099");
        settings.put("SADDLEBAG_PULL_STOCKSWEEPCRON", "0 0 0 1 1 ? 2099");
        for (String timer : List.of("PULL_DETAILSEVERY", "PULL_STOCKEVERY", "IMAGES_EVERY")) {
            settings.put("SADDLEBAG_" + timer, "24h");
        }
        AppProcess process = AppProcess.start(folder, settings, layout.command());
        return new Application(process.awaitReady(), folder.resolve("data"));
    }

    long pid() {
        return process.pid();
    }

    /** Starts a run of the items. @param mode full or incremental; @return its address */
    String begin(String mode) throws IOException, InterruptedException {
        return begin("items", mode);
    }

    private String begin(String entity, String mode) throws IOException, InterruptedException {
        return "/api/sync/runs/" + send("/api/sync/" + entity + "?mode=" + mode, "POST").path("runId").asLong();
    }

    /** Starts a run of the items and waits for its end. @param mode full or incremental */
    Run run(String mode) throws IOException, InterruptedException {
        return run("items", mode);
    }

    /** The same of another kind. */
    Run run(String entity, String mode) throws IOException, InterruptedException {
        return ended(begin(entity, mode));
    }

    /** Starts a run of a push target and waits for its end; what would change much is sent all the same. */
    Run push(String target) throws IOException, InterruptedException {
        return ended("/api/sync/runs/" + send("/api/push/" + target, "POST").path("runId").asLong());
    }

    private Run ended(String address) {
        JsonNode ended = await().atMost(LONGEST_RUN).pollInterval(Duration.ofMillis(500))
            .until(() -> send(address, "GET"), run -> !run.path("status").asText().equals("running"));
        return Run.of(ended);
    }

    /** Fetches one item as a person does. */
    void fetch(String item) throws IOException, InterruptedException {
        JsonNode answer = send("/api/sync/items/" + item, "POST");
        if (!answer.has("result")) {
            throw new IllegalStateException("item " + item + " was not fetched: " + answer);
        }
    }

    /** Ends a run before its end. @param run its address */
    void cancel(String run) throws IOException, InterruptedException {
        send(run + "/cancel", "POST");
        await().atMost(LONGEST_RUN).until(() -> !send(run, "GET").path("status").asText().equals("running"));
    }

    /** @param items how many items its webhooks are about */
    WebhookSender webhooks(int items) {
        return new WebhookSender(process.uri("/api/zoho/sync-products?event=updated"), SECRET, items);
    }

    /** A connection to its database, past the application. */
    Connection database() throws IOException, SQLException {
        return DriverManager.getConnection("jdbc:" + databaseUrl("saddlebag").replaceFirst("//.*@", "//"), "postgres",
            Files.readString(data.resolve("postgres.password")).strip());
    }

    /** Another database on its server. @return its address as DATABASE_URL has it */
    String newDatabase(String name) throws IOException, SQLException {
        try (Connection connection = database(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return databaseUrl(name);
    }

    String databaseUrl(String name) throws IOException {
        return "postgresql://postgres:" + Files.readString(data.resolve("postgres.password")).strip() + "@127.0.0.1:"
            + Files.readString(data.resolve("postgres.port")).strip() + "/" + name;
    }

    /** As before the first run: no items, and nothing known of how many there are. */
    void forgetItems() throws IOException, SQLException {
        try (Connection connection = database(); Statement statement = connection.createStatement()) {
            statement.execute("TRUNCATE products CASCADE; DELETE FROM sync_watermarks; CHECKPOINT");
        }
    }

    URI uri(String path) {
        return process.uri(path);
    }

    /** A request of staff. */
    HttpRequest.Builder staff(String path) {
        String login = Base64.getEncoder().encodeToString(("admin:" + PASSWORD).getBytes(StandardCharsets.US_ASCII));
        return HttpRequest.newBuilder(process.uri(path)).header("Authorization", "Basic " + login);
    }

    private JsonNode send(String path, String method) throws IOException, InterruptedException {
        HttpRequest request = staff(path).method(method, BodyPublishers.noBody()).build();
        return json.readTree(http.send(request, BodyHandlers.ofString()).body());
    }

    @Override
    public void close() throws InterruptedException {
        process.close();
    }
}
