package io.saddlebag.testkit;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.util.FileSystemUtils;

/** PgBouncer of the distribution's package in front of a database of the tests. */
public final class Bouncer implements AutoCloseable {

    private final Process process;
    private final Path folder;
    private final String url;

    private Bouncer(Process process, Path folder, String url) {
        this.process = process;
        this.folder = folder;
        this.url = url;
    }

    /**
     * @param mode session or transaction
     */
    public static Bouncer before(String databaseUrl, String mode) throws IOException {
        Path executable = DebianPackage.program("/usr/sbin/pgbouncer", "pgbouncer");
        URI database = URI.create(databaseUrl);
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Path folder = Files.createTempDirectory("saddlebag-pgbouncer");
        Path settings = Files.writeString(folder.resolve("pgbouncer.ini"), """
            [databases]
            * = host=127.0.0.1 port=%d user=postgres password=any
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %d
            unix_socket_dir =
            auth_type = any
            pool_mode = %s
            """.formatted(database.getPort(), port, mode));
        folder.toFile().setExecutable(true, false); // as root it becomes another user
        folder.toFile().setReadable(true, false);
        settings.toFile().setReadable(true, false);
        boolean root = System.getProperty("user.name").equals("root");
        ProcessBuilder program = root ? new ProcessBuilder(executable.toString(), "-u", "nobody", settings.toString())
            : new ProcessBuilder(executable.toString(), settings.toString());
        Process process = program.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
        Bouncer bouncer = new Bouncer(process, folder, "postgresql://postgres:any@127.0.0.1:" + port + database.getPath());
        await().until(() -> {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
        return bouncer;
    }

    /** As {@code DATABASE_URL} has it. */
    public String url() {
        return url;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        FileSystemUtils.deleteRecursively(folder);
    }
}
