package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.lang.management.ManagementFactory;
import java.util.List;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What operations people do over JMX, and so in Hawtio. */
class JmxIT {

    private static final MBeanServer JMX = ManagementFactory.getPlatformMBeanServer();
    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() {
        ZOHO.reset();
        saddlebag = SaddlebagServer.start(ZOHO, "--camel.main.name=jmx", "--camel.main.jmx-enabled=true");
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
    }

    @Test
    void aRouteIsStoppedStartedSuspendedAndResumedByItsId() throws Exception {
        ObjectName route = name("routes", "pull-timer-full");
        assertThat(JMX.getAttribute(route, "State")).isEqualTo("Started");
        for (String[] step : new String[][] {{"suspend", "Suspended"}, {"resume", "Started"}, {"stop", "Stopped"}, {"start", "Started"}}) {
            JMX.invoke(route, step[0], null, null);
            assertThat(JMX.getAttribute(route, "State")).as(step[0]).isEqualTo(step[1]);
        }
    }

    @Test
    void aSuspendedAddressAnswers503AndGoesOnWhenResumed() throws Exception {
        ObjectName route = name("routes", "api-runs");
        JMX.invoke(route, "suspend", null, null);
        assertThat(saddlebag.call("GET", "/api/sync/runs").statusCode()).isEqualTo(503);
        JMX.invoke(route, "resume", null, null);
        assertThat(saddlebag.call("GET", "/api/sync/runs").statusCode()).isEqualTo(200);
    }

    @Test
    void everyRouteIsThereUnderItsTellingId() throws Exception {
        for (String id : List.of("pull", "pull-run", "pull-page", "sink", "zoho-request", "zoho-http", "api-sync")) {
            assertThat(JMX.isRegistered(name("routes", id))).as(id).isTrue();
            assertThat(JMX.getAttribute(name("routes", id), "Description")).as(id).isNotNull();
            assertThat(JMX.getAttribute(name("routes", id), "RouteId")).as("its own values").isEqualTo(id);
        }
    }

    @Test
    void theThrottleIsChangedLive() throws Exception {
        ObjectName throttle = name("processors", "zoho-call-throttle");
        JMX.setAttribute(throttle, new Attribute("TimePeriodMillis", 1000L));
        JMX.setAttribute(throttle, new Attribute("MaximumRequests", 2L));

        long run = saddlebag.pull("full").get("id").asLong();

        List<Long> sent = saddlebag.database().queryForList("SELECT 1000 * extract(epoch FROM c.at - r.started_at) "
            + "FROM zoho_calls c JOIN sync_runs r ON r.id = c.run_id WHERE r.id = ? ORDER BY c.at", Long.class, run);
        assertThat(sent).hasSizeGreaterThanOrEqualTo(7);
        // from the start of the run: a call that waits for its slot after the throttle comes close to the next one
        for (int call = 0; call < sent.size(); call++) {
            assertThat(sent.get(call)).as("milliseconds before call " + call).isGreaterThanOrEqualTo(990 * (call / 2));
        }
        JMX.setAttribute(throttle, new Attribute("MaximumRequests", 1000L));
        assertThat(saddlebag.pull("full").get("status").asText()).isEqualTo("succeeded");
        assertThat(JMX.getAttribute(throttle, "MaximumRequests")).isEqualTo(1000L);
    }

    private static ObjectName name(String type, String name) throws JMException {
        return new ObjectName("org.apache.camel:context=jmx,type=" + type + ",name=\"" + name + "\"");
    }
}
