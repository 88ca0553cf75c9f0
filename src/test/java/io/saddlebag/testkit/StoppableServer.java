package io.saddlebag.testkit;

import io.saddlebag.database.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A durable PostgreSQL server of a test's own, that can be ended at a stroke, come back, or stand still. */
public final class StoppableServer implements AutoCloseable {

    private final OwnServer own;
    private EmbeddedServer running;

    private StoppableServer(Path folder) throws SQLException {
        TestDatabase.fresh(); // so that the programs are unpacked where they outlive the folder
        own = new OwnServer(folder);
        start();
    }

    public static StoppableServer in(Path folder) throws SQLException {
        return new StoppableServer(folder);
    }

    /** As {@code DATABASE_URL} has it; the same after each start. */
    public String url() throws IOException {
        return "postgresql://postgres:" + own.password() + "@127.0.0.1:" + own.port() + "/saddlebag";
    }

    public void start() {
        running = EmbeddedServer.start(own.data());
    }

    /** It answers, and takes no writes until it is promoted. */
    public void startAsStandby() throws IOException {
        Files.createFile(own.data().resolve("postgres/standby.signal"));
        start();
    }

    /** As {@code pg_ctl stop -m immediate}: every connection ends, nothing is written any more. */
    public void crash() throws IOException, InterruptedException {
        ProcessHandle server = own.process();
        signal("QUIT", Stream.of(server));
        server.onExit().join();
        running.close();
    }

    /** Connections stay, and nothing is answered, until {@link #resume}. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP", processes());
    }

    public void resume() throws IOException, InterruptedException {
        signal("CONT", processes());
    }

    /** One connection stays, and nothing is answered on it. @param backend its process, as pg_stat_activity names it */
    public static void pause(long backend) throws IOException, InterruptedException {
        signal("STOP", ProcessHandle.of(backend).stream());
    }

    public static void resume(long backend) throws IOException, InterruptedException {
        signal("CONT", ProcessHandle.of(backend).stream());
    }

    /** A connection past the application. */
    public Connection connect() throws IOException, SQLException {
        return own.connect(own.password());
    }

    public void execute(String statement) throws IOException, SQLException {
        own.execute(statement);
    }

    private Stream<ProcessHandle> processes() throws IOException {
        return Stream.concat(Stream.of(own.process()), own.process().children());
    }

    private static void signal(String name, Stream<ProcessHandle> to) throws IOException, InterruptedException {
        for (ProcessHandle process : to.toList()) {
            new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).start().waitFor(5, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() throws IOException {
        running.close();
    }
}
