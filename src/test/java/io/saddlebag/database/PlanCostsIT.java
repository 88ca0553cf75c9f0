package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.DistributionServer;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.SignedWebhook;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Where planner methods are switched off, a plan that uses one all the same costs 1e10 (PostgreSQL 17 and before) or is marked, and what
 * PostgreSQL derives from costs goes wrong: it compiles statements of a millisecond for half a second. Here each statement's plan is looked
 * at, those within functions too, while all that an installation does every day is done.
 */
class PlanCostsIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final String SECRET = "SampleSecret1234";
    private static final Pattern BENT = Pattern.compile("cost=[0-9.]*\\b[0-9]{11,}\\.|Disabled: true|Disabled Nodes: [1-9]");
    private static final Pattern ENTRY = Pattern.compile("\n(?=\\d{4}-\\d\\d-\\d\\d )");

    @Test
    void noStatementOfEveryDayUsesAPlanThatIsSwitchedOff() throws Exception {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        try (DistributionServer server = DistributionServer.start("session_preload_libraries=auto_explain", "auto_explain.log_min_duration=0",
                "auto_explain.log_nested_statements=on");
                SaddlebagServer saddlebag = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + server.url(), "--zoho.webhook-secret=" + SECRET)) {
            for (String kind : List.of("items", "contacts", "price-lists", "invoices", "bills", "stock-adjustments")) {
                saddlebag.pull(kind, "full");
                saddlebag.pull(kind, "incremental");
            }
            String id = ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "Lantern").put("rate", 9.5));
            webhook(saddlebag, "{\"item\": " + ZOHO.catalogue().find(id).orElseThrow() + "}");
            webhook(saddlebag, "{\"item\": {\"item_id\": \"" + id + "\"}}");
            webhook(saddlebag, "{\"item\": {\"item_id\": \"1\"}}"); // of which Zoho knows nothing
            await().until(() -> saddlebag.count("webhook_events WHERE status = 'pending'") == 0);
            ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("rate", 10), Set.of(), false);
            saddlebag.pull("incremental");

            List<String> plans = Stream.of(ENTRY.split(server.log())).filter(entry -> entry.contains("plan:")).toList();
            assertThat(plans).as("statements that were looked at").hasSizeGreaterThan(1000).anyMatch(plan -> plan.contains("webhook_events_in_turn"));
            assertThat(plans.stream().filter(plan -> BENT.matcher(plan).find()).map(PlanCostsIT::statement).distinct()).isEmpty();
        } finally {
            ZOHO.reset();
        }
    }

    private static String statement(String plan) {
        return plan.substring(plan.indexOf("Query Text:"), plan.indexOf("cost=")).replaceAll("\\s+", " ");
    }

    private static void webhook(SaddlebagServer saddlebag, String body) throws Exception {
        URI address = URI.create("http://localhost:" + saddlebag.port() + "/api/zoho/sync-products?event=updated");
        HttpRequest request = HttpRequest.newBuilder(address).header("Content-Type", "application/json").timeout(Duration.ofSeconds(20))
            .header("X-Zoho-Webhook-Signature", SignedWebhook.signature(SECRET, address, body)).POST(BodyPublishers.ofString(body)).build();
        assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
}
