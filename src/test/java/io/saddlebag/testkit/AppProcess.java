package io.saddlebag.testkit;

import static org.awaitility.Awaitility.await;

import io.saddlebag.sandbox.accounts.Client;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.springframework.util.FileSystemUtils;

/**
 * The packaged application as a process of its own, for tests of starts, stops and kills (*IT: the jar is there
 * by then). It listens on a free port, and takes no setting from the environment of the tests.
 */
public final class AppProcess implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+) ");
    private static final Pattern SETTINGS =
        Pattern.compile("(SADDLEBAG|ZOHO|SPRING|SERVER|CAMEL)_.*|DATABASE_URL|CRON_SECRET");

    /** The Java of the production image where the build found it, and that of the tests elsewhere. */
    private static final Path PRODUCTION = Stream.of(System.getProperty("saddlebag.test.java", ""), System.getProperty("java.home"))
        .map(home -> Path.of(home, "bin/java")).filter(Files::isExecutable).findFirst().orElseThrow();

    private static final int LONGEST_PORT_LINE = 200;
    private static final int LONGEST_MESSAGE = 100_000;

    private final Process process;
    private final Path log;
    private String port;
    /** Bytes of the log that do not have the port. */
    private long searched;

    private AppProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Settings of an application that pulls from a sandbox into a database elsewhere; no call is slowed down, and none goes
     * out for details, stock and pictures.
     */
    public static Map<String, String> connected(SandboxServer zoho, String databaseUrl) {
        Client known = zoho.connection();
        Map<String, String> settings = new HashMap<>(Map.of("SADDLEBAG_PULL_DETAILSEVERY", "24h", "SADDLEBAG_PULL_STOCKEVERY", "24h",
            "SADDLEBAG_PULL_STOCKSWEEPCRON", "0 0 0 1 1 ? 2099", "SADDLEBAG_IMAGES_EVERY", "24h",
            "SADDLEBAG_PULL_CRON", "0 0 0 1 1 ? 2099", "SADDLEBAG_FULL_CRON", "0 0 0 1 1 ? 2099")); // a test may run at a quarter past
        settings.putAll(Map.of("DATABASE_URL", databaseUrl,
            "SADDLEBAG_MASTER_KEY", Base64.getEncoder().encodeToString(new byte[32]), "SADDLEBAG_ADMIN_PASSWORD", "staff-password",
            "ZOHO_CLIENT_ID", known.clientId(), "ZOHO_CLIENT_SECRET", known.clientSecret(),
            "ZOHO_REFRESH_TOKEN", known.refreshToken(), "ZOHO_ORG_ID", known.organizationId(),
            "ZOHO_ACCOUNTS_URL", zoho.url(), "ZOHO_API_URL", zoho.url(), "ZOHO_CALLS_PER_MINUTE", "60000"));
        return settings;
    }

    /**
     * Starts it, extracted, and does not wait.
     *
     * @param folder      where it works; routes/ and config/ are copied there from the project unless already there
     * @param environment its settings, such as {@code DATABASE_URL}
     */
    public static AppProcess start(Path folder, Map<String, String> environment) throws IOException {
        return command(folder, environment, List.of());
    }

    /** As above, with arguments of the application: {@code check}. */
    public static AppProcess command(Path folder, Map<String, String> environment, List<String> arguments) throws IOException {
        Map<String, String> settings = new HashMap<>(environment);
        settings.putIfAbsent("CAMEL_MAIN_JMXENABLED", "false"); // without the MBeans of routes and their steps a start takes a tenth less
        return start(PRODUCTION, folder, settings, Stream.concat(
            quick(ExtractedJar.fromArchive(), ExtractedJar.shared()), arguments.stream()).toList());
    }

    /** One compiler and one collector thread: the process is soon there, and does not run for long. */
    private static Stream<String> quick(String option, Path jar) {
        return Stream.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m", option, "-jar", jar.toString());
    }

    /** @return the version of the Java that processes run on, such as 25.0.3 */
    static Runtime.Version java() throws IOException {
        Properties release = new Properties();
        try (Reader file = Files.newBufferedReader(PRODUCTION.getParent().resolveSibling("release"))) {
            release.load(file);
        }
        return Runtime.Version.parse(release.getProperty("JAVA_VERSION").replace("\"", ""));
    }

    /** Starts the extracted application with a further option of Java that has it record something, and stops it when it is ready. */
    static void startOnce(Path jar, String option) throws IOException {
        Path folder = Files.createTempDirectory("saddlebag");
        try {
            Map<String, String> settings = connected(SandboxServer.shared(), TestDatabase.fresh());
            settings.put("SADDLEBAG_PULL_AT_START", "false");
            AppProcess app = start(PRODUCTION, folder, settings, quick(option, jar).toList()).awaitReady();
            app.process.destroy();
            app.process.onExit().orTimeout(5, TimeUnit.MINUTES).join(); // on a busy machine
        } catch (InterruptedException | SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            FileSystemUtils.deleteRecursively(folder);
        }
    }

    /** Starts it as production does, with the options of {@code config/java.options}. */
    public static AppProcess inProduction(Path folder, Map<String, String> environment) throws IOException {
        return start(PRODUCTION, folder, environment, List.of("@" + Path.of("config/java.options").toAbsolutePath(), "-jar", ExtractedJar.shared().toString()));
    }

    /** As above, with all that java is told, on the Java of the tests. */
    public static AppProcess start(Path folder, Map<String, String> environment, List<String> run) throws IOException {
        return start(Path.of(System.getProperty("java.home"), "bin/java"), folder, environment, run);
    }

    private static AppProcess start(Path java, Path folder, Map<String, String> environment, List<String> run) throws IOException {
        for (String part : List.of("routes", "config")) {
            if (!Files.exists(folder.resolve(part))) {
                FileSystemUtils.copyRecursively(Path.of(part), folder.resolve(part));
            }
        }
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(run);
        Path log = Files.createTempFile(folder, "app", ".log");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
            .redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> SETTINGS.matcher(name).matches());
        builder.environment().put("SERVER_PORT", "0");
        builder.environment().putAll(environment);
        return new AppProcess(builder.start(), log);
    }

    /** Waits until it can take work, at most five minutes; stops it and fails with its log when it cannot. */
    public AppProcess awaitReady() throws InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        try {
            await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(100)).until(() ->
                !process.isAlive() || knowsPort() && http.send(HttpRequest.newBuilder(
                    uri("/actuator/health/readiness")).build(), BodyHandlers.discarding()).statusCode() == 200);
        } catch (ConditionTimeoutException e) {
            close();
        }
        if (!process.isAlive()) {
            throw new IllegalStateException("not ready, exit code " + process.exitValue() + "\n" + endOfLog());
        }
        return this;
    }

    /** An address of the application; only once it has said its port. */
    public URI uri(String path) {
        if (!knowsPort()) {
            throw new IllegalStateException("no port yet\n" + endOfLog());
        }
        return URI.create("http://localhost:" + port + path);
    }

    /** A log may be hundreds of megabytes long before it has the port: each look reads what came since the last one. */
    private synchronized boolean knowsPort() {
        try (FileChannel file = port == null ? FileChannel.open(log) : null) {
            if (file != null && file.size() > searched) {
                ByteBuffer added = ByteBuffer.allocate((int) (file.size() - searched));
                file.read(added, searched);
                Matcher said = PORT.matcher(StandardCharsets.ISO_8859_1.decode(added.flip()));
                port = said.find() ? said.group(1) : null;
                searched = Math.max(0, searched + added.limit() - LONGEST_PORT_LINE); // what was written in part is seen whole next time
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return port != null;
    }

    /** Sends a request of staff, whose password is "staff-password", and gives the status of the answer when it is there. */
    public CompletableFuture<Integer> call(String method, String path) {
        String login = Base64.getEncoder().encodeToString("admin:staff-password".getBytes(StandardCharsets.US_ASCII));
        HttpRequest request = HttpRequest.newBuilder(uri(path)).header("Authorization", "Basic " + login)
            .method(method, HttpRequest.BodyPublishers.noBody()).build();
        return HttpClient.newHttpClient().sendAsync(request, BodyHandlers.discarding()).thenApply(HttpResponse::statusCode);
    }

    /** What it has logged so far. */
    public String log() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8); // its end may be half a letter
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For a message: a log of hundreds of megabytes would use up the memory of who prints it. */
    private String endOfLog() {
        String log = log();
        return log.substring(Math.max(0, log.length() - LONGEST_MESSAGE));
    }

    public long pid() {
        return process.pid();
    }

    /** Waits for its own end, which takes minutes on a busy machine, and returns its exit code. */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            throw new IllegalStateException("still there after five minutes\n" + endOfLog());
        }
        return process.exitValue();
    }

    /** SIGTERM; fails unless it has ended in the 30 s it is promised. */
    public void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("still there 30 s after SIGTERM\n" + endOfLog());
        }
    }

    /** SIGKILL: nothing of it runs any more, what it started may. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** The end of a test, however it ended: SIGTERM, so that no server outlives it. How long that takes on a busy machine is another's matter. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        try {
            awaitExit();
        } finally {
            process.destroyForcibly();
        }
    }
}
