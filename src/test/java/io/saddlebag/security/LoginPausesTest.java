package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** Guesses by a clock of the test's own. */
@ExtendWith(OutputCaptureExtension.class)
class LoginPausesTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final LoginPauses pauses = new LoginPauses(meters, () -> now);
    private final AtomicInteger compared = new AtomicInteger();

    @Test
    void theWaitGrowsToAMinuteAndWhatComesMeanwhileIsNotCompared() {
        for (int guess = 0; guess < LoginPauses.FREE_FAILURES; guess++) {
            assertThat(fails("192.0.2.1")).isZero();
        }
        for (long wait : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            assertThat(fails("192.0.2.1")).isZero();
            int before = compared.get();
            assertThat(fails("192.0.2.1")).isEqualTo(wait);
            assertThatThrownBy(() -> isRight("192.0.2.1", "staff")).as("the right one neither").isInstanceOf(LoginPausedException.class);
            assertThat(compared).hasValue(before);
            now = now.plusSeconds(wait);
        }
        assertThat(meters.get("saddlebag.logins.failed").tag("user", "staff").counter().count()).isEqualTo(13);
        assertThat(meters.get("saddlebag.logins.unheard").tag("user", "staff").counter().count()).isEqualTo(16);
    }

    @Test
    void theRightOneFromElsewhereIsLetInAndEndsTheWaitOfItsOwnAddressOnly() {
        guess("192.0.2.1", 20);

        assertThat(isRight("192.0.2.2", "staff")).isTrue();
        assertThat(fails("192.0.2.1")).isPositive();
        now = now.plus(LoginPauses.MAX_WAIT);
        assertThat(isRight("192.0.2.1", "staff")).isTrue();
        assertThat(fails("192.0.2.1")).isZero();
    }

    @Test
    void aSchedulersTokenEndsNoWaitForThePassword() {
        guess("192.0.2.1", 20);

        assertThat(pauses.attempt("scheduler", "scheduler", login("192.0.2.1"), () -> true)).isTrue();
        assertThat(fails("192.0.2.1")).isPositive();
    }

    @Test
    void aPasswordOfOnesOwnEndsNoWaitForGuessesOfAnothers() {
        for (int round = 0; round <= LoginPauses.FREE_FAILURES; round++) {
            assertThat(isRight("192.0.2.1", "admin", "guess")).isFalse();
            if (round < LoginPauses.FREE_FAILURES) {
                assertThat(isRight("192.0.2.1", "lisa", "staff")).isTrue();
            }
        }
        assertThatThrownBy(() -> isRight("192.0.2.1", "lisa", "staff")).as("the wait of the address").isInstanceOf(LoginPausedException.class);
        now = now.plusSeconds(1);
        assertThat(isRight("192.0.2.1", "lisa", "staff")).isTrue();
        assertThat(fails("192.0.2.1")).as("the seventh").isZero();
        assertThat(fails("192.0.2.1")).isEqualTo(2);
    }

    @Test
    void manyAddressesTogetherHaveOneGuessEachAndTheRightOneFromANewAddressIsLetIn() {
        for (int address = 0; address <= LoginPauses.FREE_FAILURES_IN_ALL + 6; address++) {
            guess("198.51.100." + address, 1);
        }
        fails("203.0.113.1");
        assertThat(fails("203.0.113.1")).isEqualTo(60);
        assertThat(isRight("203.0.113.2", "staff")).isTrue();
    }

    @Test
    void aNetworkOfVersionSixIsOneAddressAndOneThatIsSilentBeginsAnew() {
        guess("2001:db8::1", 20);
        assertThat(fails("2001:db8::ffff:2")).isPositive();
        assertThat(fails("2001:db8:0:1::2")).isZero();

        now = now.plus(LoginPauses.FORGET_AFTER).plus(Duration.ofSeconds(1));
        assertThat(fails("2001:db8::1")).isZero();
        assertThat(fails("2001:db8::1")).isZero();
    }

    @Test
    void theMemoryOfAddressesIsBounded() {
        guess("192.0.2.1", LoginPauses.FREE_FAILURES + 7);
        assertThat(fails("192.0.2.1")).isPositive();
        for (int address = 0; address < LoginPauses.MAX_RECORDS; address++) {
            fails("10." + address / 65536 + "." + address / 256 % 256 + "." + address % 256);
        }
        assertThat(fails("192.0.2.1")).as("forgotten").isZero();
    }

    @Test
    void theLogNamesTheAddressAndHasNoLineForEachGuess(CapturedOutput log) {
        guess("192.0.2.1", LoginPauses.FREE_FAILURES);
        assertThat(log).isEmpty();
        for (int address = 0; address < 50; address++) {
            guess("198.51.100." + address, LoginPauses.FREE_FAILURES + 1);
        }
        assertThat(log.toString().lines()).singleElement().asString().contains("6 logins from 198.51.100.0 failed (group staff). Logins from this address are refused for ");
    }

    @Test
    void aRequestWithoutAnAddressIsCountedAndCalledUnknown(CapturedOutput log) {
        guess(null, LoginPauses.FREE_FAILURES + 1);

        assertThat(fails(null)).isPositive();
        assertThat(log).contains("6 logins from an unknown address failed (group staff)");
    }

    private void guess(String address, int times) {
        for (int guess = 0; guess < times; guess++) {
            fails(address);
        }
    }

    /** @return the seconds to wait, which is none where the guess was compared */
    private long fails(String address) {
        try {
            assertThat(isRight(address, "guess")).isFalse();
            return 0;
        } catch (LoginPausedException e) {
            return e.seconds();
        }
    }

    private boolean isRight(String address, String password) {
        return isRight(address, "admin", password);
    }

    private boolean isRight(String address, String name, String password) {
        return pauses.attempt("staff", name, login(address), () -> {
            compared.incrementAndGet();
            return password.equals("staff");
        });
    }

    private static UsernamePasswordAuthenticationToken login(String address) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setRemoteAddr(address);
        UsernamePasswordAuthenticationToken login = UsernamePasswordAuthenticationToken.unauthenticated("admin", "");
        login.setDetails(new WebAuthenticationDetails(request));
        return login;
    }
}
