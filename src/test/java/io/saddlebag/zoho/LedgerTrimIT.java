package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The ledger keeps what it is asked to keep and no more. */
@Tag("sql")
class LedgerTrimIT {

    @Test
    void callsOlderThanNinetyDaysAreRemovedSliceBySlice() {
        try (SaddlebagServer saddlebag = SaddlebagServer.start(SandboxServer.shared(), "--zoho.ledger-cron=* * * * * ?")) {
            saddlebag.database().update("INSERT INTO zoho_calls (org_id, at, answered_at, released_at, method, path, status, purpose)"
                    + " SELECT '1', at, at, at, 'GET', '/x', 200, 'pull'"
                    + " FROM generate_series(1, 12000) i, LATERAL (SELECT now() - interval '91 days' + i * interval '9 s' AS at) call");
            assertThat(saddlebag.count("qrtz_triggers WHERE trigger_group = 'zoho'")).as("once in the whole cluster").isEqualTo(1);

            await().atMost(Duration.ofSeconds(20)).until(() -> saddlebag.count("zoho_calls WHERE at < now() - interval '90 days'") == 0);
            assertThat(saddlebag.count("zoho_calls")).as("9600 calls are a day").isBetween(2_390L, 2_400L);
        }
    }

    @Test
    void requestsForTokensMissingScopesAndStatesGoWhenNobodyAsksForThemAnyMore() {
        try (SaddlebagServer saddlebag = SaddlebagServer.start(SandboxServer.shared(), "--zoho.ledger-cron=* * * * * ?")) {
            for (String age : new String[] {"25 hours", "23 hours"}) {
                saddlebag.database().update("INSERT INTO token_requests (connection_id, at, outcome) "
                    + "SELECT id, now() - CAST(? AS interval), 'ok' FROM connections", age);
                saddlebag.database().update("INSERT INTO missing_scopes (connection_id, area, token_version, since) "
                    + "SELECT id, CAST(? AS text), 1, now() - CAST(? AS interval) FROM connections", age, age);
                saddlebag.database().update("INSERT INTO oauth_states (digest, org_id, connection_id, client_id, redirect_uri, expires_at) "
                    + "SELECT sha256(CAST(CAST(? AS text) AS bytea)), org_id, connection_id, 'x', 'x', now() - CAST(? AS interval) "
                    + "FROM organisations", age, age);
            }

            for (String table : new String[] {"token_requests", "missing_scopes", "oauth_states"}) {
                await().atMost(Duration.ofSeconds(20)).until(() -> saddlebag.count(table) == 1);
            }
        }
    }
}
