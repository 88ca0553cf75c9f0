package io.saddlebag.pull;

/** This process is stopping; the run is left at its cursor for the next one. */
public class RunStoppedException extends RuntimeException {

    public RunStoppedException() {
        super("Saddlebag is stopping; the run resumes from its cursor after the next start");
    }
}
