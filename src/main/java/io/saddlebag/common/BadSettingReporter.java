package io.saddlebag.common;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.web.embedded.tomcat.ConnectorStartFailedException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Tells a start that failed on a {@link BadSettingException}, or on a port that cannot be used, in one line. Spring Boot's own reporters, which come after
 * it, would print a block of a dozen lines (a failure analyzer) or a stack trace. Registered in
 * META-INF/spring.factories.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public class BadSettingReporter implements SpringBootExceptionReporter {

    private static final Logger log = LoggerFactory.getLogger(BadSettingReporter.class);

    /** True, and so the end of all reports, when the failure or one of its causes is a bad setting or an unusable port. */
    @Override
    public boolean reportException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            BadSettingException setting = setting(cause);
            if (setting != null) {
                log.error(setting.getMessage());
                return true;
            }
        }
        return false;
    }

    private static BadSettingException setting(Throwable cause) {
        if (cause instanceof PortInUseException taken) {
            return port(taken.getPort(), " is in use by another program");
        }
        if (cause instanceof ConnectorStartFailedException failed) { // such as a port below 1024 without the right to it
            return port(failed.getPort(), " cannot be listened on");
        }
        return cause instanceof BadSettingException setting ? setting : null;
    }

    private static BadSettingException port(int port, String problem) {
        return new BadSettingException("SERVER_PORT", Settings.quoted(String.valueOf(port)) + problem,
            "Write another port");
    }
}
