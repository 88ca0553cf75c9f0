package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import io.saddlebag.testkit.Tutorial;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.util.FileSystemUtils;

/** An installed copy, running with live editing, gets a push target by doing what the tutorial says. */
class DroppedInTargetIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final Pattern BODY = Pattern.compile("(?s)-X PATCH .*? -d '([^']*)'");

    @TempDir
    private static Path folder;
    private static AppProcess installed;

    @Test
    void theTutorialEndsWithVendorsInZohoAndNoRestart() throws Exception {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        for (String part : List.of("routes", "config")) {
            FileSystemUtils.copyRecursively(Path.of(part), folder.resolve(part));
        }
        Tutorial tutorial = Tutorial.read("add-a-push-target");
        String url = TestDatabase.migrated();
        Map<String, String> settings = AppProcess.connected(ZOHO, url);
        settings.putAll(Map.of("SADDLEBAG_DEV", "true", "SADDLEBAG_PULL_AT_START", "false", "SADDLEBAG_PULL_CRON", "0 0 0 1 1 ? 2099",
            "SADDLEBAG_FULL_CRON", "0 0 0 1 1 ? 2099", "SADDLEBAG_PUSH_CRON", "0 0 0 1 1 ? 2099"));
        try (Connection connection = TestDatabase.connect(url); AppProcess process = AppProcess.start(folder, settings).awaitReady()) {
            installed = process;
            JdbcTemplate database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            assertThat(call("POST", tutorial.calls().get(0), null).statusCode()).isEqualTo(404);

            database.execute(tutorial.blocks().get(0));
            tutorial.save(folder);
            await().until(() -> installed.log().contains("Taken over: routes/push/crm-vendors.yaml"));

            assertThat(call("GET", "/api/push", null).body()).contains("\"crm-vendors\"");
            assertThat(call("POST", tutorial.calls().get(2), null).statusCode()).as("not switched on").isEqualTo(409);
            JsonNode plan = ended(call("POST", tutorial.calls().get(0), null));
            assertThat(plan.get("status").asText()).as(plan.toString()).isEqualTo("succeeded");
            assertThat(vendors()).as("a plan writes nothing").isEmpty();
            String body = tutorial.blocks().stream().flatMap(block -> BODY.matcher(block).results()).findFirst().orElseThrow().group(1);
            HttpResponse<String> on = call("PATCH", tutorial.calls().get(1), body);
            assertThat(on.statusCode()).as(on.body()).isEqualTo(200);
            JsonNode run = ended(call("POST", tutorial.calls().get(2), null));
            assertThat(run.get("created").asInt()).as(run.toString()).isEqualTo(2);
            assertThat(run.get("rejected").asInt()).isEqualTo(1);

            assertThat(vendors()).extracting(vendor -> vendor.get("Vendor_Name").asText()).containsExactly("Cable & Co", "Mast Works");
            assertThat(database.queryForList(tutorial.queries().get(0))).extracting(row -> row.get("status")).containsExactly("ok", "ok", "refused");
            database.execute("UPDATE own_vendors SET city = 'Mombasa' WHERE code = 'V-2'");
            assertThat(ended(call("POST", tutorial.calls().get(2), null)).get("updated").asInt()).isEqualTo(1);
            assertThat(ended(call("POST", tutorial.calls().get(2), null)).get("calls").asInt()).isZero();
        } finally {
            ZOHO.reset();
        }
    }

    private static List<JsonNode> vendors() throws IOException {
        JsonNode answer = PushCase.control("GET", "/control/store/crm/Vendors", null).get("records");
        return java.util.stream.StreamSupport.stream(answer.spliterator(), false).toList();
    }

    private static JsonNode ended(HttpResponse<String> started) {
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        String run = "/api/sync/runs/" + json(started).get("runId");
        await().pollInterval(Duration.ofMillis(50))
            .until(() -> !json(call("GET", run, null)).get("status").asText().equals("running"));
        return json(call("GET", run, null));
    }

    private static HttpResponse<String> call(String method, String path, String body) {
        try {
            return HttpClient.newHttpClient().send(HttpRequest.newBuilder(installed.uri(path)).timeout(Duration.ofSeconds(30))
                .header("Authorization", SaddlebagServer.STAFF).header("Content-Type", "application/json")
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
        } catch (Exception e) {
            throw new AssertionError(method + " " + path, e);
        }
    }

    private static JsonNode json(HttpResponse<String> answer) {
        try {
            return new ObjectMapper().readTree(answer.body());
        } catch (IOException e) {
            throw new AssertionError(answer.body(), e);
        }
    }
}
