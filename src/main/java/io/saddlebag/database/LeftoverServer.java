package io.saddlebag.database;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.saddlebag.common.BadSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server that still runs on a folder whose application was killed. The kernel and then the server are asked whether it is ours,
 * because the process id and the port in {@code postmaster.pid} may belong to another process by now.
 * The lines of that file: https://www.postgresql.org/docs/17/storage-file-layout.html and the server's pidfile.h.
 */
class LeftoverServer {

    private static final Logger log = LoggerFactory.getLogger(LeftoverServer.class);
    private static final Path KERNEL = Path.of("/proc");
    private static final int PORT_LINE = 3;
    private static final String NO_PROCESS = Integer.toString(Integer.MAX_VALUE);
    /** SQLSTATE invalid_password, https://www.postgresql.org/docs/17/errcodes-appendix.html */
    private static final String WRONG_PASSWORD = "28P01";
    /** Long enough for the crash recovery of gigabytes, which must not be interrupted. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Path folder;
    private final Path pidFile;
    private final String password;

    LeftoverServer(Path folder, String password) {
        this.folder = folder;
        this.pidFile = folder.resolve("postmaster.pid");
        this.password = password;
    }

    /**
     * Stops the server cleanly and waits for its end. Another process never gets a signal.
     *
     * @return whether there was such a server
     * @throws BadSettingException if the server neither becomes ready nor ends in ten minutes
     */
    boolean stop() throws IOException {
        if (!Files.exists(pidFile)) {
            return false;
        }
        List<String> lines = new ArrayList<>(Files.readAllLines(pidFile));
        if (lines.size() <= PORT_LINE) { // the server died while writing the file; PostgreSQL would refuse to start
            Files.delete(pidFile);
            return false;
        }
        Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(lines.get(0).strip()));
        if (process.isEmpty()) {
            return false;
        }
        if (!worksHere(process.get())) {
            disown(lines);
            return false;
        }
        log.info("Stopping PostgreSQL (process {}), which outlived the application before", process.get().pid());
        await(process.get(), () -> answersOn(Integer.parseInt(lines.get(PORT_LINE).strip())));
        interrupt(process.get());
        await(process.get(), () -> false);
        return true;
    }

    private boolean worksHere(ProcessHandle process) throws IOException {
        String program = Path.of(process.info().command().orElse("")).getFileName().toString();
        Path workingDirectory = KERNEL.resolve(process.pid() + "/cwd");
        return program.startsWith("postgres")
            && (!Files.isDirectory(KERNEL) || Files.isSameFile(workingDirectory, folder));
    }

    /** PostgreSQL gives up on a living process id; for one that cannot be, it still looks for users of its memory. */
    private void disown(List<String> lines) throws IOException {
        log.info("The process id in {} is now another program's", pidFile);
        lines.set(0, NO_PROCESS);
        Files.write(pidFile, lines);
    }

    /** @return whether a server with our password answers on the port, and serves this folder */
    boolean answersOn(int port) {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres?connectTimeout=5&socketTimeout=5";
        try (Connection connection = DriverManager.getConnection(url, "postgres", password);
                ResultSet row = connection.createStatement().executeQuery("SHOW data_directory")) {
            return row.next() && Files.isSameFile(Path.of(row.getString(1)), folder);
        } catch (SQLException e) {
            if (WRONG_PASSWORD.equals(e.getSQLState())) {
                throw new BadSettingException("saddlebag.data-directory", "postgres.password does not hold the "
                    + "password of the server in " + folder, "Put back the file that was there when the server was made");
            }
            return false; // in recovery, or shutting down
        } catch (IOException e) {
            return false;
        }
    }

    /** SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back, committed ones are kept. */
    private void interrupt(ProcessHandle process) throws IOException {
        new ProcessBuilder("sh", "-c", "kill -INT \"$0\"", Long.toString(process.pid())).inheritIO().start()
            .onExit().join();
    }

    private void await(ProcessHandle process, BooleanSupplier ready) {
        Instant end = Instant.now().plus(PATIENCE);
        while (process.isAlive() && !ready.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                throw new BadSettingException("saddlebag.data-directory", "PostgreSQL (process " + process.pid()
                    + ") still works on " + folder + " and does not answer", "See postgres.log beside it, and stop it");
            }
            process.onExit().completeOnTimeout(process, 200, MILLISECONDS).join();
        }
    }
}
