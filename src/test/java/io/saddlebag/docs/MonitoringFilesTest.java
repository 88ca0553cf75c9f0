package io.saddlebag.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The rules of Prometheus and the board of Grafana, as far as no application is needed to judge them. */
class MonitoringFilesTest {

    @Test
    void eachAlertSaysWhatIsWrongWhatToDoAndWhereToRead() {
        assertThat(MonitoringFiles.rules()).hasSizeGreaterThan(20).allSatisfy((alert, rule) -> {
            assertThat(((Map<?, ?>) rule.get("labels")).get("severity")).as(alert).isIn("critical", "warning", "info");
            Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
            assertThat(annotations.keySet().stream().map(Object::toString)).as(alert)
                .containsExactly("summary", "description", "remedy", "runbook");
            String[] runbook = annotations.get("runbook").toString().split("#");
            assertThat(Path.of(runbook[0])).as(alert).exists();
            if (runbook.length > 1) {
                assertThat(Pages.anchors(Path.of(runbook[0]))).as(alert).contains(runbook[1]);
            }
        });
    }

    @Test
    void eachAlertHasATestAndTheTestsPass() throws Exception {
        String tests = Files.readString(MonitoringFiles.PROMETHEUS.resolve("saddlebag.rules.test.yml"));
        assertThat(MonitoringFiles.rules().keySet()).allSatisfy(alert -> assertThat(tests).containsPattern("\\b" + alert + "\\b"));
        assertThat(Promtool.run(MonitoringFiles.PROMETHEUS, "test", "rules", "saddlebag.rules.test.yml")).contains("SUCCESS");
    }

    @Test
    void theExampleConfigurationHoldsTheRules(@TempDir Path folder) throws Exception {
        for (String file : List.of("prometheus.yml", "saddlebag.rules.yml")) {
            Files.copy(MonitoringFiles.PROMETHEUS.resolve(file), folder.resolve(file));
        }
        Files.writeString(folder.resolve("scrape.password"), "secret");
        assertThat(Promtool.run(folder, "check", "config", "prometheus.yml")).contains(MonitoringFiles.rules().size() + " rules found");
    }

    @Test
    void prometheusUnderstandsEveryExpressionOfTheBoard(@TempDir Path folder) throws Exception {
        List<Map<String, String>> rules = new ArrayList<>();
        for (Map.Entry<String, String> expression : MonitoringFiles.expressions().entrySet()) {
            rules.add(new LinkedHashMap<>(Map.of("record", "expression:" + rules.size(), "expr", MonitoringFiles.filled(expression.getValue()))));
        }
        Files.writeString(folder.resolve("board.yml"), new Yaml().dump(Map.of("groups", List.of(Map.of("name", "board", "rules", rules)))));
        assertThat(Promtool.run(folder, "check", "rules", "board.yml")).contains("SUCCESS: " + rules.size() + " rules found");
    }

    @Test
    void theBoardFitsAnyGrafanaAndSaysWhatEachPanelShows() throws IOException {
        JsonNode board = MonitoringFiles.board();
        assertThat(board.get("id").isNull()).as("Grafana gives the number").isTrue();
        assertThat(board.get("uid").asText()).isEqualTo("saddlebag");
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : board.get("panels")) {
            String title = panel.get("title").asText();
            assertThat(ids.add(panel.get("id").asInt())).as(title).isTrue();
            JsonNode place = panel.get("gridPos");
            for (int x = place.get("x").asInt(); x < place.get("x").asInt() + place.get("w").asInt(); x++) {
                for (int y = place.get("y").asInt(); y < place.get("y").asInt() + place.get("h").asInt(); y++) {
                    assertThat(x).as(title).isLessThan(24);
                    assertThat(cells.add(x + "/" + y)).as(title + " lies over another panel").isTrue();
                }
            }
        }
        assertThat(MonitoringFiles.panels()).hasSizeGreaterThan(25).allSatisfy(panel -> {
            assertThat(panel.get("description").asText()).as(panel.get("title").asText()).isNotBlank();
            assertThat(panel.findValues("datasource")).as(panel.get("title").asText()).isNotEmpty()
                .allSatisfy(source -> assertThat(source.get("uid").asText()).isEqualTo("${datasource}"));
        });
    }
}
