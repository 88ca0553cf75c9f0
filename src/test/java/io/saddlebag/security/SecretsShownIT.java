package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.health.Trouble;
import io.saddlebag.health.TroubledApp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process of its own, with recognisable secrets, that had its share of trouble: nothing that it shows may hold one. */
class SecretsShownIT {

    @TempDir
    static Path folder;

    private static final ObjectMapper JSON = new ObjectMapper();
    /** run 1 items page 1: 200 seen, ... */
    private static final Pattern PAGE = Pattern.compile("run (\\d+) [a-z-]+ page \\d+:");
    /** Questions to the console in one request. */
    private static final int TOGETHER = 100;

    private static TroubledApp saddlebag;
    private static ManagedBeans beans;

    @BeforeAll
    static void start() throws Exception {
        saddlebag = new TroubledApp(folder);
        new Trouble(saddlebag).meet();
        beans = new ManagedBeans(saddlebag.pid());
    }

    @AfterAll
    static void stop() throws Exception {
        if (beans != null) {
            beans.close();
        }
        saddlebag.close();
    }

    @Test
    void noneIsInTheLogEvenWhenItTellsEverything() throws IOException {
        StringBuilder log = new StringBuilder();
        Set<String> fields = new HashSet<>();
        int pages = 0;
        String written = saddlebag.log();
        for (String line : written.substring(0, written.lastIndexOf('\n')).lines().toList()) { // it is still being written
            JsonNode json = line.startsWith("{") ? JSON.readTree(line) : JSON.getNodeFactory().textNode(line); // what Java itself says
            collect(json, log.append('\n'));
            json.fieldNames().forEachRemaining(fields::add);
            Matcher page = PAGE.matcher(json.path("message").asText());
            if (page.lookingAt()) {
                assertThat(json.get("run").asLong()).isEqualTo(Long.parseLong(page.group(1)));
                assertThat(json.get("org").asText()).matches("6000000000[12]");
                assertThat(json.get("route").asText()).isEqualTo("pull-page");
                pages++;
            }
        }
        assertThat(fields).contains("org", "run", "route", "message", "error");
        assertThat(List.of("invalid_code", "No answer from Zoho", "TRACE")).as("the log, which is too long for a message, has each").allMatch(part -> log.indexOf(part) >= 0);
        assertThat(pages).as("pages of runs").isPositive();
        if (!saddlebag.secretsIn(log.toString()).isEmpty()) { // in one go, for it is long
            assertThat(log.toString().lines().filter(line -> !saddlebag.secretsIn(line).isEmpty()).limit(20)).isEmpty();
        }
    }

    /** All texts of a line, as they were before JSON escaped them. */
    private static void collect(JsonNode json, StringBuilder values) {
        if (json.isContainerNode()) {
            json.forEach(value -> collect(value, values));
        } else {
            values.append(json.asText()).append(' ');
        }
    }

    /** Attributes, and the operations that only show something, of every bean: those that the console may call are among them. */
    @Test
    void noneIsInJmx() throws Exception {
        Map<String, String> shown = beans.everything();
        assertThat(shown).hasSizeGreaterThan(1000);
        assertNoneIn(shown);
    }

    @Test
    void noneIsInATable() {
        Map<String, String> shown = new TreeMap<>();
        for (String table : saddlebag.database().queryForList("SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) "
                + "FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')", String.class)) {
            StringBuilder text = new StringBuilder();
            saddlebag.database().query("SELECT * FROM " + table, rows -> {
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    Object value = rows.getObject(column);
                    text.append(value instanceof byte[] bytes ? new String(bytes, StandardCharsets.ISO_8859_1) : value).append('\n');
                }
            });
            shown.put(table, text.toString());
        }
        assertThat(shown.get("public.connections")).contains("1000.SANDBOX");
        assertNoneIn(shown);
    }

    @Test
    void noneIsInAnAnswer() throws Exception {
        Map<String, String> shown = new TreeMap<>();
        for (String path : beans.addresses()) {
            String filled = path.replace("{entity}", "items").replaceAll("\\{[^}]*}", "1");
            for (String method : List.of("GET", "PUT")) {
                shown.put(method + " " + filled, saddlebag.staff(method, filled, ""));
            }
        }
        for (String endpoint : List.of("", "/health", "/health/readiness", "/prometheus", "/hawtio", "/jolokia", "/env", "/configprops",
                "/heapdump", "/loggers", "/beans", "/threaddump", "/httpexchanges", "/camel", "/mappings", "/logfile")) {
            shown.put("/actuator" + endpoint, saddlebag.staff("GET", "/actuator" + endpoint, ""));
        }
        for (String path : beans.addresses()) { // as a scheduler: wrong passwords would pause the staff's logins from this address
            String filled = path.replace("{entity}", "items").replaceAll("\\{[^}]*}", "1");
            shown.put(filled + " as nobody", saddlebag.call("GET", filled, "Bearer nobody", ""));
        }
        assertThat(shown).containsKeys("GET /api/zoho/health", "GET /api/sync/runs");
        assertThat(shown.get("GET /api/zoho/health")).contains("organisations");
        assertNoneIn(shown);
    }

    @Test
    void noneIsInWhatTheConsoleReads() throws Exception {
        Map<String, String> shown = new TreeMap<>();
        for (String console : List.of("/actuator/jolokia", "/actuator/hawtio/jolokia")) {
            String list = saddlebag.staff("POST", console, "{\"type\":\"list\"}");
            shown.put(console, list);
            List<JsonNode> questions = new ArrayList<>();
            body(list).get("value").properties().forEach(domain -> domain.getValue().fieldNames().forEachRemaining(bean ->
                questions.add(JSON.createObjectNode().put("type", "read").put("mbean", domain.getKey() + ":" + bean))));
            for (int from = 0; from < questions.size(); from += TOGETHER) {
                List<JsonNode> some = questions.subList(from, Math.min(questions.size(), from + TOGETHER));
                String answers = saddlebag.staff("POST", console, some.toString());
                shown.put(console + " " + from + " to " + (from + some.size()), answers);
                for (JsonNode answer : body(answers)) { // as it is meant, without JSON's escapes of the other side
                    shown.put(console + " " + answer.at("/request/mbean").asText(), answer.toString());
                }
            }
        }
        assertThat(shown).hasSizeGreaterThan(200);
        assertNoneIn(shown);
    }

    private static JsonNode body(String answer) throws IOException {
        return JSON.readTree(answer.substring(answer.indexOf('\n')));
    }

    private static void assertNoneIn(Map<String, String> shown) {
        assertThat(shown.entrySet().stream().filter(entry -> !saddlebag.secretsIn(entry.getValue()).isEmpty())
            .map(entry -> entry.getKey() + " shows " + saddlebag.secretsIn(entry.getValue()))).isEmpty();
    }
}
