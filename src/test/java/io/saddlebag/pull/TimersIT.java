package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.api.management.ManagedCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What starts runs without a person: the clock, the first start, and the look for what is overdue. */
@ExtendWith(OutputCaptureExtension.class)
class TimersIT {

    private static final SandboxServer ZOHO = SandboxServer.shared().reset();

    /** Its own clock strikes once a month; it looks often for what is overdue. */
    private static SaddlebagServer quiet;

    @BeforeAll
    static void start() {
        quiet = SaddlebagServer.start(ZOHO, "--saddlebag.pull.overdue-check=200ms", "--saddlebag.pull.cron=0 0 3 1 * ?",
                "--saddlebag.pull.full-cron=0 0 3 1 * ?", "--camel.main.jmx-enabled=true"); // the MBean of a route counts its exchanges
    }

    @AfterAll
    static void stop() {
        quiet.close();
    }

    /** A job whose route is gone. */
    public static class Forgotten implements org.quartz.Job {
        @Override
        public void execute(JobExecutionContext context) {
            throw new IllegalStateException("nobody is there");
        }
    }

    @Test
    void theClockStartsRunsOfEveryKindInItsZone() throws Exception {
        try (SaddlebagServer saddlebag = SaddlebagServer.start(ZOHO, "--saddlebag.pull.cron=* * * * * ?",
                "--saddlebag.pull.timezone=Asia/Kolkata")) {
            await().until(() -> saddlebag.count(
                    "sync_runs WHERE trigger = 'timer' AND mode = 'incremental' AND status = 'succeeded'") >= 2);
            CronTrigger full = (CronTrigger) saddlebag.bean(Scheduler.class).getTrigger(TriggerKey.triggerKey("full", "pull"));
            assertThat(full.getTimeZone()).isEqualTo(TimeZone.getTimeZone("Asia/Kolkata"));
            assertThat(saddlebag.count("qrtz_triggers WHERE trigger_group = 'pull'")).as("in the database").isEqualTo(2);
        }
    }

    @Test
    void theSweepReadsAllItemsOfEveryOrganisationAndNothingElse() {
        try (SaddlebagServer saddlebag = SaddlebagServer.start(ZOHO, "--saddlebag.pull.stock-sweep-cron=* * * * * ?")) {
            saddlebag.database().update("UPDATE organisations SET full_cron = '0 0 3 1 * ?'");
            await().until(() -> saddlebag.count(
                    "sync_runs WHERE trigger = 'timer' AND mode = 'full' AND status = 'succeeded' AND started_at > (SELECT max(updated_at) FROM products)") >= 1);
            assertThat(saddlebag.count("sync_runs WHERE entity <> 'items'")).isZero();
        }
    }

