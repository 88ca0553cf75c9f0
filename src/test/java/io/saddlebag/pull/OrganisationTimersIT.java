package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quartz.CronTrigger;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;

/** Each organisation by its own clock: two replicas on one database, whose clock of the settings never strikes. */
@Tag("sql")
class OrganisationTimersIT {

    private static final String OTHER = "60000000002";
    private static final TriggerKey INCREMENTAL = TriggerKey.triggerKey(OTHER, "organisation-incremental");
    private static final TriggerKey FULL = TriggerKey.triggerKey(OTHER, "organisation-full");

    private static List<SaddlebagServer> replicas;
    private static SaddlebagServer saddlebag;
    private static Scheduler scheduler;

    @BeforeAll
    static void start() throws SQLException {
        SandboxServer zoho = SandboxServer.shared().reset();
        String database = "--DATABASE_URL=" + TestDatabase.migrated();
        replicas = List.of(replica(zoho, database), replica(zoho, database));
        saddlebag = replicas.get(0);
        scheduler = saddlebag.bean(Scheduler.class);
    }

    /** Timers know their context by its name. */
    private static SaddlebagServer replica(SandboxServer zoho, String database) {
        return SaddlebagServer.start(zoho, database, "--camel.main.name=clocks",
            "--saddlebag.pull.organisations-check=200ms",
            "--saddlebag.pull.overdue-check=200ms", "--saddlebag.pull.at-start=true", "--saddlebag.pull.timezone=UTC");
    }

    @AfterAll
    static void stop() {
        replicas.forEach(SaddlebagServer::close);
    }

