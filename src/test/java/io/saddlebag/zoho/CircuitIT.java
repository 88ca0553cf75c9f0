package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.lang.management.ManagementFactory;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.ObjectUtils;

/** The breaker opens on what is Zoho's fault and costs nothing while it is open. */
class CircuitIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static final MBeanServer JMX = ManagementFactory.getPlatformMBeanServer();
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() {
        saddlebag = SaddlebagServer.start(ZOHO, "--zoho.circuit.calls=4", "--zoho.circuit.open=1h");
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
        ZOHO.reset();
    }

    @BeforeEach
    void asNew() {
        ZOHO.reset();
        saddlebag.bean(ZohoCircuits.class).state(SaddlebagServer.ORG); // there, before its first call
        saddlebag.bean(ZohoCircuits.class).close(SaddlebagServer.ORG);
    }

    @Test
    void repeatedFailuresOpenItAndAnOpenOneCostsNoCall() {
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 500));
        saddlebag.pull("full");
        assertThat(state()).isEqualTo("OPEN");
        long calls = ZOHO.calls().counts().api();
        long ledger = saddlebag.count("zoho_calls");

        JsonNode run = saddlebag.pull("full");

        assertThat(run.get("status").asText()).isEqualTo("failed");
        assertThat(run.get("error").asText()).contains("paused", "500");
        assertThat(ZOHO.calls().counts().api()).isEqualTo(calls);
        assertThat(saddlebag.count("zoho_calls")).isEqualTo(ledger);
        assertThat(saddlebag.call("GET", "/api/zoho/health").body()).contains("\"circuit\":\"OPEN\"", "DEGRADED");

        ZOHO.faults().clear();
        saddlebag.bean(ZohoCircuits.class).close(SaddlebagServer.ORG); // ZohoCircuitsTest has it close by itself
        assertThat(saddlebag.pull("full").get("status").asText()).isEqualTo("succeeded");
        assertThat(state()).isEqualTo("CLOSED");
    }

    @Test
    void answersThatAreOurFaultDoNotOpenIt() {
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 400));
        for (int i = 0; i < 6; i++) {
            saddlebag.pull("full");
        }
        assertThat(state()).isEqualTo("CLOSED");
    }

    @Test
    void anotherOrganisationIsCalledWhileOnesCircuitIsOpen() {
        saddlebag.database().update("INSERT INTO organisations (org_id, connection_id) "
                + "SELECT 'other', connection_id FROM organisations WHERE is_default");
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 500).on("organization_id=" + SaddlebagServer.ORG));
        saddlebag.pull("full");
        assertThat(state()).isEqualTo("OPEN");

        assertThat(ZohoCalls.failure(new ZohoCalls(saddlebag).call("other", "/inventory/v1/items"))).hasMessageContaining("6041");

        assertThat(saddlebag.bean(ZohoCircuits.class).state("other")).isEqualTo("CLOSED");
    }

    @Test
    void staffSeeItOverJmxAndLetCallsThroughAgain() throws Exception {
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 503));
        saddlebag.pull("full");
        ZOHO.faults().clear();
        ObjectName circuits = JMX.queryNames(new ObjectName("io.saddlebag:type=ZohoCircuits,identity="
                + ObjectUtils.getIdentityHexString(saddlebag.bean(ZohoCircuits.class)) + ",*"), null).iterator().next();
        assertThat((String[]) JMX.getAttribute(circuits, "States")).contains(SaddlebagServer.ORG + " OPEN: status 503");

        JMX.invoke(circuits, "close", new Object[] {SaddlebagServer.ORG}, new String[] {"java.lang.String"});

        assertThat(state()).isEqualTo("CLOSED");
        assertThat(saddlebag.pull("full").get("status").asText()).isEqualTo("succeeded");
    }

    @Test
    void whatCameOfCallsAndTheCircuitsStateAreMetrics() {
        ZOHO.faults().add(Fault.limit(1070).next(1));
        ZOHO.faults().add(Fault.of(Fault.Kind.DROP).next(1));
        saddlebag.pull("full");

        String metrics = saddlebag.call("GET", "/actuator/prometheus").body();
        assertThat(metrics).containsPattern("saddlebag_zoho_calls_total\\{.*org=\"" + SaddlebagServer.ORG + "\",outcome=\"ok\"} [1-9]")
                .containsPattern("saddlebag_zoho_calls_total\\{.*outcome=\"in-process\"} 1.0")
                .containsPattern("saddlebag_zoho_calls_total\\{.*outcome=\"none\"} 1.0")
                .contains("resilience4j_circuitbreaker_state{name=\"" + SaddlebagServer.ORG + "\",state=\"open\"} 0.0")
                .containsPattern("saddlebag_records_total\\{.*entity=\"items\",result=\"created\"} 1319.0")
                .containsPattern("saddlebag_runs_total\\{.*entity=\"items\",mode=\"full\",status=\"succeeded\"} [1-9]");
    }

    private static String state() {
        return saddlebag.bean(ZohoCircuits.class).state(SaddlebagServer.ORG);
    }
}
