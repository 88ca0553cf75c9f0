package io.saddlebag.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL server of the distribution's packages with its defaults, such as fsync and jit, as users have it. The tests may run
 * as root, with whom PostgreSQL does not start: the server then belongs to the user {@code postgres}, whom the packages made.
 */
public final class DistributionServer implements AutoCloseable {

    private static final boolean ROOT = System.getProperty("user.name").equals("root");

    private final Path programs;
    private final Path folder;
    private final int port;

    private DistributionServer(Path programs, Path folder, int port) {
        this.programs = programs;
        this.folder = folder;
        this.port = port;
    }

    /** @return the folder of its programs: beside {@code pg_config --bindir}, or the newest of Debian's; empty where there is none */
    public static Optional<Path> installed() {
        return Stream.concat(told().stream(), debian().stream()).filter(bin -> Files.isExecutable(bin.resolve("initdb"))).findFirst();
    }

    /**
     * Starts a server with a new, empty database cluster, on a free port of this machine.
     *
     * @param settings as {@code jit=off}, for what a test cannot leave to the defaults
     */
    public static DistributionServer start(String... settings) {
        Path programs = installed().orElseThrow(() -> DebianPackage.missing("postgresql"));
        try {
            Path folder = Files.createTempDirectory("saddlebag-postgres");
            DistributionServer server = new DistributionServer(programs, folder, freePort());
            server.initialise();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close)); // of a test that was broken off
            server.begin(settings);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its first database, as {@code DATABASE_URL} has it. */
    public String url() {
        return url("postgres");
    }

    public String url(String database) {
        return "postgresql://postgres:any@127.0.0.1:" + port + "/" + database;
    }

    /** Its first process, whose children serve the connections. */
    public long pid() {
        try (Stream<String> lines = Files.lines(folder.resolve("data/postmaster.pid"))) {
            return Long.parseLong(lines.findFirst().orElseThrow().strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it has logged so far. */
    public String log() {
        try {
            return Files.readString(folder.resolve("server.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void initialise() throws IOException {
        if (ROOT) {
            Files.setOwner(folder, folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
        }
        run("initdb", "-D", data(), "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8");
    }

    private void begin(String... settings) throws IOException {
        StringBuilder options = new StringBuilder("-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c port=" + port);
        Stream.of(settings).forEach(setting -> options.append(" -c ").append(setting));
        run("pg_ctl", "-D", data(), "-l", folder.resolve("server.log").toString(), "-w", "-o", options.toString(), "start");
    }

    /** Ends the server and removes its files; does nothing when that is done. */
    @Override
    public synchronized void close() {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            if (Files.exists(folder.resolve("data/postmaster.pid"))) {
                Optional<ProcessHandle> server = ProcessHandle.of(pid());
                run("pg_ctl", "-D", data(), "-w", "-m", "immediate", "stop");
                server.ifPresent(process -> process.onExit().orTimeout(30, TimeUnit.SECONDS).join()); // it takes its files away before it ends
            }
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private void run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (ROOT) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        Path said = folder.resolve(program + ".log");
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile())).start();
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
                Path log = folder.resolve("server.log");
                throw new IOException(command + ":\n" + Files.readString(said) + (Files.exists(log) ? Files.readString(log) : ""));
            }
        } catch (InterruptedException e) {
            throw new IOException(program + " was interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Optional<Path> told() {
        try {
            Process process = new ProcessBuilder("pg_config", "--bindir").start();
            try (BufferedReader said = process.inputReader()) {
                return Optional.ofNullable(said.readLine()).map(Path::of);
            }
        } catch (IOException e) {
            return Optional.empty(); // a package of its own, which not every server's brings
        }
    }

    private static List<Path> debian() {
        Path all = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (Stream<Path> versions = Files.list(all)) {
            return versions.sorted(Comparator.comparing((Path version) -> Integer.parseInt(version.getFileName().toString())).reversed())
                .map(version -> version.resolve("bin")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
