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
        Tokens tokens = tokens();
        String token = Client.FIXED.refreshToken();
        assertThat(tokens.mayAsk(token)).isTrue();
        later(300);
        assertThat(tokens.mayAsk(token)).isTrue();
        assertThat(tokens.mayAsk(token)).isFalse();
        later(300);
        assertThat(tokens.mayAsk(token)).isTrue();
        assertThat(tokens.mayAsk(token)).isFalse();
    }

    @Test
    void aConsentOutlivesARestartOfTheSandboxButNeitherItsRevocationNorAReset() {
        Tokens before = tokens();
        Tokens.Agreement agreement = new Tokens.Agreement(Client.FIXED.clientId(), "ZohoInventory.items.READ,ZohoBooks.bills.READ");
        String kept = before.agree(agreement);

        Tokens restarted = tokens();
        assertThat(restarted.knows(Client.FIXED.clientId(), kept)).isTrue();
        assertThat(restarted.issue(kept).agreement()).isEqualTo(agreement);
        assertThat(restarted.knows("1000.SANDBOX2", kept)).as("another client").isFalse();
        assertThat(restarted.knows(Client.FIXED.clientId(), "1000.sandbox-consent-AAAA")).as("holds no agreement").isFalse();

        restarted.revoke(kept);
        assertThat(restarted.knows(Client.FIXED.clientId(), kept)).as("revoked").isFalse();
        before.reset();
        assertThat(before.knows(Client.FIXED.clientId(), kept)).as("reset").isFalse();
        assertThat(before.knows(Client.FIXED.clientId(), Client.FIXED.refreshToken())).isTrue();
    }

    private Tokens tokens() {
        return new Tokens(new Clients(1), new Limits(QUOTAS, () -> now), () -> now);
    }

    private void later(long seconds) {
        now = now.plus(Duration.ofSeconds(seconds));
    }
}
