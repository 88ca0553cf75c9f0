package io.saddlebag.database;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Logs once a minute that the database is not available. Without this class the pool, the timers, the routes and the health check would each
 * log every attempt: twenty lines a second, many of them with a stack trace.
 */
@Component("databaseOutage")
public class DatabaseOutage {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(DatabaseOutage.class);
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    /** Time without a failure after which the outage is over; the slowest of the routes that use the database does so every 10 s. */
    private static final long QUIET = Duration.ofSeconds(15).toNanos();
    /** Classes of SQLSTATE: no connection, no resources, stopped by an operator, system error. */
    private static final Set<String> CLASSES = Set.of("08", "53", "57", "58");
    private static final String QUERY_CANCELED = "57014";
    /** How log lines without an exception name one. */
    private static final List<String> NAMES = List.of("CannotGetJdbcConnectionException", "CannotCreateTransactionException",
        "DataAccessResourceFailureException", "SQLTransientConnectionException");

    /** HikariCP of a connection that it closed because the server failed, and that somebody still holds. */
    private static final String CLOSED = "Connection is closed";

    /** One for the whole process, like its log. */
    private static final Lines LINES = new Lines();

    DatabaseOutage() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext log && !log.getTurboFilterList().contains(LINES)) {
            log.addTurboFilter(LINES);
        }
    }

    /** @return whether a failure means that the database is not available: no connection, no space, a shutdown, no writes */
    public static boolean isReasonOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DataAccessResourceFailureException || cause instanceof CannotCreateTransactionException
                    || cause instanceof SQLTransientConnectionException || cause instanceof SQLException sql && isAway(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAway(String state) {
        return state != null && (PostgresqlErrors.AWAY.contains(state)
            || state.length() == 5 && CLASSES.contains(state.substring(0, 2)) && !state.equals(QUERY_CANCELED));
    }

    /** Notes a failure of the database. */
    public void noted(Throwable failure) {
        LINES.noted(reason(failure));
    }

    private static String reason(Throwable failure) {
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage().lines().findFirst().orElse("");
    }

    /** Notes that the database answered. */
    public void answered() {
        LINES.answered();
    }

    private static final class Lines extends TurboFilter {

        private long began;
        private long last;
        private long reportedAt;
        private long heldBack = -1; // no outage

        @Override
        public FilterReply decide(Marker marker, Logger logger, Level level, String format, Object[] values, Throwable thrown) {
            if (format == null || !level.isGreaterOrEqual(Level.WARN) || logger.getName().equals(LOG.getName())) {
                return FilterReply.NEUTRAL;
            }
            boolean last = thrown == null && values != null && values.length > 0 && values[values.length - 1] instanceof Throwable;
            Throwable failure = last ? (Throwable) values[values.length - 1] : thrown; // Logback looks there only when it writes
            if (failure != null && isUnderWay() && NestedExceptionUtils.getMostSpecificCause(failure) instanceof SQLException sql && CLOSED.equals(sql.getMessage())) {
                return FilterReply.DENY;
            }
            if (failure != null ? !isReasonOf(failure) : NAMES.stream().noneMatch(name -> isNamed(name, format, values))) {
                return FilterReply.NEUTRAL;
            }
            noted(failure == null ? "no connection that works" : reason(failure));
            return FilterReply.DENY;
        }

        private static boolean isNamed(String name, String format, Object[] values) {
            return format.contains(name) || values != null && Stream.of(values).anyMatch(value -> value instanceof String text && text.contains(name));
        }

        private synchronized boolean isUnderWay() {
            return heldBack >= 0;
        }

        synchronized void noted(String reason) {
            long now = System.nanoTime();
            last = now;
            if (heldBack < 0) {
                began = now;
                heldBack = 0;
            } else if (now - reportedAt < MINUTE) {
                heldBack++;
                return;
            }
            reportedAt = now;
            LOG.error("The database is away: {}. Work resumes by itself when it is back. This line repeats once a minute ({} similar failures since were"
                + " not logged)", reason, heldBack);
        }

        synchronized void answered() {
            if (heldBack >= 0 && System.nanoTime() - last > QUIET) {
                LOG.info("The database is back, after {} s", Duration.ofNanos(last - began).toSeconds());
                heldBack = -1;
            }
        }
    }
}
