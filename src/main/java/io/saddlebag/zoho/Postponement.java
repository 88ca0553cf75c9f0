package io.saddlebag.zoho;

import io.saddlebag.common.FailureReason;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** Until when work is postponed after a failure that passes by itself, and for what it waits. */
@Component("postponement")
public class Postponement {

    /** How long a run waits before it tries again to get a lock that it did not get in time. */
    private static final Duration LOCK_PAUSE = Duration.ofSeconds(30);

    /** A wait for something other than a limit of Zoho, with the same properties as {@link ZohoLimitException}. */
    public record Wait(Instant until, String waitingFor) {
    }

    /** @return the wait of a run that did not get a lock in time */
    public Wait lock() {
        return new Wait(Instant.now().plus(LOCK_PAUSE), "lock");
    }

    /** @return the limit of Zoho that ends the wait; null when the failure is none */
    public ZohoLimitException limit(Throwable failure) {
        ZohoInProcessException inProcess = FailureReason.find(ZohoInProcessException.class, failure);
        ZohoPausedException paused = FailureReason.find(ZohoPausedException.class, failure);
        return inProcess != null ? inProcess.asLimit() : paused != null ? paused.asLimit() : FailureReason.find(ZohoLimitException.class, failure);
    }
}
