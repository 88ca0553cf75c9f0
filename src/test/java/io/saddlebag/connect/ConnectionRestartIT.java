package io.saddlebag.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.Browser;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import io.saddlebag.zoho.connection.Connections;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Settings and browser connect the same organisation: the newer of both counts, over restarts. */
@Tag("sql")
class ConnectionRestartIT {

    private static SandboxServer zoho;

    @BeforeAll
    static void start() {
        zoho = SandboxServer.start("--saddlebag.sandbox.items=3");
    }

    @AfterAll
    static void stop() {
        zoho.close();
    }

    @Test
    void aRestartKeepsWhatTheBrowserConnectedAndChangedSettingsReplaceIt() throws Exception {
        String database = "--DATABASE_URL=" + TestDatabase.migrated();
        try (SaddlebagServer first = SaddlebagServer.start(zoho, database, "--zoho.refresh-token=1000.of-nobody")) {
            assertThat(fetch(first)).as("the settings are wrong").isEqualTo(502);
            Browser browser = new Browser(first);
            URI consentPage = URI.create(browser.get("/oauth/connect").headers().firstValue("Location").orElseThrow());
            browser.get(SandboxServer.consent(consentPage));
            assertThat(fetch(first)).as("the browser put it right").isEqualTo(200);
        }
        try (SaddlebagServer same = SaddlebagServer.start(zoho, database, "--zoho.refresh-token=1000.of-nobody")) {
            same.database().update("UPDATE connections SET access_token = NULL, refresh_at = NULL, ends_at = NULL");
            assertThat(fetch(same)).as("the same settings as at the start before").isEqualTo(200);
            assertThat(replacedBy(same)).containsExactly("browser");
        }
        try (SaddlebagServer changed = SaddlebagServer.start(zoho, database, "--zoho.refresh-token=1000.of-nobody-else")) {
            assertThat(fetch(changed)).as("other settings").isEqualTo(502);
            assertThat(replacedBy(changed)).containsExactly("browser", "settings");
            assertThat(changed.database().queryForList("SELECT who || ' ' || action || ' ' || outcome || coalesce(' ' || (details ->> 'result'), '') FROM audit_log"
                + " WHERE action LIKE 'connection.%' ORDER BY id", String.class)).containsExactly("settings connection.add done", "admin connection.request done",
                    "admin connection.consent done connected", "settings connection.replace done");
        }
    }

    @Test
    void anOrganisationThatTheSettingsTakeOverKeepsNoSecretsOfItsOwn() throws Exception {
        String database = "--DATABASE_URL=" + TestDatabase.migrated();
        try (SaddlebagServer first = SaddlebagServer.start(zoho, database)) {
            long own = first.bean(Connections.class).add(new Connections.Given("us", null, "1000.OWN", "own-secret", "1000.own-refresh", null, null));
            first.database().update("INSERT INTO organisations (org_id, connection_id) VALUES ('60000000777', ?)", own);
        }
        try (SaddlebagServer next = SaddlebagServer.start(zoho, database, "--zoho.org-id=60000000777")) {
            assertThat(next.database().queryForList("SELECT org_id FROM organisations WHERE connection_id IS NOT NULL", String.class)).containsExactly("60000000777");
            assertThat(next.count("connections")).as("that of the settings").isEqualTo(1);
            assertThat(replacedBy(next)).contains("settings");
        }
    }

    private static int fetch(SaddlebagServer server) {
        return server.call("POST", "/api/sync/items/6000000000010000001").statusCode();
    }

    private static List<String> replacedBy(SaddlebagServer server) {
        return server.database().queryForList("SELECT replaced_by FROM replaced_connections ORDER BY id", String.class);
    }
}
