package io.saddlebag.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.sandbox.accounts.Client;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SandboxServer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All that can be done with secrets and to them, by Zoho, its accounts server, staff and strangers. */
public record Trouble(TroubledApp app) {

    private static final String ITEM = "/api/sync/items/6000000000010000001";
    private static final Pattern LOCATION = Pattern.compile("location=\\[([^]]*)]");

    public void meet() throws Exception {
        await().atMost(Duration.ofSeconds(60)).until(() -> count("sync_runs WHERE status = 'succeeded' AND entity = 'items'") == 1
            && count("sync_runs WHERE status = 'running'") == 0);
        app.noteTokens();
        connect();
        faults();
        app.scheduler("POST", "/api/sync/items?mode=full");
        await().atMost(Duration.ofSeconds(60)).until(() -> count("sync_runs WHERE status = 'running'") == 0);
        app.call("GET", "/api/sync/runs/1", "Bearer " + app.secret("wrong bearer", "wrong/bearer+6"), "");
        app.call("GET", "/api/sync/runs", "Basic YWRtaW46d3JvbmcgcGFzc3dvcmQ=", "");
        app.staff("POST", "/api/sync/nonsense?org=nobody", "{");
        app.call("POST", "/api/zoho/sync-products?org=60000000001", null, "{}");
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

    private long count(String fromWhere) {
        return app.database().queryForObject("SELECT count(*) FROM " + fromWhere, Long.class);
    }
}
