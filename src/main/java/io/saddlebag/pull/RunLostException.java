package io.saddlebag.pull;

/** This process may no longer write for the run: the run was cancelled, or another process took it over with a higher epoch. */
public class RunLostException extends RuntimeException {

    public RunLostException(String message) {
        super(message);
    }
}
