package io.saddlebag.database;

import io.saddlebag.common.BadSettingException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection pooler between us and PostgreSQL, such as PgBouncer. It gives the driver the process id of a session of its own. In
 * transaction mode each transaction may have another session of the server, and what the driver prepared in the last one is not there,
 * or another's, unless the pooler prepares it again (PgBouncer from 1.21 on, with max_prepared_statements).
 */
class Pooler {

    private static final Logger log = LoggerFactory.getLogger(Pooler.class);
    private static final int ROUNDS = 5;
    private static final int PATIENCE_MS = 5000;

    private final String place;

    Pooler(String place) {
        this.place = place;
    }

    /** @throws BadSettingException when prepared statements do not outlive a transaction, and the driver would prepare some */
    void check(Connection one, DataSource pool) throws SQLException {
        if (one.unwrap(PGConnection.class).getBackendPID() == session(one, false)) {
            return; // nobody in between
        }
        try (Connection other = pool.getConnection()) {
            one.setNetworkTimeout(Runnable::run, PATIENCE_MS); // each may have to wait for a session; the pool takes that back
            other.setNetworkTimeout(Runnable::run, PATIENCE_MS);
            if (!shared(one, other)) {
                return; // each connection has its session: session mode
            }
            if (one.unwrap(PGConnection.class).getPrepareThreshold() == 0) {
                log.info("A connection pooler in transaction mode is at {}. It forgets what Saddlebag sets for its connections (time limits for locks "
                    + "and for idle transactions), and passes no notifications: work then waits for the next look", place);
                return;
            }
            checkPrepared(one, other);
        }
    }

    /** Whether both have had the same session of the server, or one of them two. */
    private static boolean shared(Connection one, Connection other) throws SQLException {
        long first = session(one, false);
        other.setAutoCommit(false);
        try {
            return session(other, false) == first || session(one, false) != first;
        } finally {
            other.rollback();
            other.setAutoCommit(true);
        }
    }

    private void checkPrepared(Connection one, Connection other) throws SQLException {
        try {
            for (int round = 0; round < ROUNDS; round++) {
                session(one, true);
                session(other, true);
                other.setAutoCommit(false); // holds the session that was used last, so that the first gets another
                session(other, true);
                session(one, true);
                other.commit();
                other.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new BadSettingException("DATABASE_URL", "no PostgreSQL to work with at " + place + " ("
                + String.valueOf(e.getMessage()).replaceAll("\\s+", " ") + ")", ConnectionRefusal.POOLER.hint());
        }
    }

    /** @return the process of the server that answers */
    private static long session(Connection connection, boolean prepared) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_backend_pid()")) {
            statement.unwrap(PGStatement.class).setPrepareThreshold(prepared ? 1 : 0);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
