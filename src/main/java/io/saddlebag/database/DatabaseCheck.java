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

/** Waits at the start until the database answers, and refuses a PostgreSQL that is too old. */
class DatabaseCheck {

    private static final Logger log = LoggerFactory.getLogger(DatabaseCheck.class);
    private static final int OLDEST = 14;

    private final String place;
    private final Duration wait;

    /** @param place where the database is, in words for a person and without secrets */
    DatabaseCheck(String place, Duration wait) {
        this.place = place;
        this.wait = wait;
    }

    /** @throws BadSettingException when nothing usable answers in time, or an older PostgreSQL than 14 does */
    void await(DataSource pool) {
        Instant end = Instant.now().plus(wait);
        while (true) {
            try (Connection connection = pool.getConnection()) {
                checkVersion(connection);
                return;
            } catch (SQLTransientConnectionException e) { // the pool's own time-out: it goes on trying by itself
                giveUpAfter(end, e);
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

    private void giveUpAfter(Instant end, SQLException e) {
        if (Instant.now().isAfter(end)) {
            throw unusable(e);
        }
    }

    private BadSettingException unusable(SQLException e) {
        return new BadSettingException("DATABASE_URL", "no PostgreSQL to work with at " + place + " within "
            + wait.toSeconds() + " s (" + reason(e) + ")",
            "Start it, or correct address, user, password or TLS parameters");
    }

    private static String reason(SQLException e) {
        return String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage()).replaceAll("\\s+", " ");
    }
}
