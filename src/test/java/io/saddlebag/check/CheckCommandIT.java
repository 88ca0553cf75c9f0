package io.saddlebag.check;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check from the command line, as the process that an operator starts. */
class CheckCommandIT {

    private static final SandboxServer ZOHO = SandboxServer.start("--saddlebag.sandbox.items=3"); // whose calls are counted

    @TempDir
    Path home;

    private final Map<String, String> settings = new HashMap<>(Map.of(
        "SADDLEBAG_MASTER_KEY", Base64.getEncoder().encodeToString(new byte[32]), "ZOHO_CLIENT_ID", "1000.SANDBOX",
        "ZOHO_CLIENT_SECRET", "sandbox-secret", "ZOHO_REFRESH_TOKEN", "1000.sandbox-refresh", "ZOHO_ORG_ID", SaddlebagServer.ORG,
        "ZOHO_ACCOUNTS_URL", ZOHO.url(), "ZOHO_API_URL", ZOHO.url()));
    private String printed;

    @AfterAll
    static void stop() {
        ZOHO.close();
    }

    @BeforeEach
    void asNew() {
        ZOHO.reset();
    }

    @Test
    void itTriesAConnectionBeforeTheFirstStartAndRunsNothing() throws Exception {
        String database = TestDatabase.fresh();
        settings.put("DATABASE_URL", database);

        assertThat(check()).as(printed).isZero();

        List<String> lines = printed.lines().toList();
        assertThat(lines.subList(0, 4)).satisfiesExactly(
            line -> assertThat(line).isEqualTo("organisation " + SaddlebagServer.ORG),
            line -> assertThat(line).startsWith("ok     credentials"), line -> assertThat(line).startsWith("ok     region"),
            line -> assertThat(line).startsWith("ok     organisation"));
        assertThat(lines.subList(lines.size() - 2, lines.size())).satisfiesExactly(
            line -> assertThat(line).startsWith("note   Webhooks are refused with 401 until ZOHO_WEBHOOK_SECRET"),
            line -> assertThat(line).startsWith("note   Neither SADDLEBAG_PUBLIC_URL nor SADDLEBAG_HOSTS is set"));
        List<String> scopes = lines.subList(4, lines.size() - 2);
        assertThat(scopes).allSatisfy(line -> assertThat(line).startsWith("ok     scope "))
            .anySatisfy(line -> assertThat(line).startsWith("ok     scope items"));
        assertThat(ZOHO.calls().counts().api()).as("one for the organisation and one for each kind").isEqualTo(1 + scopes.size());
        try (var connection = TestDatabase.connect(database); var rows = connection.createStatement().executeQuery(
                "SELECT (SELECT count(*) FROM sync_runs) + (SELECT count(*) FROM qrtz_triggers)")) {
            rows.next();
            assertThat(rows.getInt(1)).isZero();
        }

        ZOHO.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE).on("/items"));
        assertThat(check("--org=" + SaddlebagServer.ORG)).isEqualTo(1);
        assertThat(printed).contains("WRONG  scope items", "ZohoInventory.items.READ").doesNotContain("sandbox-secret");
        assertThat(check("--org=nobody")).isEqualTo(1);
        assertThat(printed).contains("no organisation \"nobody\"");
    }

    @Test
    void besideARunningApplicationItLeavesTimersAndConnectionAlone() throws Exception {
        String database = TestDatabase.migrated();
        settings.put("DATABASE_URL", database);
        try (SaddlebagServer running = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + database)) {
            long timers = running.count("qrtz_triggers");

            assertThat(check()).as(printed).isZero();
            assertThat(running.count("qrtz_triggers")).isEqualTo(timers).isPositive();

            settings.put("ZOHO_REFRESH_TOKEN", "1000.another");
            assertThat(check()).isEqualTo(1);
            assertThat(printed).contains("ZOHO_*: differ from those of the application that runs", "POST /api/zoho/check");
            assertThat(running.call("POST", "/api/zoho/check").body()).contains("\"ok\":true");
        }
    }

    @Test
    void whereAnApplicationHasTheDatabaseOfTheFolderItSaysWhomToAsk() throws Exception {
        Files.createDirectory(home.resolve("data"));
        try (FileChannel lock = FileChannel.open(home.resolve("data/lock"), CREATE, WRITE)) {
            lock.lock();
            assertThat(check()).isEqualTo(1);
        }
        assertThat(printed).contains("already works on", "curl -u admin -X POST http://localhost:8080/api/zoho/check");
    }

    @Test
    void withoutCredentialsThereIsNothingToCheckAndNothingIsMade() throws Exception {
        settings.keySet().removeIf(name -> name.startsWith("ZOHO_"));
        assertThat(check()).isEqualTo(1);
        assertThat(printed.lines()).singleElement().asString().contains("ZOHO_CLIENT_ID: not set");
        assertThat(home.resolve("data")).doesNotExist();
    }

    private int check(String... more) throws Exception {
        try (AppProcess process = AppProcess.command(home, settings, Stream.concat(Stream.of("check"), Stream.of(more)).toList())) {
            int exit = process.awaitExit();
            printed = process.log();
            return exit;
        }
    }
}
