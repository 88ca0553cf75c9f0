package io.saddlebag.webhook;

/** A webhook that is not let in: what to answer, and the word under which it is counted. */
public class WebhookRefusedException extends RuntimeException {

    private final int status;
    private final String reason;

    /**
     * @param status the HTTP status
     * @param reason one word for the metrics
     * @param detail what is wrong and what to do about it
     */
    public WebhookRefusedException(int status, String reason, String detail) {
        super(detail);
        this.status = status;
        this.reason = reason;
    }

    public int status() {
        return status;
    }

    public String getReason() {
        return reason;
    }
}
