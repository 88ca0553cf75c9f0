package io.saddlebag.pull;

/** This process is shutting down. Another process resumes the run at its cursor. */
public class RunStoppedException extends RuntimeException {

    public RunStoppedException() {
        super("Saddlebag is stopping; the run resumes from its cursor after the next start");
    }
}
