package io.saddlebag;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What of docker-compose.yml holds without an engine that runs it. */
class ComposeFileTest {

    private static final String IMAGE_PORT = "8080";

    private final Map<?, ?> application = service("saddlebag");
    private final String dockerfile = (String) ((Map<?, ?>) application.get("build")).get("dockerfile_inline");

    @Test
    void theApplicationIsGivenOnlySettingsThatItKnows() throws IOException {
        Set<String> known = found("\\$\\{([A-Z_]+):", Files.readString(Path.of("config/application.yaml")));
        assertThat(known).containsAll(((Map<?, ?>) application.get("environment")).keySet().stream().map(String::valueOf).toList());
    }

    @Test
    void whatTheImageCopiesAndStartsWithIsThere() {
        Set<String> paths = found("(?m)^COPY (?!--from)(\\S+) ", dockerfile);
        paths.addAll(found("@(\\S+?)[\" ]", dockerfile));
        assertThat(paths).contains("config", "routes", "src", "pom.xml").allSatisfy(path -> assertThat(Path.of(path)).exists());
    }

    @Test
    void theJarIsCalledAsTheBuildCallsIt() throws IOException {
        String name = found("<finalName>(.*)</finalName>", Files.readString(Path.of("pom.xml"))).iterator().next() + ".jar";
        assertThat(found("-jar target/(\\S+)", dockerfile)).containsExactly(name.replace(".jar", "-slim.jar"));
        assertThat(found("--application-filename (\\S+)", dockerfile)).containsExactly(name);
        assertThat(found("train /build/target/(\\S+)", dockerfile)).containsExactly(name);
        assertThat(found("\"-jar\", \"(.*)\"]", dockerfile)).containsExactly(name);
    }

    @Test
    void theImageIsTrainedWithTheCommandItStartsWith() {
        assertThat(Path.of("src/main/image/train")).exists();
        String entry = found("ENTRYPOINT \\[\"(.*)\"]", dockerfile).iterator().next().replace("\", \"", " ");
        assertThat(found("(java -XX:AOTCacheOutput=.*?) *\\\\?\n", dockerfile))
            .containsExactly(entry.replace("-XX:AOTCache=", "-XX:AOTCacheOutput=/tmp/"));
    }

    @Test
    void onePortIsListenedToPublishedAndAsked() {
        assertThat(((Map<?, ?>) application.get("environment")).get("SERVER_PORT")).isEqualTo(IMAGE_PORT);
        assertThat(found("EXPOSE (.*)", dockerfile)).containsExactly(IMAGE_PORT);
        assertThat(found(":(\\d+)]$", application.get("ports").toString())).containsExactly(IMAGE_PORT);
        assertThat(found("/dev/tcp/127.0.0.1/(\\d+)", application.toString())).containsExactly(IMAGE_PORT);
    }

    @Test
    void itsHealthIsReadinessAndNothingLess() throws Exception {
        assertThat(exitOfHealthCheck(200)).isZero();
        assertThat(exitOfHealthCheck(503)).isNotZero();
    }

    @Test
    void aStopIsGivenTheTimeThatItMayTake() {
        assertThat(found("^(\\d+)s$", application.get("stop_grace_period").toString())).singleElement()
            .satisfies(seconds -> assertThat(Integer.parseInt(seconds)).isGreaterThan(30));
    }

    @Test
    void theApplicationWaitsForItsDatabaseWhichNobodyElseReaches() {
        assertThat(application.get("depends_on")).isEqualTo(Map.of("postgres", Map.of("condition", "service_healthy")));
        Map<?, ?> postgres = service("postgres");
        assertThat(postgres.containsKey("healthcheck")).isTrue();
        assertThat(postgres.containsKey("ports")).isFalse();
    }

    @Test
    void everySettingMayStandInTheFileAndNoOthersSecretGetsIn() throws IOException {
        Set<String> known = found("\\$\\{([A-Z_]+):", Files.readString(Path.of("config/application.yaml")));
        known.remove("SADDLEBAG_SANDBOX");
        Map<?, ?> given = (Map<?, ?>) application.get("environment");
        assertThat(given.keySet().stream().map(String::valueOf)).containsExactlyInAnyOrderElementsOf(known);
        assertThat(application.containsKey("env_file")).as("it would hand over all of .env").isFalse();
        assertThat(application.toString()).doesNotContain("${POSTGRES_PASSWORD");
        assertThat(given.get("SERVER_ADDRESS")).isEqualTo("0.0.0.0");
        assertThat(found("\\$\\{([A-Z_]+)", service("postgres").toString()))
            .containsExactlyInAnyOrder("POSTGRES_PASSWORD", "SADDLEBAG_DATABASE_PASSWORD");
    }

