package io.saddlebag.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.SignedWebhook;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a started application shows to Prometheus, once it has copied, received, pushed and failed. */
@Tag("sql")
class MonitoringIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final String SECRET = "SampleSecret1234";
    private static final String ORG = SaddlebagServer.ORG;
    /** saddlebag_push_records{org="1",status="ok"} 1.0 */
    private static final Pattern SERIES = Pattern.compile("(?m)^([a-z][a-z0-9_]*)(?:\\{(.*)})? ([-+0-9.E]+|NaN)$");
    private static final Pattern LABEL = Pattern.compile("([A-Za-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void work() throws Exception {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 1000, 0, 0, 600, 0, 3600));
        saddlebag = SaddlebagServer.start(ZOHO, "--zoho.webhook-secret=" + SECRET, "--saddlebag.gauges-every=1s", "--saddlebag.problems-every=1s",
            "--saddlebag.images.every=200ms", "--saddlebag.images.batch-size=1");
        saddlebag.pull("full");
        saddlebag.pull("contacts", "full");
        saddlebag.pull("bills", "full");
        saddlebag.ended(SaddlebagServer.json(saddlebag.call("POST", "/api/verify/items")).get("runId").asLong());
        webhook("{\"item\":{\"item_id\":\"6000000000010000001\"}}");
        saddlebag.database().update("INSERT INTO push_targets (org_id, target, state, mapping) SELECT ?, 'crm-products', 'on', md5('')", ORG);
        saddlebag.ended(SaddlebagServer.json(saddlebag.call("POST", "/api/push/crm-products?limit=1")).get("runId").asLong());
        saddlebag.call("GET", "/api/sync/runs", "Basic YWRtaW46d3Jvbmc="); // a wrong password
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
    }

    @Test
    void everyMetricAndLabelThatRulesAndBoardNameIsShown() {
        deadLetters("items", "pull", 1);
        held("items", 1);
        saddlebag.database().update("UPDATE organisations SET credits_remaining = 100, credits_at = now()");
        saddlebag.database().update("INSERT INTO detail_progress (org_id, entity, lacking) VALUES (?, 'bills', 1)", ORG);
        await().untilAsserted(() -> {
            Map<String, Set<String>> shown = labels();
            for (Map.Entry<String, String> expression : MonitoringFiles.expressions().entrySet()) {
                assertThat(MonitoringFiles.named(expression.getValue())).allSatisfy((metric, labels) -> {
                    assertThat(shown).as(expression.getKey()).containsKey(metric);
                    assertThat(shown.get(metric)).as("labels of %s, for the %s", metric, expression.getKey()).containsAll(labels);
                });
            }
        });
    }

    @Test
    void aViewerMayScrapeAndASchedulerMayNot() {
        saddlebag.send("POST", "/api/staff", "{\"name\":\"prometheus\",\"role\":\"viewer\",\"password\":\"scrape-password\"}");
        String viewer = "Basic " + Base64.getEncoder().encodeToString("prometheus:scrape-password".getBytes(StandardCharsets.US_ASCII));
        assertThat(saddlebag.call("GET", "/actuator/prometheus", viewer).statusCode()).isEqualTo(200);
        assertThat(saddlebag.call("GET", "/actuator/prometheus", "Bearer scheduler-secret").statusCode()).isEqualTo(403);
    }

    @Test
    void aPrometheusWithTheFilesThatComeWithSaddlebagScrapesAndJudges() throws Exception {
        saddlebag.send("POST", "/api/staff", "{\"name\":\"prometheus\",\"role\":\"viewer\",\"password\":\"scrape-password\"}");
        try (Prometheus prometheus = Prometheus.scraping(saddlebag.port(), "scrape-password")) {
            await().ignoreExceptions().untilAsserted(() -> {
                JsonNode target = prometheus.ask("targets").at("/activeTargets/0");
                assertThat(target.get("health").asText()).as(target.toString()).isEqualTo("up");
                assertThat(prometheus.ask("rules").findValuesAsText("health")).hasSize(MonitoringFiles.rules().size()).containsOnly("ok");
                assertThat(prometheus.query("count(up{job=\"saddlebag\"} == 1)").at("/0/value/1").asText()).isEqualTo("1");
                assertThat(prometheus.query("saddlebag_last_success_seconds{job=\"saddlebag\", entity=\"items\"}")).isNotEmpty();
            });
            for (String expression : MonitoringFiles.expressions().values()) {
                prometheus.query(MonitoringFiles.filled(expression)); // fails where Prometheus refuses it
            }
        }
    }

    @Test
    void theGaugesSayWhatThereIs() {
        deadLetters("contacts", "webhook", 3);
        deadLetters("contacts", "push", 1);
        saddlebag.database().update("UPDATE dead_letters SET closed_at = now() WHERE source = 'push'");
        held("contacts", 12);
        shown("saddlebag_dead_letters", "org=\"" + ORG + "\"", "entity=\"contacts\"", "source=\"webhook\"").isEqualTo(3);
        shown("saddlebag_dead_letters", "source=\"push\"").isNull();
        shown("saddlebag_deletes_held", "org=\"" + ORG + "\"", "entity=\"contacts\"").isEqualTo(12);
        saddlebag.database().update("UPDATE sync_deletes SET state = 'refused'");
        shown("saddlebag_deletes_held", "entity=\"contacts\"").isNull();

        shown("saddlebag_zoho_day_limit", "org=\"" + ORG + "\"").isEqualTo(1000);
        saddlebag.database().update("UPDATE connections SET needs_person = 'Agree again'");
        shown("saddlebag_zoho_person_needed", "org=\"" + ORG + "\"").isEqualTo(1);
        saddlebag.database().update("UPDATE connections SET needs_person = NULL");
        shown("saddlebag_zoho_person_needed", "org=\"" + ORG + "\"").isEqualTo(0);
    }

    @Test
    void problemsAreCountedAsHealthTellsThem() {
        saddlebag.database().update("UPDATE connections SET needs_person = 'Agree again'");
        saddlebag.database().update("INSERT INTO organisations (org_id) VALUES ('60000000009')");
        JsonNode findings = SaddlebagServer.json(saddlebag.call("GET", "/api/zoho/health")).get("findings");
        long own = StreamSupport.stream(findings.spliterator(), false).filter(finding -> finding.get("org").asText().equals(ORG)).count();
        assertThat(own).as(findings.toString()).isPositive();
        shown("saddlebag_problems", "org=\"" + ORG + "\"").isEqualTo(own);
        shown("saddlebag_problems", "org=\"60000000009\"").isEqualTo(0);
        saddlebag.database().update("DELETE FROM organisations WHERE org_id = '60000000009'");
        saddlebag.database().update("UPDATE connections SET needs_person = NULL");
        shown("saddlebag_problems", "org=\"" + ORG + "\"").isEqualTo(own - 1);
        shown("saddlebag_problems", "org=\"\"").isEqualTo(0);
    }

    @Test
    void theLastSuccessIsThatOfTheKindOrSinceWhenItIsAwaited() {
        double now = System.currentTimeMillis() / 1e3;
        shown("saddlebag_last_success_seconds", "entity=\"items\"").isBetween(now - 300, now);
        saddlebag.database().update("UPDATE sync_watermarks SET updated_at = to_timestamp(1000) WHERE entity = 'items'");
        saddlebag.database().update("UPDATE organisations SET created_at = to_timestamp(2000)");
        saddlebag.database().update("UPDATE push_targets SET released_at = to_timestamp(3000)");
        saddlebag.database().update("DELETE FROM sync_runs WHERE mode = 'push'");
        shown("saddlebag_last_success_seconds", "entity=\"items\"").isEqualTo(1000);
        shown("saddlebag_last_success_seconds", "entity=\"categories\"").isEqualTo(2000);
        shown("saddlebag_push_last_success_seconds", "target=\"crm-products\"").isEqualTo(3000);

        saddlebag.database().update("UPDATE organisations SET kinds = '{items}'");
        shown("saddlebag_last_success_seconds", "entity=\"categories\"").as("is not copied").isNull();
        saddlebag.database().update("UPDATE push_targets SET state = 'off'");
        shown("saddlebag_push_last_success_seconds", "target=\"crm-products\"").as("is off").isNull();
        saddlebag.database().update("UPDATE organisations SET kinds = NULL");
        saddlebag.database().update("UPDATE push_targets SET state = 'on'");
    }

    private static void deadLetters(String entity, String source, int count) {
        saddlebag.database().update("DELETE FROM dead_letters WHERE entity = ? AND source = ?", entity, source);
        saddlebag.database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) "
            + "SELECT ?, ?, ?, n, 'payload', 'error' FROM generate_series(1, ?) n", ORG, source, entity, count);
    }

    private static void held(String entity, int count) {
        saddlebag.database().update("INSERT INTO sync_deletes (run_id, zoho_id, state, requested_at) "
            + "SELECT (SELECT max(id) FROM sync_runs WHERE entity = ?), n, 'held', now() FROM generate_series(1, ?) n", entity, count);
    }

    private static void webhook(String body) throws Exception {
        URI address = URI.create("http://localhost:" + saddlebag.port() + "/api/zoho/sync-products?event=updated");
        HttpRequest request = HttpRequest.newBuilder(address).header("Content-Type", "application/json")
            .header("X-Zoho-Webhook-Signature", SignedWebhook.signature(SECRET, address, body)).POST(BodyPublishers.ofString(body)).build();
        assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        await().until(() -> saddlebag.count("webhook_events WHERE status = 'pending'") == 0);
    }

    /** The labels of each metric that is shown. */
    private static Map<String, Set<String>> labels() {
        Map<String, Set<String>> shown = new TreeMap<>();
        SERIES.matcher(text()).results().forEach(series -> {
            Set<String> labels = shown.computeIfAbsent(series.group(1), metric -> new TreeSet<>());
            if (series.group(2) != null) {
                LABEL.matcher(series.group(2)).results().forEach(label -> labels.add(label.group(1)));
            }
        });
        return shown;
    }

    private static Shown shown(String metric, String... labels) {
        return new Shown(metric, labels, "");
    }

    /** The value of the only series with these labels, which may come a moment later. */
    private record Shown(String metric, String[] labels, String reason) {

        Shown as(String reason) {
            return new Shown(metric, labels, reason);
        }

        void isEqualTo(double value) {
            await().untilAsserted(() -> assertThat(value()).as(metric).isEqualTo(value));
        }

        void isBetween(double least, double most) {
            await().untilAsserted(() -> assertThat(value()).as(metric).isBetween(least, most));
        }

        void isNull() {
            await().untilAsserted(() -> assertThat(value()).as(metric + " " + reason).isNull());
        }

        private Double value() {
            Double value = null;
            Matcher series = SERIES.matcher(text());
            while (series.find()) {
                if (series.group(1).equals(metric) && Set.of(series.group(2).split(",(?=[a-z]+=)")).containsAll(Set.of(labels))) {
                    assertThat(value).as("another series of %s with these labels", metric).isNull();
                    value = Double.valueOf(series.group(3));
                }
            }
            return value;
        }
    }

    private static String text() {
        return saddlebag.call("GET", "/actuator/prometheus").body();
    }
}
