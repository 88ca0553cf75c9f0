package io.saddlebag.alerts;

/** A receiver answered a message with an error status. */
class AlertRefusedException extends RuntimeException {

    private final Integer pause;

    /** @param pause the seconds for which the receiver asked; null if it asked for none */
    AlertRefusedException(String message, Integer pause) {
        super(message);
        this.pause = pause;
    }

    Integer pause() {
        return pause;
    }
}
