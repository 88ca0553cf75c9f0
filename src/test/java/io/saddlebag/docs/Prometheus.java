package io.saddlebag.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.testkit.DebianPackage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.util.FileSystemUtils;

/** The distribution's Prometheus with the configuration and the rules that come with Saddlebag; it scrapes each second. */
final class Prometheus implements AutoCloseable {

    private final Process process;
    private final Path folder;
    private final int port;

    private Prometheus(Process process, Path folder, int port) {
        this.process = process;
        this.folder = folder;
        this.port = port;
    }

    /**
     * @param target the port of Saddlebag on this machine
     * @param password that of the user {@code prometheus}
     */
    static Prometheus scraping(int target, String password) throws IOException {
        Path program = DebianPackage.program("/usr/bin/prometheus", "prometheus");
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Path folder = Files.createTempDirectory("saddlebag-prometheus");
        Files.writeString(folder.resolve("prometheus.yml"), Files.readString(MonitoringFiles.PROMETHEUS.resolve("prometheus.yml"))
            .replace("scrape_interval: 15s", "scrape_interval: 1s").replace("evaluation_interval: 30s", "evaluation_interval: 1s")
            .replace("127.0.0.1:8080", "127.0.0.1:" + target));
        Files.copy(MonitoringFiles.RULES, folder.resolve(MonitoringFiles.RULES.getFileName()));
        Files.writeString(folder.resolve("scrape.password"), password);
        Process process = new ProcessBuilder(program.toString(), "--config.file=" + folder.resolve("prometheus.yml"),
            "--storage.tsdb.path=" + folder.resolve("data"), "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
        return new Prometheus(process, folder, port);
    }

    /** The {@code data} of an answer of its HTTP API, such as {@code rules}. */
    JsonNode ask(String path) throws IOException, InterruptedException {
        JsonNode answer = new ObjectMapper().readTree(HttpClient.newHttpClient().send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/" + path)).build(), BodyHandlers.ofString()).body());
        if (!answer.get("status").asText().equals("success")) {
            throw new AssertionError(path + ": " + answer);
        }
        return answer.get("data");
    }

    /** The series that an expression has now. */
    JsonNode query(String expression) throws IOException, InterruptedException {
        return ask("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8)).get("result");
    }

    @Override
    public void close() throws IOException {
        process.destroy(); // at once
        process.onExit().join();
        FileSystemUtils.deleteRecursively(folder);
    }
}
