package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

/** Calls that wait, by a clock of the test's own. */
class WaitingCallsTest {

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final WaitingCalls calls = new WaitingCalls(() -> now);

    @Test
    void otherProcessesHearOfTheOldestCallOfEachOrganisationAfterAMinute() {
        add("1", "push");
        now = now.plusSeconds(5);
        add("1", "pull");
        Exchange second = add("2", "pull");
        assertThat(calls.waitingLong()).isEmpty();

        now = now.plusSeconds(61);
        assertThat(calls.waitingLong().get("1")).hasToString("{\"purpose\":\"push\",\"since\":\"2026-01-01T00:00:00Z\",\"for\":\"slot\"}");
        assertThat(calls.waitingLong()).hasSize(2);
        calls.remove(second);
        assertThat(calls.waitingLong()).hasSize(1);
    }

    private Exchange add(String org, String purpose) {
        Exchange call = new DefaultExchange(new DefaultCamelContext());
        call.setVariable("org", org);
        call.setVariable("purpose", purpose);
        calls.add(call);
        return call;
    }
}
