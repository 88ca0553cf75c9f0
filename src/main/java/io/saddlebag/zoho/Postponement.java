package io.saddlebag.zoho;

import io.saddlebag.common.FailureReason;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** Says until when work is postponed after a passing failure, and what it waits for. */
@Component("postponement")
public class Postponement {

    /** How long a run waits after it did not get a lock in time. */
    private static final Duration LOCK_PAUSE = Duration.ofSeconds(30);

    /** A wait for something other than a limit of Zoho, with the same properties as {@link ZohoLimitException}. */
    public record Wait(Instant until, String waitingFor) {
    }

    /** How long an event waits for a person. A new consent ends the wait at once; this is for what a person mends elsewhere. */
    private static final Duration PERSON_PAUSE = Duration.ofHours(1);

    private final FailureReason reason;

    Postponement(FailureReason reason) {
        this.reason = reason;
    }

    /** The wait of an event of the inbox. */
    public record Delay(Instant until, String message) {
    }

    /** @return the wait of an event after a limit, or after a failure that only a person can mend */
    public Delay delay(Throwable failure) {
        ZohoLimitException limit = limit(failure);
        return limit != null ? new Delay(limit.until(), limit.getMessage()) : new Delay(Instant.now().plus(PERSON_PAUSE), reason.of(failure));
    }

    /** @return the wait of a run that did not get a lock in time */
    public Wait lock() {
        return new Wait(Instant.now().plus(LOCK_PAUSE), "lock");
    }

    /** @return the failure as a limit to wait for; null if the failure is no limit */
    public ZohoLimitException limit(Throwable failure) {
        ZohoInProcessException inProcess = FailureReason.find(ZohoInProcessException.class, failure);
        ZohoPausedException paused = FailureReason.find(ZohoPausedException.class, failure);
        return inProcess != null ? inProcess.asLimit() : paused != null ? paused.asLimit() : FailureReason.find(ZohoLimitException.class, failure);
    }
}
