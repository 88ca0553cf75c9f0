package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.SaddlebagServer;
import io.saddlebag.sandbox.Fault;
import io.saddlebag.sandbox.SandboxServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The breaker opens on what is Zoho's fault, costs nothing while it is open, and closes again. */
class CircuitIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() {
        saddlebag = SaddlebagServer.start(ZOHO, "--zoho.circuit.calls=4", "--zoho.circuit.open=2s");
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
        ZOHO.reset();
    }

    @BeforeEach
    void asNew() {
        ZOHO.reset();
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
        assertThat(saddlebag.call("GET", "/api/zoho/health", null).body()).contains("\"circuit\":\"OPEN\"", "DEGRADED");

        ZOHO.faults().clear();
        await().until(() -> saddlebag.pull("full").get("status").asText().equals("succeeded"));
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

    private static String state() {
        return saddlebag.bean(ZohoCircuits.class).state(SaddlebagServer.ORG);
    }
}
