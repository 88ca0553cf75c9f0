package io.saddlebag.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.sandbox.accounts.Client;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.meta.MetaCatalogue;
import io.saddlebag.testkit.SandboxServer;
import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All that can be done with secrets and to them, by Zoho, its accounts server, staff and strangers. */
public record Trouble(TroubledApp app) {

    private static final String ITEM = "/api/sync/items/6000000000010000001";
    private static final Pattern LOCATION = Pattern.compile("location=\\[([^]]*)]");

    public void meet() throws Exception {
        await().until(() -> count("sync_runs WHERE status = 'succeeded' AND entity = 'items'") == 1
            && count("sync_runs WHERE status = 'running'") == 0);
        app.noteTokens();
        app.login();
        connect();
        push();
        faults();
        app.scheduler("POST", "/api/sync/items?mode=full");
        await().until(() -> count("sync_runs WHERE status = 'running'") == 0);
        app.call("GET", "/api/sync/runs/1", "Bearer " + app.secret("wrong bearer", "wrong/bearer+6"), "");
        app.call("GET", "/api/sync/runs", "Basic YWRtaW46d3JvbmcgcGFzc3dvcmQ=", "");
        app.staff("POST", "/api/sync/nonsense?org=nobody", "{");
        app.call("POST", "/api/zoho/sync-products?org=60000000001", null, "{}");
        alerts();
    }

    /** A second organisation: by the API, with mistakes; then once more by a consent. */
    private void connect() throws Exception {
        Client second = app.zoho().secondConnection();
        String organisation = """
            {"orgId": "%s", "name": "Second", "clientId": "%s", "clientSecret": "%s", "refreshToken": "%s", "webhookSecret": "%s"%s}""";
        for (String end : List.of(", \"nonsense\": 1", ", \"timezone\": \"none\"", ", ]", "")) {
            app.staff("POST", "/api/organisations", organisation.formatted(second.organizationId(), second.clientId(),
                app.secret("second client secret", second.clientSecret()), app.secret("second refresh token", second.refreshToken()),
                app.secret("third webhook secret", "webhooksecret7"), end));
        }
        assertThat(count("organisations WHERE connection_id IS NOT NULL")).isEqualTo(2);
        assertThat(app.staff("POST", "/api/zoho/check?org=Second", "")).contains("\"ok\":true");
        Matcher page = LOCATION.matcher(app.staff("GET", "/oauth/connect?org=Second&for=webhooks", ""));
        assertThat(page.find()).isTrue();
        URI back = SandboxServer.consent(URI.create(page.group(1)));
        assertThat(app.staff("GET", back.getRawPath() + "?" + back.getRawQuery(), "")).startsWith("200");
        app.noteTokens();
        assertThat(count("replaced_connections")).isEqualTo(1);
        assertThat(app.staff("POST", "/api/webhooks/register?org=Second", "")).contains("\"status\":\"created\"");
    }

    /** Own products in CRM, of which one is refused, by a call whose answer is lost, and in the catalogue at Meta; a plan and a comparison. */
    private void push() throws Exception {
        String org = app.zoho().connection().organizationId();
        app.database().execute("DROP VIEW push_products");
        app.database().execute("""
            CREATE VIEW push_products AS
            SELECT '%s' AS org_id, 'key-' || n AS record_key, 'SKU-' || n AS sku, CASE n WHEN 3 THEN repeat('x', 300) ELSE 'Product ' || n END AS name,
                   'Described' AS description, CAST(100 + n AS numeric) AS price, 'INR' AS currency, true AS is_active, false AS price_may_be_zero, 'Fibre' AS category,
                   CAST(NULL AS text) AS brand, 'https://shop.example/p.png' AS image_url, 'https://shop.example/p' AS link_url, CAST(5 AS numeric) AS stock
              FROM generate_series(1, 3) n""".formatted(org));
        assertThat(app.staff("PATCH", "/api/organisations/" + org, "{\"meta\":{\"catalogue\":\"%s\",\"token\":\"%s\"}}"
            .formatted(MetaCatalogue.ID, app.secret("token of Meta", MetaCatalogue.TOKEN)))).startsWith("200");
        run("push/crm-products?dryRun=true&org=" + org);
        app.database().update("INSERT INTO push_targets (org_id, target, state) SELECT ?, t, 'on' FROM unnest(ARRAY['crm-products', 'meta-catalogue']) t "
            + "ON CONFLICT (org_id, target) DO UPDATE SET state = 'on'", org);
        app.zoho().faults().add(Fault.of(Fault.Kind.LOST_ANSWER).next(1).on("upsert"));
        run("push/crm-products?org=" + org);
        app.zoho().faults().clear();
        run("verify/crm-products?org=" + org);
        run("push/meta-catalogue?org=" + org);
        await().until(() -> {
            app.database().update("UPDATE push_handles SET next_at = now()");
            return count("push_handles") == 0;
        });
        assertThat(app.database().queryForList("SELECT target || ' ' || status || ' ' || count(*) FROM push_state GROUP BY target, status ORDER BY 1", String.class))
            .containsExactly("crm-products failed 1", "crm-products ok 2", "meta-catalogue ok 2", "meta-catalogue refused 1");
        assertThat(count("sync_reports")).isGreaterThanOrEqualTo(2);
        assertThat(count("zoho_calls WHERE path LIKE '%upsert'")).as("the call whose answer was lost, and one more at least").isGreaterThanOrEqualTo(2);
    }

    private void run(String address) throws Exception {
        assertThat(app.staff("POST", "/api/" + address, "")).startsWith("202");
        await().until(() -> count("sync_runs WHERE status = 'running'") == 0);
    }

    /** Those of the accounts server by a token that is due. */
    private void faults() throws Exception {
        List<Fault> ofTokens = List.of(Fault.status(Fault.Kind.ERROR, 500).on("/oauth/v2/token"),
            Fault.of(Fault.Kind.CUT).on("/oauth/v2/token"), Fault.of(Fault.Kind.TOKEN_THROTTLE), Fault.of(Fault.Kind.INVALID_CODE));
        List<Fault> ofCalls = List.of(Fault.limit(57).next(1), Fault.limit(57).next(2), Fault.status(Fault.Kind.ERROR, 500),
            Fault.of(Fault.Kind.CUT), Fault.of(Fault.Kind.DROP), Fault.of(Fault.Kind.HTML), Fault.of(Fault.Kind.DEAD_TOKENS).next(1));
        for (Fault fault : Stream.concat(ofCalls.stream(), ofTokens.stream()).toList()) {
            app.database().update("UPDATE connections SET cooldown_until = NULL");
            if (ofTokens.contains(fault)) {
                app.database().update("UPDATE connections SET refresh_at = now(), ends_at = now()");
            }
            app.zoho().faults().add(fault);
            app.staff("POST", ITEM, "");
            app.noteTokens();
            app.zoho().faults().clear();
        }
    }

    /** A receiver that takes nothing, a mail server that takes the login, and no heartbeat. */
    private void alerts() throws Exception {
        assertThat(app.staff("POST", "/api/alerts/test", "")).startsWith("502").contains("webhook: The receiver answered 404");
        await().until(() -> count("alert_messages WHERE channel = 'email' AND kind = 'alert' AND sent_at IS NOT NULL") > 0
            && count("alert_messages WHERE channel = 'webhook' AND kind = 'alert' AND error IS NOT NULL") > 0
            && count("alert_watch WHERE heartbeat_error = 'The receiver answered 404'") == 1);
    }

    private long count(String fromWhere) {
        return app.database().queryForObject("SELECT count(*) FROM " + fromWhere, Long.class);
    }
}
