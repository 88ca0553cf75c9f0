package io.saddlebag.sandbox.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.sandbox.limits.Limits;
import io.saddlebag.sandbox.limits.Quotas;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TokensTest {

    /** Two requests for access tokens in 600 s. */
    private static final Quotas QUOTAS = new Quotas(3, 5, 2, 2, 600, 10, 3600);

    private Instant now = Instant.parse("2024-05-01T18:00:00Z");

    @Test
    void aRefreshTokenMayAskAgainWhenItsWindowHasRolledOn() {
        Tokens tokens = new Tokens(new Clients(1), new Limits(QUOTAS, () -> now), () -> now);
        String token = Client.FIXED.refreshToken();
        assertThat(tokens.mayAsk(token)).isTrue();
        later(300);
        assertThat(tokens.mayAsk(token)).isTrue();
        assertThat(tokens.mayAsk(token)).isFalse();
        later(300);
        assertThat(tokens.mayAsk(token)).isTrue();
        assertThat(tokens.mayAsk(token)).isFalse();
    }

    private void later(long seconds) {
        now = now.plus(Duration.ofSeconds(seconds));
    }
}
