package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.SaddlebagServer;
import io.saddlebag.database.StoppableServer;
import io.saddlebag.sandbox.SandboxQuotas;
import io.saddlebag.sandbox.SandboxServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database goes away under load. For how many seconds: {@code -Dsaddlebag.outage=20}. */
class OutageIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("saddlebag.outage", 5));
    private static final int SENDERS = 40;

    @TempDir
    private static Path folder;
    private static StoppableServer database;
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() throws Exception {
        ZOHO.reset();
        ZOHO.limits().change(new SandboxQuotas(0, 0, 0, 0, 600, 0, 3600));
        database = StoppableServer.in(folder);
        saddlebag = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + database.url(), "--zoho.webhook-secret=" + Storm.SECRET,
            "--saddlebag.webhook.lease=2s", "--zoho.call-timeout=6s", "--zoho.http-timeout=3s", "--zoho.token-timeout=2s",
            "--saddlebag.webhook.first-pause=200ms", "--saddlebag.webhook.longest-pause=2s");
    }

    @AfterAll
    static void stop() throws Exception {
        saddlebag.close();
        database.close();
        ZOHO.reset();
    }

    @Test
    void aDatabaseThatStopsCostsTheSendersNoMoreThanAnotherTry() throws Exception {
        outage(database::crash, database::start);
    }

    @Test
    void soDoesOneThatStandsStill() throws Exception {
        outage(database::pause, database::resume);
    }

    private interface Action {
        void run() throws Exception;
    }

    private static void outage(Action begin, Action end) throws Exception {
        try (Storm storm = new Storm(ZOHO, SENDERS)) {
            storm.rage(URI.create("http://localhost:" + saddlebag.port()), System.nanoTime());
            await().atMost(Duration.ofMinutes(1)).until(() -> storm.sent() > 200);
            begin.run();
            await().pollDelay(OUTAGE).atMost(OUTAGE.plusSeconds(5)).until(() -> true);
            end.run();
            long untilThen = storm.sent();
            await().atMost(Duration.ofMinutes(1)).until(() -> storm.sent() > untilThen + 200);
            storm.calm();
            await().atMost(Duration.ofMinutes(1)).until(storm::allIsAnswered);
            await().atMost(Duration.ofMinutes(1)).until(() -> saddlebag.count("webhook_events WHERE status = 'pending'") == 0);
            List<String> damage = storm.damage(saddlebag.database());
            System.out.println("OUTAGE of " + OUTAGE.toSeconds() + " s: " + storm.figures(damage) + ", " + storm.refusals()
                + " times 503, the slowest after " + storm.slowestRefusal() + " ms");
            assertThat(damage).isEmpty();
            assertThat(storm.refusals()).as("told to come again").isPositive();
            assertThat(storm.slowestRefusal()).isLessThan(10_000);
        }
    }
}
