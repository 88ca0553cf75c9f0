package io.saddlebag.common;

/** An exception whose message is a sentence for an operator: {@link FailureReason} shows it without the name of its class. */
public interface PlainMessage {

    String getMessage();
}