    @Test
    void theApplicationsDatabaseUserIsNoSuperuser() throws IOException {
        Map<?, ?> postgres = service("postgres");
        String user = found("postgresql://([^:]+):", application.toString()).iterator().next();
        assertThat(((Map<?, ?>) postgres.get("environment")).get("POSTGRES_USER")).isNotEqualTo(user);
        String script = found("\\./(\\S+?):/docker-entrypoint-initdb\\.d/", postgres.get("volumes").toString()).iterator().next();
        assertThat(Files.readString(Path.of(script))).contains("CREATE ROLE " + user + " LOGIN NOSUPERUSER", "OWNER " + user);
    }

    @Test
    void everyContainerIsConfinedAndBounded() throws IOException {
        Map<?, ?> file = new Yaml().load(Files.readString(Path.of("docker-compose.yml")));
        assertThat((Map<?, ?>) file.get("services")).isNotEmpty().allSatisfy((name, given) -> {
            Map<?, ?> service = (Map<?, ?>) given;
            assertThat(service.get("read_only")).as(name + " read_only").isEqualTo(true);
            assertThat(service.get("cap_drop")).as(name + " cap_drop").isEqualTo(List.of("ALL"));
            assertThat(service.containsKey("cap_add")).as(name + " cap_add").isFalse();
            assertThat(service.get("security_opt")).as(name + " security_opt").isEqualTo(List.of("no-new-privileges:true"));
            assertThat(service.containsKey("privileged")).as(name + " privileged").isFalse();
            assertThat(String.valueOf(service.get("mem_limit"))).as(name + " mem_limit").matches("[1-9][0-9]*[mg]");
            assertThat((Integer) service.get("pids_limit")).as(name + " pids_limit").isBetween(50, 1000);
            assertThat(String.valueOf(service.get("logging"))).as(name + " logging").contains("max-size=", "max-file=");
        });
        assertThat(service("postgres").get("user").toString()).as("not root").matches("[1-9][0-9]*(:[1-9][0-9]*)?");
        assertThat(found("USER (\\S+)", dockerfile)).as("not root").allSatisfy(user -> assertThat(user).matches("[1-9][0-9]*"));
    }

    @Test
    void everyImageIsOneExactVersion() throws IOException {
        Set<String> images = found("(?m)(?:^\\s+image: |^\\s*FROM )(\\S+)", Files.readString(Path.of("docker-compose.yml")));
        assertThat(images).hasSize(3).allSatisfy(image -> assertThat(image).matches(".+@sha256:[0-9a-f]{64}|[a-z-]+:[0-9]+\\.[0-9]+.*"));
    }

    /** The command of the container, asking a server of ours; 404 for any other address than readiness. */
    private int exitOfHealthCheck(int readiness) throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/actuator/health/readiness", exchange -> {
            exchange.sendResponseHeaders(readiness, -1);
            exchange.close();
        });
        server.start();
        try {
            String port = Integer.toString(server.getAddress().getPort());
            List<?> test = (List<?>) ((Map<?, ?>) application.get("healthcheck")).get("test");
            Process command = new ProcessBuilder(test.stream().skip(1) // CMD
                .map(word -> word.toString().replace("/" + IMAGE_PORT, "/" + port)).toList()).inheritIO().start();
            assertThat(command.waitFor(10, TimeUnit.SECONDS)).isTrue();
            return command.exitValue();
        } finally {
            server.stop(0);
        }
    }

    private static Map<?, ?> service(String name) {
        try {
            Map<?, ?> file = new Yaml().load(Files.readString(Path.of("docker-compose.yml")));
            return (Map<?, ?>) ((Map<?, ?>) file.get("services")).get(name);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Set<String> found(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map((MatchResult match) -> match.group(1))
            .collect(Collectors.toSet());
    }
}
