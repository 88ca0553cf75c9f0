package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer.HeldCalls;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A full run of the schedule that finds another run of its kind is late and not lost. */
@Tag("sql")
class ScheduledRunsIT extends PullCase {

    private static final String LATE = "sync_runs WHERE entity = 'items' AND mode = 'full' AND trigger = 'timer'";

    @ParameterizedTest
    @ValueSource(strings = {"incremental", "full&dryRun=true"})
    void aFullRunThatFindsAnotherRunFollowsIt(String mode) {
        saddlebag().pull("full");
        long busy;
        try (HeldCalls held = ZOHO.hold("/items[?]", 0)) {
            busy = saddlebag().start(mode);

            sweep();
            sweep();

            assertThat(saddlebag().status(busy)).isEqualTo("running");
            assertThat(saddlebag().count("scheduled_runs WHERE entity = 'items'")).isEqualTo(1);
        }
        saddlebag().ended(busy);
        await().until(() -> saddlebag().count(LATE + " AND status = 'succeeded'") == 1);
        assertThat(saddlebag().count("scheduled_runs")).isZero();
        saddlebag().bean(ProducerTemplate.class).sendBody("direct:run-late", null);
        assertThat(saddlebag().count(LATE)).as("once").isEqualTo(1);
    }

    @Test
    void aFullRunThatIsUnderWayIsTheScheduledOne() {
        long busy;
        try (HeldCalls held = ZOHO.hold("/items[?]", 0)) {
            busy = saddlebag().start("full");

            sweep();

            assertThat(saddlebag().status(busy)).isEqualTo("running");
            assertThat(saddlebag().count("scheduled_runs")).isZero();
        }
        saddlebag().ended(busy);
    }

    @Test
    void onlyAFullRunOfTheScheduleIsNotedAndAnyFullRunThatWritesTakesTheNoteOff() {
        start("incremental", "timer", false);
        start("full", "staff", false);
        start("incremental", "timer", false);
        start("full", "timer", true);
        assertThat(saddlebag().count("scheduled_runs")).isZero();
        start("full", "timer", false);
        assertThat(saddlebag().count("scheduled_runs")).isEqualTo(1);

        end();
        start("full", "staff", true);
        assertThat(saddlebag().count("scheduled_runs")).as("a dry run is none").isEqualTo(1);
        end();
        start("full", "staff", false);
        assertThat(saddlebag().count("scheduled_runs")).isZero();
        end();
    }

    /** Two replicas that start together both find that a kind was never read. */
    @Test
    void aFirstRunDoesNotStartWhereAnotherReplicaReadTheKindMeanwhile() {
        start("full", "staff", false);
        end();
        saddlebag().database().update("INSERT INTO sync_watermarks (org, entity, watermark, records, run_id) SELECT org, entity, now(), 1, id FROM sync_runs");

        start("full", "start", false);

        assertThat(saddlebag().count("sync_runs")).isEqualTo(1);
    }

    /** Two replicas that look for runs to resume both find the same one. */
    @Test
    void anAbandonedRunIsResumedOnce() throws Exception {
        saddlebag().bean(CamelContext.class).getRouteController().stopRoute("run-resume"); // the application would resume the run, too
        try {
            start("full", "staff", false);
            saddlebag().database().update("UPDATE sync_runs SET status = 'abandoned', finished_at = clock_timestamp()");

            start("full", "resume", false);
            end();
            start("full", "resume", false);
        } finally {
            saddlebag().bean(CamelContext.class).getRouteController().startRoute("run-resume");
        }

        assertThat(saddlebag().count("sync_runs")).isEqualTo(2);
        assertThat(saddlebag().count("sync_runs WHERE resumed_from IS NOT NULL AND status = 'succeeded'")).isEqualTo(1);
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aRunThatCannotBeginSaysSoInTheLog(CapturedOutput log) {
        saddlebag().database().execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no epoch today'; END $$");
        saddlebag().database().execute("CREATE TRIGGER refuse BEFORE UPDATE OF epoch ON sync_runs FOR EACH ROW EXECUTE FUNCTION refuse()");
        try {
            long run = saddlebag().start("full");

            await().until(() -> log.getOut().contains("run " + run + " did not begin: "));
            assertThat(log.getOut()).contains("no epoch today");
        } finally {
            saddlebag().database().execute("DROP FUNCTION refuse() CASCADE");
        }
    }

    @Test
    void whatIsNoLongerCopiedIsNotStarted() {
        saddlebag().database().update("UPDATE organisations SET kinds = '{contacts}'");
        try {
            saddlebag().database().update("INSERT INTO scheduled_runs (org, entity) VALUES (?, 'items'), (?, 'things'), ('of nobody', 'items')",
                    SaddlebagServer.ORG, SaddlebagServer.ORG);
            saddlebag().bean(ProducerTemplate.class).sendBody("direct:run-late", null);
            assertThat(saddlebag().count("sync_runs")).isZero();
        } finally {
            saddlebag().empty("scheduled_runs");
            saddlebag().database().update("UPDATE organisations SET kinds = NULL");
        }
    }

    /** As pull-timer-sweep does. */
    private static void sweep() {
        DefaultExchange clock = new DefaultExchange(saddlebag().bean(CamelContext.class));
        clock.setVariable("mode", "full");
        clock.setVariable("entity", "items");
        saddlebag().bean(ProducerTemplate.class).send("direct:schedule-due-kinds", clock);
        assertThat(clock.getException()).isNull();
    }

    /** Of a kind that no worker knows. */
    private static void start(String mode, String trigger, boolean dryRun) {
        saddlebag().database().queryForList("SELECT * FROM start_run(?, 'things', ?, ?, interval '1 h', interval '1 h', ?)", SaddlebagServer.ORG, mode, trigger, dryRun);
    }

    private static void end() {
        saddlebag().database().update("UPDATE sync_runs SET status = 'succeeded', finished_at = clock_timestamp() WHERE status = 'running'");
    }
}
