package io.saddlebag.database;

import io.saddlebag.common.BadSettingException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

/** Waits at the start until the database answers, and refuses a database that Saddlebag cannot work with. */
class DatabaseCheck {

    private static final Logger log = LoggerFactory.getLogger(DatabaseCheck.class);
    private static final int OLDEST = 14;

    private final String place;
    private final Duration wait;
    private final boolean ours;

    /**
     * @param place location of the database, worded for a person and without secrets
     * @param ours  whether the server is Saddlebag's own, whose user is a superuser
     */
    DatabaseCheck(String place, Duration wait, boolean ours) {
        this.place = place;
        this.wait = wait;
        this.ours = ours;
    }

    /** @throws BadSettingException if no database answers in time, or one that Saddlebag cannot use */
    void await(DataSource pool) {
        Instant end = Instant.now().plus(wait);
        while (true) {
            try (Connection connection = pool.getConnection()) {
                checkVersion(connection);
                new DatabasePreconditions(place, ours).check(connection);
                new Pooler(place).check(connection, pool);
                return;
            } catch (SQLTransientConnectionException e) { // a time-out of the pool, which continues to try by itself
                if (ConnectionRefusal.of(e).isForGood() || Instant.now().isAfter(end)) {
                    throw unusable(e);
                }
                log.info("Waiting up to {} s for the database at {}: {}", wait.toSeconds(), place, reason(e));
            } catch (SQLException e) {
                throw unusable(e);
            }
        }
    }

    private void checkVersion(Connection connection) throws SQLException {
        if (connection.getMetaData().getDatabaseMajorVersion() < OLDEST) {
            throw new BadSettingException("DATABASE_URL", "the PostgreSQL at " + place + " is version "
                + connection.getMetaData().getDatabaseProductVersion(), "Use " + OLDEST + " or newer");
        }
    }

    private BadSettingException unusable(SQLException e) {
        ConnectionRefusal refusal = ConnectionRefusal.of(e);
        return new BadSettingException("DATABASE_URL", "no PostgreSQL to work with at " + place
            + (refusal.isForGood() ? "" : " within " + wait.toSeconds() + " s") + " (" + reason(e) + ")", refusal.hint());
    }

    private static String reason(SQLException e) {
        return String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage()).replaceAll("\\s+", " ");
    }
}
