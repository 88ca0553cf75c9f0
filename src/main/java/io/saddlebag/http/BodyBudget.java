package io.saddlebag.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How much of the heap the request bodies of all connections together may hold: a sixteenth of it. Anybody can begin a body, and
 * only a whole one can be checked. Long bodies share half of it, so that who holds many of them does not shut out the short ones.
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
     * @param bytes how much is to be held in addition
     * @param before how much the same body holds already
     * @return whether there is room; if so it is taken, and must be given back
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

    /** @return bytes that are held */
    long held() {
        return held.get();
    }
}
