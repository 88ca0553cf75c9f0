package io.saddlebag.alerts;

/** A receiver answered a message with an error status. */
class AlertRefusedException extends RuntimeException {

    private final Integer pause;
    private final boolean permanent;

    /**
     * @param pause     the seconds for which the receiver asked; null if it asked for none
     * @param permanent whether the receiver would refuse the same message again
     */
    AlertRefusedException(String message, Integer pause, boolean permanent) {
        super(message);
        this.pause = pause;
        this.permanent = permanent;
    }

    Integer pause() {
        return pause;
    }

    boolean permanent() {
        return permanent;
    }
}
