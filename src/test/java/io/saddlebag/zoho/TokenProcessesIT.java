package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Real processes with one connection between them: one asks for its token, and its end stops nobody for long. */
class TokenProcessesIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final String FETCH = "/api/sync/items/6000000000010000001";

    @TempDir
    private Path folder;

    @BeforeEach
    @AfterEach
    void asNew() {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
    }

    @Test
    void threeProcessesAskForOneTokenAndWhoIsKilledMeanwhileBlocksTheOthersForItsLease() throws Exception {
        String url = TestDatabase.migrated();
        Map<String, String> settings = AppProcess.connected(ZOHO, url);
        settings.put("SADDLEBAG_PULL_AT_START", "false");
        settings.put("ZOHO_TOKENTIMEOUT", "5s");
        try (AppProcess one = AppProcess.start(folder, settings); AppProcess two = AppProcess.start(folder, settings);
                AppProcess three = AppProcess.start(folder, settings); Connection connection = TestDatabase.connect(url)) {
            List<AppProcess> all = List.of(one.awaitReady(), two.awaitReady(), three.awaitReady());
            JdbcTemplate database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            all.forEach(process -> assertThat(process.call("POST", FETCH).join()).isEqualTo(200));
            assertThat(ZOHO.calls().counts().oauth()).as("one token for three processes").isEqualTo(1);

            ZOHO.tokens().endAll();
            assertThat(IntStream.range(0, 12).mapToObj(i -> all.get(i % 3).call("POST", FETCH)).toList().stream()
                .map(CompletableFuture::join)).containsOnly(200);
            assertThat(ZOHO.calls().counts().oauth()).as("and one more when it is dead").isEqualTo(2);

            ZOHO.tokens().endAll();
            ZOHO.faults().add(Fault.latency(60_000).next(1).on("/oauth/v2/token"));
            one.call("POST", FETCH);
            await().until(() -> database.queryForObject(
                "SELECT count(*) FROM connections WHERE lease_until > now()", Integer.class) == 1);
            await().until(() -> ZOHO.faults().list().isEmpty()); // the request has met its fault
            one.kill();

            assertThat(two.call("POST", FETCH).join()).isEqualTo(200);
            assertThat(database.queryForObject("SELECT extract(epoch FROM c.issued_at - (SELECT max(r.at) FROM token_requests r "
                + "WHERE r.outcome IS NULL)) FROM connections c", Double.class))
                .as("seconds from the request of the killed one to the token of another").isBetween(6.0, 15.0);
        }
    }
}
