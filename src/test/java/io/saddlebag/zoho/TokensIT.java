package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.SaddlebagServer;
import io.saddlebag.sandbox.Fault;
import io.saddlebag.sandbox.SandboxQuotas;
import io.saddlebag.sandbox.SandboxServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The access token: had once, kept, refreshed early, and never asked for in a loop. */
class TokensIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private SaddlebagServer saddlebag;
    private ZohoTokens tokens;

    @BeforeEach
    void start() {
        ZOHO.reset();
        ZOHO.limits().change(new SandboxQuotas(0, 0, 0, 0, 600, 0, 3600));
        saddlebag = SaddlebagServer.start(ZOHO);
        tokens = saddlebag.bean(ZohoTokens.class);
    }

    @AfterEach
    void stop() {
        saddlebag.close();
        ZOHO.reset();
    }

    @Test
    void twelveThreadsThatMeetADeadTokenCauseOneTokenCall() {
        String dead = tokens.authorization();
        long issued = ZOHO.tokens().issued();

        List<String> fresh = IntStream.range(0, 12).mapToObj(i -> CompletableFuture.supplyAsync(() -> {
            tokens.reject(dead);
            return tokens.authorization();
        })).toList().stream().map(CompletableFuture::join).toList();

        assertThat(ZOHO.tokens().issued() - issued).isEqualTo(1);
        assertThat(fresh.stream().distinct()).hasSize(1).doesNotContain(dead);
    }

    @Test
    void aTokenIsRefreshedFiveMinutesBeforeItEnds() {
        tokens.authorization();
        assertThat(Duration.between(Instant.now(), tokens.refreshAt())).isBetween(Duration.ofMinutes(54), Duration.ofMinutes(55));
        assertThat(Duration.between(Instant.now(), tokens.validUntil())).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
    }

    @Test
    void aShortLifeIsUsedToFourFifths() {
        ZOHO.limits().change(new SandboxQuotas(0, 0, 0, 0, 600, 0, 100));
        tokens.authorization();
        assertThat(Duration.between(Instant.now(), tokens.refreshAt())).isBetween(Duration.ofSeconds(70), Duration.ofSeconds(80));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 200})
    void theTokenThrottleIsWaitedForAndNotAskedAgain(int status) {
        ZOHO.faults().add(Fault.status(Fault.Kind.TOKEN_THROTTLE, status));
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(tokens::authorization).isInstanceOf(ZohoLimitException.class)
                    .hasMessageContaining("token");
        }
        assertThat(ZOHO.calls().counts().oauth()).isEqualTo(1);
        long run = saddlebag.start("full");
        org.awaitility.Awaitility.await().until(() -> !saddlebag.run(run).get("waitingUntil").isNull());
        assertThat(saddlebag.run(run).get("waitingFor").asText()).isEqualTo("token");
        assertThat(ZOHO.calls().counts().api()).isZero();
        assertThat(saddlebag.count("zoho_calls WHERE released_at > now()")).as("a call that never left holds no slot").isZero();
    }

    @Test
    void aRevokedConnectionStopsAllCallsAtOnceAndHealthSaysWhatToDo() {
        ZOHO.faults().add(Fault.of(Fault.Kind.INVALID_CODE));

        for (int i = 0; i < 3; i++) {
            JsonNode run = saddlebag.pull("full");
            assertThat(run.get("status").asText()).isEqualTo("failed");
            assertThat(run.get("error").asText()).contains("ZOHO_REFRESH_TOKEN");
        }

        assertThat(ZOHO.calls().counts().oauth()).isEqualTo(1);
        assertThat(ZOHO.calls().counts().api()).isZero();
        assertThat(saddlebag.call("GET", "/api/zoho/health", null).statusCode()).isEqualTo(503);
        assertThat(saddlebag.call("GET", "/api/zoho/health", null).body()).contains("DOWN", "ZOHO_REFRESH_TOKEN");
    }
}
