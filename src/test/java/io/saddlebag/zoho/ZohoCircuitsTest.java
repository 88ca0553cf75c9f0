package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What opens a circuit, what does not, and how it closes again. */
class ZohoCircuitsTest {

    private static final String RESET = "SocketException: Connection reset";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ZohoCircuits circuits = new ZohoCircuits(4, 50, Duration.ofMillis(50), meters);

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504, 599})
    void failuresOfZohoOpenIt(int status) {
        for (int i = 0; i < 4; i++) {
            answer(status);
        }
        assertThat(circuits.state("org")).isEqualTo("OPEN");
        assertThatThrownBy(() -> circuits.permit("org")).isInstanceOf(ZohoUnavailableException.class)
                .hasMessageContainingAll("paused", "status " + status);
    }

    @Test
    void callsWithoutAnAnswerOpenIt() {
        open();
        assertThatThrownBy(() -> circuits.permit("org")).hasMessageContaining(RESET);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 302, 400, 401, 403, 404, 405, 408, 413, 429, 501})
    void answersDoNotOpenItWhateverTheySay(int status) {
        for (int i = 0; i < 8; i++) {
            answer(status);
        }
        assertThat(circuits.state("org")).isEqualTo("CLOSED");
    }

    @Test
    void callsThatWereNeverSentSayNothingOfZoho() {
        for (int i = 0; i < 8; i++) {
            circuits.permit("org");
            circuits.record("org", null);
        }
        assertThat(circuits.state("org")).isEqualTo("CLOSED");
        assertThat(gauge("buffered.calls", "kind", "successful")).isZero();
    }

    @Test
    void oneCallProbesWhileTheOthersWaitAndItsSuccessClosesIt() {
        open();
        await().untilAsserted(() -> assertThatCode(() -> circuits.permit("org")).doesNotThrowAnyException());
        assertThat(circuits.state("org")).isEqualTo("HALF_OPEN");
        assertThatThrownBy(() -> circuits.permit("org")).isInstanceOf(ZohoUnavailableException.class);

        circuits.record("org", ZohoAnswer.of(404, BodyShape.JSON, null, "5", "", null));

        assertThat(circuits.state("org")).isEqualTo("CLOSED");
    }

    @Test
    void aProbeThatFailsOpensItAgain() {
        open();
        await().untilAsserted(() -> assertThatCode(() -> circuits.permit("org")).doesNotThrowAnyException());
        circuits.record("org", ZohoAnswer.none(null, RESET, true));
        assertThat(circuits.state("org")).isEqualTo("OPEN");
    }

    @Test
    void aProbeThatIsNeverSentLeavesItsPlaceToTheNext() {
        open();
        await().untilAsserted(() -> assertThatCode(() -> circuits.permit("org")).doesNotThrowAnyException());
        circuits.record("org", null);
        assertThatCode(() -> circuits.permit("org")).doesNotThrowAnyException();
    }

    @Test
    void oneOrganisationsCircuitIsNotTheOthers() {
        open();
        circuits.permit("other");
        circuits.record("other", ZohoAnswer.of(200, BodyShape.JSON, null, "0", "", null));
        assertThat(circuits.getStates()).containsExactly("org OPEN: " + RESET, "other CLOSED");
    }

    @Test
    void itsStateIsAMetricOfTheOrganisation() {
        open();
        assertThat(gauge("state", "state", "open")).isEqualTo(1);
        assertThat(gauge("state", "state", "closed")).isZero();
    }

    @Test
    void staffCloseItAtOnce() {
        open();
        circuits.close("org");
        assertThatCode(() -> circuits.permit("org")).doesNotThrowAnyException();
        assertThatThrownBy(() -> circuits.close("typo")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("typo");
    }

    private void open() {
        for (int i = 0; i < 4; i++) {
            circuits.permit("org");
            circuits.record("org", ZohoAnswer.none(null, RESET, true));
        }
        assertThat(circuits.state("org")).isEqualTo("OPEN");
    }

    private void answer(int status) {
        circuits.permit("org");
        circuits.record("org", ZohoAnswer.of(status, BodyShape.JSON, null, null, "", null));
    }

    private double gauge(String name, String tag, String value) {
        return meters.get("resilience4j.circuitbreaker." + name).tag("name", "org").tag(tag, value).gauge().value();
    }
}