    @Test
    void theFirstStartPullsEveryKindOnceAndTheirOwnTicksBringDetailsAndPictures() throws SQLException {
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        List.of("invoices", "bills", "stock-adjustments", "payments").forEach(kind -> ZOHO.records(kind).resize(5, 0));
        String database = TestDatabase.migrated();
        try (Connection before = TestDatabase.connect(database); Statement statement = before.createStatement()) {
            statement.execute("INSERT INTO sync_runs (org, entity, mode, trigger, status, started_at, finished_at, heartbeat_at) SELECT '" + SaddlebagServer.ORG
                    + "', 'items', 'full', 'start', 'failed', at, at, at FROM (SELECT now() - interval '1 day' AS at) yesterday");
        }
        try (SaddlebagServer saddlebag = SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + database, "--saddlebag.pull.at-start=true",
                "--saddlebag.pull.details-every=500ms", "--saddlebag.images.every=500ms", "--saddlebag.images.batch-size=2")) {
            await().until(() -> saddlebag.count(
                    "sync_runs WHERE entity = 'items' AND trigger = 'start' AND mode = 'full' AND status = 'succeeded'") == 1);
            assertThat(saddlebag.count("products")).isEqualTo(1319);
            assertThat(saddlebag.count("sync_runs WHERE entity = 'items'")).as("the one that failed before this start, and one").isEqualTo(2);

            await("details").until(() -> saddlebag.count("invoices WHERE detailed") == 5);
            assertThat(saddlebag.count("invoice_lines")).isPositive();
            await("pictures of several ticks")
                    .until(() -> saddlebag.count("item_images WHERE digest IS NOT NULL") > 4);
        } finally {
            ZOHO.reset();
        }
    }

    @Test
    void whatIsOverdueIsStartedButNotOverAndOver() {
        quiet.pull("full");
        quiet.database().update("UPDATE sync_runs SET started_at = now() - interval '32 days', finished_at = now() - interval '32 days'");

        await().until(() -> quiet.count(
                "sync_runs WHERE trigger = 'timer' AND mode = 'full' AND status = 'succeeded'") == 1);
        quiet.database().update("UPDATE sync_runs SET started_at = now() - interval '31 days 1 hour', finished_at = now() - interval '31 days 1 hour'");
        await().until(() -> quiet.count(
                "sync_runs WHERE trigger = 'timer' AND mode = 'incremental' AND status = 'succeeded'") == 1);

        long looks = looks();
        await().until(() -> looks() > looks + 3);
        assertThat(quiet.count("sync_runs")).isEqualTo(3);
    }

    @Test
    void timersWithoutARouteAreRemovedAndAChangedZoneIsTakenOver() throws Exception {
        Scheduler scheduler = quiet.bean(Scheduler.class);
        scheduler.scheduleJob(JobBuilder.newJob(Forgotten.class).withIdentity("gone", "pull").build(),
                TriggerBuilder.newTrigger().withIdentity("gone", "pull")
                        .withSchedule(CronScheduleBuilder.cronSchedule("0 0 0 1 1 ? 2098")).build());
        TriggerKey incremental = TriggerKey.triggerKey("incremental", "pull");
        CronTrigger stored = (CronTrigger) scheduler.getTrigger(incremental);
        scheduler.rescheduleJob(incremental, stored.getTriggerBuilder().withSchedule(
                CronScheduleBuilder.cronSchedule(stored.getCronExpression()).inTimeZone(TimeZone.getTimeZone("Asia/Tokyo"))).build());

        quiet.bean(TimerUpkeep.class).bringInLine();

        assertThat(scheduler.checkExists(TriggerKey.triggerKey("gone", "pull"))).isFalse();
        assertThat(((CronTrigger) scheduler.getTrigger(incremental)).getTimeZone().hasSameRules(TimeZone.getTimeZone("UTC"))).isTrue();
        assertThat(quiet.count("qrtz_triggers WHERE trigger_group = 'pull'")).isEqualTo(2);
    }

    @Test
    void aChangedExpressionOfTheSettingsLeavesTheTimersOfOrganisationsAtWork() throws Exception {
        String database = "--DATABASE_URL=" + TestDatabase.migrated();
        SaddlebagServer.start(ZOHO, database, "--camel.main.name=clock").close();
        try (SaddlebagServer next = SaddlebagServer.start(ZOHO, database, "--camel.main.name=clock",
                "--saddlebag.pull.organisations-check=200ms", "--saddlebag.pull.cron=0 0 0 1 1 ? 2098")) {
            next.database().update("UPDATE organisations SET pull_cron = '* * * * * ?'");

            await().until(() -> next.count("sync_runs WHERE mode = 'incremental' AND trigger = 'timer'") >= 1);
            CronTrigger settings = (CronTrigger) next.bean(Scheduler.class).getTrigger(TriggerKey.triggerKey("incremental", "pull"));
            assertThat(settings.getCronExpression()).isEqualTo("0 0 0 1 1 ? 2098");
        }
    }

    /** The first one's times hold while it lives; what the second is set to is said by both, and holds when it is alone. */
    @Test
    void aReplicaThatIsSetToOtherTimesSaysSoAndChangesNone() throws Exception {
        String[] settings = {"--DATABASE_URL=" + TestDatabase.migrated(), "--camel.main.name=agreed", "--saddlebag.pull.organisations-check=200ms",
            "--spring.quartz.properties.org.quartz.jobStore.clusterCheckinInterval=500"};
        SaddlebagServer first = SaddlebagServer.start(ZOHO, with(settings, "--saddlebag.pull.timezone=Asia/Kolkata",
            "--saddlebag.pull.full-cron=0 0 1 1 1 ? 2098"));
        try (SaddlebagServer second = SaddlebagServer.start(ZOHO, with(settings, "--camel.main.name=second", "--saddlebag.pull.full-cron=0 0 5 1 1 ? 2098"))) {
            first.database().update("UPDATE organisations SET pull_cron = '0 0 7 1 1 ? 2098'"); // in nobody's own zone
            for (SaddlebagServer replica : List.of(first, second)) {
                await().untilAsserted(() -> assertThat(problems(replica)).singleElement().asString().contains("is set to other timers than replica",
                    "pull/full at 0 0 5 1 1 ? 2098 in UTC instead of 0 0 1 1 1 ? 2098 in Asia/Kolkata", "SADDLEBAG_TIMEZONE"));
            }
            await().untilAsserted(() -> {
                assertThat(times(second)).containsExactly("0 0 0 1 1 ? 2099 in Asia/Kolkata", "0 0 1 1 1 ? 2098 in Asia/Kolkata");
                assertThat(second.database().queryForObject("SELECT time_zone_id FROM qrtz_cron_triggers WHERE cron_expression LIKE '0 0 7 %'", String.class))
                    .isEqualTo("Asia/Kolkata");
            });
            first.close();
            await().untilAsserted(() -> {
                assertThat(times(second)).containsExactly("0 0 0 1 1 ? 2099 in UTC", "0 0 5 1 1 ? 2098 in UTC");
                assertThat(problems(second)).isEmpty();
            });
        }
    }

    /** Quartz stores the expression in capitals. */
    @Test
    void anExpressionInSmallLettersIsNotRestoredOverAndOver(CapturedOutput log) throws Exception {
        String[] settings = {"--DATABASE_URL=" + TestDatabase.migrated(), "--camel.main.name=small", "--saddlebag.pull.full-cron=0 0 1 ? jan mon-fri 2098"};
        try (SaddlebagServer first = SaddlebagServer.start(ZOHO, settings);
                SaddlebagServer second = SaddlebagServer.start(ZOHO, with(settings, "--camel.main.name=second",
                    "--saddlebag.pull.full-cron=0 0 1 ? JAN Mon-Fri 2098"))) {
            for (SaddlebagServer replica : List.of(first, second)) {
                replica.bean(TimerAgreement.class).agree();
                assertThat(problems(replica)).isEmpty();
            }
            assertThat(times(first)).contains("0 0 1 ? JAN MON-FRI 2098 in UTC");
            assertThat(log.toString()).doesNotContain("The timer pull/full now follows");
        }
    }

    @Test
    void aRestoredTimerDoesNotFireForATimeThatIsOver() throws Exception {
        quiet.database().update("UPDATE qrtz_triggers SET start_time = start_time - 40 * 86400000::bigint WHERE trigger_group = 'pull'");
        quiet.database().update("UPDATE qrtz_cron_triggers SET time_zone_id = 'Asia/Tokyo' WHERE trigger_group = 'pull'");

        quiet.bean(TimerAgreement.class).agree();

        assertThat(times(quiet)).containsOnly("0 0 3 1 * ? in UTC");
        for (String name : List.of("full", "incremental")) {
            Trigger restored = quiet.bean(Scheduler.class).getTrigger(TriggerKey.triggerKey(name, "pull"));
            assertThat(restored.getNextFireTime()).isInTheFuture();
            assertThat(restored.getPreviousFireTime()).isNull();
        }
    }

    private static String[] with(String[] settings, String... more) {
        return Stream.concat(Stream.of(settings), Stream.of(more)).toArray(String[]::new);
    }

    private static List<String> problems(SaddlebagServer replica) {
        List<String> problems = new ArrayList<>();
        SaddlebagServer.json(replica.call("GET", "/api/zoho/health")).get("problems").forEach(problem -> problems.add(problem.asText()));
        return problems;
    }

    /** The timers of the settings, incremental runs first. */
    private static List<String> times(SaddlebagServer replica) {
        return replica.database().queryForList("SELECT cron_expression || ' in ' || time_zone_id FROM qrtz_cron_triggers "
            + "WHERE trigger_group = 'pull' ORDER BY trigger_name DESC", String.class);
    }

    @Test
    void aTimerThatCannotBeStoredLeavesNoHalfOfItself() {
        Scheduler scheduler = quiet.bean(Scheduler.class);
        assertThatThrownBy(() -> scheduler.scheduleJob(JobBuilder.newJob(Forgotten.class).withIdentity("half", "pull").build(),
                TriggerBuilder.newTrigger().withIdentity("half", "g".repeat(201)).build())).isInstanceOf(SchedulerException.class);

        assertThat(quiet.count("qrtz_job_details WHERE job_name = 'half'")).isZero();
    }

    private static long looks() {
        return quiet.bean(CamelContext.class).getCamelContextExtension().getContextPlugin(ManagedCamelContext.class)
                .getManagedRoute("pull-overdue").getExchangesTotal();
    }
}
