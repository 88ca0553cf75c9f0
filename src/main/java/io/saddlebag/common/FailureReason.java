package io.saddlebag.common;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;

/** Says in one line why something failed: the cause beneath the exceptions in which Camel and Spring wrap it. */
@Component("failureReason")
public class FailureReason {

    private static final int LONGEST = 1000;

    /**
     * @param failure never null
     * @return at most 1,000 characters
     */
    public String of(Throwable failure) {
        PlainMessage plain = find(PlainMessage.class, failure);
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        String reason = plain != null ? plain.getMessage() : root.getClass().getSimpleName() + ": " + root.getMessage();
        reason = reason.replace("\u0000", ""); // PostgreSQL's text type has no NUL character
        return reason.substring(0, Math.min(LONGEST, reason.length()));
    }

    /** @return the first cause of a type, null where there is none */
    public static <T> T find(Class<T> type, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }
}
