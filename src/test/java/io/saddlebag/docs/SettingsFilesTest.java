package io.saddlebag.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.docs.SettingsFile.Setting;
import io.saddlebag.sandbox.SandboxSettings;
import io.saddlebag.sandbox.limits.Quotas;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The settings of an installation, the wiring inside the application, what reads them, and what editors know of them. */
class SettingsFilesTest {

    private static final Path SETTINGS = Path.of("config/application.yaml");
    private static final Path WIRING = Path.of("src/main/resources/application.yaml");
    private static final Path METADATA = Path.of("src/main/resources/META-INF/additional-spring-configuration-metadata.json");
    private static final int MOST_LINES = 300;

    /** Settings that routes, statements, files of settings and Java read by name. */
    private static final List<Pattern> READS = List.of(Pattern.compile("\\{\\{\\??([a-z][\\w.-]*)[:}]"), Pattern.compile("properties:([a-z][\\w.-]*)"),
        Pattern.compile("\\$\\{((?:zoho|saddlebag)\\.[\\w.-]+)[:}]"),
        Pattern.compile("(?:text|given|flag|number|duration|getProperty|getRequiredProperty)\\((?:\"[\\w.-]+\", )?\"((?:zoho|saddlebag)\\.[\\w.-]*\\w)\"[,)]"));
    /** What a start computes from the settings, see SettingsCheck. */
    private static final Set<String> COMPUTED = Set.of("saddlebag.zoho.accounts-url", "saddlebag.zoho.api-url", "saddlebag.meta.address");

    @Test
    void anInstallationSetsNoWiring() {
        assertThat(SettingsFile.read(SETTINGS)).extracting(Setting::key)
            .allMatch(key -> isOurs(key) || key.equals("server.port") || key.equals("server.address")).doesNotHaveDuplicates();
        assertThat(Pages.read(SETTINGS).lines().count()).isLessThanOrEqualTo(MOST_LINES);
    }

    @Test
    void everySettingHasACommentOfItsOwn() {
        List<Setting> settings = Stream.concat(SettingsFile.read(SETTINGS).stream(), ownWiring()).toList();
        assertThat(settings).allSatisfy(setting -> assertThat(setting.comment()).as(setting.key()).endsWith("."));
        assertThat(settings).extracting(Setting::comment).doesNotHaveDuplicates();
    }

    @Test
    void noSettingStandsInBothFiles() {
        assertThat(keys(SETTINGS)).doesNotContainAnyElementsOf(keys(WIRING));
    }

    @Test
    void everySettingIsRead() throws IOException {
        String all = String.join("\n", sources().map(Pages::read).toList());
        Set<String> bound = new HashSet<>(components("saddlebag.sandbox.", SandboxSettings.class));
        bound.addAll(components("saddlebag.sandbox.quotas.", Quotas.class));
        assertThat(Stream.concat(keys(SETTINGS).stream(), keys(WIRING).stream()).filter(SettingsFilesTest::isOurs)).isNotEmpty()
            .allMatch(key -> bound.contains(key) || Pattern.compile(Pattern.quote(key) + "(?![\\w.-]*\\w)").matcher(all).find());
    }

    @Test
    void whatIsReadIsASetting() throws IOException {
        Set<String> read = new TreeSet<>();
        for (Path source : sources().toList()) {
            String text = Pages.read(source);
            READS.forEach(pattern -> pattern.matcher(text).results().map(match -> match.group(1)).filter(SettingsFilesTest::isOurs).forEach(read::add));
        }
        read.removeAll(COMPUTED);
        assertThat(read).hasSizeGreaterThan(80);
        assertThat(Stream.concat(keys(SETTINGS).stream(), keys(WIRING).stream()).toList()).containsAll(read);
    }

    @Test
    void editorsKnowEverySetting() throws IOException {
        String metadata = metadata();
        Path made = Files.writeString(Path.of("target").resolve(METADATA.getFileName()), metadata);
        assertThat(Pages.read(METADATA)).as("The settings have changed: cp %s %s", made, METADATA).isEqualTo(metadata);
    }

    private static String metadata() throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode metadata = json.createObjectNode();
        ArrayNode properties = metadata.putArray("properties");
        Stream.concat(SettingsFile.read(SETTINGS).stream(), ownWiring()).filter(setting -> isOurs(setting.key())).forEach(setting -> {
            String value = setting.value().replaceFirst("^\\$\\{\\w+:(.*)\\}$", "$1");
            ObjectNode property = properties.addObject().put("name", setting.key()).put("type", type(value)).put("description", setting.comment());
            if (value.matches("\\d{1,9}")) {
                property.put("defaultValue", Integer.valueOf(value));
            } else if (value.matches("true|false")) {
                property.put("defaultValue", Boolean.valueOf(value));
            } else if (!value.isEmpty() && !value.matches("[>|]-?")) {
                property.put("defaultValue", value);
            }
        });
        properties.addObject().put("name", "saddlebag.webhook.templates")
            .put("type", "java.util.Map<java.lang.String,io.saddlebag.webhook.WebhookTemplate>")
            .put("description", "Webhook bodies of your own by name: entity, content-type, and id, time, event, record or pattern.");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentArraysWith(new DefaultIndenter("  ", "\n"));
        printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
        return json.writer(printer).writeValueAsString(metadata) + "\n";
    }

    private static String type(String value) {
        return value.matches("\\d{1,9}") ? "java.lang.Integer" : value.matches("true|false") ? "java.lang.Boolean"
            : value.matches("\\d+(ms|s|m|h)") ? "java.time.Duration" : value.matches("\\d+[KM]B") ? "org.springframework.util.unit.DataSize"
            : "java.lang.String";
    }

    private static Stream<Setting> ownWiring() {
        return SettingsFile.read(WIRING).stream().filter(setting -> isOurs(setting.key()));
    }

    private static List<String> keys(Path file) {
        return SettingsFile.read(file).stream().map(Setting::key).toList();
    }

    private static boolean isOurs(String key) {
        return key.startsWith("zoho.") || key.startsWith("saddlebag.");
    }

    private static List<String> components(String prefix, Class<? extends Record> type) {
        return Stream.of(type.getRecordComponents()).map(RecordComponent::getName)
            .map(name -> prefix + name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT)).collect(Collectors.toList());
    }

    private static Stream<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String folder : List.of("src/main/java", "src/main/resources", "routes", "config")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                files.filter(file -> file.toString().matches(".*\\.(java|yaml|sql)")).forEach(sources::add);
            }
        }
        return sources.stream();
    }
}
