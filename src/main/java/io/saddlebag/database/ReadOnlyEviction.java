package io.saddlebag.database;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Evicts a connection from the pool if the server refuses writes on it. A session that began while the server was read-only, or before it
 * became a standby, may stay read-only for its whole life; the next connection may reach a server that takes writes.
 */
public class ReadOnlyEviction implements SQLExceptionOverride {

    /** @return whether the server reported somewhere in this failure that it takes no writes */
    public static boolean isTold(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && PostgresqlErrors.READ_ONLY.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    @java.lang.Override // the plain name is the interface's own
    public Override adjudicate(SQLException failure) {
        return PostgresqlErrors.READ_ONLY.equals(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
