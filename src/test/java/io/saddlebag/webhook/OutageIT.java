package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.StoppableServer;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * The database or Zoho goes away under load. The database for how many seconds: {@code -Dsaddlebag.outage=20}. Two tests read what the log
 * says of an outage, and come first: one that begins within 15 s of another's last failure is the same outage, of which nothing is said anew.
 */
@ExtendWith(OutputCaptureExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("alone")
class OutageIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("saddlebag.outage", 5));
    private static final int SENDERS = 40;
    private static final List<String> TABLES = List.of("webhook_events", "products", "customers");

    private static final String COMMITTING = "pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%receive_webhook%'";

    @TempDir
    private static Path folder;
    private static StoppableServer database;
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() throws Exception {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        database = StoppableServer.in(folder);
        saddlebag = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + database.url(), "--zoho.webhook-secret=" + Storm.SECRET,
            "--saddlebag.webhook.answer-within=3s", "--spring.datasource.hikari.connection-timeout=2000", // shorter, as by default
            "--saddlebag.webhook.lease=2s", "--saddlebag.webhook.lock-timeout=1s", "--saddlebag.webhook.attempts=100",
            "--saddlebag.gauges-every=1s", "--zoho.circuit.calls=4", "--zoho.circuit.open=2s", "--zoho.call-timeout=6s", "--zoho.http-timeout=3s", "--zoho.token-timeout=2s",
            "--saddlebag.webhook.first-pause=200ms", "--saddlebag.webhook.longest-pause=2s",
            "--saddlebag.webhook.fetches=1000"); // or a storm's end waits a minute for the hints that were put off
        assertThat(saddlebag.call("POST", "/api/sync/items/6000000000010000001").statusCode()).as("the first token").isEqualTo(200);
    }

    @AfterAll
    static void stop() throws Exception {
        saddlebag.close();
        database.close();
        ZOHO.reset();
    }

    @AfterEach
    void zohoIsWell() {
        ZOHO.faults().clear();
    }

    @Test
    @Order(2)
    void aDatabaseThatStopsCostsTheSendersNoMoreThanAnotherTry(CapturedOutput output) throws Exception {
        int before = output.getOut().length();
        outage("stopped", database::crash, database::start);
        saidOnce(output.getOut().substring(before));
    }

    @Test
    void soDoesOneThatStandsStill() throws Exception {
        outage("standing still", database::pause, database::resume);
    }

    /** As a primary that became a standby and primary again: the connections from before stay, and those made meanwhile do. */
    @Test
    @Order(1)
    void soDoesOneThatAnswersAndTakesNoWrites(CapturedOutput output) throws Exception {
        int before = output.getOut().length();
        outage("taking no writes", () -> {
            database.execute("ALTER DATABASE saddlebag SET default_transaction_read_only = on");
            database.execute("ALTER SYSTEM SET default_transaction_read_only = on");
            database.execute("SELECT pg_reload_conf()");
            await().untilAsserted(() -> isAway("takes no writes: it is a standby, or"));
        }, () -> {
            database.execute("ALTER SYSTEM RESET default_transaction_read_only");
            database.execute("SELECT pg_reload_conf()");
            database.execute("BEGIN READ WRITE; ALTER DATABASE saddlebag RESET default_transaction_read_only; COMMIT");
        });
        await().untilAsserted(OutageIT::isThere);
        saidOnce(output.getOut().substring(before));
        await().until(() -> output.getOut().substring(before).contains("The database is back, after "));
    }

    @Test
    void aStandbyIsAwayUntilItIsPromoted() throws Exception {
        database.crash();
        database.startAsStandby();
        isAway("takes no writes: it is a standby, or");
        HttpResponse<String> webhook = Storm.send(new StormRecord(Storm.contacts(ZOHO)).changed(0), base()).join();
        assertThat(webhook.statusCode()).isEqualTo(503);
        assertThat(webhook.headers().firstValue("Retry-After")).isPresent();
        HttpResponse<String> api = saddlebag.call("POST", "/api/sync/items");
        assertThat(api.statusCode()).as(api.body()).isEqualTo(503);
        assertThat(api.body()).contains("takes no writes");
        assertThat(api.headers().firstValue("Retry-After")).isPresent();

        database.execute("SELECT pg_promote()");

        await().untilAsserted(OutageIT::isThere);
        await().untilAsserted(() -> accepted(new StormRecord(Storm.contacts(ZOHO)).changed(0)));
    }

    /** Of an outage shorter than a minute, and of the end of one that another test made just before. */
    private static void saidOnce(String log) {
        assertThat(log).doesNotContain("\tat ", "Request failed");
        assertThat(log.lines().filter(line -> line.contains(" WARN ") || line.contains(" ERROR ")).filter(line -> !line.contains("webhook of ")))
            .filteredOn(line -> !line.contains("InboxListener")) // which says once that it hears nothing
            // nor is a slow call of Zoho an outage of the database
            .filteredOn(line -> line.contains("atabase") || line.contains("SQL") || !line.contains(".zoho.") && !line.contains("deletion-check"))
            .hasSizeBetween(1, 2).allSatisfy(line -> assertThat(line).contains("DatabaseOutage", "The database is away: "));
    }

    private static void isAway(String sentence) {
        HttpResponse<String> health = saddlebag.call("GET", "/api/zoho/health");
        assertThat(health.statusCode()).as(health.body()).isEqualTo(503);
        assertThat(health.body()).contains("\"status\":\"DOWN\"", "\"database\":\"DOWN\"", sentence);
        assertThat(saddlebag.call("GET", "/actuator/health/readiness").statusCode()).isEqualTo(503);
    }

    private static void isThere() {
        HttpResponse<String> health = saddlebag.call("GET", "/api/zoho/health");
        assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
        assertThat(health.body()).contains("\"database\":\"UP\"");
        assertThat(saddlebag.call("GET", "/actuator/health/readiness").statusCode()).isEqualTo(200);
    }

    /** As one whose other end is cut off: the kernel would wait for it for minutes. */
    @Test
    void aConnectionThatStandsStillHoldsUpNoMoreThanTheWebhooksOfItsCommit() throws Exception {
        List<StormRecord.Message> messages = Stream.generate(() -> new StormRecord(Storm.contacts(ZOHO)).changed(0)).limit(2).toList();
        try (Connection somebody = database.connect(); Statement statement = somebody.createStatement()) {
            somebody.setAutoCommit(false);
            statement.execute("LOCK TABLE webhook_events IN EXCLUSIVE MODE");
            CompletableFuture<HttpResponse<String>> first = Storm.send(messages.get(0), base());
            await().until(() -> saddlebag.count(COMMITTING) == 1);
            long backend = saddlebag.database().queryForObject("SELECT max(pid) FROM " + COMMITTING, Long.class);
            StoppableServer.pause(backend);
            try {
                somebody.rollback();
                assertThat(first.get().statusCode()).isEqualTo(503);
                await().untilAsserted(() -> accepted(messages.get(1)));
            } finally {
                StoppableServer.resume(backend);
            }
        }
        await().untilAsserted(() -> accepted(messages.get(0)));
    }

    /** Errors that pass: no space, a deadlock, a conflict, a lock not had in time; of every other statement. */
    @Test
    void soDoErrorsOfTheDatabaseThatPass() throws Exception {
        database.execute("""
            CREATE SEQUENCE errors;
            CREATE FUNCTION fail_now_and_then() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE n bigint := nextval('errors');
            BEGIN
                IF n % 2 = 0 THEN
                    RAISE EXCEPTION 'simulated' USING ERRCODE = (ARRAY['53100', '40P01', '40001', '55P03'])[1 + n / 2 % 4];
                END IF;
                RETURN NULL;
            END $$""");
        outage("failing now and then", () -> {
            for (String table : TABLES) {
                database.execute("CREATE TRIGGER failing BEFORE INSERT OR UPDATE ON " + table
                    + " FOR EACH STATEMENT EXECUTE FUNCTION fail_now_and_then()");
            }
        }, () -> {
            for (String table : TABLES) {
                database.execute("DROP TRIGGER failing ON " + table);
            }
        });
    }

    @Test
    void soDoesSomebodyWhoLocksTheTables() throws Exception {
        try (Connection somebody = database.connect(); Statement lock = somebody.createStatement()) {
            outage("its tables locked", () -> {
                lock.execute("SET deadlock_timeout = '1min'"); // so that Saddlebag gives way
                somebody.setAutoCommit(false);
                lock.execute("LOCK TABLE " + String.join(", ", TABLES) + " IN ACCESS EXCLUSIVE MODE");
            }, somebody::rollback);
        }
    }

    /** Others than that table's records are worked at all the while. */
    @Test
    void anEventWhoseTableIsLockedBacksOff() throws Exception {
        try (Connection somebody = database.connect(); Statement lock = somebody.createStatement()) {
            somebody.setAutoCommit(false);
            lock.execute("LOCK TABLE products IN ACCESS EXCLUSIVE MODE");
            List<StormRecord.Message> items = tell(Storm.items(ZOHO), 3);
            await().until(() -> count(items, "status = 'pending' AND error LIKE '%lock timeout%'") == 3);
            List<StormRecord.Message> contacts = tell(Storm.contacts(ZOHO), 3);
            await().until(() -> count(contacts, "status = 'done'") == 3);
            somebody.rollback();
            await().until(() -> count(items, "status = 'done'") == 3);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Fault.Kind.class, names = {"ERROR", "CUT", "EMPTY", "DEAD_TOKENS"})
    void whileZohoIsDownPartialPayloadsWaitAndAreNoAttemptWithoutACall(Fault.Kind kind) {
        long letters = saddlebag.count("dead_letters");
        ZOHO.faults().add(kind == Fault.Kind.ERROR ? Fault.status(kind, 500) : kind == Fault.Kind.DEAD_TOKENS ? Fault.of(kind).next(1)
            : Fault.of(kind));
        saddlebag.database().execute("TRUNCATE zoho_calls CASCADE");
        List<StormRecord> records = Stream.generate(() -> new StormRecord(Storm.items(ZOHO))).limit(6).toList();
        List<StormRecord.Message> told = records.stream().map(record -> record.changed(2)).toList();
        told.forEach(OutageIT::accepted);
        if (kind != Fault.Kind.DEAD_TOKENS) {
            await().until(() -> count(told, kind == Fault.Kind.EMPTY ? "attempts > 1" : "error LIKE '%limit (circuit)%'") > 0);
            await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
            assertThat(count(told, "status = 'pending'")).isEqualTo(6);
            assertThat(saddlebag.database().queryForObject("SELECT max(attempts) FROM webhook_events WHERE status = 'pending'", Long.class))
                .as("and one that is at work in this moment").isLessThanOrEqualTo(saddlebag.count("zoho_calls") + 1);
            assertThat(told).allSatisfy(one -> assertThat(saddlebag.count("products WHERE zoho_item_id = '" + one.id() + "'")).isZero());
        }
        ZOHO.faults().clear();

        await().until(() -> count(told, "status = 'done'") == 6);

        assertThat(records).extracting(record -> record.difference(saddlebag.database())).containsOnlyNulls();
        assertThat(saddlebag.count("dead_letters")).isEqualTo(letters);
    }

    private static List<StormRecord.Message> tell(StormRecord.Kind kind, int records) {
        List<StormRecord.Message> told = Stream.generate(() -> new StormRecord(kind).changed(0)).limit(records).toList();
        told.forEach(OutageIT::accepted);
        return told;
    }

    private static void accepted(StormRecord.Message message) {
        assertThat(Storm.send(message, base()).join().statusCode()).isEqualTo(200);
    }

    private static long count(List<StormRecord.Message> told, String condition) {
        return told.stream().filter(one -> saddlebag.count("webhook_events WHERE zoho_id = '" + one.id() + "' AND " + condition) == 1).count();
    }

    private static URI base() {
        return URI.create("http://localhost:" + saddlebag.port());
    }

    private interface Action {
        void run() throws Exception;
    }

    private static void outage(String what, Action begin, Action end) throws Exception {
        try (Storm storm = new Storm(ZOHO, SENDERS)) {
            storm.rage(base(), System.nanoTime());
            await().until(() -> storm.sent() > 100);
            begin.run();
            await().pollDelay(OUTAGE).atMost(OUTAGE.plusSeconds(5)).until(() -> true);
            end.run();
            long untilThen = storm.sent();
            await().until(() -> storm.sent() > untilThen + 100);
            storm.calm();
            await().until(storm::allIsAnswered);
            await().until(() -> saddlebag.count("webhook_events WHERE status = 'pending'") == 0);
            List<String> damage = storm.damage(saddlebag.database());
            System.out.println("PostgreSQL " + what + " for " + OUTAGE.toSeconds() + " s: " + storm.figures(damage) + ", " + storm.refusals()
                + " times 503, the slowest after " + storm.slowestRefusal() + " ms");
            assertThat(damage).isEmpty();
            assertThat(storm.refusals()).as("told to come again").isPositive();
            assertThat(storm.slowestRefusal()).isLessThan(10_000);
        }
    }
}
