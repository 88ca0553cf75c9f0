package io.saddlebag.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.Saddlebag;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.core.env.Environment;

/** The real process, in a folder with the real settings. */
@Tag("java25")
class SettingsStartIT {

    @TempDir
    Path home;

    @TempDir
    Path logs;

    private Path log;

    @BeforeEach
    void nameTheLog() {
        log = logs.resolve("start.log");
    }

    @Test
    void aStartWithABadSettingEndsWithOneLineAndMakesNothing() throws Exception {
        assertThat(start(Saddlebag.class, "", Map.of("ZOHO_CLIENT_ID", "1000.ABC", "ZOHO_CLIENT_SECRET", "hush"))).isNotZero();
        assertThat(Files.readAllLines(log)).singleElement().asString()
            .contains("ERROR", "ZOHO_REFRESH_TOKEN, ZOHO_ORG_ID: missing").doesNotContain("hush");
        assertThat(home).isDirectoryNotContaining("glob:**data");
    }

    @Test
    void aFormatOfTheLogThatDoesNotExistIsToldInText() throws Exception {
        assertThat(start(Saddlebag.class, "", Map.of("SADDLEBAG_LOG_FORMAT", "io.saddlebag.Saddlebag"))).isNotZero();
        assertThat(Files.readAllLines(log)).singleElement().asString()
            .contains("ERROR", "SADDLEBAG_LOG_FORMAT: \"io.saddlebag.Saddlebag\" is no format of log lines. Write ecs, logstash or gelf");
    }

    @ParameterizedTest
    @CsvSource({"ecs, message, log", "LogStash, message, logger_name", "gelf, short_message, _log_logger"})
    void theLineOfABadSettingIsJsonWhereTheLogIs(String format, String message, String logger) throws Exception {
        assertThat(start(Saddlebag.class, "", Map.of("SADDLEBAG_LOG_FORMAT", format, "ZOHO_CLIENT_ID", "1000.ABC"))).isNotZero();
        assertThat(Files.readAllLines(log)).hasSize(1);
        JsonNode line = new ObjectMapper().readTree(log.toFile());
        assertThat(line.get(message).asText()).startsWith("ZOHO_CLIENT_SECRET, ZOHO_REFRESH_TOKEN, ZOHO_ORG_ID: missing");
        assertThat(line.has(logger)).isTrue();
    }

    @Test
    void theSettingsOfTheWorkingFolderOverrideTheWiringOfTheApplication() throws Exception {
        assertThat(start(Wiring.class, "\nzoho.token-poll: 4711\n", Map.of())).isZero();
        assertThat(log).content().contains("the token is looked for every 4711 ms, a run's heartbeat every 5s");
    }

    /** Prints two values that the application wires, from the environment that a start of Saddlebag prepares. */
    static class Wiring {

        public static void main(String[] arguments) {
            SpringApplication application = new SpringApplication(Wiring.class);
            application.setWebApplicationType(WebApplicationType.NONE);
            Environment environment = application.run(arguments).getEnvironment();
            System.out.println("the token is looked for every " + environment.getRequiredProperty("zoho.token-poll") + " ms, a run's heartbeat every "
                + environment.getRequiredProperty("saddlebag.pull.heartbeat"));
        }
    }

    /** @return the exit code */
    private int start(Class<?> main, String addedSettings, Map<String, String> variables) throws IOException, InterruptedException {
        Files.createDirectory(home.resolve("config"));
        Files.writeString(home.resolve("config/application.yaml"), Files.readString(Path.of("config/application.yaml")) + addedSettings);
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().toString()).collect(Collectors.joining(File.pathSeparator));
        var builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath, main.getName());
        builder.environment().putAll(variables);
        Process process = builder.directory(home.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
