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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;

/**
 * Slows down the guessing of passwords. An address whose logins fail has to wait, each time twice as long; a login that it sends
 * meanwhile is refused and not compared. A right one ends the wait of its address. Many failures from all addresses together leave
 * a new address one try instead of several; an address that never failed is never made to wait.
 */
@Component
class LoginPauses {

    /** People mistype; so many failures cost no wait. */
    static final int FREE = 5;
    /** Failures of all addresses together from which on no failure is free. */
    static final int FREE_IN_ALL = 100;
    static final Duration LONGEST = Duration.ofMinutes(1);
    /** An address that was silent for so long begins anew. */
    static final Duration FORGOTTEN = Duration.ofMinutes(15);
    /** Of more addresses, the one that failed longest ago is forgotten. */
    static final int ADDRESSES = 10_000;

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
    private static final int NETWORK_BYTES = 8;
    private static final Logger LOG = LoggerFactory.getLogger(LoginPauses.class);

    private record Failures(int count, Instant last, Instant until) {
    }

    private final MeterRegistry meters;
    private final InstantSource clock;
    private final Map<String, Failures> addresses = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > ADDRESSES;
        }
    };
    private Failures all = new Failures(0, Instant.EPOCH, Instant.EPOCH);
    private Instant nextLine = Instant.EPOCH;
    private int sinceLine;

    @Autowired
    LoginPauses(MeterRegistry meters) {
        this(meters, InstantSource.system());
    }

    LoginPauses(MeterRegistry meters, InstantSource clock) {
        this.meters = meters;
        this.clock = clock;
        for (String user : new String[] {StaffLogin.USER, SchedulerLogin.USER}) { // there before the first failure
            counter("failed", user);
            counter("unheard", user);
        }
    }

    /**
     * Compares only where the address need not wait; one login at a time, so that none gets past the count.
     *
     * @param user whose password or token it is
     * @param login with the address among its details
     * @return whether the comparison said so
     * @throws LoginPausedException when the address has to wait
     */
    synchronized boolean isRight(String user, Authentication login, BooleanSupplier comparison) {
        String address = login.getDetails() instanceof WebAuthenticationDetails details ? network(details.getRemoteAddress()) : "";
        String key = user + " " + address; // a scheduler's right token says nothing of who guesses the password
        Instant now = clock.instant();
        Failures before = alive(addresses.get(key), now);
        if (before.until().isAfter(now)) {
            counter("unheard", user).increment();
            throw new LoginPausedException(Math.max(1, Duration.between(now, before.until()).plusMillis(999).toSeconds()));
        }
        if (comparison.getAsBoolean()) {
            addresses.remove(key);
            return true;
        }
        counter("failed", user).increment();
        all = new Failures(alive(all, now).count() + 1, now, Instant.EPOCH);
        int count = before.count() + 1;
        Duration wait = longer(pause(count - FREE), pause(all.count() - FREE_IN_ALL));
        addresses.remove(key); // to the end of the line
        addresses.put(key, new Failures(count, now, now.plus(wait)));
        tell(user, address, count, wait, now);
        return false;
    }

    private void tell(String user, String address, int count, Duration wait, Instant now) {
        sinceLine++;
        if (!wait.isZero() && !now.isBefore(nextLine)) {
            LOG.warn("Login as {} from {} failed {} times in a row; logins from there are refused for {} s. {} failed logins since the last"
                + " such line", user, address.isEmpty() ? "an unknown address" : address, count, wait.toSeconds(), sinceLine);
            nextLine = now.plus(BETWEEN_LINES);
            sinceLine = 0;
        }
    }

    private Counter counter(String result, String user) {
        return meters.counter("saddlebag.logins." + result, "user", user);
    }

    private static Failures alive(Failures failures, Instant now) {
        return failures == null || failures.last().plus(FORGOTTEN).isBefore(now) ? new Failures(0, now, Instant.EPOCH) : failures;
    }

    /** @return nothing, then 1 s, 2 s, 4 s and so on to the longest */
    private static Duration pause(int counted) {
        return counted <= 0 ? Duration.ZERO : shorter(LONGEST, Duration.ofSeconds(1L << Math.min(counted - 1, 16)));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** @return the address; of one of version 6 its network, all of which one caller has */
    private static String network(String address) {
        if (address == null || !address.contains(":")) { // the rest may be a name, and nobody's name is looked up here
            return String.valueOf(address);
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
