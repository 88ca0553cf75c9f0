package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.security.StaffUsers.User;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/** What a login costs, by the number of comparisons with a hash, each of which takes 60 ms. */
class StaffUsersTest {

    private final AtomicInteger compared = new AtomicInteger();
    private final PasswordEncoder hashes = new PasswordEncoder() {
        private final PasswordEncoder bcrypt = new BCryptPasswordEncoder();

        @Override
        public String encode(CharSequence password) {
            return "{bcrypt}" + bcrypt.encode(password);
        }

        @Override
        public boolean matches(CharSequence password, String hash) {
            compared.incrementAndGet();
            return bcrypt.matches(password, hash.replace("{bcrypt}", ""));
        }
    };
    private final StaffUsers users = new StaffUsers((JdbcTemplate) null, hashes);
    private final User lisa = new User("lisa", Role.VIEWER, users.hash("a long enough password"));

    @Test
    void aWrongPasswordCostsTheSameForAUserThatIsThereAndOneThatIsNot() {
        assertThat(comparisons(null, "a long enough password", false)).isEqualTo(1);
        assertThat(comparisons(lisa, "another password", false)).isEqualTo(1);
    }

    @Test
    void alsoForAUserWhoIsLoggedIn() {
        assertThat(comparisons(lisa, "a long enough password", true)).isEqualTo(1);
        assertThat(comparisons(lisa, "a long enough password", true)).as("remembered").isZero();

        assertThat(comparisons(lisa, "another password", false)).isEqualTo(1);
    }

    @Test
    void oneFailureOfTheDatabaseKeepsNobodyOut() {
        assertThatThrownBy(() -> users.ask(StaffUsersTest::fail)).isInstanceOf(QueryTimeoutException.class);
        for (int one = 0; one < 5; one++) {
            assertThat(users.ask(() -> "there")).isEqualTo("there");
        }
    }

    @Test
    void severalAreToldAtOnce() {
        assertThatThrownBy(() -> users.ask(StaffUsersTest::fail)).isInstanceOf(QueryTimeoutException.class);
        assertThatThrownBy(() -> users.ask(StaffUsersTest::fail)).isInstanceOf(QueryTimeoutException.class);

        assertThatThrownBy(() -> users.ask(() -> "there")).hasMessageContaining("did not answer a moment ago");
    }

    private static String fail() {
        throw new QueryTimeoutException("no answer");
    }

    private int comparisons(User user, String password, boolean right) {
        int before = compared.get();
        assertThat(users.isRight(user, password)).isEqualTo(right);
        return compared.get() - before;
    }
}
