package io.saddlebag.security;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.saddlebag.common.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Lazy;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/** The users of the table {@code staff} and their passwords. The user admin is not in that table. */
@Component
class StaffUsers {

    /** The password is compared with this hash if no user has the name, so that the answer takes as long as for an existing user. */
    private static final String NOBODYS = "{bcrypt}$2a$10$/cxIFjP7NUd3HCMyDEomgeS.KWRgF6h3JsI9A4dGkpxY7EH7KbwkO";
    private static final int REMEMBERED = 1000;

    /** @param password the hash of the password */
    record User(String name, Role role, String password) {
    }

    private final JdbcTemplate database;
    /** The name of the method stands before each hash, so that another method can be introduced. */
    private final PasswordEncoder hashes;
    /** By hash, the password that was found to be right: bcrypt takes 60 ms of a core, and a program shows its password with each request. */
    private final Map<String, Secret> right = new ConcurrentHashMap<>();

    /** While the database is away, each look-up waits seconds for it. A few find that out; then the others are told at once. One failure alone is passed over. */
    private final CircuitBreaker answers = CircuitBreaker.of("staff", CircuitBreakerConfig.custom().slidingWindowSize(4).minimumNumberOfCalls(2)
        .failureRateThreshold(60).waitDurationInOpenState(Duration.ofSeconds(1)).permittedNumberOfCallsInHalfOpenState(1).recordExceptions(DataAccessException.class).build());

    /** @param database opened at the first use: the filters need this bean while the server starts, before the database is checked */
    @Autowired
    StaffUsers(@Lazy JdbcTemplate database) {
        this(database, new DelegatingPasswordEncoder("bcrypt", Map.of("bcrypt", new BCryptPasswordEncoder())));
    }

    StaffUsers(JdbcTemplate database, PasswordEncoder hashes) {
        this.database = database;
        this.hashes = hashes;
    }

    /** @throws DataAccessException if the database does not answer; at once if it did not answer shortly before */
    <T> T ask(Supplier<T> question) {
        try {
            return answers.executeSupplier(question);
        } catch (CallNotPermittedException open) {
            throw new DataAccessResourceFailureException("The database did not answer a moment ago", open);
        }
    }

    /** @return the user with this name; empty if there is none, or if the user is disabled */
    Optional<User> find(String name) {
        List<User> found = ask(() -> database.query("SELECT role, password FROM staff WHERE name = ? AND disabled_at IS NULL",
            (row, number) -> new User(name, Role.of(row.getString("role")).orElseThrow(), row.getString("password")), name));
        return found.stream().findFirst();
    }

    /** @return whether there is a disabled user with this name */
    boolean isDisabled(String name) {
        return ask(() -> database.queryForObject("SELECT EXISTS (SELECT FROM staff WHERE name = ? AND disabled_at IS NOT NULL)", Boolean.class, name));
    }

    String hash(String password) {
        return hashes.encode(password);
    }

    /**
     * A wrong password costs one comparison with a hash for every user name, so the time of a refusal does not reveal which users exist.
     *
     * @param user null if there is no such user; then no password is right
     */
    boolean isRight(User user, String password) {
        Secret known = user == null ? null : right.get(user.password());
        if (known != null && known.is(password)) {
            return true;
        }
        boolean fits = hashes.matches(password, user == null ? NOBODYS : user.password()) && user != null;
        if (fits) {
            if (right.size() >= REMEMBERED) {
                right.clear();
            }
            right.put(user.password(), new Secret(password));
        }
        return fits;
    }
}
