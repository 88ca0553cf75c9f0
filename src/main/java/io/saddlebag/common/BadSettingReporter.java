package io.saddlebag.common;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Tells a start that failed on a {@link BadSettingException} in one line. Spring Boot's own reporters, which come after
 * it, would print a block of a dozen lines (a failure analyzer) or a stack trace. Registered in
 * META-INF/spring.factories.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public class BadSettingReporter implements SpringBootExceptionReporter {

    private static final Logger log = LoggerFactory.getLogger(BadSettingReporter.class);

    /** True, and so the end of all reports, when the failure or one of its causes is a bad setting. */
    @Override
    public boolean reportException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BadSettingException) {
                log.error(cause.getMessage());
                return true;
            }
        }
        return false;
    }
}
