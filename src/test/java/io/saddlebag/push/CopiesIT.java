package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.FailureReason;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer.HeldCalls;
import io.saddlebag.testkit.TestDatabase;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A copy of the database writes nothing to Zoho until a person confirms it. */
class CopiesIT extends PushCase {

    private static final String PUSH = "/api/push/crm-products";

    @BeforeEach
    void on() {
        on("crm-products");
    }

    private static int records() {
        return control("GET", "/control/store/crm/Products", null).get("records").size();
    }

    /** @return the address of a copy of the database of all tests of pushes, made on the same server */
    private static String copy() throws Exception {
        String original = one("SELECT current_database()");
        String fresh = TestDatabase.fresh();
        String name = fresh.substring(fresh.lastIndexOf('/') + 1);
        try (Connection server = TestDatabase.connect(fresh.substring(0, fresh.lastIndexOf('/')) + "/postgres")) {
            server.createStatement().execute("DROP DATABASE " + name);
            server.createStatement().execute("ALTER DATABASE " + original + " ALLOW_CONNECTIONS false");
            try {
                server.createStatement().execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + original + "'");
                server.createStatement().execute("CREATE DATABASE " + name + " TEMPLATE " + original);
            } finally {
                server.createStatement().execute("ALTER DATABASE " + original + " ALLOW_CONNECTIONS true");
            }
        }
        return fresh;
    }

    @Test
    void aCopyWritesNothingUntilAPersonConfirmsIt() throws Exception {
        products(2);
        push("crm-products");
        assertThat(records()).isEqualTo(2);
        saddlebag().database().update("UPDATE own_products SET price = price + 1");

        try (SaddlebagServer copy = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + copy(), "--saddlebag.push.cron=0/1 * * * * ?", "--saddlebag.push.unknown-every=200ms")) {
            copy.database().update("UPDATE push_state SET status = 'unknown', tried_at = now() - interval '1 hour'");
            HttpResponse<String> refused = copy.call("POST", PUSH);
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("This database looks like a copy", "confirmed it at", "POST /api/push/confirm");
            assertThat(copy.call("POST", "/api/push/all").body()).contains("This database looks like a copy");
            assertThat(SaddlebagServer.json(copy.call("GET", "/api/zoho/health")).get("problems").toString()).contains("looks like a copy", "POST /api/push/confirm");
            assertThat(copy.call("POST", PUSH + "?dryRun=true").statusCode()).as("a plan writes nothing").isEqualTo(202);
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(10))
                .until(() -> copy.count("sync_runs WHERE trigger = 'timer'") == 0);
            assertThat(writes("module=Products").at("/writes/0/updates").asInt()).isZero();

            assertThat(copy.call("POST", "/api/push/confirm", "Bearer scheduler-secret").statusCode()).as("a scheduler").isEqualTo(403);
            JsonNode confirmed = SaddlebagServer.json(copy.call("POST", "/api/push/confirm"));
            assertThat(confirmed.get("confirmedBy").asText()).as(confirmed.toString()).isEqualTo("admin");
            await().until(() -> copy.count("push_state WHERE status = 'ok'") == 2);
            assertThat(SaddlebagServer.json(copy.call("GET", "/api/zoho/health")).get("problems").toString()).doesNotContain("copy");
        }
        assertThat(writes("module=Products").at("/writes/0/updates").asInt()).isPositive();
        assertThat(one("SELECT push_guarded_because('{}')")).as("the original goes on").isNull();
    }

    @Test
    void aDatabaseThatIsRestoredUnderARunningProcessStopsItsRun() {
        products(150);

        CompletableFuture<JsonNode> run;
        try (HeldCalls first = ZOHO.hold("/crm/v8/Products", 0)) {
            run = CompletableFuture.supplyAsync(() -> push("crm-products"));
            await().until(() -> one("SELECT count(*) FROM push_state WHERE status = 'unknown'").equals("100"));
            saddlebag().database().update("UPDATE push_guard SET system_identifier = '7000000000000000001'");
        }
        try {
            assertThat(run.join().get("error").asText()).as(run.join().toString()).contains("looks like a copy", "on server 7000000000000000001");
            assertThat(records()).as("the second batch was not sent").isEqualTo(100);
        } finally {
            assertThat(saddlebag().call("POST", "/api/push/confirm").statusCode()).isEqualTo(200);
        }
        assertThat(push("crm-products").get("status").asText()).isEqualTo("succeeded");
        assertThat(records()).isEqualTo(150);
    }

    @Test
    void whereItIsSwitchedOffNothingIsWritten() throws Exception {
        try (SaddlebagServer off = SaddlebagServer.start(ZOHO, "--saddlebag.push.write=off")) {
            off.database().update("INSERT INTO push_targets (org_id, target, state) VALUES (?, 'crm-products', 'on')", SaddlebagServer.ORG);

            HttpResponse<String> refused = off.call("POST", PUSH);

            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("SADDLEBAG_PUSH is off");
            assertThat(SaddlebagServer.json(off.call("GET", "/api/zoho/health")).get("problems").toString()).doesNotContain("copy");
        }
        assertThatThrownBy(() -> SaddlebagServer.start(ZOHO, "--saddlebag.push.write=maybe").close())
            .satisfies(failure -> assertThat(FailureReason.find(BadSettingException.class, failure)).hasMessageContaining("SADDLEBAG_PUSH: \"maybe\" is neither on nor off"));
    }

    @Test
    void aDatabaseInWhichATargetWasOnIsNotConfirmedByItsStart() throws Exception {
        String url = TestDatabase.migrated();
        try (Connection database = TestDatabase.connect(url)) {
            database.createStatement().execute("INSERT INTO push_targets (org_id, target, state, released_at) VALUES ('1', 'crm-products', 'off', now())");
        }
        try (SaddlebagServer start = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + url)) {
            assertThat(start.call("POST", PUSH).body()).contains("Nobody has confirmed that this database may write to Zoho");
        }
    }
}
