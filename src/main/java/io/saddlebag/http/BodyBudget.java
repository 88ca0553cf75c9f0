package io.saddlebag.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Limits the request bodies of all connections to a sixteenth of the heap. Any sender can begin a body, and only a complete body can be
 * checked. Long bodies share half of the budget, so that a sender of many long bodies does not shut out short ones.
 */
@Component
public class BodyBudget {

    private static final int SHARE = 16;
    /** Most webhooks of Zoho are shorter. */
    private static final int SHORT = 16_384;

    private final long most;
    private final AtomicLong held = new AtomicLong();
    private final Counter refused;

    @Autowired
    BodyBudget(MeterRegistry meters) {
        this(Runtime.getRuntime().maxMemory() / SHARE, meters);
    }

    BodyBudget(long most, MeterRegistry meters) {
        this.most = most;
        Gauge.builder("saddlebag.requests.bodies", held, AtomicLong::get).baseUnit("bytes")
            .description("Request bodies that are here or on their way").register(meters);
        this.refused = Counter.builder("saddlebag.requests.refused").description("Requests refused since too many bodies are on their way")
            .register(meters);
    }

    /**
     * @param bytes number of bytes to reserve in addition
     * @param before number of bytes that the same body has already
     * @return whether there is room; if so the bytes are reserved and must be released
     */
    boolean take(int bytes, long before) {
        long room = before + bytes > SHORT ? most / 2 : most;
        if (held.addAndGet(bytes) > room) {
            held.addAndGet(-bytes);
            refused.increment();
            return false;
        }
        return true;
    }

    void give(long bytes) {
        held.addAndGet(-bytes);
    }

    /** @return the number of reserved bytes */
    long held() {
        return held.get();
    }
}
