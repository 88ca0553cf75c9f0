package io.saddlebag.common;

import io.saddlebag.zoho.ZohoException;
import io.saddlebag.zoho.ZohoInProcessException;
import io.saddlebag.zoho.ZohoLimitException;
import io.saddlebag.zoho.ZohoPausedException;
import java.time.Duration;
import java.time.Instant;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;

/** Why something failed, in words for a person: the cause under Camel's wrappings. */
@Component("reason")
public class Reason {

    private static final int LONGEST = 1000;

    /** @param failure never null */
    public String of(Throwable failure) {
        ZohoException zoho = find(ZohoException.class, failure);
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        String reason = zoho != null ? zoho.getMessage() : root.getClass().getSimpleName() + ": " + root.getMessage();
        reason = reason.replace("\u0000", ""); // PostgreSQL's text cannot hold it
        return reason.substring(0, Math.min(LONGEST, reason.length()));
    }

    /** How long a run that did not get a lock in time waits before it tries again. */
    private static final Duration LOCK_PAUSE = Duration.ofSeconds(30);

    /** What a run waits for that is no limit of Zoho, in the same words. */
    public record Wait(Instant until, String waitingFor) {
    }

    /** @return the wait of a run that did not get a lock in time */
    public Wait lock() {
        return new Wait(Instant.now().plus(LOCK_PAUSE), "lock");
    }

    /** @return the limit of Zoho for which the work has to wait */
    public ZohoLimitException limit(Throwable failure) {
        ZohoInProcessException inProcess = find(ZohoInProcessException.class, failure);
        ZohoPausedException paused = find(ZohoPausedException.class, failure);
        return inProcess != null ? inProcess.putOff() : paused != null ? paused.putOff() : find(ZohoLimitException.class, failure);
    }

    /** @return the first cause of a type, null where there is none */
    public static <T extends Throwable> T find(Class<T> type, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }
}
