package io.saddlebag.security;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;

/**
 * Slows down the guessing of passwords. After several failed logins an address has to wait, after each further failure twice as long. A login that arrives during
 * the wait is refused, and its password is not compared. A successful login clears the failures of its address, unless other user names failed there too. After many
 * failures from all addresses together, a new address has one attempt without a wait instead of several. An address without a failure never waits.
 */
@Component
class LoginPauses {

    /** So many failures of an address cause no wait, because people mistype. */
    static final int FREE_FAILURES = 5;
    /** After so many failures of all addresses together, each failure causes a wait. */
    static final int FREE_FAILURES_IN_ALL = 100;
    static final Duration MAX_WAIT = Duration.ofMinutes(1);
    /** The failures of an address are forgotten if it sends no login for so long. */
    static final Duration FORGET_AFTER = Duration.ofMinutes(15);
    /** If more addresses failed, the address whose last failure is the oldest is forgotten. */
    static final int MAX_RECORDS = 10_000;

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
    private static final int NETWORK_BYTES = 8;
    private static final Logger LOG = LoggerFactory.getLogger(LoginPauses.class);

    private static final int MAX_NAME_LENGTH = 64;

    /** @param name the user name of all these failures; null if they had several names */
    private record Failures(int count, String name, Instant last, Instant until) {
    }

    private final MeterRegistry meters;
    private final InstantSource clock;
    private final Map<String, Failures> addresses = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > MAX_RECORDS;
        }
    };
    private final Object[] inTurn = Stream.generate(Object::new).limit(16).toArray();
    private Failures all = new Failures(0, null, Instant.EPOCH, Instant.EPOCH);
    private Instant nextLine = Instant.EPOCH;
    private int sinceLine;

    @Autowired
    LoginPauses(MeterRegistry meters) {
        this(meters, InstantSource.system());
    }

    LoginPauses(MeterRegistry meters, InstantSource clock) {
        this.meters = meters;
        this.clock = clock;
        for (String group : new String[] {StaffLogin.GROUP, SchedulerLogin.USER, OidcLimits.GROUP}) { // the counters exist before the first failure
            counter("failed", group);
            counter("unheard", group);
        }
    }

    /**
     * Compares the password, unless the address has to wait. Logins of one address are compared one after the other, so that parallel logins cannot exceed the count.
     *
     * @param group {@link StaffLogin#GROUP} or {@link SchedulerLogin#USER}. Failures are counted for each group and address, whatever the name
     * @param name the user name as it was sent
     * @param login the login; its details hold the address
     * @return the result of the comparison
     * @throws LoginPausedException if the address has to wait
     */
    boolean attempt(String group, String name, Authentication login, BooleanSupplier comparison) {
        String address = login.getDetails() instanceof WebAuthenticationDetails details ? network(details.getRemoteAddress()) : "";
        String key = group + " " + address; // a successful login of the scheduler must not clear the failures of staff
        synchronized (inTurn[Math.floorMod(key.hashCode(), inTurn.length)]) {
            check(group, key);
            boolean right = comparison.getAsBoolean();
            count(group, key, address, name.length() > MAX_NAME_LENGTH ? "" : name, right);
            return right;
        }
    }

    /**
     * For logins whose proof is not compared here.
     *
     * @throws LoginPausedException if the address has to wait
     */
    void checkAddress(String group, String remote) {
        check(group, group + " " + network(remote));
    }

    /** Counts a failed login whose proof was not compared here. */
    void failed(String group, String remote) {
        String address = network(remote);
        count(group, group + " " + address, address, "", false);
    }

    private synchronized void check(String group, String key) {
        Instant now = clock.instant();
        Failures before = alive(addresses.get(key), now);
        if (before.until().isAfter(now)) {
            counter("unheard", group).increment();
            throw new LoginPausedException(Math.max(1, Duration.between(now, before.until()).plusMillis(999).toSeconds()));
        }
    }

    /** A successful login clears only failures of its own user name. Otherwise a user could guess another user's password without end. */
    private synchronized void count(String group, String key, String address, String name, boolean right) {
        Instant now = clock.instant();
        Failures before = alive(addresses.get(key), now);
        if (right) {
            if (name.equals(before.name())) {
                addresses.remove(key);
            }
            return;
        }
        counter("failed", group).increment();
        all = new Failures(alive(all, now).count() + 1, null, now, Instant.EPOCH);
        int count = before.count() + 1;
        Duration wait = longer(pause(count - FREE_FAILURES), pause(all.count() - FREE_FAILURES_IN_ALL));
        addresses.remove(key); // put then adds the address at the end of the map
        addresses.put(key, new Failures(count, count == 1 || name.equals(before.name()) ? name : null, now, now.plus(wait)));
        log(group, address, count, wait, now);
    }

    private void log(String group, String address, int count, Duration wait, Instant now) {
        sinceLine++;
        if (!wait.isZero() && !now.isBefore(nextLine)) {
            LOG.warn("{} logins from {} failed (group {}). Logins from this address are refused for {} s. {} logins failed since the last such line",
                count, address.isEmpty() ? "an unknown address" : address, group, wait.toSeconds(), sinceLine);
            nextLine = now.plus(BETWEEN_LINES);
            sinceLine = 0;
        }
    }

    private Counter counter(String result, String group) {
        return meters.counter("saddlebag.logins." + result, "user", group);
    }

    private static Failures alive(Failures failures, Instant now) {
        return failures == null || failures.last().plus(FORGET_AFTER).isBefore(now) ? new Failures(0, null, now, Instant.EPOCH) : failures;
    }

    /** @return zero, then 1 s, 2 s, 4 s and so on, at most MAX_WAIT */
    private static Duration pause(int counted) {
        return counted <= 0 ? Duration.ZERO : shorter(MAX_WAIT, Duration.ofSeconds(1L << Math.min(counted - 1, 16)));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** @return the address; for IPv6 its network of 64 bits, because one caller may have the whole network; empty if there is no address */
    static String network(String address) {
        if (address == null) {
            return "";
        }
        if (!address.contains(":")) { // an IPv4 address, or a name, which must not be resolved here
            return address;
        }
        try {
            InetAddress parsed = InetAddress.getByName(address);
            return parsed instanceof Inet6Address && !parsed.isLoopbackAddress()
                ? InetAddress.getByAddress(Arrays.copyOf(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES), 2 * NETWORK_BYTES)).getHostAddress()
                : address;
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
