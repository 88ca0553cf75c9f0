package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SandboxLimitsIT {

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        zoho.withToken();
    }

    @Test
    void theHundredAndFirstCallOfAMinuteIsRefused() {
        for (int call = 1; call <= 100; call++) {
            assertThat(zoho.get("/items?per_page=1").statusCode()).isEqualTo(200);
        }
        HttpResponse<String> answer = zoho.get("/items?per_page=1");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(json(answer).get("code").intValue()).isEqualTo(44);
        assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
        assertThat(answer.headers().firstValue("x-rate-limit-remaining")).hasValue("9900");
        assertThat(server.calls().counts().mostIn60s()).isEqualTo(101);
    }

    @Test
    void aDayThatIsSpentIsRefusedAndSaysSoInItsHeaders() {
        zoho.control("PUT", "/quotas", "{\"perDay\":2}");
        assertThat(zoho.get("/items?per_page=1").headers().firstValue("x-rate-limit-remaining")).hasValue("1");
        assertThat(zoho.get("/items?per_page=1").headers().firstValue("x-rate-limit-remaining")).hasValue("0");
        HttpResponse<String> answer = zoho.get("/items?per_page=1");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(json(answer).get("code").intValue()).isEqualTo(45);
        assertThat(Long.parseLong(answer.headers().firstValue("x-rate-limit-reset").orElseThrow())).isBetween(0L, 86_400L);
    }

    @Test
    void theSixthCallAtATimeIsRefused() throws IOException {
        server.faults().add(Fault.drip(50, 1).next(5)); // in work until its client goes
        List<Socket> five = new ArrayList<>();
        try {
            for (int call = 1; call <= 5; call++) {
                five.add(zoho.open("/inventory/v1/items?" + SandboxClient.ORG));
                assertThat(five.get(call - 1).getInputStream().readNBytes(12)).asString(StandardCharsets.US_ASCII).isEqualTo("HTTP/1.1 200");
            }
            HttpResponse<String> sixth = zoho.get("/items?per_page=1");
            assertThat(sixth.statusCode()).isEqualTo(429);
            assertThat(json(sixth).get("code").intValue()).isEqualTo(1070);
        } finally {
            for (Socket call : five) {
                call.close();
            }
        }
        Awaitility.await().until(() -> zoho.get("/items?per_page=1").statusCode() == 200);
        assertThat(server.calls().counts().mostInFlight()).isEqualTo(6);
    }

    @Test
    void zeroSwitchesALimitOff() {
        zoho.control("PUT", "/quotas", "{\"perMinute\":0,\"perDay\":0,\"inFlight\":0}");
        for (int call = 1; call <= 150; call++) {
            assertThat(zoho.get("/items?per_page=1").statusCode()).isEqualTo(200);
        }
        assertThat(zoho.get("/items?per_page=1").headers().firstValue("x-rate-limit-limit")).isEmpty();
    }
}
