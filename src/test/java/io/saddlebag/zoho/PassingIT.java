package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.api.management.ManagedCamelContext;
import org.apache.camel.api.management.mbean.ManagedThrottlerMBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A person's call through the whole Zoho client, while a pull takes every slot that comes home. */
@Tag("alone")
class PassingIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final Duration SHORT = Duration.ofSeconds(3);

    private SaddlebagServer saddlebag;

    @BeforeEach
    void start() {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        saddlebag = SaddlebagServer.start(ZOHO, "--zoho.calls-per-minute=90", "--saddlebag.pull.page-size=10",
            "--camel.main.jmx-enabled=true"); // the throttle is one of a step
    }

    @AfterEach
    void stop() {
        saddlebag.close();
        ZOHO.reset();
    }

    @Test
    void aPersonGetsTheNextSlotThatComesHome() {
        saddlebag.database().update("INSERT INTO zoho_calls (org_id, at, answered_at, released_at, method, path, status, purpose)"
                + " SELECT ?, home - interval '61 s', home - interval '60 s', home, 'GET', '/x', 200, 'pull'"
                + " FROM generate_series(1, 90) i, LATERAL (SELECT clock_timestamp() + i * interval '667 ms' AS home) slot",
                SaddlebagServer.ORG);
        saddlebag.start("full");

        for (int i = 0; i < 8; i++) {
            assertThat(timeOfAPersonsCall()).isLessThan(SHORT);
        }
        assertThat(saddlebag.count("zoho_calls WHERE released_at > clock_timestamp()")).as("saturated").isGreaterThan(88);
        await().until(() -> saddlebag.count("sync_runs WHERE pages > 2") == 1); // and the pull goes on
    }

    @Test
    void aPersonDoesNotStandBehindPagesInTheThrottle() {
        timeOfAPersonsCall(); // the throttle is there after its first call
        ManagedThrottlerMBean throttle = saddlebag.bean(CamelContext.class).getCamelContextExtension()
                .getContextPlugin(ManagedCamelContext.class).getManagedProcessor("zoho-call-throttle", ManagedThrottlerMBean.class);
        throttle.setTimePeriodMillis(7_000L); // more than twice SHORT; the stop waits for those who stand there
        throttle.setMaximumRequests(2L);
        saddlebag.start("full");
        await().until(() -> saddlebag.count("zoho_calls WHERE purpose = 'pull' AND answered_at IS NOT NULL") == 2);

        assertThat(timeOfAPersonsCall()).isLessThan(SHORT);
        assertThat(saddlebag.count("zoho_calls WHERE purpose = 'pull'")).as("the pull still stands there").isEqualTo(2);
    }

    private Duration timeOfAPersonsCall() {
        long before = System.nanoTime();
        assertThat(saddlebag.call("POST", "/api/sync/items/6000000000010000001").statusCode()).isEqualTo(200);
        return Duration.ofNanos(System.nanoTime() - before);
    }
}
