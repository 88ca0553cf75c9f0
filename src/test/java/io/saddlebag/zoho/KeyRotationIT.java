package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.common.MasterKey;
import io.saddlebag.common.SecretCipher;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another master key: two replicas on one database, restarted one after the other in the order of docs/howto/rotate-the-master-key.md. */
class KeyRotationIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final String A = key(1);
    private static final String B = key(2);
    private static final String WEBHOOK_SECRET = "organisations/" + SaddlebagServer.ORG + "/webhook_secret";

    private final List<SaddlebagServer> replicas = new ArrayList<>();
    private String url;

    @TempDir
    Path folder;

    @BeforeEach
    void aReplicaUnderTheFirstKey() throws Exception {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        url = TestDatabase.migrated();
        replicas.add(replica(A, ""));
        replicas.get(0).database().update("UPDATE organisations SET webhook_secret = ?",
            new SecretCipher(MasterKey.parse("A", A), null).encrypt("webhooksecret", WEBHOOK_SECRET));
    }

    @AfterEach
    void stop() {
        replicas.forEach(SaddlebagServer::close);
        ZOHO.reset();
    }

    @Test
    void inTheDocumentedOrderNoCallFailsAndTheOldKeyReadsNothingAtTheEnd() {
        replicas.add(replica(A, ""));
        for (String[] step : new String[][] {{A, B}, {B, A}, {B, ""}}) {
            for (int i = 0; i < replicas.size(); i++) {
                replicas.get(i).close();
                replicas.set(i, replica(step[0], step[1]));
                for (SaddlebagServer asks : replicas) {
                    asks.database().update("DELETE FROM token_requests");
                    asks.database().update("UPDATE connections SET refresh_at = now(), ends_at = now()");
                    assertThat(fetch(asks).statusCode()).as(Arrays.toString(step)).isEqualTo(200);
                    replicas.forEach(reads -> assertThat(fetch(reads).statusCode()).as(Arrays.toString(step)).isEqualTo(200));
                }
            }
        }
        assertThat(replicas.get(0).database().queryForList("SELECT who || ' ' || details FROM audit_log WHERE action = 'secrets.encrypt'", String.class))
            .contains("settings {\"secrets\": 4}");
        SecretCipher onlyB = new SecretCipher(MasterKey.parse("B", B), null);
        assertThat(onlyB.decrypt(stored("client_secret FROM connections"), "connections/1/client_secret")).isEqualTo("sandbox-secret");
        assertThat(onlyB.decrypt(stored("refresh_token FROM connections"), "connections/1/refresh_token")).isEqualTo("1000.sandbox-refresh");
        assertThat(onlyB.decrypt(stored("webhook_secret FROM organisations"), WEBHOOK_SECRET)).isEqualTo("webhooksecret");
    }

    @Test
    void aReplicaWithOnlyTheOldKeyNamesTheMissingKeyAndAnUnreadableTokenIsForgotten() throws Exception {
        assertThat(fetch(replicas.get(0)).statusCode()).isEqualTo(200);
        byte[] underTheOldKey = stored("access_token FROM connections");
        startWithAKeyThatReadsNothing();
        replicas.add(replica(B, A));

        assertThat(fetch(replicas.get(1)).statusCode()).isEqualTo(200);
        HttpResponse<String> behind = fetch(replicas.get(0));
        assertThat(behind.statusCode()).isEqualTo(500);
        assertThat(SaddlebagServer.json(behind).get("detail").asText()).contains("SADDLEBAG_MASTER_KEY", "SADDLEBAG_MASTER_KEY_PREVIOUS");
        assertThat(replicas.get(0).pull("incremental").get("error").asText()).contains("SADDLEBAG_MASTER_KEY_PREVIOUS");

        replicas.get(1).database().update("UPDATE connections SET access_token = ?", underTheOldKey);
        replicas.add(replica(B, ""));
        assertThat(fetch(replicas.get(2)).statusCode()).isEqualTo(200);
    }

    /** Ends in one clear line. */
    private void startWithAKeyThatReadsNothing() throws Exception {
        Map<String, String> settings = Map.of("DATABASE_URL", url, "SADDLEBAG_MASTER_KEY", B, "ZOHO_CLIENT_ID", "1000.SANDBOX",
            "ZOHO_CLIENT_SECRET", "sandbox-secret", "ZOHO_REFRESH_TOKEN", "1000.sandbox-refresh", "ZOHO_ORG_ID", SaddlebagServer.ORG,
            "ZOHO_ACCOUNTS_URL", ZOHO.url(), "ZOHO_API_URL", ZOHO.url());
        try (AppProcess refused = AppProcess.start(folder, settings)) {
            assertThat(refused.awaitExit()).isNotZero();

            assertThat(refused.log().lines().filter(line -> line.contains("ERROR") || line.startsWith("\tat "))).singleElement().asString()
                .contains("SADDLEBAG_MASTER_KEY: does not decrypt", "SADDLEBAG_MASTER_KEY_PREVIOUS").doesNotContain(B);
        }
    }

    private SaddlebagServer replica(String key, String previous) {
        return SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + url, "--saddlebag.master-key=" + key, "--saddlebag.master-key-previous=" + previous);
    }

    private static HttpResponse<String> fetch(SaddlebagServer replica) {
        return replica.call("POST", "/api/sync/items/6000000000010000001");
    }

    private byte[] stored(String columnFrom) {
        return replicas.get(0).database().queryForObject("SELECT " + columnFrom, byte[].class);
    }

    private static String key(int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