    @BeforeEach
    void anotherOrganisationThatWasReadOnce() {
        saddlebag.database().update("DELETE FROM organisations WHERE NOT is_default");
        lookedTwice();
        saddlebag.database().update("DELETE FROM sync_runs WHERE org = ?", OTHER);
        saddlebag.database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, finished_at) "
            + "VALUES (?, 'items', 'full', 'start', 'succeeded', now())", OTHER);
        saddlebag.database().update("INSERT INTO organisations (org_id, connection_id) "
            + "SELECT ?, connection_id FROM organisations WHERE is_default", OTHER);
    }

    @Test
    void anOrganisationsOwnExpressionStartsItsRunsAndNobodyElses() {
        set("pull_cron = '* * * * * ?'");

        await().until(() -> saddlebag.count(runs("incremental", OTHER)) >= 2);
        assertThat(saddlebag.count("sync_runs WHERE trigger = 'timer' AND org <> '" + OTHER + "'")).isZero();
        assertThat(saddlebag.count(runs("full", OTHER))).isZero();
        assertThat(saddlebag.count("qrtz_triggers WHERE trigger_group LIKE 'organisation-%'")).as("for all replicas").isEqualTo(1);
    }

    @Test
    void theTimersFollowTheRowAndGoWithIt() throws Exception {
        set("pull_cron = '0 0 5 * * ?', full_cron = '0 0 3 * * ?', timezone = 'Asia/Tokyo'");
        await().until(() -> trigger(INCREMENTAL) != null && trigger(FULL) != null);
        assertThat(trigger(FULL).getCronExpression()).isEqualTo("0 0 3 * * ?");
        assertThat(trigger(FULL).getTimeZone()).isEqualTo(TimeZone.getTimeZone("Asia/Tokyo"));

        set("full_cron = '0 0 4 * * ?', timezone = NULL, pull_cron = NULL");
        await().until(() -> trigger(FULL).getCronExpression().equals("0 0 4 * * ?") && trigger(INCREMENTAL) == null);
        assertThat(trigger(FULL).getTimeZone()).isEqualTo(TimeZone.getTimeZone("UTC"));

        set("connection_id = NULL");
        await().until(() -> trigger(FULL) == null);
        assertThat(saddlebag.count("qrtz_triggers WHERE job_group = 'pull'")).as("the timers of the settings stay").isEqualTo(2);
    }

    @Test
    void aZoneOfItsOwnMovesTheClockOfTheSettings() throws Exception {
        set("timezone = 'Asia/Tokyo'");

        await().until(() -> trigger(FULL) != null);
        assertThat(trigger(FULL).getCronExpression()).isEqualTo("0 0 0 1 1 ? 2099");
        assertThat(trigger(FULL).getTimeZone()).isEqualTo(TimeZone.getTimeZone("Asia/Tokyo"));
    }

    @Test
    void aClockThatCannotBeFollowedIsSaidAndTheOneBeforeGoesOn() throws Exception {
        set("full_cron = '0 0 3 * * ?'");
        await().until(() -> trigger(FULL) != null);

        set("full_cron = 'at night', pull_cron = '0 0 5 * * ?', timezone = 'UTC'");

        OrganisationTimers timers = saddlebag.bean(OrganisationTimers.class);
        await().until(() -> !timers.refused(OTHER).isEmpty() && trigger(INCREMENTAL) != null);
        assertThat(timers.refused(OTHER)).singleElement().asString().contains("at night", OTHER, "full");
        assertThat(trigger(FULL).getCronExpression()).isEqualTo("0 0 3 * * ?");
        set("full_cron = NULL");
        await().until(() -> timers.refused(OTHER).isEmpty());
    }

    @Test
    void aReplicaThatStartsLeavesTheTimersOfOrganisations() throws Exception {
        set("full_cron = '0 0 3 * * ?'");
        await().until(() -> trigger(FULL) != null);

        saddlebag.bean(TimerUpkeep.class).bringInLine();

        assertThat(trigger(FULL)).isNotNull();
        assertThat(saddlebag.count("qrtz_triggers WHERE job_group = 'pull'")).isEqualTo(3);
    }

    @Test
    void whatIsTooOldIsDecidedByItsOwnExpression() {
        saddlebag.database().update("UPDATE sync_runs SET started_at = now() - interval '3 days', "
            + "finished_at = now() - interval '3 days' WHERE org = ?", OTHER);
        lookedTwice();
        assertThat(saddlebag.count(runs("full", OTHER))).as("by the settings' clock").isZero();

        set("full_cron = '0 0 3 * * ?'");

        await().until(() -> saddlebag.count(runs("full", OTHER)) == 1);
    }

    @Test
    void anOrganisationThatIsConnectedLaterHasItsFirstRunWithoutARestartAndOnce() {
        saddlebag.database().update("DELETE FROM sync_runs WHERE org = ?", OTHER);

        String first = "sync_runs WHERE entity = 'items' AND trigger = 'start' AND mode = 'full' AND status <> 'running' AND org = '" + OTHER + "'";
        await().until(() -> saddlebag.count(first) == 1);
        lookedTwice();
        assertThat(saddlebag.count("sync_runs WHERE entity = 'items' AND org = '" + OTHER + "'")).isEqualTo(1);
    }

    private static void set(String columns) {
        saddlebag.database().update("UPDATE organisations SET " + columns + " WHERE org_id = ?", OTHER);
    }

    private static CronTrigger trigger(TriggerKey key) throws SchedulerException {
        return (CronTrigger) scheduler.getTrigger(key);
    }

    private static String runs(String mode, String org) {
        return "sync_runs WHERE entity = 'items' AND trigger = 'timer' AND mode = '" + mode + "' AND org = '" + org + "'";
    }

    /** Every replica has looked at timers, first runs and what is overdue, from start to end. */
    private static void lookedTwice() {
        for (SaddlebagServer replica : replicas) {
            for (String route : List.of("pull-timers", "pull-at-start", "pull-overdue")) {
                Counter looks = replica.bean(MeterRegistry.class).get("camel.exchanges.total").tag("routeId", route).counter();
                double before = looks.count();
                await().until(() -> looks.count() >= before + 2);
            }
        }
    }
}
