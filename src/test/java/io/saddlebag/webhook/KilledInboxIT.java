package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The real process, ended at any moment while webhooks come in. How often: {@code -Dsaddlebag.rounds=100}. */
class KilledInboxIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final int ROUNDS = Integer.getInteger("saddlebag.rounds", 5);

    @TempDir
    private Path folder;

    @Test
    void whatWasAnsweredTakesEffectOnceHoweverOftenTheProcessIsKilled() throws Exception {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        String url = TestDatabase.migrated();
        long seed = System.currentTimeMillis();
        Random dice = new Random(seed);
        try (Connection connection = TestDatabase.connect(url); Storm storm = new Storm(ZOHO, 8)) {
            JdbcTemplate database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            Map<String, String> settings = settings(url);
            for (int round = 0; round < ROUNDS; round++) {
                try (AppProcess app = AppProcess.start(folder, settings).awaitReady()) {
                    if (round == 0) {
                        storm.rage(app.uri("/"), seed);
                    }
                    long untilThen = storm.sent();
                    int more = 20 + dice.nextInt(150);
                    await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(1)).until(() -> storm.sent() > untilThen + more); // on a busy machine
                    app.kill();
                }
                if ((round + 1) % 10 == 0) {
                    System.out.println("SIGKILL: " + (round + 1) + " of " + ROUNDS + " rounds, " + storm.sent() + " sent");
                }
            }
            try (AppProcess app = AppProcess.start(folder, settings).awaitReady()) {
                storm.calm();
                await().atMost(Duration.ofMinutes(5)).until(storm::allIsAnswered);
                await().atMost(Duration.ofMinutes(5)).until(() -> database.queryForObject(
                    "SELECT count(*) FROM webhook_events WHERE status = 'pending'", Long.class) == 0);
            }
            List<String> damage = storm.damage(database);
            System.out.println("SIGKILL: " + ROUNDS + " rounds, " + storm.figures(damage));
            Path all = Files.write(Path.of("target/killed-inbox-damage.txt"), damage);
            assertThat(damage.stream().collect(Collectors.groupingBy(one -> one.substring(0, one.indexOf(':')),
                Collectors.collectingAndThen(Collectors.toList(), those -> those.subList(0, Math.min(2, those.size()))))))
                .as("the first two of each kind, seed " + seed + "; all are in " + all).isEmpty();
        } finally {
            ZOHO.reset();
        }
    }

    private static Map<String, String> settings(String url) throws Exception {
        Map<String, String> settings = AppProcess.connected(ZOHO, url);
        settings.putAll(Map.of("ZOHO_WEBHOOK_SECRET", Storm.SECRET, "SADDLEBAG_PULL_AT_START", "false",
            "SADDLEBAG_WEBHOOK_FETCHES", "1000", // or the end waits a minute for the hints that were put off
            // with the short pauses below, the default of twelve attempts is used up in 19 s, and a busy machine may stand still that long
            "SADDLEBAG_WEBHOOK_ATTEMPTS", "1000",
            // what a killed process was at work on is soon another's
            "SADDLEBAG_WEBHOOK_LEASE", "2s", "ZOHO_CALLTIMEOUT", "6s", "ZOHO_HTTPTIMEOUT", "3s", "ZOHO_TOKENTIMEOUT", "2s",
            "SADDLEBAG_WEBHOOK_FIRSTPAUSE", "200ms", "SADDLEBAG_WEBHOOK_LONGESTPAUSE", "2s"));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            settings.put("SERVER_PORT", Integer.toString(free.getLocalPort())); // the same for all rounds
        }
        return settings;
    }
}
