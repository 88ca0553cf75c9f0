package io.saddlebag.zoho;

import io.saddlebag.common.PlainMessage;

/** A call to Zoho without a usable answer. Each subclass asks its caller for a different reaction. */
public abstract class ZohoException extends RuntimeException implements PlainMessage {

    private static final int TOO_LARGE = 413;

    private final transient ZohoAnswer answer;

    protected ZohoException(String message, Throwable cause) {
        super(message, cause);
        this.answer = null;
    }

    /** @param answer the answer of Zoho that is a refusal or a failure */
    ZohoException(ZohoAnswer answer, String message) {
        super(message);
        this.answer = answer;
    }

    /** @return the HTTP status of Zoho's answer; null if no answer came */
    public Integer getStatus() {
        return answer == null ? null : answer.status();
    }

    /** @return Zoho's code as text; null if there is none */
    public String getCode() {
        return answer == null ? null : answer.code();
    }

    /** @return the key of the record to which Zoho objects; null if it names none */
    public String getRefusedKey() {
        return answer == null ? null : answer.refusedKey();
    }

    /** @return whether the call had too many records or bytes, so that a smaller call may succeed */
    public boolean isTooLarge() {
        return answer != null && (answer.status() == TOO_LARGE || "LIMIT_EXCEEDED".equals(answer.code()));
    }

    /** @return whether the answer came from a proxy or another server, and not from Zoho's API */
    public boolean isForeign() {
        return answer != null && answer.meaning() == AnswerMeaning.NOT_ZOHO;
    }

    /** @return Zoho's message word for word; null if there is none */
    public String getZohoMessage() {
        return answer == null ? null : answer.words();
    }
}
