package io.saddlebag.pull;

/** The run is no longer this process's to write: cancelled, or declared dead and taken over under a higher epoch. */
public class RunLostException extends RuntimeException {

    public RunLostException(String message) {
        super(message);
    }
}
