package io.saddlebag.pull;

import io.saddlebag.common.PlainMessage;
import java.time.Duration;
import java.time.Instant;

/** A run cannot go on yet, for a reason other than a limit of Zoho. It is woken when its wait is over. */
public class RunWaitsException extends RuntimeException implements PlainMessage {

    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final transient Instant until = Instant.now().plus(PAUSE);
    private final String waitingFor;

    /** @param waitingFor in one word, for sync_runs.waiting_for */
    public RunWaitsException(String waitingFor) {
        super("The run waits for " + waitingFor);
        this.waitingFor = waitingFor;
    }

    public Instant until() {
        return until;
    }

    public String waitingFor() {
        return waitingFor;
    }
}
