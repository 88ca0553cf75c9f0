package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.SignedWebhook;
import io.saddlebag.testkit.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.NotifyBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Workers of the inbox are woken by what is committed: the route that looks by itself stands still here, but where it is tested. */
@Tag("sql")
class WakesIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final String SECRET = "SampleSecret1234";
    private static final String LISTENING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'";
    private static String url;
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() throws Exception {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        url = TestDatabase.migrated();
        saddlebag = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + url + "?options=-c%20jit%3Don", "--zoho.webhook-secret=" + SECRET,
            "--saddlebag.webhook.every=1m", "--saddlebag.webhook.lock-timeout=1m");
        await().until(() -> !saddlebag.database().queryForList(LISTENING).isEmpty());
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
        ZOHO.reset();
    }

    @BeforeEach
    void nobodyLooksByItself() throws Exception {
        saddlebag.bean(CamelContext.class).getRouteController().suspendRoute("webhook-inbox");
        ZOHO.faults().clear();
        saddlebag.database().execute("TRUNCATE webhook_events");
        saddlebag.call("POST", "/api/sync/items/" + newItem("for the token"));
    }

    @Test
    void whatAnotherProcessCommitsIsWorkedAt() throws SQLException {
        String id = newItem("Lantern");

        try (Connection other = TestDatabase.connect(url); Statement statement = other.createStatement()) {
            statement.execute(hint("of-another", id, "clock_timestamp()"));
        }

        soon(() -> status("of-another").equals("done"));
    }

    @Test
    void whatIsDeadAndReplayedIsWorkedAt() {
        String id = newItem("Lantern");
        saddlebag.database().execute("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, status)"
            + " VALUES ('" + SaddlebagServer.ORG + "', 'dead', 'dead', 'items', 'updated', '" + id + "', false, '{}', 'dead')");
        saddlebag.database().execute("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error, attempts, event_id)"
            + " VALUES ('" + SaddlebagServer.ORG + "', 'webhook', 'items', '" + id + "', '{}', 'of a test', 1, 'dead')");
        long letter = saddlebag.database().queryForObject("SELECT max(id) FROM dead_letters", Long.class);

        assertThat(saddlebag.call("POST", "/api/dead-letters/" + letter + "/replay").statusCode()).isEqualTo(202);

        soon(() -> status("dead").equals("done"));
    }

    @Test
    void aConnectionThatEndsIsReplacedByOneThatHears() throws Exception {
        int before = saddlebag.database().queryForObject(LISTENING, Integer.class);
        saddlebag.database().execute("SELECT pg_terminate_backend(" + before + ")");
        String meanwhile = newItem("Lantern");
        saddlebag.database().execute(hint("meanwhile", meanwhile, "clock_timestamp()"));

        soon(() -> status("meanwhile").equals("done"));
        assertThat(saddlebag.database().queryForList(LISTENING, Integer.class)).hasSize(1).doesNotContain(before);
        whatAnotherProcessCommitsIsWorkedAt();
    }

    /** The complete one came while the hint of its record was fetched, and its own wake found it behind that. */
    @Test
    void whatWaitedBehindAnEventOfItsRecordFollowsIt() throws SQLException {
        String id = newItem("Lantern");
        try (Connection other = TestDatabase.connect(url); Statement turn = other.createStatement()) {
            other.setAutoCommit(false);
            turn.execute("SELECT lock_work('sink items " + SaddlebagServer.ORG + "')");
            saddlebag.database().execute(hint("first", id, "clock_timestamp()"));
            soon(() -> saddlebag.count("webhook_events WHERE claimed_until IS NOT NULL") == 1);
            NotifyBuilder looked = new NotifyBuilder(saddlebag.bean(CamelContext.class)).fromRoute("inbox-direct").whenDone(1).create();

            send("{\"item\": " + ZOHO.catalogue().find(id).orElseThrow().put("last_modified_time", "2026-01-01T00:00:00+0000").put("name", "Torch") + "}");
            soon(looked::matches);
            assertThat(status("first")).isEqualTo("pending");
            other.rollback();
        }

        soon(() -> saddlebag.count("webhook_events WHERE status = 'pending'") == 0 && saddlebag.count("webhook_events") == 2);
    }

    /** By looks alone each would wait for the second look, a minute after the first. */
    @Test
    void whatIsDueLaterIsWorkedAtThen() throws Exception {
        saddlebag.bean(CamelContext.class).getRouteController().stopRoute("webhook-inbox");
        for (int n = 0; n < 6; n++) {
            saddlebag.database().execute(hint("later" + n, newItem("Lantern " + n), "clock_timestamp() + interval '1 ms' * " + (3000 + 850 * n)));
        }

        saddlebag.bean(CamelContext.class).getRouteController().startRoute("webhook-inbox"); // and it looks
        await().until(() -> saddlebag.count("webhook_events WHERE status = 'pending'") == 0);

        assertThat(saddlebag.database().queryForObject("SELECT max(extract(epoch FROM processed_at - due_at)) FROM webhook_events", Double.class))
            .isBetween(0.0, 30.0);
    }

    /** Anybody who has seen a hint once can send it as often as they like, for its signature is good. */
    @Test
    void afterThreeFetchesOfARecordInAMinuteTheNextHintsShareOne() {
        String id = newItem("Lantern");
        ZOHO.calls().reset();
        for (int n = 1; n <= 3; n++) {
            long done = n;
            assertThat(send("{\"item\":{\"item_id\":\"" + id + "\"}}")).contains("accepted");
            soon(() -> saddlebag.count("webhook_events WHERE status = 'done'") == done);
        }

        assertThat(send("{\"item\":{\"item_id\":\"" + id + "\"}}")).contains("accepted");
        for (int n = 0; n < 5; n++) {
            assertThat(send("{\"item\":{\"item_id\":\"" + id + "\"}}")).contains("duplicate");
        }
        assertThat(send("{\"item\":{\"item_id\":\"" + id + "\"},\"another\":1}")).contains("accepted");
        soon(() -> saddlebag.count("webhook_events WHERE status = 'pending' AND attempts = 0 AND due_at > clock_timestamp() + interval '30 s'") >= 1);
        String other = newItem("Torch");
        assertThat(send("{\"item\":{\"item_id\":\"" + other + "\"}}")).contains("accepted");
        soon(() -> saddlebag.count("webhook_events WHERE status = 'done' AND zoho_id = '" + other + "'") == 1);
        assertThat(ZOHO.calls().counts().api()).as("three, and the other record's").isEqualTo(4);

        ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("name", "Lamp"), Set.of(), false);
        saddlebag.database().execute("UPDATE webhook_events SET fetched_at = fetched_at - interval '1 minute'");
        saddlebag.database().execute("UPDATE webhook_events SET due_at = clock_timestamp() WHERE status = 'pending'"); // a minute later
        soon(() -> saddlebag.count("webhook_events WHERE status = 'pending'") == 0);
        assertThat(saddlebag.count("webhook_events WHERE status = 'done' AND zoho_id = '" + id + "'")).as("none is lost").isEqualTo(5);
        assertThat(ZOHO.calls().counts().api()).isEqualTo(5);
        assertThat(saddlebag.count("products WHERE name = 'Lamp'")).isEqualTo(1);
    }

    /** What a statement costs decides whether PostgreSQL compiles it, and ours are quick. */
    @Test
    void noConnectionCompilesStatementsWhateverTheAddressSays() throws SQLException {
        try (Connection asTheAddressSays = TestDatabase.connect(url + "?options=-c%20jit%3Don"); Statement statement = asTheAddressSays.createStatement();
             var jit = statement.executeQuery("SHOW jit")) {
            jit.next();
            assertThat(jit.getString(1)).isEqualTo("on");
        }
        assertThat(saddlebag.database().queryForObject("SHOW jit", String.class)).isEqualTo("off");
    }

    private static String newItem(String name) {
        return ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", name).put("rate", 9.5));
    }

    private static String hint(String event, String item, String due) {
        return "INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, due_at) VALUES ('"
            + SaddlebagServer.ORG + "', '" + event + "', '" + event + "', 'items', 'updated', '" + item + "', false, '{}', " + due + ")";
    }

    private static String status(String event) {
        return saddlebag.database().queryForObject("SELECT status FROM webhook_events WHERE event_id = ?", String.class, event);
    }

    /** @return the answer, which is 200 */
    private static String send(String body) {
        URI address = URI.create("http://localhost:" + saddlebag.port() + "/api/zoho/sync-products?event=updated");
        HttpRequest request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(30)).header("Content-Type", "application/json")
            .header("X-Zoho-Webhook-Signature", SignedWebhook.signature(SECRET, address, body)).POST(BodyPublishers.ofString(body)).build();
        try {
            var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return answer.body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void soon(Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(20)).until(condition);
    }
}
