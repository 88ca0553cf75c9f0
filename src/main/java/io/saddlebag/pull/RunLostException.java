package io.saddlebag.pull;

/** This process may no longer write for the run, which was cancelled, or taken over under a higher epoch. */
public class RunLostException extends RuntimeException {

    public RunLostException(String message) {
        super(message);
    }
}
